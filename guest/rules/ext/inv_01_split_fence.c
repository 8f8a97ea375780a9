/*
 * INV-01: SFENCE.W.INVAL, SINVAL.VMA, SFENCE.INVAL.IR together are the SFENCE.VMA with the operands
 * of SINVAL.VMA. All three are illegal in U-mode; with TVM = 1 SINVAL.VMA is in S-mode, too.
 *
 * Priv. [norm:Svinval_sequence_rs1_rs2], [norm:Svinval_illegal_instruction_u_mode],
 * [norm:Svinval_illegal_instruction_tvm], [norm:Svinval_sfence_w_inval_inval_u_mode],
 * [norm:Svinval_sfence_w_inval_inval_s_vs_mode].
 */
#include "guest/rules/fen/stale.h"

#define SINVAL_VMA UINT32_C(0x16000073)
#define SFENCE_W_INVAL UINT32_C(0x18000073)
#define SFENCE_INVAL_IR UINT32_C(0x18100073)

/* A fence in three parts; the outcome is that of the first that traps. */
static struct rule_outcome sinval_vma(enum fence_form form, enum rule_mode mode, uint64_t va,
                                      uint64_t asid)
{
    const uint32_t words[] = {SFENCE_W_INVAL, SINVAL_VMA | fence_operands(form), SFENCE_INVAL_IR};
    struct rule_outcome outcome = {0};

    for (unsigned i = 0; i < 3 && !outcome.trapped; i++) {
        outcome = rule_insn(mode, 0, words[i], va, asid);
    }
    return outcome;
}

static const struct stale_row rows[] = {
    {"all, leaf", FENCE_ALL, 0},
    {"all, leaf, by S", FENCE_ALL, 0, .by = RULE_S},
    {"all, pointer", FENCE_ALL, 0, .above = 1},
    {"all, global leaf of another ASID", FENCE_ALL, 0, .leaf = PTE_G, .asid = 1},
    {"ASID, leaf", FENCE_ASID, 0, .asid = 1, .fence_asid = 1},
    {"ASID, pointer", FENCE_ASID, 0, .above = 1},
    {"ASID, another", FENCE_ASID, 0, .asid = 1, .is_either = true},
    {"address, leaf", FENCE_VA, RULE_EACH_LEVEL, .is_far = true},
    {"address, global leaf", FENCE_VA, 0, .leaf = PTE_G},
    {"address, another", FENCE_VA, 0, .fence_flip = 1 << 12, .is_either = true},
    {"both, leaf", FENCE_VA_ASID, 0, .by = RULE_S},
    {"both, leaf of ASID 1", FENCE_VA_ASID, 1, .is_far = true, .asid = 1, .fence_asid = 1},
};

static const struct right {
    const char *name;
    uint32_t word;
    enum rule_mode mode;
    unsigned settings;
    bool is_legal;
} rights[] = {
    {"sinval.vma, U", SINVAL_VMA, RULE_U, 0, false},
    {"sfence.w.inval, U", SFENCE_W_INVAL, RULE_U, 0, false},
    {"sfence.inval.ir, U", SFENCE_INVAL_IR, RULE_U, 0, false},
    {"sinval.vma, S TVM", SINVAL_VMA, RULE_S, RULE_TVM, false},
    {"sfence.w.inval, S TVM", SFENCE_W_INVAL, RULE_S, RULE_TVM, true},
    {"sfence.inval.ir, S TVM", SFENCE_INVAL_IR, RULE_S, RULE_TVM, true},
    {"sinval.vma, M TVM", SINVAL_VMA, RULE_M, RULE_TVM, true},
};

static void run(void)
{
    STALE_RUN(rows, sinval_vma);
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        const struct right *right = &rights[i];
        struct rule_outcome outcome = rule_insn(right->mode, right->settings, right->word, 0, 0);

        if (right->is_legal) {
            rule_expect_done(right->name, &outcome);
        } else {
            rule_expect(outcome.cause == CAUSE_ILLEGAL_INSTRUCTION, right->name, "cause 2",
                        rule_outcome_text(&outcome));
        }
    }
}

const struct rule rule = {.id = "INV-01", .kind = "E", .needs = "svinval", .program = run};
