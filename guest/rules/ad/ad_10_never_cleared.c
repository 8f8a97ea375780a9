/*
 * AD-10: hardware never clears A or D, in no access, done or refused, whoever sets them.
 *
 * Priv. [translation], note: the A and D bits are never cleared by the implementation.
 */
#include "guest/rules/ad/scheme.h"

static const struct rule_case rows[] = {
    {"done", RULE_EACH_LEVEL, LEAF_RWX, .ops = RULE_STORE},
    {"done", 0, LEAF_RWX,
     .ops = RULE_FETCH | RULE_LOAD | RULE_AMO | RULE_LR | RULE_SC | RULE_LR_SC},
    {"done", 0, LEAF_RWX, .ops = RULE_LOAD | RULE_STORE, .modes = RULE_U | RULE_MPRV_S},
    {"no W", 0, LEAF_RX, .ops = RULE_STORE | RULE_AMO, .want = RULE_PAGE_FAULT},
    {"no R", 0, LEAF_X, .ops = RULE_LOAD, .want = RULE_PAGE_FAULT},
    {"no X", 0, LEAF_RW, .ops = RULE_FETCH, .want = RULE_PAGE_FAULT},
    {"page of U", 0, LEAF_RWX | PTE_U, .ops = RULE_LOAD | RULE_STORE, .want = RULE_PAGE_FAULT},
};

/* With A = 0 an access faults or sets A; D stays. */
static void dirty_not_accessed(enum rule_op op)
{
    uint64_t va = rule_va(0, rule_page(1));
    volatile uint64_t *leaf = rule_map(va, rule_page(1), LEAF_RWX & ~PTE_A, 0);

    rule_fence();

    struct rule_outcome outcome = rule_try(op, RULE_S, va);

    rule_expect((*leaf & PTE_D) != 0, rule_text("A=0 D=1, %s", rule_op_name(op)), "D=1",
                rule_text("pte %lx %s", *leaf, outcome.trapped ? "fault" : "no trap"));
    rule_mark(rule_page(1));
}

static void run(void)
{
    SCHEME_RUN(SCHEME_ANY, rows);
    rule_reset();
    scheme_select(SCHEME_ANY);
    dirty_not_accessed(RULE_FETCH);
    dirty_not_accessed(RULE_LOAD);
    dirty_not_accessed(RULE_STORE);
}

RULE_PROGRAM("AD-10", "M", run);
