/*
 * Step 9 of the walk: A and D are set by an atomic compare and store, in memory and nowhere else.
 *
 * The memory plays another hart that changes a PTE after the walker has read it, so that the
 * compare fails and the walk returns to step 2.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>

#include "tests/support/mmu_world.h"

#define VA UINT64_C(0x40203abc)
#define OFFSET UINT64_C(0xabc)

#define VRWX (SV_V | SV_R | SV_W | SV_X)
#define AD (SV_A | SV_D)

/* sv_pte as a constant. */
#define PTE(ppn, flags) (UINT64_C(ppn) << 10 | (flags))

static struct mmu_world world;

static void set_up(void)
{
    mmu_world_init(&world, "l1i=4,l1d=4,l2=8,asid=16");
}

static void tear_down(void)
{
    mmu_world_finish(&world);
}

TestSuite(step9, .init = set_up, .fini = tear_down);

static const struct mmu_walk_counters *walk(void)
{
    return &mmu_counters(world.mmu)->walk;
}

static uint64_t pte_pa(int level)
{
    const uint64_t *slot = mmu_world_pte(&world, 1, VA, level);
    return PTE_MEMORY_BASE + (uint64_t)(slot - &world.memory.page[0][0]) * 8;
}

/* Before its next free swap, the memory stores pte where VA's entry at this level is. */
static void race(int level, uint64_t pte)
{
    unsigned n = world.memory.races++;
    world.memory.race[n].pa = pte_pa(level);
    world.memory.race[n].pte = pte;
}

/* The PTE of VA's 4 KiB page changes while a walk is about to set A or D in it. */
static const struct race_row {
    const char *why;
    uint64_t read;  /* what the walk reads first */
    uint64_t raced; /* what it reads the second time */
    enum mmu_access access;
    enum mmu_status want;
    uint64_t pa;    /* page of the result */
    uint64_t after; /* the PTE in memory after the access */
} race_rows[] = {
    {"another page", PTE(1, VRWX), PTE(2, VRWX), MMU_LOAD, MMU_OK, 0x2000, PTE(2, VRWX | SV_A)},
    {"another page, a store", PTE(1, VRWX), PTE(2, VRWX), MMU_STORE, MMU_OK, 0x2000,
     PTE(2, VRWX | AD)},
    {"another page, a fetch", PTE(1, VRWX), PTE(2, VRWX), MMU_FETCH, MMU_OK, 0x2000,
     PTE(2, VRWX | SV_A)},
    {"another hart has set A", PTE(1, VRWX), PTE(1, VRWX | SV_A), MMU_LOAD, MMU_OK, 0x1000,
     PTE(1, VRWX | SV_A)},
    {"another hart has set A, D is to be set", PTE(1, VRWX), PTE(1, VRWX | SV_A), MMU_STORE, MMU_OK,
     0x1000, PTE(1, VRWX | AD)},
    {"another hart has set A and D", PTE(1, VRWX), PTE(1, VRWX | AD), MMU_STORE, MMU_OK, 0x1000,
     PTE(1, VRWX | AD)},
    {"only a software bit differs", PTE(1, VRWX), PTE(1, VRWX | 0x200), MMU_STORE, MMU_OK, 0x1000,
     PTE(1, VRWX | 0x200 | AD)},
    {"D is cleared again", PTE(1, VRWX | SV_D), PTE(1, VRWX), MMU_LOAD, MMU_OK, 0x1000,
     PTE(1, VRWX | SV_A)},
    {"gone", PTE(1, VRWX), 0, MMU_LOAD, MMU_PAGE_FAULT, 0, 0},
    {"V cleared, the rest kept", PTE(1, VRWX), PTE(1, VRWX & ~SV_V), MMU_STORE, MMU_PAGE_FAULT, 0,
     PTE(1, VRWX & ~SV_V)},
    {"no longer writable", PTE(1, VRWX), PTE(1, VRWX & ~SV_W), MMU_STORE, MMU_PAGE_FAULT, 0,
     PTE(1, VRWX & ~SV_W)},
    {"no longer writable, but readable", PTE(1, VRWX), PTE(1, VRWX & ~SV_W), MMU_LOAD, MMU_OK,
     0x1000, PTE(1, (VRWX & ~SV_W) | SV_A)},
    {"no longer readable", PTE(1, VRWX), PTE(1, SV_V | SV_X), MMU_LOAD, MMU_PAGE_FAULT, 0,
     PTE(1, SV_V | SV_X)},
    {"no longer executable", PTE(1, VRWX), PTE(1, SV_V | SV_R), MMU_FETCH, MMU_PAGE_FAULT, 0,
     PTE(1, SV_V | SV_R)},
    {"a user page now", PTE(1, VRWX), PTE(1, VRWX | SV_U), MMU_STORE, MMU_PAGE_FAULT, 0,
     PTE(1, VRWX | SV_U)},
    {"a reserved encoding now", PTE(1, VRWX), PTE(1, SV_V | SV_W), MMU_STORE, MMU_PAGE_FAULT, 0,
     PTE(1, SV_V | SV_W)},
    {"a reserved bit now", PTE(1, VRWX), PTE(1, VRWX) | UINT64_C(1) << 54, MMU_LOAD, MMU_PAGE_FAULT,
     0, PTE(1, VRWX) | UINT64_C(1) << 54},
    {"a pointer at the last level now", PTE(1, VRWX), PTE(1, SV_V), MMU_LOAD, MMU_PAGE_FAULT, 0,
     PTE(1, SV_V)},
};

