/*
 * TRP-12: also where xtvec.MODE is Vectored, all synchronous exceptions go to BASE; only interrupts
 * go to BASE + 4 x cause.
 *
 * Priv. [norm:mtvec_mode_vectored_op]. Priv. [stvec-mode].
 */
#include "guest/rules/runtime/rule.h"

enum { VECTORED = 1 };

/* A table of jumps: where a trap came in is what the jump leaves in t0. It takes back xtvec of
 * M-mode, where a3 is not 0, and returns by a trap that goes to M-mode. */
RULE_CODE __attribute__((aligned(256))) static void vectors(void)
{
    __asm__ volatile(".option norvc\n"
                     ".rept 24\n"
                     "jal t0, 1f\n"
                     ".endr\n"
                     ".option rvc\n"
                     "1: addi a0, t0, -4\n"
                     "beqz a3, 2f\n"
                     "csrw mtvec, a3\n"
                     "2:" RULE_END);
}

/* With xtvec = a1: an exception by a2: 0 is an illegal instruction, 1 ECALL, and above 1 a load of
 * that address. a4 is xtvec as it was written. */
RULE_CODE static void trap_to_mtvec(void)
{
    __asm__ volatile("csrw mtvec, a1\n"
                     "csrr a4, mtvec\n"
                     "bne a4, a1, 3f\n"
                     "li t1, 1\n"
                     "beqz a2, 1f\n"
                     "beq a2, t1, 2f\n"
                     "ld a0, (a2)\n"
                     "1: .half 0\n"
                     "2: ecall\n"
                     "3: csrw mtvec, a3\n" RULE_END);
}

RULE_CODE static void trap_to_stvec(void)
{
    __asm__ volatile("csrw stvec, a1\n"
                     "csrr a4, stvec\n"
                     "bne a4, a1, 3f\n"
                     "beqz a2, 1f\n"
                     "ld a0, (a2)\n"
                     "1: .half 0\n"
                     "3:" RULE_END);
}

/* The same for U-mode, which finds stvec as S-mode left it. */
RULE_CODE static void leave_to_user(void)
{
    __asm__ volatile("csrw stvec, a1\n"
                     "csrr a4, stvec\n"
                     "bne a4, a1, 3f\n"
                     "csrw sepc, a2\n"
                     "sret\n"
                     "3:" RULE_END);
}

RULE_CODE static void user_ecall(void)
{
    __asm__ volatile("ecall\n" RULE_END);
}

static void check(const char *name, const struct rule_run *run)
{
    uint64_t base = rule_code_va(run->mode, vectors);
    struct rule_outcome outcome = rule_run(run);

    if (outcome.a[4] != run->a[1]) {
        rule_skip(name, "xtvec does not hold this vectored BASE");
        return;
    }
    rule_expect(!outcome.trapped && outcome.value == base, name, rule_text("at BASE %lx", base),
                outcome.trapped ? rule_outcome_text(&outcome) : rule_text("at %lx", outcome.value));
}

static void vectored(void)
{
    struct rule_run machine = {.code = trap_to_mtvec, .mode = RULE_M};
    struct rule_run supervisor = {.code = trap_to_stvec, .mode = RULE_S};
    struct rule_run user = {.code = leave_to_user, .mode = RULE_S};

    machine.a[1] = rule_code_va(RULE_M, vectors) | VECTORED;
    machine.a[3] = csr_read(CSR_MTVEC);
    supervisor.a[1] = user.a[1] = rule_code_va(RULE_S, vectors) | VECTORED;
    user.a[2] = rule_code_va(RULE_U, user_ecall);

    check("mtvec, illegal instruction in M-mode", &machine);
    machine.a[2] = 1;
    check("mtvec, ECALL in M-mode", &machine);
    machine.a[2] = RULE_MISSING;
    check("mtvec, load access fault in M-mode", &machine);

    csr_write(CSR_MEDELEG, 1 << CAUSE_ILLEGAL_INSTRUCTION | 1 << CAUSE_LOAD_PAGE_FAULT |
                               1 << CAUSE_ECALL_FROM_U);
    check("stvec, illegal instruction in S-mode", &supervisor);
    supervisor.a[2] = rule_va(0, 0);
    check("stvec, load page fault in S-mode", &supervisor);
    csr_clear(CSR_MSTATUS, SSTATUS_SPP);
    check("stvec, ECALL in U-mode", &user);
    csr_write(CSR_MEDELEG, 0);
}

RULE_PROGRAM("TRP-12", "M", vectored);
