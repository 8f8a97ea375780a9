/*
 * VA-05: a pc that becomes an invalid address, by a jump, by MRET or SRET or by running into it, is
 * an instruction page fault when it is fetched. xepc and xtval may then hold another invalid
 * address (xtval 0, too).
 *
 * Priv. [norm:Sv39_va_signext], [norm:sepc_acc_invalid_addr], [norm:stval_acc].
 */
#include "guest/rules/runtime/rule.h"

/* Jumps to a1. */
RULE_CODE static void jump(void)
{
    __asm__ volatile("jr a1\n" RULE_END);
}

/* SRET to a1 in the mode that a2 tells: SPP = 0 or 1. */
RULE_CODE static void supervisor_return(void)
{
    __asm__ volatile("li t0, 0x100\n"
                     "csrc sstatus, t0\n"
                     "csrs sstatus, a2\n"
                     "csrw sepc, a1\n"
                     "sret\n" RULE_END);
}

static uint64_t half(void)
{
    return rule_size(rule_paging->levels - 1) << (SV39_VPN_BITS - 1);
}

static bool is_canonical(uint64_t va)
{
    return va < half() || va >= -half();
}

static void expect_fetch_fault(const char *name, const struct rule_outcome *outcome,
                               enum rule_mode from)
{
    rule_expect(outcome->trapped && outcome->cause == CAUSE_FETCH_PAGE_FAULT &&
                    outcome->from == from,
                name, rule_text("cause 12 from %s", rule_mode_name(from)),
                rule_text("%s from %s", rule_outcome_text(outcome), rule_mode_name(outcome->from)));
    if (outcome->trapped) {
        rule_choice(!is_canonical(outcome->epc) &&
                        (outcome->tval == 0 || !is_canonical(outcome->tval)),
                    rule_text("%s, epc and tval", name), "any invalid address | tval 0",
                    rule_text("epc %lx tval %lx", outcome->epc, outcome->tval));
    }
}

static void expect_run(const char *name, const struct rule_run *run, enum rule_mode from)
{
    struct rule_outcome outcome = rule_run(run);

    expect_fetch_fault(name, &outcome, from);
}

static void by_jump_or_return(uint64_t va)
{
    struct rule_outcome by_mret = rule_try(RULE_FETCH, RULE_S, va);

    expect_fetch_fault("MRET to S", &by_mret, RULE_S);
    by_mret = rule_try(RULE_FETCH, RULE_U, va);
    expect_fetch_fault("MRET to U", &by_mret, RULE_U);

    expect_run("JALR in S", &(struct rule_run){.code = jump, .mode = RULE_S, .a = {0, va}}, RULE_S);
    expect_run("JALR in U", &(struct rule_run){.code = jump, .mode = RULE_U, .a = {0, va}}, RULE_U);
    expect_run(
        "SRET to S",
        &(struct rule_run){.code = supervisor_return, .mode = RULE_S, .a = {0, va, SSTATUS_SPP}},
        RULE_S);
    expect_run("SRET to U",
               &(struct rule_run){.code = supervisor_return, .mode = RULE_S, .a = {0, va}}, RULE_U);
}

/* The last instruction of the lower half, and what is behind it. */
static void by_running(void)
{
    static const uint64_t a[8];
    uint64_t last = half() - 4;
    uint64_t pa = rule_page(8) + PAGE_SIZE - 8;
    uint64_t nop = UINT64_C(0x13);

    rule_map(page_down(last), rule_page(8), LEAF_RX, 0);
    rule_fence();
    *rule_memory(pa) = nop << 32 | nop;
    __asm__ volatile("fence.i" : : : "memory");

    struct rule_outcome outcome = rule_jump(RULE_S, 0, last, 0, a);

    expect_fetch_fault("behind the lower half", &outcome, RULE_S);
}

static void program(void)
{
    uint64_t va = rule_va(0, rule_page(1));

    rule_map(va, rule_page(1), LEAF_RX, 0);
    rule_fence();
    by_jump_or_return(va ^ UINT64_C(1) << 63);
    by_running();
}

RULE_PROGRAM("VA-05", "M", program);
