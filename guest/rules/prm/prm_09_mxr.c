/*
 * PRM-09: with MXR = 1 loads may read pages with R or X. It changes neither stores nor fetches, nor
 * what the U bit forbids.
 *
 * Priv. [norm:mstatus_mxr_op], [norm:sstatus_mxr].
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"X page, MXR=0", 0, LEAF_X, .ops = RULE_LOAD, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    {"X page, MXR=1", RULE_EACH_LEVEL, LEAF_X, .ops = RULE_LOAD, .settings = RULE_MXR,
     .want = RULE_NO_TRAP},
    {"X page, MXR=1", 0, LEAF_X, .ops = RULE_LOAD | RULE_LR, .modes = RULE_U, .settings = RULE_MXR,
     .want = RULE_NO_TRAP},
    {"R page, MXR=1", 0, LEAF_R, .ops = RULE_LOAD, .settings = RULE_MXR, .want = RULE_NO_TRAP},
    {"X page, MXR=1", 0, LEAF_X, .ops = RULE_STORE, .settings = RULE_MXR, .want = RULE_PAGE_FAULT},
    {"RX page, MXR=1", 0, LEAF_RX, .ops = RULE_STORE, .settings = RULE_MXR,
     .want = RULE_PAGE_FAULT},
    {"RW page, MXR=1", 0, LEAF_RW, .ops = RULE_FETCH, .settings = RULE_MXR,
     .want = RULE_PAGE_FAULT},
    {"RW page, MXR=1", 0, LEAF_RW, .ops = RULE_STORE, .settings = RULE_MXR, .want = RULE_NO_TRAP},
    {"X page, MXR=1", 0, LEAF_X, .ops = RULE_FETCH, .settings = RULE_MXR, .want = RULE_NO_TRAP},
    {"X page of U, MXR=1", 0, LEAF_X | PTE_U, .ops = RULE_LOAD, .settings = RULE_MXR,
     .want = RULE_PAGE_FAULT},
    {"X page of S, MXR=1", 0, LEAF_X, .exact_u = true, .ops = RULE_LOAD, .modes = RULE_U,
     .settings = RULE_MXR, .want = RULE_PAGE_FAULT},
};

RULE("PRM-09", "M", cases);
