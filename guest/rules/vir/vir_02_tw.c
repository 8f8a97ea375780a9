/*
 * VIR-02: with mstatus.TW = 1, WFI below M-mode is an illegal instruction unless it completes in
 * bounded time; so is WFI in U-mode whatever TW is. With TW = 0 S-mode may execute it, and TW does
 * not bind M-mode.
 *
 * Priv. [norm:mstatus_tw_op], [norm:mstatus_tw_umode_op], [norm:mstatus_tw_acc].
 *
 * Where WFI must complete, an interrupt that it waits for is pending: the software interrupt of
 * S-mode, enabled in mie, delegated, and not taken because SIE = 0. A run that never ends is the
 * answer of a machine that waits where it may not.
 */
#include "guest/rules/runtime/rule.h"

enum {
    WFI = 0x10500073,
    SSI = 1 << 1, /* in all three */
};

static void set_interrupt(unsigned bits)
{
    rule_csr_write(RULE_M, 0, CSR_MIDELEG, bits);
    rule_csr_write(RULE_M, 0, CSR_MIE, bits);
    rule_csr_write(RULE_M, 0, CSR_MIP, bits);
}

static void must_complete(const char *name, enum rule_mode mode, unsigned settings)
{
    set_interrupt(SSI);

    struct rule_outcome outcome = rule_insn(mode, settings, WFI, 0, 0);

    set_interrupt(0);
    rule_expect_done(name, &outcome);
}

static void may_not_wait(const char *name, enum rule_mode mode, unsigned settings)
{
    struct rule_outcome outcome = rule_insn(mode, settings, WFI, 0, 0);

    rule_choice(!outcome.trapped || outcome.cause == CAUSE_ILLEGAL_INSTRUCTION, name,
                "cause 2 | no trap", outcome.trapped ? rule_outcome_text(&outcome) : "no trap");
}

static void program(void)
{
    csr_set(CSR_MSTATUS, RULE_TW);
    rule_expect_value("TW can be set", RULE_TW, csr_read(CSR_MSTATUS) & RULE_TW);
    csr_clear(CSR_MSTATUS, RULE_TW);
    rule_expect_value("TW can be cleared", 0, csr_read(CSR_MSTATUS) & RULE_TW);
    csr_clear(CSR_SSTATUS, 1 << 1); /* SIE */

    must_complete("interrupt pending, S TW=0", RULE_S, 0);
    must_complete("interrupt pending, M TW=0", RULE_M, 0);
    must_complete("interrupt pending, M TW=1", RULE_M, RULE_TW);
    may_not_wait("nothing pending, S TW=1", RULE_S, RULE_TW);
    may_not_wait("nothing pending, U TW=0", RULE_U, 0);
    may_not_wait("nothing pending, U TW=1", RULE_U, RULE_TW);
}

RULE_PROGRAM("VIR-02", "M", program);
