/*
 * The walk against the model of the manual: every flag of a PTE, at every level, for every kind of
 * access. Nothing is random here; translate_random_test.c does that.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

#include "tests/support/versus.h"

/* Three different indices, so that a level mistaken for another finds an empty entry. */
#define VA (UINT64_C(3) << 30 | UINT64_C(5) << 21 | UINT64_C(7) << 12 | UINT64_C(0x9a8))

enum { ASID = 9, MISMATCHES_SHOWN = 5 };

/*
 * The candidate is the PTE under test: one of the three that translate VA. Where it is a pointer
 * it leads to the table BELOW, whose entries are leaves for S-mode that allow everything. BELOW is
 * the page whose number is aligned for a leaf of any level.
 */
enum { BELOW, ROOT, MIDDLE, LOW };

static const uint64_t table_at_level[] = {
    PTE_MEMORY_BASE + LOW * 4096, PTE_MEMORY_BASE + MIDDLE * 4096, PTE_MEMORY_BASE + ROOT * 4096};

#define BELOW_PPN (PTE_MEMORY_BASE >> 12)
#define OPEN_LEAF (SV39_V | SV39_R | SV39_W | SV39_X | SV39_A | SV39_D)

static struct versus versus;
static unsigned mismatches;

static uint64_t slot_pa(int level)
{
    return table_at_level[level] + (VA >> (12 + 9 * level)) % 512 * 8;
}

static uint64_t pointer_to(uint64_t table_pa)
{
    return sv39_pte(table_pa >> 12, SV39_V);
}

static void set_up(void)
{
    versus_init(&versus, "l1i=1,l1d=1,asid=16");
    versus_poke(&versus, slot_pa(2), pointer_to(table_at_level[1]));
    versus_poke(&versus, slot_pa(1), pointer_to(table_at_level[0]));
    for (unsigned index = 0; index < 512; index++) {
        versus_poke(&versus, pte_memory_pa(BELOW) + index * 8, sv39_pte(0x40000, OPEN_LEAF));
    }
}

static void tear_down(void)
{
    cr_expect(versus_same_memory(&versus));
    versus_finish(&versus);
}

TestSuite(walk_table, .init = set_up, .fini = tear_down);

static void report(void)
{
    mismatches++;
    cr_fail("%s", versus.mismatch);
    if (mismatches == MISMATCHES_SHOWN) {
        cr_fatal("giving up after %u mismatches", mismatches);
    }
}

/* The modes of a translation: 16 combinations of privilege, SUM, MXR and the A/D scheme. */
enum { MODES = 16 };

static struct mmu_mode nth_mode(unsigned n)
{
    return (struct mmu_mode){.satp = sv39_satp(ASID, table_at_level[2]),
                             .privilege = n & 1 ? MMU_SUPERVISOR : MMU_USER,
                             .sum = n & 2,
                             .mxr = n & 4,
                             .hardware_ad = n & 8};
}

/* Stores the PTE, empties the TLB, and does one access. */
static void try_access(int level, uint64_t pte, unsigned mode_number, enum mmu_access access)
{
    struct mmu_mode mode = nth_mode(mode_number);

    versus_poke(&versus, slot_pa(level), pte);
    versus_fence(&versus);
    if (!versus_agree(&versus, &mode, VA, access)) {
        report();
    }
}

/* One candidate in every mode for every kind of access. */
static void try_candidate(int level, uint64_t pte)
{
    for (unsigned mode = 0; mode < MODES; mode++) {
        try_access(level, pte, mode, MMU_FETCH);
        try_access(level, pte, mode, MMU_LOAD);
        try_access(level, pte, mode, MMU_STORE);
    }
}

/* Every combination of V R W X U G A D, with more bits and another PPN. */
static void try_all_flags(int level, uint64_t ppn, uint64_t more)
{
    for (uint64_t flags = 0; flags < 256; flags++) {
        try_candidate(level, sv39_pte(ppn, flags) | more);
    }
}