static void run_race_row(const struct race_row *row)
{
    struct mmu_mode mode = mmu_world_mode(&world, 1);
    uint64_t pa = 0;

    mmu_world_map(&world, 1, VA, 0, row->read);
    race(0, row->raced);
    cr_expect(eq(int, mmu_translate(world.mmu, &mode, VA, row->access, &pa), row->want), "%s",
              row->why);
    cr_expect(eq(u64, pa, row->want == MMU_OK ? row->pa + OFFSET : 0), "%s", row->why);
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), row->after), "%s", row->why);
    cr_expect(eq(u64, world.memory.writes, row->after != row->raced), "%s", row->why);

    /* Back to step 2 with the same table: only the last PTE is read again, in the same walk. */
    cr_expect(eq(u64, walk()->count, 1), "%s", row->why);
    cr_expect(eq(u64, walk()->pte_reads_by_level[2], 1), "%s", row->why);
    cr_expect(eq(u64, walk()->pte_reads_by_level[1], 1), "%s", row->why);
    cr_expect(eq(u64, walk()->pte_reads_by_level[0], 2), "%s", row->why);
    cr_expect(eq(u64, walk()->pte_reads, 4), "%s", row->why);
    cr_expect(eq(u64, walk()->faulted, row->want != MMU_OK), "%s", row->why);
}

Test(step9, a_pte_that_changed_meanwhile_is_judged_anew)
{
    for (unsigned i = 0; i < sizeof race_rows / sizeof *race_rows; i++) {
        run_race_row(&race_rows[i]);
        mmu_world_finish(&world);
        set_up();
    }
}

/* What the TLB keeps of such a walk is the PTE that was used, not the one that was read first. */
Test(step9, the_new_pte_is_the_one_that_is_cached)
{
    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX));
    race(0, PTE(2, SV_V | SV_R));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_LOAD), 0x2000 + OFFSET));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_LOAD), 0x2000 + OFFSET));
    cr_expect(eq(int, mmu_world_try(&world, 1, VA, MMU_STORE), MMU_PAGE_FAULT));
    cr_expect(eq(u64, walk()->count, 1));
}

