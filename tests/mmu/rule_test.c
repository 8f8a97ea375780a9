/*
 * Each rule that can refuse an access: the fault it raises, the name it goes by in a probe and in
 * an observed walk, and that it leaves A and D alone.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

#include "tests/support/mmu_world.h"

#define VA UINT64_C(0x40203abc)
#define BAD_VA (VA | UINT64_C(1) << 63)

#define VRWX (SV_V | SV_R | SV_W | SV_X)
#define PTE(flags) (UINT64_C(0x40000) << 10 | (flags))
#define PTE_AT(ppn, flags) (UINT64_C(ppn) << 10 | (flags))
#define BIT(n) (UINT64_C(1) << (n))

enum {
    PTE_READABLE = 1,
    PTE_WRITABLE = 2,
    PTE_OPEN = PTE_READABLE | PTE_WRITABLE,
    WITHOUT_PBMTE = 4, /* else menvcfg.PBMTE is set */
};

static struct mmu_world world;

static void set_up(void)
{
    mmu_world_init(&world, "l1i=4,l1d=4,l2=8,asid=16");
}

static void tear_down(void)
{
    mmu_world_finish(&world);
}

TestSuite(rule, .init = set_up, .fini = tear_down);

/* A PTE that breaks one rule and no other, or one rule before the others. */
static const struct rule_row {
    const char *why;
    enum mmu_rule rule;
    enum mmu_status status;
    uint64_t pte;
    int level;
    enum mmu_access access;
    enum mmu_privilege privilege;
    bool svade;
    int setting; /* PTE_OPEN, or what is left of it; WITHOUT_PBMTE */
    uint64_t va;
} rule_rows[] = {
    {"bit 63 alone", MMU_NOT_CANONICAL, MMU_PAGE_FAULT, PTE(VRWX), 0, MMU_LOAD, MMU_SUPERVISOR,
     false, PTE_OPEN, BAD_VA},
    {"no PTE there", MMU_PTE_UNREADABLE, MMU_ACCESS_FAULT, PTE(VRWX), 0, MMU_LOAD, MMU_SUPERVISOR,
     false, PTE_WRITABLE, VA},
    {"V=0", MMU_NOT_VALID, MMU_PAGE_FAULT, PTE(VRWX & ~SV_V), 0, MMU_LOAD, MMU_SUPERVISOR, false,
     PTE_OPEN, VA},
    {"V=0 comes before all else", MMU_NOT_VALID, MMU_PAGE_FAULT, ~SV_V, 1, MMU_LOAD, MMU_SUPERVISOR,
     false, PTE_OPEN, VA},
    {"W alone", MMU_WRITE_WITHOUT_READ, MMU_PAGE_FAULT, PTE(SV_V | SV_W), 0, MMU_STORE,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"W and X", MMU_WRITE_WITHOUT_READ, MMU_PAGE_FAULT, PTE(SV_V | SV_W | SV_X), 1, MMU_FETCH,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"bit 54", MMU_RESERVED_BITS, MMU_PAGE_FAULT, PTE(VRWX) | BIT(54), 0, MMU_LOAD, MMU_SUPERVISOR,
     false, PTE_OPEN, VA},
    {"bit 60", MMU_RESERVED_BITS, MMU_PAGE_FAULT, PTE(VRWX) | BIT(60), 1, MMU_LOAD, MMU_SUPERVISOR,
     false, PTE_OPEN, VA},
    {"N, PPN[3:0]=0000", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT, PTE_AT(0x40000, VRWX) | SV_N, 0,
     MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N, PPN[3:0]=0001", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT, PTE_AT(0x40001, VRWX) | SV_N, 0,
     MMU_STORE, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N, PPN[3:0]=0010", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT, PTE_AT(0x40002, VRWX) | SV_N, 0,
     MMU_FETCH, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N, PPN[3:0]=0100", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT, PTE_AT(0x40004, VRWX) | SV_N, 0,
     MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N, PPN[3:0]=1100", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT, PTE_AT(0x4000c, VRWX) | SV_N, 0,
     MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N of a megapage", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT, PTE(VRWX) | SV_N, 1, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N of a megapage comes before its alignment", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT,
     PTE_AT(0x40008, VRWX) | SV_N, 1, MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N of a gigapage", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT, PTE(VRWX) | SV_N, 2, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N of a pointer", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT, PTE(SV_V) | SV_N, 1, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"N of a pointer, PPN[3:0]=1000", MMU_RESERVED_NAPOT, MMU_PAGE_FAULT,
     PTE_AT(0x40008, SV_V) | SV_N, 2, MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"memory type 3", MMU_RESERVED_PBMT, MMU_PAGE_FAULT, PTE(VRWX) | SV_NC | SV_IO, 0, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"memory type 3 of a megapage", MMU_RESERVED_PBMT, MMU_PAGE_FAULT, PTE(VRWX) | SV_NC | SV_IO, 1,
     MMU_STORE, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"memory type 1 of a pointer", MMU_RESERVED_PBMT, MMU_PAGE_FAULT, PTE(SV_V) | SV_NC, 1,
     MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"memory type 2 of a pointer", MMU_RESERVED_PBMT, MMU_PAGE_FAULT, PTE(SV_V) | SV_IO, 2,
     MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"memory type 1 without Svpbmt", MMU_RESERVED_PBMT, MMU_PAGE_FAULT, PTE(VRWX) | SV_NC, 0,
     MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN | WITHOUT_PBMTE, VA},
    {"memory type 2 without Svpbmt", MMU_RESERVED_PBMT, MMU_PAGE_FAULT, PTE(VRWX) | SV_IO, 2,
     MMU_FETCH, MMU_SUPERVISOR, false, PTE_OPEN | WITHOUT_PBMTE, VA},
    {"a 64 KiB page, U=0", MMU_NOT_FOR_USER, MMU_PAGE_FAULT, PTE_AT(0x40008, VRWX) | SV_N, 0,
     MMU_LOAD, MMU_USER, false, PTE_OPEN, VA},
    {"a reserved bit of a pointer", MMU_RESERVED_BITS, MMU_PAGE_FAULT, PTE(SV_V) | BIT(58), 1,
     MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"a pointer with U", MMU_RESERVED_NON_LEAF, MMU_PAGE_FAULT, PTE(SV_V | SV_U), 2, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"a pointer with A", MMU_RESERVED_NON_LEAF, MMU_PAGE_FAULT, PTE(SV_V | SV_A), 1, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"a pointer with D", MMU_RESERVED_NON_LEAF, MMU_PAGE_FAULT, PTE(SV_V | SV_D), 1, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"a pointer with A at the last level", MMU_RESERVED_NON_LEAF, MMU_PAGE_FAULT, PTE(SV_V | SV_A),
     0, MMU_LOAD, MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"a pointer at the last level", MMU_NO_LEAF, MMU_PAGE_FAULT, PTE(SV_V), 0, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"a megapage", MMU_MISALIGNED, MMU_PAGE_FAULT, PTE_AT(0x40100, VRWX), 1, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"a gigapage", MMU_MISALIGNED, MMU_PAGE_FAULT, PTE_AT(0x60000, VRWX), 2, MMU_STORE,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"U=0", MMU_NOT_FOR_USER, MMU_PAGE_FAULT, PTE(VRWX), 0, MMU_LOAD, MMU_USER, false, PTE_OPEN,
     VA},
    {"U=1, SUM=0, a load", MMU_NOT_FOR_SUPERVISOR, MMU_PAGE_FAULT, PTE(VRWX | SV_U), 0, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"U=1, SUM=0, a store", MMU_NOT_FOR_SUPERVISOR, MMU_PAGE_FAULT, PTE(VRWX | SV_U), 1, MMU_STORE,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"U=1, a fetch", MMU_NOT_FOR_SUPERVISOR, MMU_PAGE_FAULT, PTE(VRWX | SV_U), 2, MMU_FETCH,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"X=0", MMU_NOT_EXECUTABLE, MMU_PAGE_FAULT, PTE(VRWX & ~SV_X), 0, MMU_FETCH, MMU_SUPERVISOR,
     false, PTE_OPEN, VA},
    {"R=0 without MXR", MMU_NOT_READABLE, MMU_PAGE_FAULT, PTE(SV_V | SV_X), 0, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_OPEN, VA},
    {"W=0", MMU_NOT_WRITABLE, MMU_PAGE_FAULT, PTE(VRWX & ~SV_W), 0, MMU_STORE, MMU_SUPERVISOR,
     false, PTE_OPEN, VA},
    {"Svade, a load, A=0", MMU_A_CLEAR, MMU_PAGE_FAULT, PTE(VRWX | SV_D), 0, MMU_LOAD,
     MMU_SUPERVISOR, true, PTE_OPEN, VA},
    {"Svade, a store, A=0", MMU_A_CLEAR, MMU_PAGE_FAULT, PTE(VRWX | SV_D), 0, MMU_STORE,
     MMU_SUPERVISOR, true, PTE_OPEN, VA},
    {"Svade, a store, D=0", MMU_D_CLEAR, MMU_PAGE_FAULT, PTE(VRWX | SV_A), 1, MMU_STORE,
     MMU_SUPERVISOR, true, PTE_OPEN, VA},
    {"A=0 and read-only", MMU_PTE_UNWRITABLE, MMU_ACCESS_FAULT, PTE(VRWX), 0, MMU_LOAD,
     MMU_SUPERVISOR, false, PTE_READABLE, VA},
    {"D=0 and read-only", MMU_PTE_UNWRITABLE, MMU_ACCESS_FAULT, PTE(VRWX | SV_A), 2, MMU_STORE,
     MMU_SUPERVISOR, false, PTE_READABLE, VA},
};

