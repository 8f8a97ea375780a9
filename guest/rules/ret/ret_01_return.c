/*
 * RET-01: xRET sets xIE to xPIE, goes to mode xPP and to the address in xepc, and sets xPIE to 1
 * and xPP to U. What it leaves in mstatus is read in M-mode after MRET to M-mode; for other modes
 * the trap that ends them tells: its MPIE is the MIE that MRET left.
 *
 * Priv. [norm:mstatus_xret_op]. Priv. [norm:xret_op].
 */
#include "guest/rules/ret/returns.h"

static uint64_t mpp_of(enum rule_mode mode)
{
    return mode == RULE_U ? 0 : mode == RULE_S ? MSTATUS_MPP_S : MSTATUS_MPP;
}

/* mstatus with MPIE = mpie, and MIE the other way; nothing is enabled in mie. */
static uint64_t before_mret(enum rule_mode to, bool mpie)
{
    uint64_t cleared = csr_read(CSR_MSTATUS) & ~(MSTATUS_MPP | MSTATUS_MIE | MSTATUS_MPIE);

    return cleared | mpp_of(to) | (mpie ? MSTATUS_MPIE : MSTATUS_MIE);
}

static void check_mret(enum rule_mode to, bool mpie)
{
    const char *name = rule_text("MRET to %s with MPIE %u", rule_mode_name(to), mpie);
    struct rule_outcome outcome = rule_run(&(struct rule_run){
        .code = do_mret,
        .mode = RULE_M,
        .a = {RULE_UNTOUCHED, landing_va(to), before_mret(to, mpie)},
    });

    expect_landed(name, &outcome, to);
    rule_expect_value(rule_text("%s, MIE", name), mpie, (outcome.mstatus & MSTATUS_MPIE) != 0);
}

static void check_mret_to_machine(bool mpie)
{
    const char *name = rule_text("MRET to M with MPIE %u", mpie);
    struct rule_outcome outcome = rule_run(&(struct rule_run){
        .code = do_mret,
        .mode = RULE_M,
        .a = {RULE_UNTOUCHED, (uint64_t)machine_landing, before_mret(RULE_M, mpie)},
    });

    rule_expect_done(name, &outcome);
    rule_expect_value(rule_text("%s, MIE", name), mpie, (outcome.value & MSTATUS_MIE) != 0);
    rule_expect_value(rule_text("%s, MPIE", name), 1, (outcome.value & MSTATUS_MPIE) != 0);
    rule_expect_value(rule_text("%s, MPP", name), 0, (outcome.value & MSTATUS_MPP) != 0);
}

/* SRET with SPIE = spie and SIE the other way. The trap that ends it is M-mode's, so that SPP, SPIE
 * and SIE are as SRET left them. */
static void check_sret(enum rule_mode in, enum rule_mode to, bool spie)
{
    const char *name =
        rule_text("SRET in %s to %s with SPIE %u", rule_mode_name(in), rule_mode_name(to), spie);
    uint64_t mstatus = csr_read(CSR_MSTATUS);
    uint64_t bits = (to == RULE_S ? MSTATUS_SPP : 0) | (spie ? MSTATUS_SPIE : MSTATUS_SIE);

    csr_clear(CSR_MSTATUS, MSTATUS_SPP | MSTATUS_SIE | MSTATUS_SPIE);
    csr_set(CSR_MSTATUS, bits);
    struct rule_outcome outcome = rule_run(&(struct rule_run){
        .code = do_sret,
        .mode = in,
        .a = {RULE_UNTOUCHED, landing_va(to)},
    });

    csr_write(CSR_MSTATUS, mstatus);
    expect_landed(name, &outcome, to);
    rule_expect_value(rule_text("%s, SIE", name), spie, (outcome.mstatus & MSTATUS_SIE) != 0);
    rule_expect_value(rule_text("%s, SPIE", name), 1, (outcome.mstatus & MSTATUS_SPIE) != 0);
    rule_expect_value(rule_text("%s, SPP", name), 0, (outcome.mstatus & MSTATUS_SPP) != 0);
}

static void returns(void)
{
    for (unsigned pie = 0; pie < 2; pie++) {
        check_mret(RULE_U, pie != 0);
        check_mret(RULE_S, pie != 0);
        check_mret_to_machine(pie != 0);
        check_sret(RULE_S, RULE_U, pie != 0);
        check_sret(RULE_S, RULE_S, pie != 0);
        check_sret(RULE_M, RULE_U, pie != 0);
        check_sret(RULE_M, RULE_S, pie != 0);
    }
}

RULE_PROGRAM("RET-01", "M", returns);