Test(step9, the_walk_goes_on_until_the_compare_succeeds)
{
    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX));
    race(0, PTE(2, VRWX));
    race(0, PTE(3, VRWX));
    race(0, PTE(4, VRWX));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_STORE), 0x4000 + OFFSET));
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(4, VRWX | AD)));
    cr_expect(eq(u64, world.memory.swaps, 4));
    cr_expect(eq(u64, world.memory.writes, 1));
    cr_expect(eq(u64, walk()->count, 1));
    cr_expect(eq(u64, walk()->pte_reads_by_level[0], 5 - 1));
    cr_expect(eq(u64, walk()->a_updates, 1));
    cr_expect(eq(u64, walk()->d_updates, 1));
}

/* A megapage is split while it is used: the walk reads the pointer and goes down. */
Test(step9, a_leaf_that_became_a_pointer_is_followed)
{
    uint64_t low = pte_memory_new_table(&world.memory);

    mmu_world_map(&world, 1, VA, 1, PTE(0x200, VRWX));
    *pte_memory_at(&world.memory, low + (VA >> 12) % 512 * 8) = PTE(7, VRWX);
    race(1, sv_pte(low >> 12, SV_V));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_STORE), 0x7000 + OFFSET));
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 1), sv_pte(low >> 12, SV_V)));
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(7, VRWX | AD)));
    cr_expect(eq(u64, walk()->pte_reads_by_level[2], 1));
    cr_expect(eq(u64, walk()->pte_reads_by_level[1], 2));
    cr_expect(eq(u64, walk()->pte_reads_by_level[0], 1));
    cr_expect(eq(u64, walk()->completed_by_size[MMU_4K], 1));
    cr_expect(eq(u64, walk()->completed_by_size[MMU_2M], 0));
}

/* The pointer that is read again may have gained or lost G. */
Test(step9, a_page_is_global_as_the_last_pass_found_it)
{
    uint64_t low = pte_memory_new_table(&world.memory);

    mmu_world_map(&world, 1, VA, 1, PTE(0x200, VRWX | SV_G));
    *pte_memory_at(&world.memory, low + (VA >> 12) % 512 * 8) = PTE(7, VRWX);
    race(1, sv_pte(low >> 12, SV_V));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    cr_expect(not(mmu_world_holds(&world, 2, VA, MMU_LOAD, MMU_L1D)));
}

Test(step9, a_gigapage_that_is_misaligned_now_is_a_page_fault)
{
    mmu_world_map(&world, 1, VA, 2, PTE(0x40000, VRWX));
    race(2, PTE(0x40001, VRWX));
    cr_expect(eq(int, mmu_world_try(&world, 1, VA, MMU_LOAD), MMU_PAGE_FAULT));
    cr_expect(eq(u64, world.memory.writes, 0));
}

/* Where the PTE may not be written: an access fault, if and only if A or D must be set. */
static const struct unwritable_row {
    const char *why;
    uint64_t pte;
    enum mmu_access access;
    bool svade;
    enum mmu_status want;
} unwritable_rows[] = {
    {"A to be set by a load", PTE(1, VRWX), MMU_LOAD, false, MMU_ACCESS_FAULT},
    {"A to be set by a fetch", PTE(1, VRWX), MMU_FETCH, false, MMU_ACCESS_FAULT},
    {"A and D to be set", PTE(1, VRWX), MMU_STORE, false, MMU_ACCESS_FAULT},
    {"D to be set", PTE(1, VRWX | SV_A), MMU_STORE, false, MMU_ACCESS_FAULT},
    {"A to be set, D is", PTE(1, VRWX | SV_D), MMU_STORE, false, MMU_ACCESS_FAULT},
    {"a load needs no D", PTE(1, VRWX | SV_A), MMU_LOAD, false, MMU_OK},
    {"a fetch needs no D", PTE(1, VRWX | SV_A), MMU_FETCH, false, MMU_OK},
    {"both are set", PTE(1, VRWX | AD), MMU_STORE, false, MMU_OK},
    {"steps 3 to 8 come first", PTE(1, VRWX & ~SV_W), MMU_STORE, false, MMU_PAGE_FAULT},
    {"so does U", PTE(1, VRWX | SV_U), MMU_LOAD, false, MMU_PAGE_FAULT},
    {"Svade faults before the PMP is asked", PTE(1, VRWX), MMU_LOAD, true, MMU_PAGE_FAULT},
    {"Svade, D", PTE(1, VRWX | SV_A), MMU_STORE, true, MMU_PAGE_FAULT},
    {"Svade, both set", PTE(1, VRWX | AD), MMU_STORE, true, MMU_OK},
};

