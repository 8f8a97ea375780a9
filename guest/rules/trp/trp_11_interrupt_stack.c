/*
 * TRP-11: a trap from mode y to mode x sets xPIE to xIE, xIE to 0 and xPP to y. Here no interrupt
 * is enabled in mie, so that these bits can be anything.
 *
 * Priv. [norm:mstatus_xpie_xie_xpp_trap_op].
 */
#include "guest/rules/trp/provoke.h"

/* mstatus while the other mode runs has MIE = mie (MRET takes it from MPIE) and SIE = sie; what a
 * trap must write has the other value before. */
static struct rule_outcome trap_with(enum rule_mode mode, bool mie, bool sie)
{
    static const struct trap_kind illegal = {.code = provoke_illegal,
                                             .cause = CAUSE_ILLEGAL_INSTRUCTION};
    uint64_t mstatus = csr_read(CSR_MSTATUS);
    bool mpie = mode == RULE_M ? !mie : mie;
    uint64_t bits = (mie ? MSTATUS_MIE : 0) | (mpie ? MSTATUS_MPIE : 0) | (sie ? MSTATUS_SIE : 0) |
                    (sie ? 0 : MSTATUS_SPIE) | (mode == RULE_S ? 0 : MSTATUS_SPP);

    csr_clear(CSR_MSTATUS, MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP);
    csr_set(CSR_MSTATUS, bits);
    struct rule_outcome outcome = provoke(&illegal, mode);

    csr_write(CSR_MSTATUS, mstatus);
    return outcome;
}

static void check_machine(enum rule_mode mode, bool mie)
{
    const char *name = rule_text("from %s to M-mode with MIE %u", rule_mode_name(mode), mie);
    uint64_t privilege = mode == RULE_U ? 0 : mode == RULE_S ? MSTATUS_MPP_S : MSTATUS_MPP;
    uint64_t mstatus = trap_with(mode, mie, !mie).mstatus;

    rule_expect_value(rule_text("%s, MPIE", name), mie, (mstatus & MSTATUS_MPIE) != 0);
    rule_expect_value(rule_text("%s, MIE", name), 0, (mstatus & MSTATUS_MIE) != 0);
    rule_expect_value(rule_text("%s, MPP", name), privilege, mstatus & MSTATUS_MPP);
    rule_expect_value(rule_text("%s, SIE stays", name), !mie, (mstatus & MSTATUS_SIE) != 0);
}

static void check_supervisor(enum rule_mode mode, bool sie)
{
    const char *name = rule_text("from %s to S-mode with SIE %u", rule_mode_name(mode), sie);

    if (!provoke_delegate(CAUSE_ILLEGAL_INSTRUCTION)) {
        rule_skip(name, "illegal instructions cannot be delegated");
        return;
    }
    uint64_t mstatus = trap_with(mode, !sie, sie).mstatus;

    csr_write(CSR_MEDELEG, 0);
    rule_expect_value(rule_text("%s, SPIE", name), sie, (mstatus & MSTATUS_SPIE) != 0);
    rule_expect_value(rule_text("%s, SIE", name), 0, (mstatus & MSTATUS_SIE) != 0);
    rule_expect_value(rule_text("%s, SPP", name), mode == RULE_S, (mstatus & MSTATUS_SPP) != 0);
}

static void interrupt_stack(void)
{
    for (unsigned on = 0; on < 2; on++) {
        check_machine(RULE_U, on != 0);
        check_machine(RULE_S, on != 0);
        check_machine(RULE_M, on != 0);
        check_supervisor(RULE_U, on != 0);
        check_supervisor(RULE_S, on != 0);
    }
}

RULE_PROGRAM("TRP-11", "M", interrupt_stack);
