/*
 * FEN-18: SFENCE.VMA is an illegal instruction in U-mode, and in S-mode while mstatus.TVM = 1. In
 * M-mode it is legal whatever TVM is.
 *
 * Priv. [norm:mstatus_tvm_warl_op] for TVM. For U-mode [norm:Svinval_illegal_instruction_u_mode],
 * which gives SINVAL.VMA the exceptions of SFENCE.VMA.
 */
#include "guest/rules/runtime/rule.h"

enum { A1 = 11 << 15, A2 = 12 << 20 };

static const struct form {
    const char *name;
    uint32_t word;
} forms[] = {
    {"all", 0x12000073},
    {"ASID", 0x12000073 | A2},
    {"address", 0x12000073 | A1},
    {"address and ASID", 0x12000073 | A1 | A2},
};

static const struct right {
    enum rule_mode mode;
    unsigned settings;
    bool is_legal;
} rights[] = {
    {RULE_U, 0, false}, {RULE_S, 0, true},        {RULE_S, RULE_TVM, false},
    {RULE_M, 0, true},  {RULE_M, RULE_TVM, true},
};

static void try_right(const struct right *right, const struct form *form)
{
    const char *name = rule_text("%s, %s%s", form->name, rule_mode_name(right->mode),
                                 right->settings != 0 ? " TVM" : "");
    uint64_t va = rule_va(0, rule_page(1));
    struct rule_outcome outcome = rule_insn(right->mode, right->settings, form->word, va, 0);
    bool tval_ok = outcome.tval == 0 || outcome.tval == form->word;

    if (right->is_legal) {
        rule_expect_done(name, &outcome);
    } else {
        rule_expect(outcome.trapped && outcome.cause == CAUSE_ILLEGAL_INSTRUCTION && tval_ok, name,
                    rule_text("cause 2 tval 0x0 or %lx", (uint64_t)form->word),
                    rule_outcome_text(&outcome));
    }
}

static void run(void)
{
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
            try_right(&rights[i], &forms[k]);
        }
    }
}

RULE_PROGRAM("FEN-18", "M", run);
