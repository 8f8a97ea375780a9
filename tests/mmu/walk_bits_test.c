/*
 * The walk against the model of the manual: every bit of an address, virtual or physical, goes to
 * its place or makes a fault, at every level of every mode; and a page that is cached is judged
 * anew for each access.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

#include "tests/support/walk_bench.h"

#define SMALL "l1i=1,l1d=1,asid=16"

static struct walk_bench bench;

/* No PPN bit of satp or of a pointer may be dropped for a smaller physical address space. */
static void every_pointer_bit(void)
{
    versus_poke(&bench.versus, walk_slot_pa(&bench, 0), sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF));
    for (unsigned bit = 0; bit < 44; bit++) {
        struct mmu_mode mode = walk_mode(&bench, 1);
        mode.satp ^= UINT64_C(1) << bit;
        versus_fence(&bench.versus);
        if (!versus_agree(&bench.versus, &mode, bench.va, MMU_LOAD)) {
            walk_report(&bench);
        }
        for (int level = 1; level < bench.levels; level++) {
            walk_try_candidate(&bench, level, walk_pointer_at(level) ^ UINT64_C(1) << (10 + bit));
            walk_restore(&bench, level);
        }
    }
}

Test(walk_bits, every_ppn_bit_of_satp_and_of_pointers_counts)
{
    walk_bench_each_mode(&bench, SMALL, every_pointer_bit);
}

/* Each PPN bit of a leaf stands in the physical address at its place, 55..12, or misaligns. */
static void every_leaf_bit(void)
{
    for (int level = 0; level < bench.levels; level++) {
        for (int bit = 9 * level; bit < 44; bit++) {
            walk_try(&bench, level, sv_pte(UINT64_C(1) << bit, WALK_OPEN_LEAF), 1, MMU_LOAD);
            cr_expect(eq(int, bench.versus.answer.outcome, SV_OK));
            cr_expect(eq(u64, bench.versus.answer.pa,
                         (UINT64_C(4096) << bit) + bench.va % sv_span(level)));
        }
        walk_restore(&bench, level);
    }
}

Test(walk_bits, every_ppn_bit_of_a_leaf_reaches_the_physical_address)
{
    walk_bench_each_mode(&bench, SMALL, every_leaf_bit);
}

/* PPN bits above the low four are the page's, one by one. */
Test(walk_bits, every_other_ppn_bit_of_a_64k_page_reaches_the_physical_address)
{
    walk_bench_init(&bench, SMALL, SV_39, 3);
    for (unsigned bit = 4; bit < 44; bit++) {
        uint64_t ppn = UINT64_C(1) << bit | 8;
        walk_try(&bench, 0, sv_pte(ppn, WALK_OPEN_LEAF) | SV_N, 1, MMU_LOAD);
        cr_expect(eq(u64, bench.versus.answer.pa, (UINT64_C(4096) << bit) + bench.va % 65536));
    }
    cr_expect(eq(u64, bench.versus.allowed, 40));
    walk_bench_finish(&bench);
}

/* Each of the 16 PTEs of a 64 KiB page maps its own 4 KiB, wherever it is asked from. */
static void napot_pages(void)
{
    uint64_t first = bench.va - bench.va % 65536;

    for (uint64_t page = 0; page < 16; page++) {
        bench.va = first + page * 4096 + 0x123;
        walk_try(&bench, 0, sv_pte(WALK_OPEN_PPN | 8, WALK_OPEN_LEAF & ~SV_A & ~SV_D) | SV_N, 9,
                 MMU_STORE);
        cr_expect(eq(u64, bench.versus.answer.pa, (WALK_OPEN_PPN << 12) + page * 4096 + 0x123));
        /* A and D are set in this PTE, whose PPN stays what it is. */
        cr_expect(eq(u64, *pte_memory_at(&bench.versus.memory, walk_slot_pa(&bench, 0)),
                     sv_pte(WALK_OPEN_PPN | 8, WALK_OPEN_LEAF) | SV_N));
    }
    cr_expect(eq(u64, bench.versus.allowed, 16));
}

Test(walk_bits, each_pte_of_a_64k_page_maps_its_own_part)
{
    walk_bench_each_mode(&bench, SMALL, napot_pages);
}

/* Each VA bit below the leaf's level passes through; the test of the walk and of the hit. */
static void every_offset_bit(void)
{
    struct mmu_mode mode = walk_mode(&bench, 1);

    for (int level = 0; level < bench.levels; level++) {
        versus_poke(&bench.versus, walk_slot_pa(&bench, level),
                    sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF));
        versus_fence(&bench.versus);
        for (int bit = 0; bit < 12 + 9 * level; bit++) {
            if (!versus_agree(&bench.versus, &mode, bench.va ^ UINT64_C(1) << bit, MMU_LOAD)) {
                walk_report(&bench);
            }
        }
    }
    cr_expect(eq(u64, bench.versus.refused, 0));
    cr_expect(eq(u64, mmu_counters(bench.versus.mmu)->walk.count, bench.levels));
}

Test(walk_bits, every_offset_bit_reaches_the_physical_address)
{
    walk_bench_each_mode(&bench, SMALL, every_offset_bit);
}

