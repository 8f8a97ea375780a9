/*
 * TRP-08: a bit of medeleg sends that trap, when it occurs in S-mode or U-mode, to S-mode; without
 * it the trap goes to M-mode. A trap in M-mode stays there, whatever is delegated.
 *
 * Priv. [norm:medeleg_mideleg_op2]. Priv. [norm:trap_never_trans_lower].
 */
#include "guest/rules/trp/provoke.h"

static void expect_to(const char *name, const struct rule_outcome *outcome, uint64_t cause,
                      enum rule_mode to)
{
    rule_expect(outcome->trapped && outcome->cause == cause && outcome->to == to, name,
                rule_text("cause %lu to %s", cause, rule_mode_name(to)),
                rule_text("%s to %s", rule_outcome_text(outcome), rule_mode_name(outcome->to)));
}

/* All others are delegated but this one, then this one alone. */
static void check_kind(const struct trap_kind *kind, enum rule_mode mode)
{
    uint64_t cause = provoke_cause(kind, mode);
    const char *name = rule_text("%s in %s", kind->name, rule_mode_name(mode));

    if (!provoke_delegate(cause)) {
        rule_skip(name, "the bit of medeleg is read-only zero");
        return;
    }
    struct rule_outcome delegated = provoke(kind, mode);

    csr_write(CSR_MEDELEG, ~(UINT64_C(1) << cause | UINT64_C(1) << CAUSE_ECALL_FROM_S));
    struct rule_outcome kept = provoke(kind, mode);

    csr_write(CSR_MEDELEG, 0);
    expect_to(rule_text("%s, delegated", name), &delegated, cause, RULE_S);
    expect_to(rule_text("%s, all others delegated", name), &kept, cause, RULE_M);
}

static void check_machine_mode(const struct trap_kind *kind)
{
    enum rule_mode mode = kind->code != NULL ? RULE_M : RULE_MPRV_S;

    csr_write(CSR_MEDELEG, ~(UINT64_C(1) << CAUSE_ECALL_FROM_S));
    struct rule_outcome outcome = provoke(kind, mode);

    csr_write(CSR_MEDELEG, 0);
    expect_to(rule_text("%s in %s, delegated", kind->name, rule_mode_name(mode)), &outcome,
              provoke_cause(kind, RULE_M), RULE_M);
}

/* S-mode's own ECALL needs a handler that comes back by another trap. */
RULE_CODE static void own_handler(void)
{
    __asm__ volatile("csrr a0, scause\n" RULE_END);
}

RULE_CODE static void ecall_to_own_handler(void)
{
    __asm__ volatile("csrw stvec, a1\n ecall\n" RULE_END);
}

static void check_supervisor_ecall(void)
{
    struct rule_run run = {.code = ecall_to_own_handler, .mode = RULE_S};

    run.a[1] = rule_code_va(RULE_S, own_handler);
    if (!provoke_delegate(CAUSE_ECALL_FROM_S)) {
        rule_skip("ECALL in S-mode, delegated", "the bit of medeleg is read-only zero");
        return;
    }
    struct rule_outcome outcome = rule_run(&run);

    csr_write(CSR_MEDELEG, 0);
    rule_expect(!outcome.trapped && outcome.value == CAUSE_ECALL_FROM_S,
                "ECALL in S-mode, delegated", "cause 9 to S-mode", rule_outcome_text(&outcome));
}

static void delegation(void)
{
    provoke_prepare();
    for (unsigned i = 0; i < TRAP_KINDS; i++) {
        check_kind(&trap_kinds[i], RULE_U);
        if (provoke_is_delegatable(&trap_kinds[i], RULE_S)) {
            check_kind(&trap_kinds[i], RULE_S);
        }
        if (trap_kinds[i].op != RULE_FETCH) {
            check_machine_mode(&trap_kinds[i]);
        }
    }
    check_supervisor_ecall();
}

RULE_PROGRAM("TRP-08", "M", delegation);
