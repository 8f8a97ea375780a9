/*
 * TRP-13: ECALL and EBREAK set xepc to their own address. xtval is 0 for ECALL and for interrupts,
 * 0 or the pc for EBREAK, 0 or the bits of the instruction for an illegal instruction.
 *
 * Priv. [norm:ecall_ebreak_epc_value]. Priv. [norm:stval_op_other_traps].
 * Priv. [norm:stval_op_breakpoint]. Priv. [norm:stval_op_illegal_instr].
 */
#include "guest/rules/trp/provoke.h"

enum {
    INTERRUPT_SSI = 1,
    ILLEGAL_WORD = 0x00051073, /* csrw 0, a0: there is no CSR 0 */
};

static void expect_choice(const char *name, const struct rule_outcome *outcome, uint64_t other)
{
    rule_choice(outcome->tval == 0 || outcome->tval == other, name,
                rule_text("tval 0 | tval %lx", other), rule_outcome_text(outcome));
}

RULE_CODE static void short_ebreak(void)
{
    __asm__ volatile("c.ebreak\n");
}

RULE_CODE static void illegal_word(void)
{
    __asm__ volatile(".word %0\n" RULE_END : : "i"(ILLEGAL_WORD));
}

static const struct trap_kind kinds[] = {
    {.name = "ECALL", .cause = 8, .code = provoke_ecall, .is_ecall = true},
    {.name = "EBREAK", .cause = 3, .code = provoke_breakpoint},
    {.name = "C.EBREAK", .cause = 3, .code = short_ebreak},
    {.name = "illegal 4 bytes", .cause = 2, .code = illegal_word},
};

static void check(const struct trap_kind *kind, enum rule_mode mode, const char *csr)
{
    const char *name = rule_text("%s in %s", kind->name, rule_mode_name(mode));

    csr_write(CSR_MTVAL, RULE_PAGE_BASE);
    csr_write(CSR_STVAL, RULE_PAGE_BASE);
    struct rule_outcome outcome = provoke(kind, mode);

    rule_expect(outcome.trapped && outcome.cause == provoke_cause(kind, mode) &&
                    outcome.epc == provoke_pc(kind, mode),
                rule_text("%sepc, %s", csr, name),
                rule_text("cause %lu at %lx", provoke_cause(kind, mode), provoke_pc(kind, mode)),
                rule_text("cause %lu at %lx", outcome.cause, outcome.epc));
    name = rule_text("%stval, %s", csr, name);
    if (kind->is_ecall) {
        rule_expect_value(name, 0, outcome.tval);
    } else {
        expect_choice(name, &outcome, kind->cause == 3 ? provoke_pc(kind, mode) : ILLEGAL_WORD);
    }
}

/* A supervisor software interrupt that is not delegated ends U-mode and S-mode at once. */
static void check_interrupt(enum rule_mode mode)
{
    const char *name = rule_text("mtval, interrupt in %s", rule_mode_name(mode));

    rule_csr_write(RULE_M, 0, CSR_MIP, 1 << INTERRUPT_SSI);
    if ((rule_csr_read(RULE_M, 0, CSR_MIP).value & 1 << INTERRUPT_SSI) == 0) {
        rule_skip(name, "mip.SSIP is not writable");
        return;
    }
    csr_write(CSR_MTVAL, RULE_PAGE_BASE);
    csr_write(CSR_MIE, 1 << INTERRUPT_SSI);
    struct rule_outcome outcome = provoke(&kinds[1], mode);

    csr_write(CSR_MIE, 0);
    rule_csr_write(RULE_M, 0, CSR_MIP, 0);
    rule_expect_trap(name, &outcome, UINT64_C(1) << 63 | INTERRUPT_SSI, 0);
}

static void ecall_ebreak(void)
{
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        check(&kinds[i], RULE_U, "m");
        check(&kinds[i], RULE_S, "m");
        check(&kinds[i], RULE_M, "m");
        if (provoke_delegate(kinds[i].cause)) {
            check(&kinds[i], RULE_U, "s");
        }
        csr_write(CSR_MEDELEG, 0);
    }
    check_interrupt(RULE_U);
    check_interrupt(RULE_S);
}

RULE_PROGRAM("TRP-13", "M", ecall_ebreak);
