/*
 * slow_walk.h - a page-table walk for the slow TLB, with a walk cache and counts.
 *
 * What a PTE means is the business of sv_model.h; this walk only knows where to find the next one:
 * in memory, or in a walk cache as docs/tlb.md describes them.
 */
#ifndef TESTS_SUPPORT_SLOW_WALK_H
#define TESTS_SUPPORT_SLOW_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/counters.h"
#include "tests/support/slow_array.h"
#include "tests/support/sv_model.h"

/* A fence: has_va and has_asid as rs1 and rs2 other than x0. */
struct slow_fence {
    bool has_va;
    bool has_asid;
    uint64_t va;
    uint64_t asid;
};

struct slow_walker {
    struct mmu_walk_cache_geometry shape;
    struct slow_array cache;
    struct sv_memory memory;
    struct mmu_walk_counters counters;
};

/* How a walk ended. */
struct slow_walk {
    enum sv_outcome outcome;
    uint64_t pa;     /* valid if outcome is SV_OK */
    bool is_invalid; /* a PTE with V=0 ended it */
    unsigned level;  /* of the last PTE */
    /* Of the page, or of the invalid PTE taken for one; valid if outcome is SV_OK or is_invalid. */
    struct slow_translation found;
};

void slow_walker_init(struct slow_walker *walker, const struct mmu_geometry *geometry,
                      const struct sv_memory *memory);
void slow_walker_finish(struct slow_walker *walker);

/* Walks, sets A and D in memory, counts. The request is one that is translated. */
struct slow_walk slow_walker_walk(struct slow_walker *walker, const struct sv_request *request,
                                  uint64_t asid);

/* Removes pointers from the walk cache, and returns how many. */
uint64_t slow_walker_fence(struct slow_walker *walker, const struct slow_fence *fence);

#endif
