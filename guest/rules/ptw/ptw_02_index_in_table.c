/*
 * PTW-02: at each level the PTE that is read is the one at a + VPN[i] x 8, all its 8 bytes.
 *
 * Priv. [sv32algorithm], step 2: pte is the value at a + va.vpn[i] x PTESIZE; its last paragraph:
 * width PTESIZE. Priv. [norm:Sv39_pte_count_sz], [norm:Sv39_PTESIZE].
 */
#include "guest/rules/runtime/rule.h"

/* The first and the last slot, their neighbours, and the borders between the bits of an index. */
static const unsigned slots[] = {0, 1, 2, 3, 128, 255, 256, 510, 511};

enum { SLOTS = sizeof slots / sizeof *slots };

/* In the root, the upper half is not reached by addresses of the lower half, and its last slot is
 * the runtime's. */
static bool is_usable(unsigned slot, unsigned level)
{
    return level < rule_paging->levels - 1 || slot < 256;
}

/* An address that differs from others only in its VPN at this level. */
static uint64_t address(unsigned slot, unsigned level)
{
    uint64_t all = (PTE_PER_TABLE - 1) * rule_size(level);

    return (rule_va(0, rule_page(0)) & ~all) | slot * rule_size(level);
}

/* All slots are in use at the same time, each for another page, so a wrong one is told apart. */
static void try_level(unsigned level)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (is_usable(slots[i], level)) {
            rule_map(address(slots[i], level), rule_page(i), LEAF_R, 0);
        }
    }
    rule_fence();
    for (unsigned i = 0; i < SLOTS; i++) {
        if (is_usable(slots[i], level)) {
            struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, address(slots[i], level));

            rule_expect_pa(rule_text("level %u slot %u", level, slots[i]), &outcome, rule_page(i));
        }
    }
}

/* A PTE that is valid in its lower half only, and one that is so in its upper half only. */
static void both_halves_count(void)
{
    uint64_t va = rule_va(0, rule_page(0));
    volatile uint64_t *leaf = rule_map(va, rule_page(0), LEAF_R | PTE_RESERVED, 0);

    rule_fence();
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    rule_expect_trap("reserved bits in the upper half", &outcome, CAUSE_LOAD_PAGE_FAULT, va);
    *leaf = LEAF_R << 32;
    rule_fence();
    outcome = rule_try(RULE_LOAD, RULE_S, va);
    rule_expect_trap("V in the upper half", &outcome, CAUSE_LOAD_PAGE_FAULT, va);
}

static void program(void)
{
    for (unsigned level = 0; level < rule_paging->levels; level++) {
        rule_reset();
        try_level(level);
    }
    rule_reset();
    both_halves_count();
}

RULE_PROGRAM("PTW-02", "M", program);