enum { RULE_ROWS = sizeof rule_rows / sizeof *rule_rows };

/* What an observer was told last. */
struct seen {
    unsigned walks;
    enum mmu_rule rule;
};

static void see_walk(void *ctx, const struct mmu_walk *walk)
{
    struct seen *seen = ctx;
    seen->walks++;
    seen->rule = walk->rule;
}

static void run_row(const struct rule_row *row)
{
    struct mmu_mode mode = mmu_world_mode(&world, 1);
    struct mmu_probe probe;
    struct seen seen = {0};
    uint64_t pa = 0x5a5a;

    mode.privilege = row->privilege;
    mode.hardware_ad = !row->svade;
    mode.svpbmt = (row->setting & WITHOUT_PBMTE) == 0;
    mmu_world_map(&world, 1, VA, row->level, row->pte);
    uint64_t *slot = mmu_world_pte(&world, 1, VA, row->level);
    unsigned page = (unsigned)((slot - &world.memory.page[0][0]) / 512);
    world.memory.is_unreadable[page] = (row->setting & PTE_READABLE) == 0;
    world.memory.is_unwritable[page] = (row->setting & PTE_WRITABLE) == 0;
    mmu_observe_walks(world.mmu, see_walk, &seen);

    mmu_probe(world.mmu, &mode, row->va, row->access, &probe);
    cr_expect(eq(int, probe.rule, row->rule), "%s", row->why);
    cr_expect(eq(uint, seen.walks, 0), "a probe is not observed");
    cr_expect(eq(int, mmu_rule_status(row->rule), row->status), "%s", row->why);
    cr_expect(eq(int, mmu_translate(world.mmu, &mode, row->va, row->access, &pa), row->status),
              "%s", row->why);
    cr_expect(eq(u64, pa, 0x5a5a), "pa is written only with MMU_OK");
    cr_expect(eq(uint, seen.walks, row->rule != MMU_NOT_CANONICAL), "%s", row->why);
    cr_expect(eq(int, seen.rule, seen.walks == 0 ? MMU_ALLOWED : row->rule), "%s", row->why);
    cr_expect(eq(u64, *slot, row->pte), "%s", row->why);
    cr_expect(eq(u64, world.memory.swaps, 0), "%s", row->why);
}

