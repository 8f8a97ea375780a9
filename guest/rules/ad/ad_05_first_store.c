/*
 * AD-05: what is cached does not answer for step 9: the first write through a translation with
 * D = 0 sets D in memory, however it came to be cached.
 *
 * Priv. [sv32algorithm]: the address-translation cache cannot be used in step 9.
 */
#include "guest/rules/ad/scheme.h"

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X)

static volatile uint64_t *map(uint64_t va, uint64_t bits, unsigned level)
{
    uint64_t pa = rule_page(1);
    volatile uint64_t *leaf = rule_map(va, pa & ~(rule_size(level) - 1), RWX | bits, level);

    rule_fence();
    return leaf;
}

/* Two updates of one PTE, with no fence between. */
static void first_then(enum rule_op first, enum rule_op second, unsigned level)
{
    uint64_t va = rule_va(level, rule_page(1)) + 16 * rule_size(level);
    volatile uint64_t *leaf = map(va, 0, level);
    uint64_t before = *leaf;

    rule_try(first, RULE_S, va);

    uint64_t between = *leaf;
    struct rule_outcome outcome = rule_try(second, RULE_S, va);
    const char *name =
        rule_text("%s then %s, level %u", rule_op_name(first), rule_op_name(second), level);
    const char *seen =
        rule_text("%s then %s", scheme_change(before, between),
                  outcome.trapped ? rule_outcome_text(&outcome) : scheme_change(between, *leaf));

    rule_expect(!outcome.trapped && between == (before | PTE_A) && *leaf == (between | PTE_D), name,
                "pte +A then pte +D", seen);
    rule_mark(rule_page(1));
}

/* Software clears bits and fences: the next write sets them again. */
static void cleared(const char *name, uint64_t bits)
{
    uint64_t va = rule_va(0, rule_page(1)) + 16 * rule_size(0);
    volatile uint64_t *leaf = map(va, 0, 0);

    rule_try(RULE_STORE, RULE_S, va);

    uint64_t full = *leaf;

    *leaf &= ~bits;
    rule_fence_va(va);

    struct rule_outcome outcome = rule_try(RULE_STORE, RULE_S, va);

    scheme_expect(name, &outcome, full, *leaf);
    rule_mark(rule_page(1));
}

static void run(void)
{
    if (!scheme_start(SCHEME_HARDWARE)) {
        return;
    }
    for (unsigned level = 0; level < rule_paging->levels; level++) {
        first_then(RULE_LOAD, RULE_STORE, level);
    }
    first_then(RULE_FETCH, RULE_STORE, 0);
    first_then(RULE_LOAD, RULE_AMO, 0);
    first_then(RULE_LR, RULE_LR_SC, 0);
    cleared("D cleared and fenced", PTE_D);
    cleared("A and D cleared and fenced", PTE_A | PTE_D);
}

RULE_PROGRAM("AD-05", "E", run);
