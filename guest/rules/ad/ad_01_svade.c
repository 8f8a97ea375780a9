/*
 * AD-01: with Svade an access with A = 0, or a write with D = 0, is a page fault of the kind of the
 * access, and the PTE stays as it is.
 *
 * Priv. [norm:svade_access_ad_bit_clear], [sv32algorithm] step 9.
 */
#include "guest/rules/ad/scheme.h"

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X)

static const struct rule_case rows[] = {
    {"A=0 D=0", RULE_EACH_LEVEL, RWX, .ops = RULE_FETCH | RULE_LOAD | RULE_STORE,
     .want = RULE_PAGE_FAULT},
    {"A=0 D=0", 0, RWX, .ops = RULE_AMO | RULE_LR, .modes = RULE_S, .want = RULE_PAGE_FAULT},
    {"A=0 D=0", 0, RWX, .ops = RULE_LOAD | RULE_STORE, .modes = RULE_U | RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"A=0 D=1", 0, RWX | PTE_D, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"A=1 D=0", RULE_EACH_LEVEL, RWX | PTE_A, .ops = RULE_STORE, .want = RULE_PAGE_FAULT},
    {"A=1 D=0", 0, RWX | PTE_A, .ops = RULE_STORE | RULE_AMO, .modes = RULE_U | RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"A=1 D=0", 0, RWX | PTE_A, .ops = RULE_FETCH | RULE_LOAD | RULE_LR, .want = RULE_NO_TRAP},
    {"A=1 D=1", 0, RWX | PTE_A | PTE_D, .ops = RULE_ANY, .want = RULE_NO_TRAP},
};

/* The page was loaded from, so that it is cached. Of LR and SC it is the SC that faults. */
static void store_after_load(enum rule_op op)
{
    uint64_t va = rule_va(0, rule_page(1));
    volatile uint64_t *leaf = rule_map(va, rule_page(1), RWX | PTE_A, 0);
    uint64_t before = *leaf;

    rule_fence();
    rule_try(RULE_LOAD, RULE_S, va);

    struct rule_outcome outcome = rule_try(op, RULE_S, va);
    const char *name = rule_text("A=1 D=0, %s after a load", rule_op_name(op));

    rule_expect(outcome.trapped && outcome.cause == CAUSE_STORE_PAGE_FAULT && outcome.tval == va &&
                    *leaf == before,
                name, rule_text("cause 15 tval %lx pte same", va),
                rule_text("%s %s", rule_outcome_text(&outcome), scheme_change(before, *leaf)));
}

static void run(void)
{
    rule_expect_ad_scheme();
    SCHEME_RUN(SCHEME_SVADE, rows);
    if (rule_ad() != RULE_AD_HARDWARE) {
        rule_reset();
        store_after_load(RULE_STORE);
        store_after_load(RULE_LR_SC);
    }
}

RULE_PROGRAM("AD-01", "E", run);
