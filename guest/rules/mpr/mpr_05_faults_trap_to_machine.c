/*
 * MPR-05: a fault of an access with MPRV = 1 traps to M-mode even if it is delegated, for that is
 * where the instruction ran: mtval is the virtual address, and MPP = M.
 *
 * Priv. [norm:trap_never_trans_lower], [norm:mstatus_mprv_ldst_op].
 */
#include "guest/rules/runtime/rule.h"

#define DELEGATED                                                                                  \
    (UINT64_C(1) << CAUSE_LOAD_PAGE_FAULT | UINT64_C(1) << CAUSE_STORE_PAGE_FAULT |                \
     UINT64_C(1) << CAUSE_LOAD_ACCESS_FAULT | UINT64_C(1) << CAUSE_STORE_ACCESS_FAULT)

static const enum rule_mode modes[] = {RULE_MPRV_S, RULE_MPRV_U};
static const enum rule_op ops[] = {RULE_LOAD, RULE_STORE};

static void try_fault(const char *name, enum rule_op op, enum rule_mode mode, uint64_t va,
                      uint64_t cause)
{
    struct rule_outcome outcome = rule_try(op, mode, va);

    rule_expect(outcome.trapped && outcome.cause == cause && outcome.tval == va &&
                    outcome.to == RULE_M && outcome.from == RULE_M,
                rule_text("%s, %s %s", name, rule_op_name(op), rule_mode_name(mode)),
                rule_text("cause %lu tval %lx from M to M", cause, va),
                rule_text("%s from %s to %s", rule_outcome_text(&outcome),
                          rule_mode_name(outcome.from), rule_mode_name(outcome.to)));
}

/* That the same fault of S-mode goes to S-mode shows that it is delegated. */
static void try_delegation(uint64_t va)
{
    if ((csr_read(CSR_MEDELEG) & UINT64_C(1) << CAUSE_LOAD_PAGE_FAULT) == 0) {
        rule_skip("not mapped, load S", "load page faults cannot be delegated");
        return;
    }
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    rule_expect(outcome.trapped && outcome.to == RULE_S, "not mapped, load S", "to S",
                rule_text("to %s", rule_mode_name(outcome.to)));
}

static void program(void)
{
    uint64_t closed = rule_va(0, rule_page(1));
    uint64_t unmapped = closed + PAGE_SIZE;

    rule_map(closed, rule_page(1), LEAF_RW, 0);
    rule_pmp(0, rule_page(1), PAGE_SIZE, 0);
    csr_write(CSR_MEDELEG, DELEGATED);

    try_delegation(unmapped);
    for (unsigned i = 0; i < 4; i++) {
        try_fault("not mapped", ops[i % 2], modes[i / 2], unmapped, rule_page_fault(ops[i % 2]));
    }
    try_fault("page closed by PMP", RULE_LOAD, RULE_MPRV_S, closed, CAUSE_LOAD_ACCESS_FAULT);
    try_fault("page closed by PMP", RULE_STORE, RULE_MPRV_S, closed, CAUSE_STORE_ACCESS_FAULT);
}

RULE_PROGRAM("MPR-05", "M", program);