Test(rule, each_rule_is_named_and_leaves_the_pte_alone)
{
    bool is_covered[MMU_PTE_UNWRITABLE + 1] = {[MMU_ALLOWED] = true};

    for (unsigned i = 0; i < RULE_ROWS; i++) {
        run_row(&rule_rows[i]);
        is_covered[rule_rows[i].rule] = true;
        mmu_world_finish(&world);
        set_up();
    }
    for (unsigned rule = 0; rule <= MMU_PTE_UNWRITABLE; rule++) {
        cr_expect(is_covered[rule], "rule %u has no row", rule);
    }
}

/* The rules that have more levels to break them in the wider modes. */
Test(rule, the_wider_modes_name_the_same_rules)
{
    static const struct {
        const char *why;
        enum mmu_rule rule;
        enum sv_mode mode;
        uint64_t pte;
        int level;
        uint64_t va;
    } rows[] = {
        {"bit 39 is part of an Sv48 address", MMU_ALLOWED, SV_48, PTE(VRWX), 0, VA | BIT(39)},
        {"bit 47 alone", MMU_NOT_CANONICAL, SV_48, PTE(VRWX), 0, VA | BIT(47)},
        {"bit 48 is part of an Sv57 address", MMU_ALLOWED, SV_57, PTE(VRWX), 0, VA | BIT(48)},
        {"bit 57 alone", MMU_NOT_CANONICAL, SV_57, PTE(VRWX), 0, VA | BIT(57)},
        {"a terapage", MMU_MISALIGNED, SV_48, PTE_AT(0x40000, VRWX), 3, VA},
        {"a petapage", MMU_MISALIGNED, SV_57, PTE_AT(0x800000000, VRWX), 4, VA},
        {"N of a terapage", MMU_RESERVED_NAPOT, SV_57, PTE_AT(0, VRWX) | SV_N, 3, VA},
        {"N of a petapage", MMU_RESERVED_NAPOT, SV_57, PTE_AT(0, VRWX) | SV_N, 4, VA},
        {"D of the root's pointer", MMU_RESERVED_NON_LEAF, SV_57, PTE(SV_V | SV_D), 4, VA},
        {"a memory type of the root's pointer", MMU_RESERVED_PBMT, SV_48, PTE(SV_V) | SV_NC, 3, VA},
    };

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        mmu_world_finish(&world);
        mmu_world_init_mode(&world, "l1i=4,l1d=4,l2=8,asid=16", rows[i].mode);
        struct mmu_mode mode = mmu_world_mode(&world, 1);
        struct mmu_probe probe;
        mmu_world_map(&world, 1, rows[i].va, rows[i].level, rows[i].pte);
        mmu_probe(world.mmu, &mode, rows[i].va, MMU_LOAD, &probe);
        cr_expect(eq(int, probe.rule, rows[i].rule), "%s", rows[i].why);
    }
}

