/*
 * PRI-03: whether a misaligned data access that also faults reports the one or the other is left to
 * the implementation, and so is whether misaligned loads and stores trap at all.
 *
 * Priv. [norm:mcause_exccode_pri2].
 */
#include "guest/rules/runtime/rule.h"

enum { OFFSET = 4 }; /* of 8 bytes in a page */

static const struct {
    const char *name;
    uint64_t leaf;
    uint64_t pa;
    bool is_page_fault;
} rows[] = {
    {"page not mapped", 0, RULE_PAGE_BASE, true},
    {"missing memory", LEAF_RWX, RULE_MISSING, false},
};

static void check(unsigned i, enum rule_op op)
{
    uint64_t va = rule_va(0, 0) + OFFSET;
    bool is_load = op == RULE_LOAD || op == RULE_LR;
    uint64_t misaligned = is_load ? CAUSE_LOAD_MISALIGNED : CAUSE_STORE_MISALIGNED;
    uint64_t fault = rows[i].is_page_fault ? rule_page_fault(op) : rule_access_fault(op);

    rule_map(va, rows[i].pa, rows[i].leaf, 0);
    rule_fence();
    struct rule_outcome outcome = rule_try(op, RULE_S, va);

    rule_choice(outcome.cause == misaligned || outcome.cause == fault,
                rule_text("misaligned %s, %s", rule_op_name(op), rows[i].name),
                rule_text("cause %lu | cause %lu", misaligned, fault), rule_outcome_text(&outcome));
}

static void misaligned(void)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(i, RULE_LOAD);
        check(i, RULE_STORE);
        check(i, RULE_LR);
    }
}

RULE_PROGRAM("PRI-03", "L", misaligned);
