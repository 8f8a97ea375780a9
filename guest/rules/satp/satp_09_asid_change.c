/*
 * SATP-09: a change of satp.ASID takes effect at once: entries that were cached for another ASID
 * are not used, unless they are global.
 *
 * Priv. [norm:sfence_vma_asid_effect].
 */
#include "guest/rules/runtime/rule.h"

static const enum rule_op ops[] = {RULE_FETCH, RULE_LOAD, RULE_LR};

enum { OPS = sizeof ops / sizeof *ops };

/* Two roots with two ASIDs, to and fro. */
static void other_space(uint64_t va)
{
    rule_map(va, rule_page(1), LEAF_RWX, 0);
    rule_choose_space(1);
    rule_map(va, rule_page(2), LEAF_RWX, 0);
    rule_fence();

    for (unsigned i = 0; i < OPS; i++) {
        rule_switch(0, 0);

        struct rule_outcome first = rule_try(ops[i], RULE_S, va);

        rule_switch(1, 1);

        struct rule_outcome second = rule_try(ops[i], RULE_S, va);

        rule_switch(0, 0);

        struct rule_outcome back = rule_try(ops[i], RULE_S, va);
        const char *op = rule_op_name(ops[i]);

        rule_expect_pa(rule_text("ASID 0, %s", op), &first, rule_page(1));
        rule_expect_pa(rule_text("0 to 1, %s", op), &second, rule_page(2));
        rule_expect_pa(rule_text("1 to 0, %s", op), &back, rule_page(1));
    }
}

/* The same root: the PTE is new for the second ASID, whose accesses alone a fence has ordered. */
static void same_root(uint64_t va)
{
    rule_choose_space(0);
    rule_switch(0, 0);
    rule_try(RULE_LOAD, RULE_S, va);
    rule_map(va, rule_page(3), LEAF_RWX, 0);
    rule_fence_asid(1);
    rule_switch(0, 1);

    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    rule_expect_pa("same root, leaf changed", &outcome, rule_page(3));
}

/* Neighbours in each bit, so that no bit of the tag is missing. */
static void each_bit(uint64_t va, uint64_t ones)
{
    struct rule_outcome outcome = {0};
    uint64_t bit = 1;

    rule_map(va, rule_page(1), LEAF_RWX, 0);
    rule_fence();
    rule_switch(0, 0);
    rule_try(RULE_LOAD, RULE_S, va);
    do {
        rule_switch(1, bit);
        outcome = rule_try(RULE_LOAD, RULE_S, va);
        bit <<= 1;
    } while ((bit & ones) != 0 && outcome.value == rule_mark_of(rule_page(2)));
    rule_expect_pa("each bit of ASID alone", &outcome, rule_page(2));
}

static void program(void)
{
    uint64_t va = rule_va(0, rule_page(1));

    rule_switch(0, 0xffff);

    uint64_t ones = csr_read(CSR_SATP) >> 44 & 0xffff;

    rule_switch(0, 0);
    if ((ones & 1) == 0) {
        rule_skip("change of ASID", "no ASIDs");
        return;
    }
    other_space(va);
    same_root(va);
    each_bit(va, ones);
}

RULE_PROGRAM("SATP-09", "M", program);
