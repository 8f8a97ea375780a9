/*
 * VA-03: no address is checked for its sign in Bare, or where M-mode accesses it: what is not a
 * virtual address of a paging mode cannot be a page fault.
 *
 * Priv. [norm:satp_mode], [norm:satp_op_active]. Nothing is at these addresses on most machines,
 * but what an access of them does otherwise is not looked at.
 */
#include "guest/rules/runtime/rule.h"

/* Not canonical in Sv39; in any mode; in any mode, and of more bits than a physical address. */
static const uint64_t addresses[] = {
    UINT64_C(1) << 38,
    UINT64_C(1) << 55,
    UINT64_C(1) << 63 | RULE_PAGE_BASE,
};
static const enum rule_op ops[] = {RULE_FETCH, RULE_LOAD, RULE_STORE};

static bool is_page_fault(const struct rule_outcome *outcome)
{
    return outcome->trapped &&
           (outcome->cause == CAUSE_FETCH_PAGE_FAULT || outcome->cause == CAUSE_LOAD_PAGE_FAULT ||
            outcome->cause == CAUSE_STORE_PAGE_FAULT);
}

static void try_op(enum rule_op op, enum rule_mode mode)
{
    for (unsigned i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct rule_outcome outcome = rule_try(op, mode, addresses[i]);

        rule_expect(!is_page_fault(&outcome),
                    rule_text("%s %s of %lx", rule_op_name(op), rule_mode_name(mode), addresses[i]),
                    "no page fault", rule_outcome_text(&outcome));
    }
}

static void with_paging(void)
{
    try_op(RULE_LOAD, RULE_M);
    try_op(RULE_STORE, RULE_M);
    try_op(RULE_LOAD, RULE_MPRV_M);
    try_op(RULE_STORE, RULE_MPRV_M);
}

static void bare(void)
{
    for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++) {
        try_op(ops[i], RULE_S);
        try_op(ops[i], RULE_U);
    }
}

const struct rule rule = {.id = "VA-03", .kind = "M", .program = with_paging, .once = bare};
