/*
 * RSW-01: with Svrsw60t59b bits 60 and 59 of a PTE are for software: they are ignored, in leaves
 * and pointers, and kept when A and D are set.
 *
 * Priv. [norm:Svrsw60t59b_reserved_bits_60_59].
 */
#include "guest/rules/runtime/rule.h"

#define BIT_59 (UINT64_C(1) << 59)
#define BIT_60 (UINT64_C(1) << 60)

static const struct rule_case cases[] = {
    {"bit 59", RULE_EACH_LEVEL, LEAF_RWX | BIT_59},
    {"bit 60", RULE_EACH_LEVEL, LEAF_RWX | BIT_60},
    {"both", 0, LEAF_RWX | BIT_59 | BIT_60, .ops = RULE_FETCH | RULE_LOAD | RULE_STORE,
     .modes = RULE_S | RULE_U},
    {"both in a pointer", 0, LEAF_RWX, .pointer = PTE_V | BIT_59 | BIT_60,
     .pointer_level = RULE_EACH_LEVEL},
    {"bit 58 still reserved", 0, LEAF_RWX | UINT64_C(1) << 58, .want = RULE_PAGE_FAULT},
    {"both and no R", 0, LEAF_X | BIT_59 | BIT_60, .want = RULE_PAGE_FAULT},
};

/* The bits through an update of A and D, if hardware makes one. */
static void run(void)
{
    uint64_t va = rule_va(0, rule_page(1));
    uint64_t bits = LEAF_RW & ~(PTE_A | PTE_D);

    if (rule_ad() == RULE_AD_SVADE) {
        rule_skip("update", "A and D are set by software");
        return;
    }
    volatile uint64_t *leaf = rule_map(va, rule_page(1), bits | BIT_59 | BIT_60, 0);
    uint64_t before = *leaf;

    rule_menvcfg(MENVCFG_ADUE);
    rule_try(RULE_STORE, RULE_S, va);
    rule_expect_value("update", before | PTE_A | PTE_D, *leaf);
    rule_mark(rule_page(1));
}

const struct rule rule = {RULE_TABLE("RSW-01", "E", cases), .needs = "svrsw60t59b", .program = run};
