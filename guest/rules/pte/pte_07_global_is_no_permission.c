/*
 * PTE-07: G in a leaf says in which address spaces a mapping is; it allows nothing and forbids
 * nothing.
 *
 * Priv. [translation]: the G bit designates a global mapping. Priv. [sv32algorithm], steps 6 to 8:
 * what is allowed depends on U, R, W and X, SUM and MXR.
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"R W X G", RULE_EACH_LEVEL, LEAF_RWX | PTE_G, .ops = RULE_ANY, .modes = RULE_S | RULE_U},
    {"R G", 0, LEAF_R | PTE_G},
    {"R G", 0, LEAF_R | PTE_G, .ops = RULE_FETCH | RULE_STORE, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    {"R W G", 0, LEAF_RW | PTE_G, .ops = RULE_FETCH, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    {"X G", 0, LEAF_X | PTE_G, .ops = RULE_ANY_DATA, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    {"page of S-mode and G", 0, LEAF_RWX | PTE_G, .exact_u = true, .ops = RULE_ANY, .modes = RULE_U,
     .want = RULE_PAGE_FAULT},
    {"page of U-mode and G", 0, LEAF_RWX | PTE_U | PTE_G, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"page of U-mode and G, SUM", 0, LEAF_RWX | PTE_U | PTE_G, .settings = RULE_SUM,
     .ops = RULE_ANY_DATA},
    {"no V but G", 0, (LEAF_RWX | PTE_G) & ~PTE_V, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
};

RULE("PTE-07", "M", cases);
