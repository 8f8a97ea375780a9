/*
 * PTE-06: G in a pointer is legal and makes all mappings below it global, whether or not they have
 * G themselves. A hart need not make use of it, so what can be seen is that nothing else changes.
 *
 * Priv. [translation]: for non-leaf PTEs, the global setting implies that all mappings in the
 * subsequent levels of the page table are global.
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"G in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_G, .pointer_level = RULE_EACH_LEVEL,
     .ops = RULE_ANY, .modes = RULE_S | RULE_U},
    {"G above a megapage", 1, LEAF_RWX, .pointer = PTE_V | PTE_G, .pointer_level = RULE_EACH_LEVEL,
     .ops = RULE_ANY},
    {"G in pointer and leaf", 0, LEAF_RWX | PTE_G, .pointer = PTE_V | PTE_G, .ops = RULE_ANY},
    {"G in a pointer, no W below", 0, LEAF_R, .pointer = PTE_V | PTE_G, .ops = RULE_STORE,
     .want = RULE_PAGE_FAULT},
    {"G in a pointer, invalid below", 0, .pointer = PTE_V | PTE_G, .want = RULE_PAGE_FAULT},
};

/* The same global mapping in two address spaces: reached in both, whichever entry is used. */
static void global_in_two_spaces(void)
{
    uint64_t va = rule_va(0, rule_page(1));

    for (unsigned space = 0; space < 2; space++) {
        rule_choose_space(space);
        rule_map(va, rule_page(1), LEAF_R, 0);
        *rule_pte(va, rule_paging->levels - 1) |= PTE_G;
    }
    rule_fence();
    for (unsigned space = 0; space < 2; space++) {
        rule_switch(space, space);

        struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

        rule_expect_pa(rule_text("global in space %u", space), &outcome, rule_page(1));
    }
}

const struct rule rule = {RULE_TABLE("PTE-06", "M", cases), .program = global_in_two_spaces};
