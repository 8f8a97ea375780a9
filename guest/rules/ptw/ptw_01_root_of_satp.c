/*
 * PTW-01: the walk starts at the table that satp.PPN names, at the highest level.
 *
 * Priv. [sv32algorithm], step 1: a = satp.PPN x PAGESIZE, i = LEVELS - 1. Priv. [norm:Sv39_LEVELS].
 */
#include "guest/rules/runtime/rule.h"

/* One address, three roots: each must give its own page, the last one none. */
static void each_root_has_its_own_pages(void)
{
    uint64_t va = rule_va(0, rule_page(0));

    for (unsigned space = 0; space < 2; space++) {
        rule_choose_space(space);
        rule_map(va, rule_page(1 + space), LEAF_RWX, 0);
    }
    for (unsigned space = 0; space < 3; space++) {
        rule_switch(space, 0);
        rule_fence();

        const char *name = rule_text("root %u", space);
        struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

        if (space < 2) {
            rule_expect_pa(name, &outcome, rule_page(1 + space));
        } else {
            rule_expect_trap(name, &outcome, CAUSE_LOAD_PAGE_FAULT, va);
        }
    }
}

/* Slots of the root of which each maps another page: too low a first level would find none. */
static void highest_vpn_chooses_in_the_root(void)
{
    static const unsigned slots[] = {1, 2, 128, 255};
    unsigned root_level = rule_paging->levels - 1;

    for (unsigned i = 0; i < 4; i++) {
        rule_map(slots[i] * rule_size(root_level), rule_page(i), LEAF_R, 0);
    }
    rule_fence();
    for (unsigned i = 0; i < 4; i++) {
        struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, slots[i] * rule_size(root_level));

        rule_expect_pa(rule_text("slot %u of the root", slots[i]), &outcome, rule_page(i));
    }
}

static void program(void)
{
    each_root_has_its_own_pages();
    rule_reset();
    highest_vpn_chooses_in_the_root();
}

RULE_PROGRAM("PTW-01", "M", program);
