/*
 * The walk against the model of the manual: every flag of a PTE and every encoding of its top bits,
 * at every level of every mode, for every kind of access. Nothing is random here;
 * translate_random_test.c does that.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/walk_bench.h"

#define SMALL "l1i=1,l1d=1,asid=16"

static struct walk_bench bench;

/*
 * The number of allowed accesses counted by hand, so that the model is checked too. Of the 16
 * modes:
 *   fetch: X in 3 of the 5 encodings; U only where U=1, S only where U=0; any SUM and MXR:
 *          3 * 2 * 4 = 24; G, D any: * 4; A any with hardware, A=1 with Svade: * 3      288
 *   load:  R in 4, with MXR all 5: 9; U: SUM any, 18; S: U=0 18, U=1 with SUM 9: 45;
 *          G, D any, A as above: * 12                                                   540
 *   store: W in 2; MXR any: 4; U: SUM any, 8; S: U=0 8, U=1 with SUM 4: 20; G any: * 2;
 *          A and D any with hardware, both 1 with Svade: * 5                            200
 * A pointer (V, and G or not) above the last level leads to a leaf that S-mode may use in its 8
 * modes for 3 kinds of access: 48.
 */
enum { ALLOWED_AS_LEAF = 288 + 540 + 200, ALLOWED_AS_POINTER = 48 };

/* Checks how many accesses were allowed since the last check. */
static void expect_allowed(int level, uint64_t as_leaf, uint64_t as_pointer)
{
    uint64_t want = as_leaf * ALLOWED_AS_LEAF + (level > 0 ? as_pointer * ALLOWED_AS_POINTER : 0);

    cr_expect(eq(u64, bench.versus.allowed, want), "level %d of %d", level, bench.levels);
    bench.versus.allowed = 0;
}

static void every_flag_combination(void)
{
    for (int level = 0; level < bench.levels; level++) {
        walk_try_all_flags(&bench, level, WALK_BELOW_PPN, 0);
        expect_allowed(level, 1, 1);
        walk_restore(&bench, level);
    }
}

Test(walk_table, every_flag_combination_at_every_level)
{
    walk_bench_each_mode(&bench, SMALL, every_flag_combination);
}

static void each_reserved_bit(void)
{
    for (int level = 0; level < bench.levels; level++) {
        for (unsigned bit = 54; bit <= 60; bit++) {
            walk_try_all_flags(&bench, level, WALK_BELOW_PPN, UINT64_C(1) << bit);
        }
        expect_allowed(level, 0, 0);
        walk_restore(&bench, level);
    }
}

Test(walk_table, each_of_bits_60_to_54_is_a_page_fault)
{
    walk_bench_each_mode(&bench, SMALL, each_reserved_bit);
}

/* N=1 is a 64 KiB page at the last level where PPN[3:0] is 1000. All else is reserved, a pointer
 * too, be its number what it may [norm:Svnapot_reserved_encoding_fault]. */
static void napot_encodings(void)
{
    for (int level = 0; level < bench.levels; level++) {
        for (uint64_t low = 0; low < 16; low++) {
            walk_try_all_flags(&bench, level, WALK_BELOW_PPN | low, SV_N);
            expect_allowed(level, level == 0 && low == 8, 0);
        }
        walk_restore(&bench, level);
    }
}

Test(walk_table, n_with_each_low_nibble_of_the_ppn_at_every_level)
{
    walk_bench_each_mode(&bench, SMALL, napot_encodings);
}

/* The values of PBMT, in a leaf and in a pointer, with PBMTE and without. */
static void memory_types(void)
{
    for (unsigned i = 0; i < 8; i++) {
        uint64_t type = i % 4;
        bench.svpbmt = i / 4 != 0;
        for (int level = 0; level < bench.levels; level++) {
            walk_try_all_flags(&bench, level, WALK_BELOW_PPN, type << 61);
            expect_allowed(level, type == 0 || (bench.svpbmt && type != 3), type == 0);
            walk_restore(&bench, level);
        }
    }
}

Test(walk_table, each_memory_type_at_every_level)
{
    walk_bench_each_mode(&bench, SMALL, memory_types);
}

/* Svnapot and Svpbmt do not meet: a 64 KiB page may have a memory type. */
Test(walk_table, a_64k_page_with_a_memory_type)
{
    walk_bench_init(&bench, SMALL, SV_39, 3);
    walk_try_all_flags(&bench, 0, WALK_BELOW_PPN | 8, SV_N | SV_IO);
    expect_allowed(0, 0, 0);
    bench.svpbmt = true;
    walk_try_all_flags(&bench, 0, WALK_BELOW_PPN | 8, SV_N | SV_IO);
    expect_allowed(0, 1, 0);
    walk_try_all_flags(&bench, 0, WALK_BELOW_PPN | 8, SV_N | SV_IO | SV_NC);
    expect_allowed(0, 0, 0);
    walk_bench_finish(&bench);
}

static void software_bits(void)
{
    for (int level = 0; level < bench.levels; level++) {
        for (uint64_t rsw = 1; rsw < 4; rsw++) {
            walk_try_all_flags(&bench, level, WALK_BELOW_PPN, rsw << 8);
        }
        expect_allowed(level, 3, 3);
        walk_restore(&bench, level);
    }
}

Test(walk_table, software_bits_are_ignored)
{
    walk_bench_each_mode(&bench, SMALL, software_bits);
}

