/*
 * TRP-07: each exception has its code. LR has that of a load, AMO that of a store.
 *
 * Priv. [norm:mcause_exccode_enc_img]. Priv. [norm:mcause_exccode_ld_ldrsv].
 * Priv. [norm:mcause_exccode_st_sc_amo].
 */
#include "guest/rules/trp/provoke.h"

static void check_kinds(enum rule_mode mode)
{
    for (unsigned i = 0; i < TRAP_KINDS; i++) {
        const struct trap_kind *kind = &trap_kinds[i];
        struct rule_outcome outcome = provoke(kind, mode);

        rule_expect(outcome.trapped && outcome.cause == provoke_cause(kind, mode),
                    rule_text("%s in %s", kind->name, rule_mode_name(mode)),
                    rule_text("cause %lu", provoke_cause(kind, mode)), rule_outcome_text(&outcome));
    }
}

/* M-mode can have those that need no translation of a fetch. */
static void check_machine_mode(void)
{
    for (unsigned i = 0; i < TRAP_KINDS; i++) {
        const struct trap_kind *kind = &trap_kinds[i];
        enum rule_mode mode = kind->code == NULL ? RULE_MPRV_S : RULE_M;

        if (kind->op == RULE_FETCH) {
            continue;
        }
        struct rule_outcome outcome = provoke(kind, mode);

        rule_expect(outcome.trapped && outcome.cause == provoke_cause(kind, RULE_M),
                    rule_text("%s in %s", kind->name, rule_mode_name(mode)),
                    rule_text("cause %lu", provoke_cause(kind, RULE_M)),
                    rule_outcome_text(&outcome));
    }
}

/* Atomics at an address that is not aligned trap at any rate [norm:lrsc_misaligned]; an access
 * fault says that nobody should emulate them. */
static void check_misaligned(enum rule_op op, const char *name)
{
    uint64_t va = rule_va(0, 0) + 4 * PAGE_SIZE + 60;

    rule_map(va, rule_page(2), LEAF_RW, 0);
    rule_fence();
    struct rule_outcome outcome = rule_try(op, RULE_S, va);
    uint64_t misaligned = op == RULE_LR ? CAUSE_LOAD_MISALIGNED : CAUSE_STORE_MISALIGNED;

    rule_choice(outcome.cause == misaligned || outcome.cause == rule_access_fault(op), name,
                rule_text("cause %lu | %lu", misaligned, rule_access_fault(op)),
                rule_outcome_text(&outcome));
}

static void check_atomic(enum rule_op op)
{
    const char *name = rule_op_name(op);
    static const struct trap_kind page = {.is_missing = false}, access = {.is_missing = true};
    struct rule_outcome outcome = rule_try(op, RULE_S, provoke_va(&page, RULE_S));

    rule_expect(outcome.cause == rule_page_fault(op), rule_text("%s, page fault", name),
                rule_text("cause %lu", rule_page_fault(op)), rule_outcome_text(&outcome));
    outcome = rule_try(op, RULE_S, provoke_va(&access, RULE_S));
    rule_expect(outcome.cause == rule_access_fault(op), rule_text("%s, access fault", name),
                rule_text("cause %lu", rule_access_fault(op)), rule_outcome_text(&outcome));
    check_misaligned(op, rule_text("%s, misaligned", name));
}

static void causes(void)
{
    provoke_prepare();
    check_kinds(RULE_U);
    check_kinds(RULE_S);
    check_machine_mode();
    check_atomic(RULE_LR);
    check_atomic(RULE_AMO);
}

RULE_PROGRAM("TRP-07", "M", causes);
