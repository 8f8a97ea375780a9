/*
 * FEN-19: after PMP changed, the old permissions may be used until SFENCE.VMA x0, x0; after it the
 * new ones are, for the page itself and for the page table.
 *
 * Priv. [norm:pmp_sfence_required].
 */
#include "guest/rules/runtime/rule.h"

enum { OFFSET = 0x340 };

/* The permissions of PMP entry 0, with no fence. */
static void set_permissions(unsigned permissions)
{
    uint64_t all = PMP_R | PMP_W | PMP_X;
    uint64_t cfg = csr_read((enum csr)CSR_PMPCFG0);

    csr_write((enum csr)CSR_PMPCFG0, (cfg & ~all) | permissions);
}

static void try_change(const char *name, uint64_t va, unsigned permissions, bool is_open)
{
    uint64_t pa = rule_page(1) + OFFSET;

    set_permissions(permissions);

    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);
    bool is_done = !outcome.trapped && rule_marked_pa(outcome.value) == pa;
    bool is_fault = outcome.trapped && outcome.cause == CAUSE_LOAD_ACCESS_FAULT;

    rule_choice(is_done || is_fault, rule_text("%s, no fence", name),
                rule_text("pa %lx | cause 5", pa), rule_outcome_text(&outcome));
    rule_fence();
    outcome = rule_try(RULE_LOAD, RULE_S, va);
    if (is_open) {
        rule_expect_pa(rule_text("%s, fenced", name), &outcome, pa);
    } else {
        rule_expect_trap(rule_text("%s, fenced", name), &outcome, CAUSE_LOAD_ACCESS_FAULT, va);
    }
}

static void try_page(const char *what, uint64_t va, uint64_t pa)
{
    rule_pmp(0, page_down(pa), PAGE_SIZE, PMP_R | PMP_W | PMP_X);
    rule_try(RULE_LOAD, RULE_S, va);
    try_change(rule_text("%s closed", what), va, 0, false);
    try_change(rule_text("%s opened", what), va, PMP_R | PMP_W, true);
}

static void run(void)
{
    uint64_t va = rule_va(0, OFFSET);
    uint64_t leaf = (uint64_t)rule_map(va, rule_page(1), LEAF_RW, 0);

    rule_fence();
    try_page("page", va, rule_page(1));
    try_page("page table", va, leaf);
}

RULE_PROGRAM("FEN-19", "L", run);
