/*
 * PRM-02: a load or LR from a page without R is a load page fault, unless MXR = 1 and the page has
 * X.
 *
 * Priv. [norm:load_page_fault_no_r], [norm:mstatus_mxr_op].
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"X page", RULE_EACH_LEVEL, LEAF_X, .ops = RULE_LOAD, .want = RULE_PAGE_FAULT},
    {"X page", 0, LEAF_X, .ops = RULE_LOAD, .modes = RULE_U | RULE_MPRV_S | RULE_MPRV_U,
     .want = RULE_PAGE_FAULT},
    {"X page", 0, LEAF_X, .ops = RULE_LR, .modes = RULE_S | RULE_U, .want = RULE_PAGE_FAULT},
    {"X page, one byte", 0, LEAF_X, .size = 1, .want = RULE_PAGE_FAULT},
    {"X page, MXR=1", 0, LEAF_X, .ops = RULE_LOAD | RULE_LR, .settings = RULE_MXR,
     .want = RULE_NO_TRAP},
    {"R page", 0, LEAF_R, .ops = RULE_LOAD | RULE_LR, .want = RULE_NO_TRAP},
};

RULE("PRM-02", "M", cases);
