/*
 * MPR-03: with MPRV = 1 and MPP = M, loads and stores are not translated.
 *
 * Priv. [norm:mstatus_mprv_ldst_op], [norm:satp_op_active].
 */
#include "guest/rules/runtime/rule.h"

static const enum rule_op ops[] = {RULE_LOAD, RULE_LR, RULE_AMO};

/* None of these may matter: no PTE, one that forbids all, one of another page. */
static const struct {
    const char *name;
    uint64_t leaf;
} rows[] = {
    {"not mapped", 0},
    {"X page", LEAF_X},
    {"mapped elsewhere", LEAF_RW},
};

static void try_row(const char *name, uint64_t pa)
{
    for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++) {
        struct rule_outcome outcome = rule_try(ops[i], RULE_MPRV_M, pa);

        rule_expect_pa(rule_text("%s, %s", name, rule_op_name(ops[i])), &outcome, pa);
    }
    struct rule_outcome store = rule_try(RULE_STORE, RULE_MPRV_M, pa);
    uint64_t stored = *rule_memory(pa);

    rule_mark(pa);
    rule_expect_done(rule_text("%s, store", name), &store);
    rule_expect_value(rule_text("%s, memory after the store", name), 0, stored);
}

static void program(void)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        rule_map(rule_page(2), rule_page(1), rows[i].leaf, 0);
        rule_fence();
        try_row(rows[i].name, rule_page(2));
    }
}

RULE_PROGRAM("MPR-03", "M", program);
