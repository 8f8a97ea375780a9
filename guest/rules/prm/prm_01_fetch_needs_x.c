/*
 * PRM-01: a fetch from a page without X is an instruction page fault.
 *
 * Priv. [norm:fetch_page_fault_no_x].
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"RW page", RULE_EACH_LEVEL, LEAF_RW, .ops = RULE_FETCH, .want = RULE_PAGE_FAULT},
    {"RW page", 0, LEAF_RW, .ops = RULE_FETCH, .modes = RULE_U, .want = RULE_PAGE_FAULT},
    {"R page", 0, LEAF_R, .ops = RULE_FETCH, .modes = RULE_S | RULE_U, .want = RULE_PAGE_FAULT},
    {"X page", RULE_EACH_LEVEL, LEAF_X, .ops = RULE_FETCH, .want = RULE_NO_TRAP},
    {"X page", 0, LEAF_X, .ops = RULE_FETCH, .modes = RULE_U, .want = RULE_NO_TRAP},
    {"RX page", 0, LEAF_RX, .ops = RULE_FETCH, .want = RULE_NO_TRAP},
};

RULE("PRM-01", "M", cases);
