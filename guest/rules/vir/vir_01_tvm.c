/*
 * VIR-01: with mstatus.TVM = 1, accesses of satp, SFENCE.VMA and SINVAL.VMA are illegal
 * instructions in S-mode; SFENCE.W.INVAL and SFENCE.INVAL.IR are not. With TVM = 0 all are allowed.
 * M-mode does not care.
 *
 * Priv. [norm:mstatus_tvm_warl_op], [norm:Svinval_illegal_instruction_tvm],
 * [norm:Svinval_sfence_w_inval_inval_s_vs_mode].
 */
#include "guest/rules/runtime/rule.h"

enum {
    READ_SATP = 0x18002573,  /* csrr a0, satp */
    WRITE_SATP = 0x18059573, /* csrrw a0, satp, a1 */
    SFENCE_VMA = 0x12000073,
    SFENCE_VMA_REGISTERS = 0x12c58073, /* a1, a2 */
    SINVAL_VMA = 0x16000073,
    SFENCE_W_INVAL = 0x18000073,
    SFENCE_INVAL_IR = 0x18100073,
};

static const struct {
    const char *name;
    uint32_t word;
    bool is_trapped; /* by TVM in S-mode */
    const char *needs;
} rows[] = {
    {"read of satp", READ_SATP, true, NULL},
    {"write of satp", WRITE_SATP, true, NULL},
    {"sfence.vma x0, x0", SFENCE_VMA, true, NULL},
    {"sfence.vma a1, a2", SFENCE_VMA_REGISTERS, true, NULL},
    {"sinval.vma x0, x0", SINVAL_VMA, true, "svinval"},
    {"sfence.w.inval", SFENCE_W_INVAL, false, "svinval"},
    {"sfence.inval.ir", SFENCE_INVAL_IR, false, "svinval"},
};

/* tval is not looked at: it may hold the instruction or 0. Priv. [norm:stval_op_illegal_instr] */
static void try_in(const char *name, uint32_t word, enum rule_mode mode, bool tvm, bool is_illegal)
{
    struct rule_outcome outcome = rule_insn(mode, tvm ? RULE_TVM : 0, word, rule_satp_of(0, 0), 0);
    const char *text = rule_text("%s, %s TVM=%u", name, rule_mode_name(mode), tvm);

    if (is_illegal) {
        rule_expect(outcome.trapped && outcome.cause == CAUSE_ILLEGAL_INSTRUCTION, text, "cause 2",
                    rule_outcome_text(&outcome));
    } else {
        rule_expect_done(text, &outcome);
    }
}

static void program(void)
{
    csr_set(CSR_MSTATUS, RULE_TVM);
    rule_expect_value("TVM can be set", RULE_TVM, csr_read(CSR_MSTATUS) & RULE_TVM);
    csr_clear(CSR_MSTATUS, RULE_TVM);
    rule_expect_value("TVM can be cleared", 0, csr_read(CSR_MSTATUS) & RULE_TVM);

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].needs != NULL && !rule_has(rows[i].needs)) {
            rule_skip(rows[i].name, rule_text("no %s", rows[i].needs));
            continue;
        }
        try_in(rows[i].name, rows[i].word, RULE_S, false, false);
        try_in(rows[i].name, rows[i].word, RULE_S, true, rows[i].is_trapped);
        try_in(rows[i].name, rows[i].word, RULE_M, true, false);
    }
}

RULE_PROGRAM("VIR-01", "M", program);