/*
 * The number of allowed accesses counted by hand, so that the model is checked too. Of the 16
 * modes: fetch: X in 3 of the 5 encodings; U only where U=1, S only where U=0; any SUM and MXR 3 *
 * 2 * 4 = 24; G, D any: * 4; A any with hardware, A=1 with Svade: * 3      288 load:  R in 4, with
 * MXR all 5: 9; U: SUM any, 18; S: U=0 18, U=1 with SUM 9: 45; G, D any, A as above: * 12 540
 *   store: W in 2; MXR any: 4; U: SUM any, 8; S: U=0 8, U=1 with SUM 4: 20; G any: * 2;
 *          A and D any with hardware, both 1 with Svade: * 5                            200
 * A pointer (V, and G or not) above the last level leads to a leaf that S-mode may use in its 8
 * modes for 3 kinds of access: 48.
 */
enum { ALLOWED_AS_LEAF = 288 + 540 + 200, ALLOWED_AS_POINTER = 48 };

Test(walk_table, every_flag_combination_at_every_level)
{
    try_all_flags(0, BELOW_PPN, 0);
    cr_expect(eq(u64, versus.allowed, ALLOWED_AS_LEAF));

    for (int level = 1; level <= 2; level++) {
        versus.allowed = 0;
        try_all_flags(level, BELOW_PPN, 0);
        cr_expect(eq(u64, versus.allowed, ALLOWED_AS_LEAF + ALLOWED_AS_POINTER));
    }
}

/* Bits 60..54 are reserved, 62..61 are Svpbmt's and 63 is Svnapot's, which this MMU has not. */
Test(walk_table, each_of_the_top_ten_bits_is_a_page_fault)
{
    for (int level = 0; level <= 2; level++) {
        for (unsigned bit = 54; bit < 64; bit++) {
            try_all_flags(level, BELOW_PPN, UINT64_C(1) << bit);
        }
    }
    cr_expect(eq(u64, versus.allowed, 0));
}

Test(walk_table, software_bits_are_ignored)
{
    for (int level = 0; level <= 2; level++) {
        for (uint64_t rsw = 1; rsw < 4; rsw++) {
            try_all_flags(level, BELOW_PPN, rsw << 8);
        }
    }
    cr_expect(eq(u64, versus.allowed, 3 * (3 * ALLOWED_AS_LEAF + 2 * ALLOWED_AS_POINTER)));
}

/* A pointer with the same PPN leads to another page or out of memory: an access fault. */
Test(walk_table, each_low_ppn_bit_misaligns_a_superpage)
{
    for (int level = 1; level <= 2; level++) {
        for (int bit = 0; bit < 9 * level; bit++) {
            try_all_flags(level, BELOW_PPN | UINT64_C(1) << bit, 0);
        }
    }
    cr_expect(eq(u64, versus.allowed, 0));
}

/* The flags of both pointers above a 4 KiB page: G is legal, U, A and D are reserved. */
Test(walk_table, flags_of_pointers)
{
    static const uint64_t flag[] = {SV39_G, SV39_U, SV39_A, SV39_D};

    versus_poke(&versus, slot_pa(0), sv39_pte(BELOW_PPN, OPEN_LEAF));
    for (unsigned set = 0; set < 256; set++) {
        uint64_t root = pointer_to(table_at_level[1]);
        uint64_t middle = pointer_to(table_at_level[0]);
        for (unsigned i = 0; i < 4; i++) {
            root |= set >> i & 1 ? flag[i] : 0;
            middle |= set >> (i + 4) & 1 ? flag[i] : 0;
        }
        versus_poke(&versus, slot_pa(2), root);
        try_candidate(1, middle);
    }
    /* G in neither, one or both; S-mode in 8 modes, 3 kinds of access. */
    cr_expect(eq(u64, versus.allowed, 4 * 8 * 3));
}

Test(walk_table, reserved_bits_of_pointers)
{
    versus_poke(&versus, slot_pa(0), sv39_pte(BELOW_PPN, OPEN_LEAF));
    for (unsigned bit = 54; bit < 64; bit++) {
        for (int level = 1; level <= 2; level++) {
            uint64_t pointer = pointer_to(table_at_level[level - 1]);
            try_candidate(level, pointer | UINT64_C(1) << bit);
            try_candidate(level, pointer | UINT64_C(1) << bit | SV39_G);
            versus_poke(&versus, slot_pa(level), pointer);
        }
    }
    cr_expect(eq(u64, versus.allowed, 0));
}

