/*
 * VA-02: an address that is not canonical faults even where the page that its low bits name is
 * cached.
 *
 * Priv. [norm:Sv39_va_signext].
 */
#include "guest/rules/runtime/rule.h"

static const enum rule_op ops[] = {RULE_FETCH, RULE_LOAD, RULE_STORE, RULE_LR};

enum { OPS = sizeof ops / sizeof *ops };

/* The page is used right before each alias of it. */
static void try_op(const char *half, enum rule_op op, uint64_t va)
{
    uint64_t above = ~UINT64_C(0) << (PAGE_SHIFT + SV39_VPN_BITS * rule_paging->levels);
    const uint64_t flips[] = {above, above & ~(above << 1), UINT64_C(1) << 63};

    for (unsigned i = 0; i < sizeof flips / sizeof *flips; i++) {
        struct rule_outcome page = rule_try(op, RULE_S, va);
        struct rule_outcome alias = rule_try(op, RULE_S, va ^ flips[i]);

        if (page.trapped) {
            rule_expect_done(rule_text("%s, the page, %s", half, rule_op_name(op)), &page);
        }
        rule_expect(alias.trapped && alias.cause == rule_page_fault(op),
                    rule_text("%s, bits %lx inverted, %s", half, flips[i], rule_op_name(op)),
                    rule_text("cause %lu", rule_page_fault(op)), rule_outcome_text(&alias));
    }
}

static void program(void)
{
    uint64_t half = rule_size(rule_paging->levels - 1) << (SV39_VPN_BITS - 1);
    uint64_t lower = rule_va(0, rule_page(1));
    uint64_t upper = lower - half;

    rule_map(lower, rule_page(1), LEAF_RWX, 0);
    rule_map(upper, rule_page(2), LEAF_RWX, 0);
    rule_fence();

    for (unsigned i = 0; i < OPS; i++) {
        try_op("lower half", ops[i], lower);
        try_op("upper half", ops[i], upper);
        rule_mark(rule_page(1));
        rule_mark(rule_page(2));
    }
}

RULE_PROGRAM("VA-02", "M", program);
