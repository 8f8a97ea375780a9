/*
 * FEN-13: a PTE that is not valid may be cached, so until a fence an access may fault although the
 * PTE was made valid. With Svvptc that ends by itself in bounded time, which no test can tell.
 *
 * Priv. [sfence.vma], note: caching of PTEs whose V bit is clear.
 * Priv. [norm:Svvptc_explicit_stores_update_valid_bit].
 */
#include "guest/rules/runtime/rule.h"

enum { OFFSET = 0x340 };

static void make_valid(enum rule_op op, unsigned level)
{
    uint64_t va = rule_va(0, OFFSET);
    uint64_t pa = rule_page(1) + OFFSET;
    const char *name = rule_text("%s, PTE of level %u", rule_op_name(op), level);

    rule_reset();
    rule_map(va, rule_page(1), LEAF_RWX, 0);

    volatile uint64_t *pte = rule_pte(va, level);
    uint64_t valid = *pte;

    *pte = valid & ~PTE_V;
    rule_fence();

    struct rule_outcome before = rule_try(op, RULE_S, va);

    if (before.cause != rule_page_fault(op)) {
        rule_expect_trap(rule_text("%s, not valid", name), &before, rule_page_fault(op), va);
        return;
    }
    *pte = valid;

    struct rule_outcome outcome = rule_try(op, RULE_S, va);
    bool is_old = outcome.trapped && outcome.cause == rule_page_fault(op) && outcome.tval == va;
    bool is_new = !outcome.trapped && outcome.value == (op == RULE_FETCH ? pa : rule_mark_of(pa));

    rule_choice(is_old || is_new, rule_text("%s, no fence", name),
                rule_text("cause %lu | pa %lx", rule_page_fault(op), pa),
                is_new ? rule_text("pa %lx", pa) : rule_outcome_text(&outcome));
    if (level == 0) {
        rule_fence_va(va);
    } else {
        rule_fence_asid(0);
    }
    outcome = rule_try(op, RULE_S, va);
    rule_expect_pa(rule_text("%s, fenced", name), &outcome, pa);
}

static void run(void)
{
    make_valid(RULE_LOAD, 0);
    make_valid(RULE_FETCH, 0);
    for (unsigned level = 1; level < rule_paging->levels; level++) {
        make_valid(RULE_LOAD, level);
    }
}

RULE_PROGRAM("FEN-13", "L", run);