static void run_unwritable_row(const struct unwritable_row *row)
{
    struct mmu_mode mode = mmu_world_mode(&world, 1);
    uint64_t pa = 0;

    mode.hardware_ad = !row->svade;
    mmu_world_map(&world, 1, VA, 0, row->pte);
    world.memory.is_unwritable[(pte_pa(0) - PTE_MEMORY_BASE) / 4096] = true;
    cr_expect(eq(int, mmu_translate(world.mmu, &mode, VA, row->access, &pa), row->want), "%s",
              row->why);
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), row->pte), "%s", row->why);
    cr_expect(eq(u64, world.memory.swaps, 0), "%s", row->why);
    cr_expect(eq(u64, world.memory.may_write_calls, row->want == MMU_ACCESS_FAULT), "%s", row->why);
    cr_expect(eq(u64, walk()->a_updates + walk()->d_updates, 0), "%s", row->why);
}

Test(step9, an_unwritable_pte_matters_only_where_it_must_be_written)
{
    for (unsigned i = 0; i < sizeof unwritable_rows / sizeof *unwritable_rows; i++) {
        run_unwritable_row(&unwritable_rows[i]);
        mmu_world_finish(&world);
        set_up();
    }
}

/* The store to the leaf is what must be allowed; tables above it are only read. */
Test(step9, tables_above_the_leaf_need_not_be_writable)
{
    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX));
    world.memory.is_unwritable[(pte_pa(2) - PTE_MEMORY_BASE) / 4096] = true;
    world.memory.is_unwritable[(pte_pa(1) - PTE_MEMORY_BASE) / 4096] = true;
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_STORE), 0x1000 + OFFSET));
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(1, VRWX | AD)));
}

Test(step9, svade_never_writes)
{
    struct mmu_mode mode = mmu_world_mode(&world, 1);

    mode.hardware_ad = false;
    for (uint64_t ad = 0; ad < 4; ad++) {
        for (enum mmu_access access = MMU_FETCH; access <= MMU_STORE; access++) {
            uint64_t pa = 0;
            mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX | ad << 6));
            mmu_fence(world.mmu, &(struct mmu_fence){0});
            enum mmu_status got = mmu_translate(world.mmu, &mode, VA, access, &pa);
            bool is_allowed = (ad & 1) != 0 && (access != MMU_STORE || ad == 3);
            cr_expect(eq(int, got, is_allowed ? MMU_OK : MMU_PAGE_FAULT));
        }
    }
    cr_expect(eq(u64, world.memory.swaps, 0));
    cr_expect(eq(u64, world.memory.may_write_calls, 0));
    cr_expect(eq(u64, walk()->a_updates + walk()->d_updates, 0));
}

/* The first store through an entry that was cached with D=0 sets D in memory, without a fence. */
Test(step9, a_store_after_a_load_sets_d)
{
    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX | SV_A));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    mmu_world_pa(&world, 1, VA, MMU_FETCH);
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(1, VRWX | SV_A)));
    cr_expect(eq(u64, world.memory.swaps, 0));

    mmu_world_pa(&world, 1, VA, MMU_STORE);
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(1, VRWX | AD)));
    mmu_world_pa(&world, 1, VA, MMU_STORE);
    cr_expect(eq(u64, world.memory.swaps, 1));
}

