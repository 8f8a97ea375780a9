/*
 * RET-02: SRET is illegal in U-mode, and in S-mode with TSR=1. MRET is illegal below M-mode. SRET
 * is legal in M-mode, whatever TSR is.
 *
 * Priv. [norm:xret_in_lower_mode]. Priv. [norm:xret_in_higher_mode]. Priv. [norm:mstatus_tsr_op].
 */
#include "guest/rules/ret/returns.h"

static const struct {
    const char *name;
    uint32_t word;
    enum rule_mode mode;
    unsigned settings;
    bool is_legal;
} rows[] = {
    {"SRET in U", SRET, RULE_U, 0, false},
    {"SRET in U with TSR", SRET, RULE_U, RULE_TSR, false},
    {"SRET in S with TSR", SRET, RULE_S, RULE_TSR, false},
    {"MRET in U", MRET, RULE_U, 0, false},
    {"MRET in S", MRET, RULE_S, 0, false},
    {"SRET in S", SRET, RULE_S, 0, true},
    {"SRET in M", SRET, RULE_M, 0, true},
    {"SRET in M with TSR", SRET, RULE_M, RULE_TSR, true},
};

/* The legal ones return to S-mode; that is where all of them would go. */
static void privilege(void)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        csr_write(CSR_SEPC, landing_va(RULE_S));
        csr_set(CSR_MSTATUS, MSTATUS_SPP);
        struct rule_outcome outcome = rule_insn(rows[i].mode, rows[i].settings, rows[i].word, 0, 0);

        if (rows[i].is_legal) {
            expect_landed(rows[i].name, &outcome, RULE_S);
            continue;
        }
        rule_expect(
            outcome.cause == CAUSE_ILLEGAL_INSTRUCTION && outcome.from == rows[i].mode,
            rows[i].name,
            rule_text("cause %u from %s", CAUSE_ILLEGAL_INSTRUCTION, rule_mode_name(rows[i].mode)),
            landed_text(&outcome));
    }
}

RULE_PROGRAM("RET-02", "M", privilege);
