/*
 * PRM-06: loads and stores of S-mode to a page with U = 1 fault with SUM = 0 and are allowed with
 * SUM = 1.
 *
 * Priv. [norm:sstatus_sum], [norm:mstatus_sum_op].
 */
#include "guest/rules/runtime/rule.h"

#define USER_RW (LEAF_RW | PTE_U)

static const struct rule_case cases[] = {
    {"U page, SUM=0", RULE_EACH_LEVEL, USER_RW, .ops = RULE_LOAD, .want = RULE_PAGE_FAULT},
    {"U page, SUM=0", 0, USER_RW, .ops = RULE_STORE | RULE_LR, .want = RULE_PAGE_FAULT},
    {"U page, SUM=1", RULE_EACH_LEVEL, USER_RW, .ops = RULE_LOAD, .settings = RULE_SUM,
     .want = RULE_NO_TRAP},
    {"U page, SUM=1", 0, USER_RW, .ops = RULE_STORE | RULE_LR_SC | RULE_AMO, .settings = RULE_SUM,
     .want = RULE_NO_TRAP},
    {"U page without W, SUM=1", 0, LEAF_R | PTE_U, .ops = RULE_STORE, .settings = RULE_SUM,
     .want = RULE_PAGE_FAULT},
    {"S page, SUM=1", 0, LEAF_RW, .ops = RULE_LOAD, .settings = RULE_SUM, .want = RULE_NO_TRAP},
};

RULE("PRM-06", "M", cases);
