/*
 * returns.h - code that executes MRET and SRET, places to return to, and what mstatus holds for
 * them.
 */
#ifndef GUEST_RULES_RET_RETURNS_H
#define GUEST_RULES_RET_RETURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/rules/runtime/rule.h"

#define MSTATUS_SIE (UINT64_C(1) << 1)
#define MSTATUS_MIE (UINT64_C(1) << 3)
#define MSTATUS_SPIE (UINT64_C(1) << 5)
#define MSTATUS_MPIE (UINT64_C(1) << 7)
#define MSTATUS_SPP (UINT64_C(1) << 8)
#define MSTATUS_MPP (UINT64_C(3) << 11)
#define MSTATUS_MPP_S (UINT64_C(1) << 11)

enum { MRET = 0x30200073, SRET = 0x10200073 };

/* MRET to a1 with a2 as mstatus. */
RULE_CODE static void do_mret(void)
{
    __asm__ volatile("csrw mepc, a1\n csrw mstatus, a2\n mret\n" RULE_END);
}

/* SRET to a1. */
RULE_CODE static void do_sret(void)
{
    __asm__ volatile("csrw sepc, a1\n sret\n" RULE_END);
}

/* A place to return to: the second instruction, two bytes behind a multiple of four. */
RULE_CODE static void landing(void)
{
    __asm__ volatile("c.ebreak\n c.ebreak\n");
}

/* The same for M-mode: what MRET left in mstatus. */
RULE_CODE static void machine_landing(void)
{
    __asm__ volatile("csrr a0, mstatus\n" RULE_END);
}

static inline uint64_t landing_va(enum rule_mode mode)
{
    return rule_code_va(mode, landing) + 2;
}

/* True if it was the landing that ended it, in this mode. */
static inline bool has_landed(const struct rule_outcome *outcome, enum rule_mode mode)
{
    return (!outcome->trapped || outcome->cause == CAUSE_BREAKPOINT) && outcome->from == mode &&
           outcome->epc == landing_va(mode);
}

static inline const char *landed_text(const struct rule_outcome *outcome)
{
    return rule_text("cause %lu from %s at %lx",
                     outcome->trapped ? outcome->cause : (uint64_t)CAUSE_BREAKPOINT,
                     rule_mode_name(outcome->from), outcome->epc);
}

static inline void expect_landed(const char *name, const struct rule_outcome *outcome,
                                 enum rule_mode mode)
{
    rule_expect(has_landed(outcome, mode), name,
                rule_text("cause %u from %s at %lx", CAUSE_BREAKPOINT, rule_mode_name(mode),
                          landing_va(mode)),
                landed_text(outcome));
}

#endif
