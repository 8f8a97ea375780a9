/*
 * provoke.h - traps of every kind, for the rules about what a trap does.
 *
 * provoke_prepare maps what they need in the current space; then provoke makes one, in U-mode,
 * S-mode or M-mode. In M-mode nothing is translated but the data of an MPRV access, so some kinds
 * cannot be had there.
 */
#ifndef GUEST_RULES_TRP_PROVOKE_H
#define GUEST_RULES_TRP_PROVOKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/rules/runtime/rule.h"

#define MSTATUS_SIE (UINT64_C(1) << 1)
#define MSTATUS_MIE (UINT64_C(1) << 3)
#define MSTATUS_SPIE (UINT64_C(1) << 5)
#define MSTATUS_MPIE (UINT64_C(1) << 7)
#define MSTATUS_SPP (UINT64_C(1) << 8)
#define MSTATUS_MPP (UINT64_C(3) << 11)
#define MSTATUS_MPP_S (UINT64_C(1) << 11)

struct trap_kind {
    const char *name;
    uint64_t cause;     /* of ECALL, the one from U-mode */
    void (*code)(void); /* this is run ... */
    enum rule_op op;    /* ... or else this access is made ... */
    bool is_missing;    /* ... of a page of missing memory, or of one that is not mapped */
    bool is_ecall;
};

/* Two halfwords that can be no instruction. */
RULE_CODE static void provoke_illegal(void)
{
    __asm__ volatile(".half 0, 0\n" RULE_END);
}

RULE_CODE static void provoke_breakpoint(void)
{
    __asm__ volatile(".option norvc\n ebreak\n .option rvc\n");
}

RULE_CODE static void provoke_ecall(void)
{
    __asm__ volatile("ecall\n" RULE_END);
}

/* In the order of their causes. */
static const struct trap_kind trap_kinds[] = {
    {.name = "fetch access fault", .cause = 1, .op = RULE_FETCH, .is_missing = true},
    {.name = "illegal instruction", .cause = 2, .code = provoke_illegal},
    {.name = "EBREAK", .cause = 3, .code = provoke_breakpoint},
    {.name = "load access fault", .cause = 5, .op = RULE_LOAD, .is_missing = true},
    {.name = "store access fault", .cause = 7, .op = RULE_STORE, .is_missing = true},
    {.name = "ECALL", .cause = 8, .code = provoke_ecall, .is_ecall = true},
    {.name = "fetch page fault", .cause = 12, .op = RULE_FETCH},
    {.name = "load page fault", .cause = 13, .op = RULE_LOAD},
    {.name = "store page fault", .cause = 15, .op = RULE_STORE},
};

enum { TRAP_KINDS = sizeof trap_kinds / sizeof *trap_kinds };

/* The page that is not mapped; those of missing memory, for S-mode and U-mode, come after it. */
static inline uint64_t provoke_va(const struct trap_kind *kind, enum rule_mode mode)
{
    uint64_t unmapped = rule_va(0, 0);

    if (mode == RULE_M) {
        return RULE_MISSING;
    }
    if (!kind->is_missing) {
        return unmapped + 8;
    }
    return unmapped + (mode == RULE_U || mode == RULE_MPRV_U ? 2 : 1) * PAGE_SIZE + 8;
}

static inline void provoke_prepare(void)
{
    uint64_t unmapped = rule_va(0, 0);

    rule_map(unmapped + PAGE_SIZE, RULE_MISSING, LEAF_RWX, 0);
    rule_map(unmapped + 2 * PAGE_SIZE, RULE_MISSING, LEAF_RWX | PTE_U, 0);
    rule_fence();
}

/* Makes the trap. EBREAK is one like any other here, too. */
static inline struct rule_outcome provoke(const struct trap_kind *kind, enum rule_mode mode)
{
    static const uint64_t nothing[8];

    if (kind->code != NULL) {
        return rule_jump(mode, 0, rule_code_va(mode, kind->code), 0, nothing);
    }
    return rule_try(kind->op, mode, provoke_va(kind, mode));
}

/* The cause that the manual gives it. */
static inline uint64_t provoke_cause(const struct trap_kind *kind, enum rule_mode mode)
{
    if (kind->is_ecall) {
        return mode == RULE_U   ? CAUSE_ECALL_FROM_U
               : mode == RULE_S ? CAUSE_ECALL_FROM_S
                                : CAUSE_ECALL_FROM_M;
    }
    return kind->cause;
}

/* The address of the instruction that traps. */
static inline uint64_t provoke_pc(const struct trap_kind *kind, enum rule_mode mode)
{
    if (kind->code != NULL) {
        return rule_code_va(mode, kind->code);
    }
    return rule_access_pc(
        &(struct rule_access){.op = kind->op, .mode = mode, .va = provoke_va(kind, mode)});
}

/* The handler of the runtime itself calls M-mode by ECALL, so that may not be delegated. */
static inline bool provoke_is_delegatable(const struct trap_kind *kind, enum rule_mode mode)
{
    return !kind->is_ecall || mode == RULE_U;
}

/* Delegates this cause alone; returns false if it cannot be. [norm:medeleg_mideleg_warl] */
static inline bool provoke_delegate(uint64_t cause)
{
    csr_write(CSR_MEDELEG, UINT64_C(1) << cause);
    return csr_read(CSR_MEDELEG) == UINT64_C(1) << cause;
}

/* One case: xtval is this address. Without Sstvala zero is as good, and mtval may always be zero.
 * [norm:mtval_per_exc_behavior], [norm:sstvala_stval_faulting_vaddr] */
static inline void expect_tval(const char *name, const struct rule_outcome *outcome, uint64_t cause,
                               uint64_t tval)
{
    bool may_be_zero = outcome->to == RULE_M || !rule_has("sstvala");

    if (outcome->cause == cause && outcome->tval == 0 && may_be_zero) {
        rule_choice(true, name, rule_text("cause %lu tval %lx | tval 0", cause, tval),
                    rule_outcome_text(outcome));
        return;
    }
    rule_expect_trap(name, outcome, cause, tval);
}

#endif