Test(walk_table, software_bits_of_pointers_are_ignored)
{
    versus_poke(&versus, slot_pa(0), sv39_pte(BELOW_PPN, OPEN_LEAF));
    for (uint64_t rsw = 0; rsw < 4; rsw++) {
        for (int level = 1; level <= 2; level++) {
            try_candidate(level, pointer_to(table_at_level[level - 1]) | rsw << 8);
        }
    }
    cr_expect(eq(u64, versus.allowed, 4 * 2 * 8 * 3));
}

/* Step 9 asks only when A or D must be written, and only after every other rule. */
Test(walk_table, an_unwritable_pte_is_an_access_fault_only_where_it_must_be_written)
{
    for (int level = 0; level <= 2; level++) {
        unsigned page = (unsigned)((table_at_level[level] - PTE_MEMORY_BASE) / 4096);
        versus.memory.is_unwritable[page] = true;
        versus.twin.is_unwritable[page] = true;
        try_all_flags(level, BELOW_PPN, 0);
        versus_poke(&versus, slot_pa(level),
                    level == 0 ? 0 : pointer_to(table_at_level[level - 1]));
    }
    cr_expect(eq(u64, versus.memory.writes, 0));
}

Test(walk_table, an_unreadable_pte_is_an_access_fault)
{
    for (int unreadable = 0; unreadable <= 2; unreadable++) {
        unsigned page = (unsigned)((table_at_level[unreadable] - PTE_MEMORY_BASE) / 4096);
        versus.memory.is_unreadable[page] = true;
        versus.twin.is_unreadable[page] = true;
        try_candidate(0, sv39_pte(BELOW_PPN, OPEN_LEAF));
        /* A leaf above is reached; an invalid pointer above is a page fault before that. */
        try_all_flags(2, BELOW_PPN, 0);
        versus_poke(&versus, slot_pa(2), pointer_to(table_at_level[1]));
        versus.memory.is_unreadable[page] = false;
        versus.twin.is_unreadable[page] = false;
    }
}

/* No PPN bit of satp or of a pointer may be dropped for a smaller physical address space. */
Test(walk_table, every_ppn_bit_of_satp_and_of_pointers_counts)
{
    versus_poke(&versus, slot_pa(0), sv39_pte(BELOW_PPN, OPEN_LEAF));
    for (unsigned bit = 0; bit < 44; bit++) {
        struct mmu_mode mode = nth_mode(1);
        mode.satp ^= UINT64_C(1) << bit;
        versus_fence(&versus);
        if (!versus_agree(&versus, &mode, VA, MMU_LOAD)) {
            report();
        }
        for (int level = 1; level <= 2; level++) {
            uint64_t pointer = pointer_to(table_at_level[level - 1]);
            try_candidate(level, pointer ^ UINT64_C(1) << (10 + bit));
            versus_poke(&versus, slot_pa(level), pointer);
        }
    }
}

/* Each PPN bit of a leaf stands in the physical address at its place, 55..12, or misaligns. */
Test(walk_table, every_ppn_bit_of_a_leaf_reaches_the_physical_address)
{
    for (int level = 0; level <= 2; level++) {
        uint64_t offset = VA % (UINT64_C(4096) << (9 * level));
        for (int bit = 9 * level; bit < 44; bit++) {
            try_access(level, sv39_pte(UINT64_C(1) << bit, OPEN_LEAF), 1, MMU_LOAD);
            cr_expect(eq(int, versus.answer.outcome, SV39_OK));
            cr_expect(eq(u64, versus.answer.pa, (UINT64_C(4096) << bit) + offset));
        }
    }
}

/* Each VA bit below the leaf's level passes through; the test of the walk and of the hit. */
Test(walk_table, every_offset_bit_reaches_the_physical_address)
{
    struct mmu_mode mode = nth_mode(1);

    for (int level = 0; level <= 2; level++) {
        versus_poke(&versus, slot_pa(level), sv39_pte(BELOW_PPN, OPEN_LEAF));
        versus_fence(&versus);
        for (int bit = 0; bit < 12 + 9 * level; bit++) {
            if (!versus_agree(&versus, &mode, VA ^ UINT64_C(1) << bit, MMU_LOAD)) {
                report();
            }
        }
    }
    cr_expect(eq(u64, versus.refused, 0));
    cr_expect(eq(u64, mmu_counters(versus.mmu)->walk.count, 3));
}