/* The update writes the whole PTE back as it was read: RSW and the PPN survive, bit for bit. */
Test(step9, an_update_changes_a_and_d_only)
{
    mmu_world_map(&world, 1, VA, 0, PTE(0xfa5a5a5a5a5, VRWX | SV_G | 0x300));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_LOAD), UINT64_C(0xfa5a5a5a5a5abc)));
    cr_expect(
        eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(0xfa5a5a5a5a5, VRWX | SV_G | SV_A | 0x300)));
    mmu_world_pa(&world, 1, VA, MMU_STORE);
    cr_expect(
        eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(0xfa5a5a5a5a5, VRWX | SV_G | AD | 0x300)));
}

/*
 * Software rewrites a PTE that is cached with D=0, and a store follows without a fence. Whatever
 * translation it uses, D may be set only in what memory holds, and nothing else may be changed
 * there. On this MMU the walk reads memory, so that the new PTE decides.
 */
static const struct stale_row {
    const char *why;
    uint64_t rewritten;
    enum mmu_status want;
    uint64_t pa;
    uint64_t after;
} stale_rows[] = {
    {"another page", PTE(2, VRWX | SV_A), MMU_OK, 0x2000, PTE(2, VRWX | AD)},
    {"another page, D set", PTE(2, VRWX | AD), MMU_OK, 0x2000, PTE(2, VRWX | AD)},
    {"another page, A clear", PTE(2, VRWX), MMU_OK, 0x2000, PTE(2, VRWX | AD)},
    {"a software bit", PTE(1, VRWX | SV_A | 0x100), MMU_OK, 0x1000, PTE(1, VRWX | AD | 0x100)},
    {"A cleared", PTE(1, VRWX), MMU_OK, 0x1000, PTE(1, VRWX | AD)},
    {"fewer permissions", PTE(1, SV_V | SV_R | SV_W | SV_A), MMU_OK, 0x1000,
     PTE(1, SV_V | SV_R | SV_W | AD)},
    {"read-only", PTE(1, SV_V | SV_R | SV_A), MMU_PAGE_FAULT, 0, PTE(1, SV_V | SV_R | SV_A)},
    {"swapped out", PTE(0x1234, 0), MMU_PAGE_FAULT, 0, PTE(0x1234, 0)},
    {"all gone", 0, MMU_PAGE_FAULT, 0, 0},
    {"a reserved bit", PTE(1, VRWX) | UINT64_C(1) << 57, MMU_PAGE_FAULT, 0,
     PTE(1, VRWX) | UINT64_C(1) << 57},
};

static void run_stale_row(const struct stale_row *row)
{
    struct mmu_mode mode = mmu_world_mode(&world, 1);
    uint64_t pa = 0;

    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX | SV_A));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    mmu_world_map(&world, 1, VA, 0, row->rewritten);
    cr_expect(eq(int, mmu_translate(world.mmu, &mode, VA, MMU_STORE, &pa), row->want), "%s",
              row->why);
    cr_expect(eq(u64, pa, row->want == MMU_OK ? row->pa + OFFSET : 0), "%s", row->why);
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), row->after), "%s", row->why);
    if (row->want == MMU_OK) { /* the refilled entry answers now, and loads go where stores do */
        cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_LOAD), row->pa + OFFSET), "%s", row->why);
        cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_STORE), row->pa + OFFSET), "%s",
                  row->why);
        cr_expect(eq(u64, walk()->count, 2), "%s", row->why);
    }
}

Test(step9, a_rewritten_pte_is_not_overwritten_with_the_cached_one)
{
    for (unsigned i = 0; i < sizeof stale_rows / sizeof *stale_rows; i++) {
        run_stale_row(&stale_rows[i]);
        mmu_world_finish(&world);
        set_up();
    }
}

/* The page of a cached entry with D=0 becomes part of a megapage: the store uses the megapage, and
 * D is set there. Both entries may stay, but every store must end in memory that has D. */
Test(step9, a_store_through_an_entry_of_another_size)
{
    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX | SV_A));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    *mmu_world_pte(&world, 1, VA, 1) = PTE(0x200, VRWX | SV_A);
    for (unsigned i = 0; i < 3; i++) {
        cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_STORE), 0x203000 + OFFSET));
        cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 1), PTE(0x200, VRWX | AD)));
    }
    cr_expect(eq(u64, walk()->d_updates, 1));
}

