/*
 * crossing.h - two neighbouring virtual pages, and accesses that begin in one and end in the other.
 */
#ifndef GUEST_RULES_TRP_CROSSING_H
#define GUEST_RULES_TRP_CROSSING_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/rules/runtime/rule.h"

/* What one of the two pages is; closed is one that PMP closes. The memory of the pages is not
 * neighbouring. */
enum half { HALF_THERE, HALF_UNMAPPED, HALF_READ_ONLY, HALF_CLOSED, HALF_MISSING };

enum { UNUSED_PAGE = 15 };

/* The start of the second page. */
static inline uint64_t crossing_border(void)
{
    return rule_va(0, 0) + PAGE_SIZE;
}

/* The memory under the two pages. */
static inline uint64_t crossing_page(unsigned half)
{
    return half == 0 ? rule_page(5) : rule_page(3);
}

static inline void crossing_map_half(unsigned number, enum half half)
{
    uint64_t va = crossing_border() - PAGE_SIZE + number * PAGE_SIZE;
    bool is_closed = half == HALF_CLOSED;

    rule_pmp(number, is_closed ? crossing_page(number) : rule_page(UNUSED_PAGE), PAGE_SIZE,
             is_closed ? 0 : PMP_R | PMP_W | PMP_X);
    switch (half) {
    case HALF_CLOSED:
    case HALF_THERE: rule_map(va, crossing_page(number), LEAF_RWX, 0); return;
    case HALF_UNMAPPED: rule_map(va, crossing_page(number), 0, 0); return;
    case HALF_READ_ONLY: rule_map(va, crossing_page(number), LEAF_R, 0); return;
    case HALF_MISSING: rule_map(va, RULE_MISSING, LEAF_RWX, 0); return;
    }
}

static inline void crossing_map(enum half first, enum half second)
{
    crossing_map_half(0, first);
    crossing_map_half(1, second);
    rule_fence();
}

/* Not to do misaligned accesses at all is legal, and may come before all other faults: true if that
 * is what happened. [norm:mcause_exccode_pri2] */
static inline bool is_misaligned(const struct rule_outcome *outcome)
{
    return outcome->cause == CAUSE_LOAD_MISALIGNED || outcome->cause == CAUSE_STORE_MISALIGNED;
}

#endif