/* Bits 63..39 must equal bit 38, in both halves of the address space. */
Test(walk_table, one_wrong_high_bit_is_a_page_fault)
{
    struct mmu_mode mode = nth_mode(1);

    for (unsigned half = 0; half < 2; half++) {
        uint64_t va = half == 0 ? VA : VA | UINT64_C(0xffffffc000000000);
        versus_poke(&versus, table_at_level[2] + (va >> 30) % 512 * 8,
                    sv39_pte(BELOW_PPN, OPEN_LEAF));
        for (enum mmu_access access = MMU_FETCH; access <= MMU_STORE; access++) {
            for (unsigned bit = 38; bit < 64; bit++) {
                versus_fence(&versus);
                if (!versus_agree(&versus, &mode, va, access) ||
                    !versus_agree(&versus, &mode, va ^ UINT64_C(1) << bit, access)) {
                    report();
                }
            }
        }
    }
    cr_expect(eq(u64, versus.allowed, 2 * 3 * 26));
    cr_expect(eq(u64, versus.refused, 2 * 3 * 26));
}

Test(walk_table, bare_and_machine_mode_are_not_translated)
{
    static const uint64_t va[] = {0, VA, UINT64_C(1) << 38, UINT64_MAX};
    struct mmu_counters before = *mmu_counters(versus.mmu);

    for (unsigned i = 0; i < sizeof va / sizeof *va; i++) {
        for (enum mmu_access access = MMU_FETCH; access <= MMU_STORE; access++) {
            struct mmu_mode bare = {.satp = 0, .privilege = MMU_SUPERVISOR};
            struct mmu_mode bare_user = {.satp = 0, .privilege = MMU_USER, .sum = true};
            struct mmu_mode machine = nth_mode(0);
            machine.privilege = MMU_MACHINE;
            if (!versus_agree_with_probe(&versus, &bare, va[i], access) ||
                !versus_agree_with_probe(&versus, &bare_user, va[i], access) ||
                !versus_agree_with_probe(&versus, &machine, va[i], access)) {
                report();
            }
        }
    }
    cr_expect(eq(u64, versus.memory.reads, 0));
    cr_expect(zero(memcmp(&before, mmu_counters(versus.mmu), sizeof before)));
}

/* The two accesses of a pair: the first fills the TLB, the second may be answered by it. */
static void try_pair(int level, uint64_t pte, unsigned first, unsigned second)
{
    struct mmu_mode mode = nth_mode(second / 3);
    enum mmu_access access = (enum mmu_access)(second % 3);

    try_access(level, pte, first / 3, (enum mmu_access)(first % 3));
    if (versus.answer.outcome == SV39_OK && !versus_agree(&versus, &mode, VA, access)) {
        report();
    }
}

static void try_all_pairs(int level, uint64_t pte)
{
    for (unsigned first = 0; first < 3 * MODES; first++) {
        for (unsigned second = 0; second < 3 * MODES; second++) {
            try_pair(level, pte, first, second);
        }
    }
}

/* A translation that one access brought is judged anew for each other kind of access: privilege,
 * SUM, MXR and the A/D scheme are the second access's own. */
Test(walk_table, a_cached_page_answers_as_a_walk_would)
{
    versus_finish(&versus);
    versus_init(&versus, "l1i=1,l1d=1,l2=2x2,asid=16");
    for (uint64_t flags = SV39_V; flags < 256; flags += 2) {
        try_all_pairs(0, sv39_pte(BELOW_PPN, flags));
    }
    try_all_pairs(1, sv39_pte(BELOW_PPN, OPEN_LEAF & ~SV39_D));
    try_all_pairs(2, sv39_pte(BELOW_PPN, OPEN_LEAF & ~SV39_D));
    cr_expect(gt(u64, mmu_counters(versus.mmu)->array[MMU_L1D].hits[MMU_LOAD], 0));
    cr_expect(gt(u64, mmu_counters(versus.mmu)->array[MMU_L2].hits[MMU_LOAD], 0));
}
