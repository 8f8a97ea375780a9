/*
 * SATP-08: a change of satp.MODE between Bare and another mode takes effect at once, without
 * SFENCE.VMA.
 *
 * Priv. [norm:sfence_vma_mode_effect].
 *
 * The virtual address is the physical address of test page 2 and is mapped to page 1.
 */
#include "guest/rules/runtime/rule.h"

/* Loads in S-mode before and after it writes 0 and then a2 to satp. */
RULE_CODE static void switch_in_supervisor_mode(void)
{
    __asm__ volatile(
        "ld a3, (a1)\n csrw satp, zero\n ld a4, (a1)\n csrw satp, a2\n ld a5, (a1)\n" RULE_END);
}

static void try_switch(const char *name, enum rule_op op, enum rule_mode mode, unsigned page)
{
    uint64_t va = rule_page(page);

    csr_write(CSR_SATP, 0);
    rule_fence();

    struct rule_outcome bare = rule_try(op, mode, va);

    rule_switch(0, 0);

    struct rule_outcome paged = rule_try(op, mode, va);

    csr_write(CSR_SATP, 0);

    struct rule_outcome bare_again = rule_try(op, mode, va);

    rule_switch(0, 0);

    struct rule_outcome paged_again = rule_try(op, mode, va);

    rule_expect_pa(rule_text("%s, Bare", name), &bare, va);
    rule_expect_pa(rule_text("%s, Bare to paged", name), &paged, rule_page(1));
    rule_expect_pa(rule_text("%s, paged to Bare", name), &bare_again, va);
    rule_expect_pa(rule_text("%s, Bare to paged again", name), &paged_again, rule_page(1));
}

/* The code must be at the same address in both modes. */
static void switch_there(uint64_t va)
{
    uint64_t code = (uint64_t)switch_in_supervisor_mode;
    const uint64_t a[8] = {0, va, rule_satp_of(0, 0)};

    rule_map(code, code, LEAF_RX, 0);
    rule_fence();

    struct rule_outcome outcome = rule_jump(RULE_S, 0, code, 0, a);
    static const char *const names[] = {"before", "after 0 to satp", "after the mode to satp"};

    for (unsigned i = 0; i < 3; i++) {
        uint64_t pa = rule_page(i == 1 ? 2 : 1);

        rule_expect(outcome.cause == CAUSE_BREAKPOINT && outcome.a[3 + i] == rule_mark_of(pa),
                    rule_text("in S-mode, %s", names[i]), rule_text("pa %lx", pa),
                    outcome.cause == CAUSE_BREAKPOINT ? rule_text("value %lx", outcome.a[3 + i])
                                                      : rule_outcome_text(&outcome));
    }
}

static void program(void)
{
    rule_map(rule_page(2), rule_page(1), LEAF_RWX, 0);
    rule_map(rule_page(3), rule_page(1), LEAF_RWX | PTE_U, 0);

    try_switch("fetch S", RULE_FETCH, RULE_S, 2);
    try_switch("load S", RULE_LOAD, RULE_S, 2);
    try_switch("load U", RULE_LOAD, RULE_U, 3);
    try_switch("load MPRV=S", RULE_LOAD, RULE_MPRV_S, 2);
    switch_there(rule_page(2));
}

RULE_PROGRAM("SATP-08", "M", program);
