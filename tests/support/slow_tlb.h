/*
 * slow_tlb.h - the whole TLB of docs/tlb.md written a second time: slow, plain, and counted.
 *
 * It was written from that text and docs/counters.md by someone who had not seen the code of mmu/,
 * and shares with it only the types that say what a geometry and what the counters are. Where it
 * and the MMU agree, count by count, two readings of the text agree. slow_tlb_init allocates,
 * slow_tlb_finish frees.
 *
 * Spec: docs/tlb.md, docs/counters.md; what a PTE means comes from sv_model.h.
 */
#ifndef TESTS_SUPPORT_SLOW_TLB_H
#define TESTS_SUPPORT_SLOW_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "tests/support/slow_array.h"
#include "tests/support/slow_classes.h"
#include "tests/support/slow_walk.h"
#include "tests/support/sv_model.h"

/* What no counter of the MMU tells, so that a test can see that it happened. */
struct slow_notes {
    uint64_t piece_hits;    /* hits on a piece of a larger page */
    uint64_t joins;         /* pages that went into an entry which was there */
    uint64_t taken_slots;   /* fills that found the page there already */
    uint64_t misfits;       /* evictions because the new translation has another size or ASID */
    uint64_t retags;        /* refills in place that gave an entry another ASID */
    uint64_t whole_evicted; /* evictions of entries with several pages */
};

struct slow_tlb {
    struct mmu_geometry geometry;
    struct slow_array array[MMU_ARRAYS];
    struct slow_classes classes[MMU_ARRAYS];
    struct slow_walker walker;
    struct mmu_counters counters;    /* but for those of the walks, which the walker has */
    struct mmu_share_counters *asid; /* [65536] */
    uint64_t asid_count;             /* the highest ASID seen and one more, or 0 */
    struct slow_notes notes;
};

/* Where the translations of an array are, found by looking at them. */
struct slow_valid {
    uint64_t pages;
    uint64_t by_size[MMU_PAGE_SIZES + 1];
    uint64_t by_bank[MMU_MAX_BANKS];
};

void slow_tlb_init(struct slow_tlb *tlb, const struct mmu_geometry *geometry,
                   const struct sv_memory *memory);
void slow_tlb_finish(struct slow_tlb *tlb);

/* Translates va. Writes *pa only when it returns SV_OK. */
enum sv_outcome slow_tlb_translate(struct slow_tlb *tlb, const struct mmu_mode *mode, uint64_t va,
                                   enum mmu_access access, uint64_t *pa);

void slow_tlb_fence(struct slow_tlb *tlb, const struct mmu_fence *fence);

struct slow_valid slow_tlb_valid(struct slow_tlb *tlb, enum mmu_array array);

#endif
