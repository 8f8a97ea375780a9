/*
 * AD-13: after ADUE changed, SFENCE.VMA x0, x0 makes the change count; before it, both behaviours
 * may be seen.
 *
 * Priv. [norm:menvcfg_adue_fence].
 */
#include "guest/rules/ad/scheme.h"

#define RW (PTE_V | PTE_R | PTE_W)

struct change {
    const char *name;
    uint64_t menvcfg;
    enum rule_op op;
    uint64_t bits; /* A and D before */
    uint64_t set;  /* what hardware sets */
};

static struct rule_outcome use(const struct change *change, uint64_t va, volatile uint64_t *leaf,
                               uint64_t pte)
{
    struct rule_outcome outcome;

    *leaf = pte;
    outcome = rule_try(change->op, RULE_S, va);
    rule_mark(rule_page(1));
    return outcome;
}

static void try_change(const struct change *change)
{
    uint64_t va = rule_va(0, rule_page(1));
    volatile uint64_t *leaf = rule_map(va, rule_page(1), RW | change->bits, 0);
    uint64_t pte = *leaf;
    bool is_hardware = change->menvcfg != 0;

    rule_menvcfg(is_hardware ? 0 : MENVCFG_ADUE);
    use(change, va, leaf, pte); /* what can be cached is, with its old meaning */
    *leaf = pte;
    rule_csr_write(RULE_M, 0, CSR_MENVCFG, change->menvcfg);

    struct rule_outcome outcome = use(change, va, leaf, pte);
    bool is_fault = outcome.cause == rule_page_fault(change->op) && *leaf == pte;
    bool is_done = !outcome.trapped && (*leaf == pte || *leaf == (pte | change->set));

    rule_choice(is_fault || is_done, rule_text("%s, no fence", change->name),
                rule_text("cause %lu | no trap", rule_page_fault(change->op)),
                rule_text("%s %s", outcome.trapped ? rule_outcome_text(&outcome) : "no trap",
                          scheme_change(pte, *leaf)));
    *leaf = pte;
    rule_fence();
    outcome = use(change, va, leaf, pte);
    if (is_hardware) {
        scheme_expect(rule_text("%s, fenced", change->name), &outcome, pte | change->set, *leaf);
    } else {
        rule_expect_trap(rule_text("%s, fenced", change->name), &outcome,
                         rule_page_fault(change->op), va);
    }
}

static void run(void)
{
    static const struct change changes[] = {
        {"ADUE set, load", MENVCFG_ADUE, RULE_LOAD, 0, PTE_A},
        {"ADUE set, store", MENVCFG_ADUE, RULE_STORE, PTE_A, PTE_D},
        {"ADUE cleared, load", 0, RULE_LOAD, 0, PTE_A},
        {"ADUE cleared, store", 0, RULE_STORE, PTE_A, PTE_D},
    };

    if (rule_ad() != RULE_AD_SVADU) {
        rule_skip("change of ADUE", "ADUE cannot be changed");
        return;
    }
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        try_change(&changes[i]);
    }
}

RULE_PROGRAM("AD-13", "L", run);
