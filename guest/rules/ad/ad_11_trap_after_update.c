/*
 * AD-11: the update comes before the access, so if PMP then refuses the access, the bits may be set
 * already. A load still never sets D.
 *
 * Priv. [translation]: a trap may occur between the PTE update and the memory access that caused
 * it.
 */
#include "guest/rules/ad/scheme.h"

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X)
enum { OFFSET = 0x340 };

static void refused(enum rule_op op, uint64_t bits)
{
    uint64_t va = rule_va(0, OFFSET);
    volatile uint64_t *leaf = rule_map(va, rule_page(1), RWX | bits, 0);
    uint64_t before = *leaf;
    bool is_write = op == RULE_STORE || op == RULE_AMO;

    rule_fence();

    struct rule_outcome outcome = rule_try(op, RULE_S, va);
    uint64_t change = *leaf ^ before;
    bool is_allowed = (*leaf & before) == before && (change & ~(PTE_A | PTE_D)) == 0 &&
                      (is_write || (change & PTE_D) == 0);

    rule_choice(outcome.trapped && outcome.cause == rule_access_fault(op) && is_allowed,
                rule_text("%s, %s", bits == 0 ? "A=0" : "A=1 D=0", rule_op_name(op)),
                rule_text("cause %lu with pte same | %s", rule_access_fault(op),
                          is_write ? "+A | +D | +A+D" : "+A"),
                rule_text("%s %s", rule_outcome_text(&outcome), scheme_change(before, *leaf)));
}

static void run(void)
{
    if (!scheme_start(SCHEME_HARDWARE)) {
        return;
    }
    rule_pmp(0, rule_page(1), PAGE_SIZE, 0);
    refused(RULE_FETCH, 0);
    refused(RULE_LOAD, 0);
    refused(RULE_STORE, 0);
    refused(RULE_STORE, PTE_A);
}

RULE_PROGRAM("AD-11", "L", run);
