/*
 * slow_fill.h - how translations get into the arrays of the slow TLB, and what they push out.
 *
 * Fills, refills in place, evictions, and what an inclusive or an exclusive L2 makes of them, with
 * their counts.
 */
#ifndef TESTS_SUPPORT_SLOW_FILL_H
#define TESTS_SUPPORT_SLOW_FILL_H

#include <stdint.h>

#include "tests/support/slow_tlb.h"

/* Puts into an array what came of a miss for va. stuck is where an entry matched but could not
 * answer, or nowhere. */
void slow_fill_array(struct slow_tlb *tlb, enum mmu_array array, struct slow_place stuck,
                     const struct slow_translation *found, uint64_t va);

/* An exclusive L2 gives a page to an L1. */
void slow_fill_move_out(struct slow_tlb *tlb, struct slow_place place);

#endif
