/*
 * SATP-10: satp may be read and written in S-mode and M-mode. It is an illegal instruction in
 * U-mode, and in S-mode with mstatus.TVM = 1.
 *
 * Priv. [norm:mstatus_tvm_warl_op]; U-mode: the number of a CSR tells the lowest mode that may
 * access it.
 */
#include "guest/rules/runtime/rule.h"

static const struct {
    const char *name;
    enum rule_mode mode;
    unsigned settings;
    bool is_illegal;
} rows[] = {
    {"U", RULE_U, 0, true},  {"U, TVM=1", RULE_U, RULE_TVM, true},
    {"S", RULE_S, 0, false}, {"S, TVM=1", RULE_S, RULE_TVM, true},
    {"M", RULE_M, 0, false}, {"M, TVM=1", RULE_M, RULE_TVM, false},
};

/* tval is not looked at: it may hold the instruction or 0. Priv. [norm:stval_op_illegal_instr] */
static void expect_illegal(const char *name, const struct rule_outcome *outcome)
{
    rule_expect(outcome->trapped && outcome->cause == CAUSE_ILLEGAL_INSTRUCTION, name, "cause 2",
                rule_outcome_text(outcome));
}

static void try_row(unsigned row)
{
    enum rule_mode mode = rows[row].mode;
    unsigned settings = rows[row].settings;
    uint64_t before = rule_satp_of(0, 0);
    uint64_t other = rule_satp_of(1, 0);

    csr_write(CSR_SATP, before);

    struct rule_outcome read = rule_csr_read(mode, settings, CSR_SATP);
    struct rule_outcome write = rule_csr_write(mode, settings, CSR_SATP, other);
    uint64_t after = csr_read(CSR_SATP);

    csr_write(CSR_SATP, before);
    if (rows[row].is_illegal) {
        expect_illegal(rule_text("read, %s", rows[row].name), &read);
        expect_illegal(rule_text("write, %s", rows[row].name), &write);
        rule_expect_value(rule_text("satp after, %s", rows[row].name), before, after);
        return;
    }
    rule_expect(!read.trapped && read.value == before, rule_text("read, %s", rows[row].name),
                rule_text("value %lx", before), rule_outcome_text(&read));
    rule_expect_done(rule_text("write, %s", rows[row].name), &write);
    rule_expect_value(rule_text("satp after, %s", rows[row].name), other, after);
}

static void program(void)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        try_row(i);
    }
}

RULE_PROGRAM("SATP-10", "M", program);
