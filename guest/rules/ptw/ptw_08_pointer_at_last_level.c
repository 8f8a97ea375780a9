/*
 * PTW-08: a PTE with R = W = X = 0 points to the next table, and at level 0, where none follows, it
 * is a page fault.
 *
 * Priv. [sv32algorithm], step 4: i = i - 1; if i < 0, page fault; otherwise a = pte.ppn x PAGESIZE.
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"pointers down to a page", 0, LEAF_RWX, .ops = RULE_ANY, .modes = RULE_S | RULE_U,
     .want = RULE_NO_TRAP},
    {"pointer at level 0", 0, PTE_V, .exact_u = true, .ops = RULE_ANY | RULE_LR,
     .modes = RULE_S | RULE_U, .want = RULE_PAGE_FAULT},
    {"pointer at level 0 to missing memory", 0, PTE_V, .pa = RULE_MISSING, .ops = RULE_ANY,
     .want = RULE_PAGE_FAULT},
    {"pointer at level 0 and MXR", 0, PTE_V, .settings = RULE_MXR, .want = RULE_PAGE_FAULT},
};

/* A root that names itself in slot s: with VPN = s above level 0, the page is the root itself, and
 * a hart that does not count levels walks in circles. */
static void table_that_names_itself(void)
{
    enum { SLOT = 7 };
    uint64_t root = (uint64_t)rule_pte(0, rule_paging->levels - 1);
    uint64_t va = 0;

    for (unsigned level = 0; level < rule_paging->levels; level++) {
        va |= SLOT * rule_size(level);
    }
    *rule_pte(va, rule_paging->levels - 1) = pte_make(page_down(root), PTE_V);
    rule_fence();
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    rule_expect_trap("root that names itself", &outcome, CAUSE_LOAD_PAGE_FAULT, va);
}

const struct rule rule = {RULE_TABLE("PTW-08", "M", cases), .program = table_that_names_itself};
