/*
 * FEN-12: until a fence, an access uses some translation that was valid since the last one, the
 * oldest, the newest or one between, and not always the same; but never a mix of two.
 *
 * Priv. [norm:sfence_vma_ordering_semantics] and the note after it.
 */
#include "guest/rules/runtime/rule.h"

enum { NEW_SPACE = 3, OFFSET = 0x340 };

/* The choice between physical addresses. */
static void choose(const char *name, const struct rule_outcome *outcome, uint64_t one,
                   uint64_t other, uint64_t third)
{
    uint64_t pa = outcome->trapped ? 0 : rule_marked_pa(outcome->value);

    rule_choice(pa == one || pa == other || pa == third, name,
                other == third ? rule_text("pa %lx | %lx", one, other)
                               : rule_text("pa %lx | %lx | %lx", one, other, third),
                rule_outcome_text(outcome));
}

static uint64_t pa_of(unsigned page)
{
    return rule_page(page) + OFFSET;
}

static void moved(void)
{
    uint64_t va = rule_va(0, OFFSET);

    rule_reset();
    rule_map(va, rule_page(1), LEAF_RW, 0);
    rule_fence();
    rule_try(RULE_LOAD, RULE_S, va);
    rule_map(va, rule_page(2), LEAF_RW, 0);

    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    choose("moved", &outcome, pa_of(1), pa_of(2), pa_of(2));
    rule_map(va, rule_page(3), LEAF_RW, 0);
    outcome = rule_try(RULE_LOAD, RULE_S, va);
    choose("moved again", &outcome, pa_of(1), pa_of(2), pa_of(3));
    *rule_pte(va, 0) = 0;
    outcome = rule_try(RULE_LOAD, RULE_S, va);

    uint64_t pa = rule_marked_pa(outcome.value);
    bool allowed = outcome.trapped ? outcome.cause == CAUSE_LOAD_PAGE_FAULT
                                   : pa == pa_of(1) || pa == pa_of(2) || pa == pa_of(3);

    rule_choice(allowed, "unmapped at last", "any page before | cause 13",
                rule_outcome_text(&outcome));
    rule_fence_va(va);
    outcome = rule_try(RULE_LOAD, RULE_S, va);
    rule_expect_trap("unmapped, fenced", &outcome, CAUSE_LOAD_PAGE_FAULT, va);
}

/* The old page may be read only, the new one written: the old one is never written. */
static void moved_and_opened(void)
{
    uint64_t va = rule_va(0, OFFSET);

    rule_reset();
    rule_mark(pa_of(1));
    rule_mark(pa_of(2));
    rule_map(va, rule_page(1), LEAF_R, 0);
    rule_fence();
    rule_try(RULE_LOAD, RULE_S, va);
    rule_map(va, rule_page(2), LEAF_RW, 0);

    struct rule_outcome outcome = rule_try(RULE_STORE, RULE_S, va);
    bool old_written = *rule_memory(pa_of(1)) != rule_mark_of(pa_of(1));
    bool new_written = *rule_memory(pa_of(2)) != rule_mark_of(pa_of(2));
    bool is_new = !outcome.trapped && new_written;
    bool is_old = outcome.trapped && outcome.cause == CAUSE_STORE_PAGE_FAULT && !new_written;

    rule_choice(!old_written && (is_old || is_new), "moved and opened, store",
                "cause 15 | new page stored",
                old_written ? "old page stored"
                            : (new_written ? "new page stored" : rule_outcome_text(&outcome)));
    rule_mark(pa_of(1));
    rule_mark(pa_of(2));
}

static void closed(void)
{
    uint64_t va = rule_va(0, OFFSET);

    rule_reset();
    rule_map(va, rule_page(1), LEAF_RW, 0);
    rule_fence();
    rule_try(RULE_AMO, RULE_S, va);
    rule_map(va, rule_page(1), LEAF_R, 0);

    struct rule_outcome outcome = rule_try(RULE_AMO, RULE_S, va);
    bool is_old = !outcome.trapped && rule_marked_pa(outcome.value) == pa_of(1);

    rule_choice(is_old || (outcome.trapped && outcome.cause == CAUSE_STORE_PAGE_FAULT),
                "closed, amo", rule_text("pa %lx | cause 15", pa_of(1)),
                rule_outcome_text(&outcome));
}

/* A leaf becomes a pointer, or a pointer a leaf: one or the other is used, not the wrong PTE as
 * pointer or page. */
static void split_or_joined(bool is_split)
{
    uint64_t va = rule_va(1, pa_of(1));
    uint64_t small = pa_of(5);

    rule_reset();
    rule_choose_space(is_split ? NEW_SPACE : 0);
    rule_map(va, rule_page(5), LEAF_RW, 0);
    rule_choose_space(is_split ? 0 : NEW_SPACE);
    rule_map(va, RULE_PAGE_BASE, LEAF_RW, 1);
    rule_choose_space(NEW_SPACE);

    uint64_t new_pte = *rule_pte(va, 1);

    rule_choose_space(0);
    rule_fence();
    rule_try(RULE_LOAD, RULE_S, va);
    *rule_pte(va, 1) = new_pte;

    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    choose(is_split ? "megapage split" : "pages joined", &outcome, pa_of(1), small, small);
    rule_fence();
    outcome = rule_try(RULE_LOAD, RULE_S, va);
    rule_expect_pa(is_split ? "megapage split, fenced" : "pages joined, fenced", &outcome,
                   is_split ? small : pa_of(1));
}

static void run(void)
{
    moved();
    moved_and_opened();
    closed();
    split_or_joined(true);
    split_or_joined(false);
}

RULE_PROGRAM("FEN-12", "M", run);