Test(step9, a_store_through_a_megapage_that_was_split)
{
    uint64_t low = pte_memory_new_table(&world.memory);

    mmu_world_map(&world, 1, VA, 1, PTE(0x200, VRWX | SV_A));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    *pte_memory_at(&world.memory, low + (VA >> 12) % 512 * 8) = PTE(7, VRWX | SV_A);
    *mmu_world_pte(&world, 1, VA, 1) = sv_pte(low >> 12, SV_V);
    for (unsigned i = 0; i < 3; i++) {
        cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_STORE), 0x7000 + OFFSET));
        cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(7, VRWX | AD)));
    }
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 1), sv_pte(low >> 12, SV_V)));
}

/* The page becomes global, or no longer is, between the load and the store. */
Test(step9, a_store_through_an_entry_that_became_global)
{
    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX | SV_A));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    *mmu_world_pte(&world, 1, VA, 0) |= SV_G;
    mmu_world_pa(&world, 1, VA, MMU_STORE);
    cr_expect(mmu_world_holds(&world, 2, VA, MMU_LOAD, MMU_L1D));
    cr_expect(eq(u64, mmu_world_valid(&world, MMU_L1D), 1));
}

Test(step9, a_store_through_a_global_entry_that_no_longer_is)
{
    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX | SV_A | SV_G));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    *mmu_world_pte(&world, 1, VA, 0) &= ~SV_G;
    mmu_world_pa(&world, 1, VA, MMU_STORE);
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(1, VRWX | AD)));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_STORE), 0x1000 + OFFSET));
}

/* A race on the walk of such a store: the compare is against memory, never against the TLB. */
Test(step9, a_store_through_a_cached_page_can_lose_the_race_too)
{
    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX | SV_A));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    race(0, PTE(3, SV_V | SV_R | SV_A));
    cr_expect(eq(int, mmu_world_try(&world, 1, VA, MMU_STORE), MMU_PAGE_FAULT));
    cr_expect(eq(u64, *mmu_world_pte(&world, 1, VA, 0), PTE(3, SV_V | SV_R | SV_A)));
    cr_expect(eq(u64, world.memory.writes, 0));
}

static void keep_walk(void *ctx, const struct mmu_walk *seen)
{
    *(struct mmu_walk *)ctx = *seen;
}

/* What an observer is told of a walk that lost a race and then set both bits. */
Test(step9, an_observer_sees_the_last_pass_and_all_reads)
{
    struct mmu_walk seen = {0};

    mmu_world_map(&world, 1, VA, 0, PTE(1, VRWX));
    race(0, PTE(2, VRWX));
    mmu_observe_walks(world.mmu, keep_walk, &seen);
    mmu_world_pa(&world, 1, VA, MMU_STORE);
    cr_expect(eq(u64, seen.va, VA));
    cr_expect(eq(int, seen.access, MMU_STORE));
    cr_expect(eq(int, seen.rule, MMU_ALLOWED));
    cr_expect(eq(uint, seen.step_count, 3));
    for (unsigned i = 0; i < 3; i++) {
        cr_expect(eq(uint, seen.step[i].level, 2 - i));
        cr_expect(eq(u64, seen.step[i].pte_pa, pte_pa(2 - (int)i)));
    }
    cr_expect(eq(u64, seen.step[2].pte, PTE(2, VRWX)));
    cr_expect(eq(uint, seen.pte_reads[0], 2));
    cr_expect(eq(uint, seen.pte_reads[1], 1));
    cr_expect(eq(uint, seen.pte_reads[2], 1));
    cr_expect(seen.sets_a && seen.sets_d);
    cr_expect(eq(u64, seen.pte, PTE(2, VRWX | AD)));
    cr_expect(eq(u64, seen.pa, 0x2000 + OFFSET));
    cr_expect(eq(int, seen.size, MMU_4K));
    cr_expect(not(seen.is_global));
}
