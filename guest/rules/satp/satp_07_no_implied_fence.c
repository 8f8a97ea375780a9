/*
 * SATP-07: writing satp invalidates nothing and orders nothing, so until a fence an entry that was
 * cached for the new ASID may be used as well as what the tables say now.
 *
 * Priv. [norm:satp_op_sfence_vma].
 */
#include "guest/rules/runtime/rule.h"

enum { ASID = 1 }; /* reads as 0 where there are no ASIDs, which is as good */

static void allow_both(const char *name, uint64_t va, uint64_t old_pa, uint64_t new_pa)
{
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);
    uint64_t pa = outcome.trapped ? 0 : rule_marked_pa(outcome.value);

    rule_choice(pa == old_pa || pa == new_pa, name, rule_text("pa %lx | pa %lx", old_pa, new_pa),
                rule_outcome_text(&outcome));
}

static void require(const char *name, uint64_t va, uint64_t pa)
{
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    rule_expect_pa(name, &outcome, pa);
}

/* Another root under the same ASID. */
static void other_root(uint64_t va)
{
    rule_map(va, rule_page(1), LEAF_RW, 0);
    rule_choose_space(1);
    rule_map(va, rule_page(2), LEAF_RW, 0);
    rule_switch(0, ASID);
    rule_fence();

    require("root 0", va, rule_page(1));
    rule_switch(1, ASID);
    allow_both("root 1 with the same ASID, no fence", va, rule_page(1), rule_page(2));
    rule_fence_asid(ASID);
    require("root 1 after a fence", va, rule_page(2));
}

/* A leaf is changed, and satp written to and fro. */
static void there_and_back(uint64_t va)
{
    rule_choose_space(0);
    rule_switch(0, 0);
    rule_fence();
    require("leaf before it is changed", va, rule_page(1));

    rule_map(va, rule_page(3), LEAF_RW, 0);
    rule_switch(1, 0);
    rule_switch(0, 0);
    allow_both("leaf changed, satp to and fro, no fence", va, rule_page(1), rule_page(3));
    rule_fence();
    require("leaf changed, after a fence", va, rule_page(3));
}

static void program(void)
{
    uint64_t va = rule_va(0, rule_page(1));

    other_root(va);
    there_and_back(va);
}

RULE_PROGRAM("SATP-07", "L", program);
