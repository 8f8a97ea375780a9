/*
 * walk_bench.h - one address, its page tables, and the PTE under test, for an MMU and the model.
 *
 * The candidate is the PTE under test: one of those that translate va, whose tables are pages
 * TABLES (of the last level) and up. Where it is a pointer it leads to the table BELOW, whose
 * entries are leaves for S-mode that allow everything. BELOW is the page whose number is aligned
 * for a leaf of any level; BELOW_NAPOT is its twin at a number that ends in 1000, as that of a
 * 64 KiB page does. Too large for the stack.
 */
#ifndef TESTS_SUPPORT_WALK_BENCH_H
#define TESTS_SUPPORT_WALK_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/versus.h"

enum { WALK_BELOW = 0, WALK_TABLES = 1, WALK_BELOW_NAPOT = 8 };

#define WALK_BELOW_PPN (PTE_MEMORY_BASE >> 12)
#define WALK_OPEN_PPN (UINT64_C(3) << 36) /* of the leaves in BELOW */
#define WALK_OPEN_LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)

/* The modes of a translation: 16 combinations of privilege, SUM, MXR and the A/D scheme. */
enum { WALK_MODES = 16 };

struct walk_bench {
    struct versus versus;
    enum sv_mode satp_mode;
    int levels;
    uint64_t va;
    bool svpbmt; /* of all accesses; false at first */
    unsigned mismatches;
};

/* Makes the tables of a mode, and an MMU whose widest mode has so many levels. */
void walk_bench_init(struct walk_bench *bench, const char *geometry, enum sv_mode satp_mode,
                     int widest);

/* Checks that the two memories are the same, and frees the MMU. */
void walk_bench_finish(struct walk_bench *bench);

/* Runs body in Sv39, Sv48 and Sv57, each time on a new bench and an MMU that has no wider one. */
void walk_bench_each_mode(struct walk_bench *bench, const char *geometry, void (*body)(void));

/* The table of va at a level, the PTE in it, and what leads from a level to the next table. */
uint64_t walk_table_at(int level);
uint64_t walk_slot_pa(const struct walk_bench *bench, int level);
uint64_t walk_pointer_at(int level);

/* Puts the pointer back that a candidate replaced; at the last level, nothing. */
void walk_restore(struct walk_bench *bench, int level);

struct mmu_mode walk_mode(const struct walk_bench *bench, unsigned n);

/* Reports the last mismatch; ends the test after a few. */
void walk_report(struct walk_bench *bench);

/* Stores the PTE, empties the TLB, and does one access of va in the n-th mode. */
void walk_try(struct walk_bench *bench, int level, uint64_t pte, unsigned n,
              enum mmu_access access);

/* One candidate in every mode for every kind of access. */
void walk_try_candidate(struct walk_bench *bench, int level, uint64_t pte);

/* Every combination of V R W X U G A D as the candidate's flags, with more bits. */
void walk_try_all_flags(struct walk_bench *bench, int level, uint64_t ppn, uint64_t more);

#endif