/* Where two rules of step 9 are broken, the manual's order decides: A=0 is named before D=0. */
Test(rule, a_clear_is_named_before_d_clear)
{
    struct mmu_mode mode = mmu_world_mode(&world, 1);
    struct mmu_probe probe;

    mode.hardware_ad = false;
    mmu_world_map(&world, 1, VA, 0, PTE(VRWX));
    mmu_probe(world.mmu, &mode, VA, MMU_STORE, &probe);
    cr_expect(eq(int, probe.rule, MMU_A_CLEAR));
}

/* A cached page refuses by the same rules as a walk. */
Test(rule, a_refusal_of_a_cached_page_is_named_too)
{
    static const struct {
        enum mmu_rule rule;
        uint64_t flags;
        enum mmu_privilege privilege;
        enum mmu_access access;
    } rows[] = {
        {MMU_NOT_FOR_USER, SV_R, MMU_USER, MMU_LOAD},
        {MMU_NOT_FOR_SUPERVISOR, SV_R | SV_U, MMU_SUPERVISOR, MMU_LOAD},
        {MMU_NOT_READABLE, SV_X, MMU_SUPERVISOR, MMU_LOAD},
        {MMU_NOT_WRITABLE, SV_R, MMU_SUPERVISOR, MMU_STORE},
        {MMU_D_CLEAR, SV_R | SV_W, MMU_SUPERVISOR, MMU_STORE},
    };

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_mode mode = mmu_world_mode(&world, 1);
        struct mmu_probe probe;
        uint64_t pa = 0;
        mode.sum = mode.mxr = true;
        mode.hardware_ad = false;
        mmu_world_map(&world, 1, VA, 0, PTE(SV_V | SV_A | rows[i].flags));
        mmu_fence(world.mmu, &(struct mmu_fence){0});
        cr_assert(eq(int, mmu_translate(world.mmu, &mode, VA, MMU_LOAD, &pa), MMU_OK));
        mode.sum = mode.mxr = false;
        mode.privilege = rows[i].privilege;
        mmu_probe(world.mmu, &mode, VA, rows[i].access, &probe);
        cr_expect(eq(int, probe.rule, rows[i].rule), "row %u", i);
        cr_expect(probe.array[MMU_L1D].answers, "row %u", i);
        cr_expect(not(probe.walks), "row %u", i);
    }
}

Test(rule, every_rule_has_its_own_words)
{
    for (unsigned rule = MMU_ALLOWED; rule <= MMU_PTE_UNWRITABLE; rule++) {
        const char *words = mmu_rule_words((enum mmu_rule)rule);
        cr_assert(ne(ptr, (void *)words, NULL), "rule %u", rule);
        cr_expect(gt(sz, strlen(words), 0), "rule %u", rule);
        for (unsigned other = 0; other < rule; other++) {
            cr_expect(ne(str, (char *)words, (char *)mmu_rule_words((enum mmu_rule)other)),
                      "rules %u and %u", rule, other);
        }
    }
}