/* A pointer with the same PPN leads to another page or out of memory: an access fault. */
static void low_ppn_bits(void)
{
    for (int level = 1; level < bench.levels; level++) {
        for (int bit = 0; bit < 9 * level; bit++) {
            if (bit != 3) { /* WALK_BELOW_NAPOT is there, and a pointer to it is good */
                walk_try_all_flags(&bench, level, WALK_BELOW_PPN | UINT64_C(1) << bit, 0);
            }
        }
        expect_allowed(level, 0, 0);
        walk_try_all_flags(&bench, level, WALK_BELOW_PPN | WALK_BELOW_NAPOT, 0);
        expect_allowed(level, 0, 1);
        walk_restore(&bench, level);
    }
}

Test(walk_table, each_low_ppn_bit_misaligns_a_superpage)
{
    walk_bench_each_mode(&bench, SMALL, low_ppn_bits);
}

/* The flags of two pointers, one below the other: G is legal, U, A and D are reserved. */
static void try_two_pointers(int level)
{
    static const uint64_t flag[] = {SV_G, SV_U, SV_A, SV_D};

    for (unsigned set = 0; set < 256; set++) {
        uint64_t upper = walk_pointer_at(level);
        uint64_t lower = walk_pointer_at(level - 1);
        for (unsigned i = 0; i < 4; i++) {
            upper |= set >> i & 1 ? flag[i] : 0;
            lower |= set >> (i + 4) & 1 ? flag[i] : 0;
        }
        versus_poke(&bench.versus, walk_slot_pa(&bench, level), upper);
        walk_try_candidate(&bench, level - 1, lower);
    }
    walk_restore(&bench, level);
    walk_restore(&bench, level - 1);
}

static void flags_of_pointers(void)
{
    versus_poke(&bench.versus, walk_slot_pa(&bench, 0), sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF));
    for (int level = bench.levels - 1; level >= 2; level--) {
        try_two_pointers(level);
    }
    /* G in neither, one or both; S-mode in 8 modes, 3 kinds of access. */
    cr_expect(eq(u64, bench.versus.allowed, (bench.levels - 2) * 4 * 8 * 3));
}

Test(walk_table, flags_of_pointers)
{
    walk_bench_each_mode(&bench, SMALL, flags_of_pointers);
}

static void reserved_bits_of_pointers(void)
{
    versus_poke(&bench.versus, walk_slot_pa(&bench, 0), sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF));
    bench.svpbmt = true;
    for (unsigned bit = 54; bit < 64; bit++) {
        for (int level = 1; level < bench.levels; level++) {
            walk_try_candidate(&bench, level, walk_pointer_at(level) | UINT64_C(1) << bit);
            walk_try_candidate(&bench, level, walk_pointer_at(level) | UINT64_C(1) << bit | SV_G);
            walk_restore(&bench, level);
        }
    }
    cr_expect(eq(u64, bench.versus.allowed, 0));
}

Test(walk_table, each_of_the_top_ten_bits_of_a_pointer_is_a_page_fault)
{
    walk_bench_each_mode(&bench, SMALL, reserved_bits_of_pointers);
}

static void software_bits_of_pointers(void)
{
    versus_poke(&bench.versus, walk_slot_pa(&bench, 0), sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF));
    for (uint64_t rsw = 0; rsw < 4; rsw++) {
        for (int level = 1; level < bench.levels; level++) {
            walk_try_candidate(&bench, level, walk_pointer_at(level) | rsw << 8);
        }
    }
    cr_expect(eq(u64, bench.versus.allowed, 4 * (bench.levels - 1) * 8 * 3));
}

Test(walk_table, software_bits_of_pointers_are_ignored)
{
    walk_bench_each_mode(&bench, SMALL, software_bits_of_pointers);
}

/* Step 9 asks only when A or D must be written, and only after every other rule. */
static void unwritable_ptes(void)
{
    for (int level = 0; level < bench.levels; level++) {
        bench.versus.memory.is_unwritable[WALK_TABLES + level] = true;
        bench.versus.twin.is_unwritable[WALK_TABLES + level] = true;
        walk_try_all_flags(&bench, level, WALK_BELOW_PPN, 0);
        walk_try_all_flags(&bench, level, WALK_BELOW_PPN | 8, SV_N);
        walk_restore(&bench, level);
    }
    cr_expect(eq(u64, bench.versus.memory.writes, 0));
}

Test(walk_table, an_unwritable_pte_is_an_access_fault_only_where_it_must_be_written)
{
    walk_bench_each_mode(&bench, SMALL, unwritable_ptes);
}

static void unreadable_ptes(void)
{
    for (int unreadable = 0; unreadable < bench.levels; unreadable++) {
        bench.versus.memory.is_unreadable[WALK_TABLES + unreadable] = true;
        bench.versus.twin.is_unreadable[WALK_TABLES + unreadable] = true;
        walk_try_candidate(&bench, 0, sv_pte(WALK_BELOW_PPN, WALK_OPEN_LEAF));
        /* A leaf above is reached; an invalid pointer above is a page fault before that. */
        walk_try_all_flags(&bench, bench.levels - 1, WALK_BELOW_PPN, 0);
        walk_restore(&bench, bench.levels - 1);
        bench.versus.memory.is_unreadable[WALK_TABLES + unreadable] = false;
        bench.versus.twin.is_unreadable[WALK_TABLES + unreadable] = false;
    }
}

Test(walk_table, an_unreadable_pte_is_an_access_fault)
{
    walk_bench_each_mode(&bench, SMALL, unreadable_ptes);
}
