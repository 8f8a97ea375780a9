/*
 * RET-04: xRET may clear the reservation of an LR, but need not. What the SC then says is what it
 * did.
 *
 * Priv. [norm:xret_clr_lr_resv].
 */
#include "guest/rules/ret/returns.h"

#define OLD UINT64_C(0x1111)
#define NEW UINT64_C(0x2222)

/* LR at a1, xRET to the next instruction, SC of a2 there: a0 is 0 if it stored. */
RULE_CODE static void lr_mret_sc(void)
{
    __asm__ volatile("lla t0, 1f\n"
                     "csrw mepc, t0\n"
                     "lr.d t1, (a1)\n"
                     "mret\n"
                     "1: sc.d a0, a2, (a1)\n" RULE_END);
}

RULE_CODE static void lr_sret_sc(void)
{
    __asm__ volatile("lla t0, 1f\n"
                     "csrw sepc, t0\n"
                     "lr.d t1, (a1)\n"
                     "sret\n"
                     "1: sc.d a0, a2, (a1)\n" RULE_END);
}

static void check(const char *name, void (*code)(void), enum rule_mode mode, uint64_t va)
{
    volatile uint64_t *memory = rule_memory(rule_page(1) + 8);

    *memory = OLD;
    csr_set(CSR_MSTATUS, MSTATUS_SPP);
    struct rule_outcome outcome =
        rule_run(&(struct rule_run){.code = code, .mode = mode, .a = {RULE_UNTOUCHED, va, NEW}});
    bool stored = outcome.value == 0;

    rule_expect_done(rule_text("%s, no trap", name), &outcome);
    rule_choice(*memory == (stored ? NEW : OLD), name, "reservation kept and stored | cleared",
                rule_text("%s, memory %lx", stored ? "kept" : "cleared", *memory));
}

static void reservation(void)
{
    uint64_t va = rule_va(0, 0) + 8;

    rule_map(va, rule_page(1), LEAF_RW, 0);
    rule_fence();
    check("LR, MRET, SC", lr_mret_sc, RULE_M, rule_page(1) + 8);
    check("LR, SRET, SC", lr_sret_sc, RULE_S, va);
}

RULE_PROGRAM("RET-04", "L", reservation);
