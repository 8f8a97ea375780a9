/*
 * PRM-05: U-mode may access only pages with U = 1.
 *
 * Priv. [translation], the U bit of a PTE.
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"S page", RULE_EACH_LEVEL, LEAF_RWX, .exact_u = true, .ops = RULE_LOAD, .modes = RULE_U,
     .want = RULE_PAGE_FAULT},
    {"S page", 0, LEAF_RWX, .exact_u = true, .ops = RULE_FETCH | RULE_STORE | RULE_LR,
     .modes = RULE_U, .want = RULE_PAGE_FAULT},
    {"S page", 0, LEAF_RWX, .exact_u = true, .ops = RULE_LOAD | RULE_STORE, .modes = RULE_MPRV_U,
     .want = RULE_PAGE_FAULT},
    {"U page", RULE_EACH_LEVEL, LEAF_RWX, .ops = RULE_LOAD, .modes = RULE_U, .want = RULE_NO_TRAP},
    {"U page", 0, LEAF_RWX, .ops = RULE_FETCH | RULE_STORE, .modes = RULE_U, .want = RULE_NO_TRAP},
    {"U page", 0, LEAF_RWX, .ops = RULE_LOAD, .modes = RULE_MPRV_U, .want = RULE_NO_TRAP},
};

RULE("PRM-05", "M", cases);
