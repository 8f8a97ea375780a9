/*
 * PTW-05: a PTE with V = 0 is a page fault, whatever its other bits are: software may keep anything
 * in them, and they are not followed, checked or changed.
 *
 * Priv. [sv32algorithm], step 3: if pte.v = 0. Priv. [translation]: all other bits are don't-cares.
 */
#include "guest/rules/runtime/rule.h"

#define NOT_V (~PTE_V)

static const struct rule_case cases[] = {
    {"nothing set", 0, .ops = RULE_ANY | RULE_LR, .modes = RULE_S | RULE_U, .exact_u = true,
     .want = RULE_PAGE_FAULT},
    {"all permissions", RULE_EACH_LEVEL, LEAF_RWX &NOT_V, .ops = RULE_ANY, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    {"all bits", RULE_EACH_LEVEL, NOT_V, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"missing memory", 0, LEAF_RWX &NOT_V, .pa = RULE_MISSING, .ops = RULE_ANY,
     .want = RULE_PAGE_FAULT},
    {"A and D clear", 0, PTE_R | PTE_W | PTE_X, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"pointer to a good table", 0, LEAF_RWX, .pointer = PTE_G, .pointer_level = RULE_EACH_LEVEL,
     .want = RULE_PAGE_FAULT},
    {"pointer to missing memory", 0, LEAF_RWX, .pointer = PTE_G, .table_pa = RULE_MISSING,
     .pointer_level = RULE_EACH_LEVEL, .want = RULE_PAGE_FAULT},
};

RULE("PTW-05", "M", cases);
