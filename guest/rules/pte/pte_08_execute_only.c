/*
 * PTE-08: xwr = 100 is a valid page, that may be executed and neither be read nor written.
 *
 * Priv. [pteperm]: execute-only page.
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"X", RULE_EACH_LEVEL, LEAF_X, .ops = RULE_FETCH, .modes = RULE_S | RULE_U},
    {"X", RULE_EACH_LEVEL, LEAF_X, .ops = RULE_LOAD | RULE_STORE, .want = RULE_PAGE_FAULT},
    {"X", 0, LEAF_X, .ops = RULE_ANY_DATA | RULE_LR, .modes = RULE_S | RULE_U | RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"X", 0, LEAF_X, .size = 1, .want = RULE_PAGE_FAULT},
    {"X with MXR", 0, LEAF_X, .settings = RULE_MXR, .modes = RULE_S | RULE_U},
    {"X with MXR", 0, LEAF_X, .settings = RULE_MXR, .ops = RULE_STORE, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
};

RULE("PTE-08", "M", cases);
