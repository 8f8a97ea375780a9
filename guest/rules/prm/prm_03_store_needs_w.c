/*
 * PRM-03: a store, SC or AMO to a page without W is a store/AMO page fault.
 *
 * Priv. [norm:store_page_fault_no_w]. The SC here has a reservation; see PRM-13 for one without.
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"R page", RULE_EACH_LEVEL, LEAF_R, .ops = RULE_STORE, .want = RULE_PAGE_FAULT},
    {"R page", 0, LEAF_R, .ops = RULE_STORE, .modes = RULE_U | RULE_MPRV_S | RULE_MPRV_U,
     .want = RULE_PAGE_FAULT},
    {"R page", 0, LEAF_R, .ops = RULE_AMO, .modes = RULE_S | RULE_U, .want = RULE_PAGE_FAULT},
    {"RX page", 0, LEAF_RX, .ops = RULE_STORE, .want = RULE_PAGE_FAULT},
    {"X page", 0, LEAF_X, .ops = RULE_STORE, .want = RULE_PAGE_FAULT},
    {"RW page", 0, LEAF_RW, .ops = RULE_STORE | RULE_AMO | RULE_LR_SC, .want = RULE_NO_TRAP},
};

/* LR may read the page, then SC may not write to it. */
static void try_sc(enum rule_mode mode, uint64_t va, uint64_t pa)
{
    struct rule_outcome outcome = rule_try(RULE_LR_SC, mode, va);

    rule_expect_trap(rule_text("R page, sc after lr, %s", rule_mode_name(mode)), &outcome,
                     CAUSE_STORE_PAGE_FAULT, va);
    rule_expect_value("memory after that sc", rule_mark_of(pa), *rule_memory(pa));
}

static void program(void)
{
    uint64_t va = rule_va(0, rule_page(2));

    rule_map(va, rule_page(2), LEAF_R, 0);
    rule_map(va + PAGE_SIZE, rule_page(3), LEAF_R | PTE_U, 0);
    rule_fence();
    try_sc(RULE_S, va, rule_page(2));
    try_sc(RULE_U, va + PAGE_SIZE, rule_page(3));
}

const struct rule rule = {RULE_TABLE("PRM-03", "M", cases), .program = program};
