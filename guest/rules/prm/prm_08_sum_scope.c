/*
 * PRM-08: SUM does nothing for U-mode and nothing in Bare. It is in effect where MPRV = 1 and
 * MPP = S.
 *
 * Priv. [norm:sstatus_sum], [norm:mstatus_sum_op_no-vm], [norm:mstatus_sum_op_mprv_mpp].
 */
#include "guest/rules/runtime/rule.h"

#define USER_RW (LEAF_RW | PTE_U)

static const struct rule_case cases[] = {
    {"S page, SUM=1", 0, LEAF_RWX, .exact_u = true, .ops = RULE_ANY, .modes = RULE_U,
     .settings = RULE_SUM, .want = RULE_PAGE_FAULT},
    {"S page, SUM=1", 0, LEAF_RW, .exact_u = true, .ops = RULE_ANY_DATA, .modes = RULE_MPRV_U,
     .settings = RULE_SUM, .want = RULE_PAGE_FAULT},
    {"U page, SUM=1", 0, USER_RW, .ops = RULE_ANY_DATA, .modes = RULE_U | RULE_MPRV_U,
     .settings = RULE_SUM, .want = RULE_NO_TRAP},
    {"U page, SUM=0", 0, USER_RW, .ops = RULE_ANY_DATA, .modes = RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"U page, SUM=1", 0, USER_RW, .ops = RULE_ANY_DATA, .modes = RULE_MPRV_S, .settings = RULE_SUM,
     .want = RULE_NO_TRAP},
};

static void bare(void)
{
    static const enum rule_mode modes[] = {RULE_S, RULE_U, RULE_MPRV_S};

    for (unsigned i = 0; i < 6; i++) {
        enum rule_mode mode = modes[i / 2];
        bool sum = i % 2 != 0;
        struct rule_outcome outcome = rule_access(&(struct rule_access){
            .op = RULE_LOAD,
            .mode = mode,
            .settings = sum ? RULE_SUM : 0,
            .va = rule_page(2),
        });

        rule_expect_pa(rule_text("Bare, SUM=%u, load %s", sum, rule_mode_name(mode)), &outcome,
                       rule_page(2));
    }
}

const struct rule rule = {RULE_TABLE("PRM-08", "M", cases), .once = bare};
