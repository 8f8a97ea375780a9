/*
 * PRM-07: S-mode never runs code from a page with U = 1, whatever SUM is.
 *
 * Priv. [norm:sstatus_sum].
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"U page, SUM=0", RULE_EACH_LEVEL, LEAF_RX | PTE_U, .ops = RULE_FETCH, .want = RULE_PAGE_FAULT},
    {"U page, SUM=1", RULE_EACH_LEVEL, LEAF_RX | PTE_U, .ops = RULE_FETCH, .settings = RULE_SUM,
     .want = RULE_PAGE_FAULT},
    {"U page with X only, SUM=1 MXR=1", 0, LEAF_X | PTE_U, .ops = RULE_FETCH,
     .settings = RULE_SUM | RULE_MXR, .want = RULE_PAGE_FAULT},
    {"U page, SUM=1", 0, LEAF_RX, .ops = RULE_FETCH, .modes = RULE_U, .settings = RULE_SUM,
     .want = RULE_NO_TRAP},
    {"S page, SUM=1", 0, LEAF_RX, .ops = RULE_FETCH, .settings = RULE_SUM, .want = RULE_NO_TRAP},
};

RULE("PRM-07", "M", cases);
