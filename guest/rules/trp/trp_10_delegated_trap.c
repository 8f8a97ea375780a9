/*
 * TRP-10: a delegated trap writes scause with the cause, sepc with the instruction's address, stval
 * with what belongs to the cause, SPP with the mode it came from, SPIE with SIE, and clears SIE.
 * The same things of M-mode are not written: of them a program can see only that MIE is as before,
 * since on its way back to M-mode it writes the others itself.
 *
 * Priv. [norm:trap_del_S_mode_op]. Priv. [norm:trap_del_S_mode_no_M_mode].
 */
#include "guest/rules/trp/provoke.h"

static void check(const struct trap_kind *kind, enum rule_mode mode, bool sie)
{
    const char *name = rule_text("%s in %s, SIE %u", kind->name, rule_mode_name(mode), sie);
    uint64_t mstatus = csr_read(CSR_MSTATUS);
    uint64_t wrong_spp = mode == RULE_S ? 0 : MSTATUS_SPP;
    uint64_t interrupts = sie ? MSTATUS_SIE : MSTATUS_SPIE | MSTATUS_MPIE;

    if (!provoke_delegate(kind->cause)) {
        rule_skip(name, "the bit of medeleg is read-only zero");
        return;
    }
    csr_clear(CSR_MSTATUS, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP);
    csr_set(CSR_MSTATUS, wrong_spp | interrupts);
    struct rule_outcome outcome = provoke(kind, mode);

    csr_write(CSR_MSTATUS, mstatus);
    csr_write(CSR_MEDELEG, 0);
    rule_expect(outcome.to == RULE_S, rule_text("%s, taken", name), "in S-mode",
                rule_mode_name(outcome.to));
    rule_expect_value(rule_text("%s, scause", name), kind->cause, csr_read(CSR_SCAUSE));
    rule_expect_value(rule_text("%s, sepc", name), provoke_pc(kind, mode), csr_read(CSR_SEPC));
    if (kind->op != 0) {
        expect_tval(rule_text("%s, stval", name), &outcome, kind->cause, provoke_va(kind, mode));
    }
    rule_expect_value(rule_text("%s, SPP", name), mode == RULE_S,
                      (outcome.mstatus & MSTATUS_SPP) != 0);
    rule_expect_value(rule_text("%s, SPIE", name), sie, (outcome.mstatus & MSTATUS_SPIE) != 0);
    rule_expect_value(rule_text("%s, SIE", name), 0, (outcome.mstatus & MSTATUS_SIE) != 0);
    rule_expect_value(rule_text("%s, MIE", name), !sie, (outcome.mstatus & MSTATUS_MPIE) != 0);
}

static void delegated_trap(void)
{
    static const struct trap_kind load = {
        .name = "load page fault", .cause = CAUSE_LOAD_PAGE_FAULT, .op = RULE_LOAD};
    static const struct trap_kind illegal = {
        .name = "illegal instruction", .cause = CAUSE_ILLEGAL_INSTRUCTION, .code = provoke_illegal};

    provoke_prepare();
    check(&load, RULE_U, false);
    check(&load, RULE_S, true);
    check(&illegal, RULE_U, true);
    check(&illegal, RULE_S, false);
}

RULE_PROGRAM("TRP-10", "M", delegated_trap);