/* The bits above the address must equal its top bit, in both halves of the address space. */
static void high_bits(void)
{
    struct mmu_mode mode = walk_mode(&bench, 1);
    unsigned top = 11 + 9 * (unsigned)bench.levels; /* 38, 47 or 56 */

    for (unsigned half = 0; half < 2; half++) {
        uint64_t good = half == 0 ? bench.va : bench.va | ~UINT64_C(0) << top;
        versus_poke(&bench.versus,
                    walk_table_at(bench.levels - 1) + sv_index(good, bench.levels - 1) * 8,
                    sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF));
        for (enum mmu_access access = MMU_FETCH; access <= MMU_STORE; access++) {
            for (unsigned bit = top; bit < 64; bit++) {
                versus_fence(&bench.versus);
                if (!versus_agree(&bench.versus, &mode, good, access) ||
                    !versus_agree(&bench.versus, &mode, good ^ UINT64_C(1) << bit, access)) {
                    walk_report(&bench);
                }
            }
        }
    }
    cr_expect(eq(u64, bench.versus.allowed, 2 * 3 * (64 - top)));
    cr_expect(eq(u64, bench.versus.refused, 2 * 3 * (64 - top)));
}

Test(walk_bits, one_wrong_high_bit_is_a_page_fault)
{
    walk_bench_each_mode(&bench, SMALL, high_bits);
}

static void not_translated(void)
{
    const uint64_t vas[] = {0, bench.va, UINT64_C(1) << 38, UINT64_C(1) << 47, UINT64_MAX};
    struct mmu_counters before = *mmu_counters(bench.versus.mmu);

    for (unsigned i = 0; i < sizeof vas / sizeof *vas; i++) {
        for (enum mmu_access access = MMU_FETCH; access <= MMU_STORE; access++) {
            struct mmu_mode bare = {.satp = 0, .privilege = MMU_SUPERVISOR};
            struct mmu_mode bare_user = {.satp = 0, .privilege = MMU_USER, .sum = true};
            struct mmu_mode machine = walk_mode(&bench, 0);
            machine.privilege = MMU_MACHINE;
            if (!versus_agree_with_probe(&bench.versus, &bare, vas[i], access) ||
                !versus_agree_with_probe(&bench.versus, &bare_user, vas[i], access) ||
                !versus_agree_with_probe(&bench.versus, &machine, vas[i], access)) {
                walk_report(&bench);
            }
        }
    }
    cr_expect(eq(u64, bench.versus.memory.reads, 0));
    cr_expect(zero(memcmp(&before, mmu_counters(bench.versus.mmu), sizeof before)));
}

Test(walk_bits, bare_and_machine_mode_are_not_translated)
{
    walk_bench_each_mode(&bench, SMALL, not_translated);
}

/* Every mode up to the widest works on one MMU; satp chooses. */
Test(walk_bits, a_wide_mmu_has_the_narrower_modes_too)
{
    for (int widest = 3; widest <= 5; widest++) {
        for (enum sv_mode mode = SV_39; mode <= (enum sv_mode)(widest + 5); mode++) {
            walk_bench_init(&bench, SMALL, mode, widest);
            walk_try(&bench, 0, sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF), 1, MMU_LOAD);
            cr_expect(eq(u64, bench.versus.allowed, 1));
            walk_bench_finish(&bench);
        }
    }
}

/* The two accesses of a pair: the first fills the TLB, the second may be answered by it. */
static void try_pair(int level, uint64_t pte, unsigned first, unsigned second)
{
    struct mmu_mode mode = walk_mode(&bench, second / 3);
    enum mmu_access access = (enum mmu_access)(second % 3);

    walk_try(&bench, level, pte, first / 3, (enum mmu_access)(first % 3));
    if (bench.versus.answer.outcome == SV_OK &&
        !versus_agree(&bench.versus, &mode, bench.va, access)) {
        walk_report(&bench);
    }
}

static void try_all_pairs(int level, uint64_t pte)
{
    for (unsigned first = 0; first < 3 * WALK_MODES; first++) {
        for (unsigned second = 0; second < 3 * WALK_MODES; second++) {
            try_pair(level, pte, first, second);
        }
    }
}

static void all_pairs(void)
{
    for (int level = 1; level < bench.levels; level++) {
        try_all_pairs(level, sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF & ~SV_D));
        walk_restore(&bench, level);
    }
    try_all_pairs(0, sv_pte(WALK_BELOW_PPN | 8, WALK_OPEN_LEAF & ~SV_D) | SV_N);
    for (uint64_t flags = SV_V; flags < 256; flags += 2) {
        try_all_pairs(0, sv_pte(WALK_BELOW_PPN, flags));
    }
    cr_expect(gt(u64, mmu_counters(bench.versus.mmu)->array[MMU_L1D].hits[MMU_LOAD], 0));
    cr_expect(gt(u64, mmu_counters(bench.versus.mmu)->array[MMU_L2].hits[MMU_LOAD], 0));
}

/* A translation that one access brought is judged anew for each other kind of access: privilege,
 * SUM, MXR and the A/D scheme are the second access's own. */
Test(walk_bits, a_cached_page_answers_as_a_walk_would)
{
    walk_bench_each_mode(&bench, "l1i=1,l1d=1,l2=2x2,asid=16", all_pairs);
}
