/*
 * VA-01: the bits above a virtual address must all equal its highest bit (in Sv39 bits 63..39 equal
 * bit 38), for fetches, loads and stores; else it is a page fault of the kind of the access.
 *
 * Priv. [norm:Sv39_va_signext]. An implementation may put another invalid address into tval, so it
 * is not looked at. Priv. [norm:stval_acc]
 */
#include "guest/rules/runtime/rule.h"

static const enum rule_op ops[] = {RULE_FETCH, RULE_LOAD, RULE_STORE, RULE_LR};

enum { OPS = sizeof ops / sizeof *ops };

static bool is_page_fault(const struct rule_outcome *outcome, enum rule_op op)
{
    return outcome->trapped && outcome->cause == rule_page_fault(op);
}

/* One case for several aliases of va: what is seen is the first that was no page fault. */
static void try_aliases(const char *half, enum rule_op op, uint64_t va)
{
    uint64_t above = ~UINT64_C(0) << (PAGE_SHIFT + SV39_VPN_BITS * rule_paging->levels);
    const uint64_t flips[] = {
        above,                 /* the other sign */
        above & ~(above << 1), /* the lowest alone */
        above << 1,            /* all but the lowest */
        UINT64_C(1) << 63,
        UINT64_C(1) << 60,
    };
    struct rule_outcome outcome = {0};
    unsigned i = 0;

    do {
        rule_fence(); /* what is cached is the matter of VA-02 */
        outcome = rule_try(op, RULE_S, va ^ flips[i++]);
    } while (is_page_fault(&outcome, op) && i < sizeof flips / sizeof *flips);
    rule_expect(is_page_fault(&outcome, op),
                rule_text("%s, wrong sign, %s", half, rule_op_name(op)),
                rule_text("cause %lu", rule_page_fault(op)), rule_outcome_text(&outcome));
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
        struct rule_outcome low = rule_try(ops[i], RULE_S, lower);
        struct rule_outcome high = rule_try(ops[i], RULE_S, upper);

        rule_expect_done(rule_text("lower half, %s", rule_op_name(ops[i])), &low);
        try_aliases("lower half", ops[i], lower);
        rule_expect_done(rule_text("upper half, %s", rule_op_name(ops[i])), &high);
        try_aliases("upper half", ops[i], upper);
        rule_mark(rule_page(1));
        rule_mark(rule_page(2));
    }
}

RULE_PROGRAM("VA-01", "M", program);
