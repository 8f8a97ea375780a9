/*
 * PTW-06: a PTE with R = 0 and W = 1 is a page fault, with and without X, for every access.
 *
 * Priv. [sv32algorithm], step 3: if pte.r = 0 and pte.w = 1. Priv. [pteperm]: reserved.
 */
#include "guest/rules/runtime/rule.h"

#define LEAF_W (PTE_V | PTE_W | PTE_A | PTE_D)
#define LEAF_WX (LEAF_W | PTE_X)

static const struct rule_case cases[] = {
    {"xwr=010", 0, LEAF_W, .ops = RULE_ANY | RULE_LR, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    {"xwr=110", 0, LEAF_WX, .ops = RULE_ANY | RULE_LR, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    {"xwr=010", RULE_EACH_LEVEL, LEAF_W, .ops = RULE_STORE, .want = RULE_PAGE_FAULT},
    {"xwr=110", RULE_EACH_LEVEL, LEAF_WX, .ops = RULE_FETCH | RULE_STORE, .want = RULE_PAGE_FAULT},
    {"xwr=110 and MXR", 0, LEAF_WX, .settings = RULE_MXR, .want = RULE_PAGE_FAULT},
    /* Not a pointer either: the table it would point to is a good one. */
    {"pointer with W", 0, LEAF_RWX, .pointer = PTE_V | PTE_W, .pointer_level = RULE_EACH_LEVEL,
     .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
};

RULE("PTW-06", "M", cases);
