/*
 * napot.h - sixteen PTEs that map 64 KiB.
 */
#ifndef GUEST_RULES_NAPOT_H
#define GUEST_RULES_NAPOT_H

#include "guest/rules/runtime/rule.h"

/* The range begins at VPN[0] = 32. NAPOT_OFFSET: the place in a page that is used. */
enum { NAPOT_PAGES = 16, NAPOT_SIZE_64K = 8, NAPOT_VPN = 32, NAPOT_OFFSET = 0x340 };

/* The address in page i of the range. */
static inline uint64_t napot_va(unsigned i)
{
    uint64_t table_va = rule_va(0, NAPOT_OFFSET) & ~(rule_size(1) - 1);

    return table_va + (NAPOT_VPN + i) * PAGE_SIZE + NAPOT_OFFSET;
}

/* pa is aligned to 64 KiB; low is PPN[3:0]. */
static inline uint64_t napot_pte(uint64_t pa, uint64_t bits, unsigned low)
{
    return pte_make(pa + low * PAGE_SIZE, bits | PTE_N);
}

/* Writes the sixteen PTEs; does not fence. */
static inline void napot_write(uint64_t pa, uint64_t bits, unsigned low)
{
    volatile uint64_t *first = rule_pte(napot_va(0), 0);

    for (unsigned i = 0; i < NAPOT_PAGES; i++) {
        first[i] = napot_pte(pa, bits, low);
    }
}

/* The same with nothing else mapped, and fenced. */
static inline void napot_map(uint64_t pa, uint64_t bits, unsigned low)
{
    rule_reset();
    for (unsigned i = 0; i < NAPOT_PAGES; i++) {
        rule_pte(napot_va(i), 0);
    }
    napot_write(pa, bits, low);
    rule_fence();
}

#endif
