/*
 * MPR-02: MPRV changes neither the translation nor the protection of fetches.
 *
 * Priv. [norm:mstatus_mprv_inst_xlat_op].
 *
 * M-mode code runs with MPRV = 1 where the mode of MPP would not find it, or find other code, or
 * not be allowed to run it by PMP, which does not bind M-mode to an entry that is not locked.
 */
#include "guest/rules/runtime/rule.h"

static const enum rule_mode modes[] = {RULE_MPRV_S, RULE_MPRV_U};

static void run_there(const char *name, enum rule_mode mode)
{
    struct rule_outcome outcome = rule_try(RULE_FETCH, mode, rule_page(2));

    rule_expect_pa(rule_text("%s, %s", name, rule_mode_name(mode)), &outcome, rule_page(2));
}

static void program(void)
{
    for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++) {
        uint64_t user = modes[i] == RULE_MPRV_U ? PTE_U : 0;

        rule_reset();
        run_there("not mapped", modes[i]);
        rule_map(rule_page(2), rule_page(2), LEAF_RW | user, 0);
        rule_fence();
        run_there("mapped without X", modes[i]);
        rule_map(rule_page(2), rule_page(1), LEAF_RX | user, 0);
        rule_fence();
        run_there("mapped elsewhere", modes[i]);
        rule_pmp(0, rule_page(2), PAGE_SIZE, PMP_R | PMP_W);
        run_there("PMP without X", modes[i]);
    }
}

RULE_PROGRAM("MPR-02", "M", program);
