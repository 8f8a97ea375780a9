/*
 * PTW-09: a PTE with R = 1 or X = 1 is a leaf, at whatever level it is.
 *
 * Priv. [sv32algorithm], step 4: if pte.r = 1 or pte.x = 1, go to step 5.
 * Priv. [norm:Sv39_leaf_any_level], [norm:Sv39_page_sizes].
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"R W X", RULE_EACH_LEVEL, LEAF_RWX, .ops = RULE_ANY | RULE_ANY_ATOMIC,
     .modes = RULE_S | RULE_U, .want = RULE_NO_TRAP},
    {"R alone", RULE_EACH_LEVEL, LEAF_R, .want = RULE_NO_TRAP},
    {"X alone", RULE_EACH_LEVEL, LEAF_X, .ops = RULE_FETCH, .want = RULE_NO_TRAP},
    {"R and W", RULE_EACH_LEVEL, LEAF_RW, .ops = RULE_STORE, .want = RULE_NO_TRAP},
    /* A leaf where an access is not allowed ends the walk as well: it is not followed. */
    {"X alone", RULE_EACH_LEVEL, LEAF_X, .want = RULE_PAGE_FAULT},
    {"R alone", RULE_EACH_LEVEL, LEAF_R, .ops = RULE_FETCH | RULE_STORE, .want = RULE_PAGE_FAULT},
};

RULE("PTW-09", "M", cases);
