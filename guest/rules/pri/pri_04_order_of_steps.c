/*
 * PRI-04: all page faults of one walk have the same code, so of the order of its steps only this
 * can be seen: whether a page fault or the access fault of a PTE comes first. A PTE is judged
 * before the next table is read; a table that cannot be read ends the walk, whatever would be found
 * later.
 *
 * Priv. [sv32algorithm], steps 2 to 9: read, valid and reserved, pointer, leaf, permissions.
 */
#include "guest/rules/runtime/rule.h"

#define RESERVED_BIT (UINT64_C(1) << 58)
#define MISSING_TABLE .table_pa = RULE_MISSING
#define EVERY_POINTER .pointer_level = RULE_EACH_LEVEL

static const struct rule_case cases[] = {
    {"pointer not valid, to missing table", 0, LEAF_RWX, MISSING_TABLE, EVERY_POINTER,
     .pointer = PTE_G, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"pointer with reserved bit, to missing table", 0, LEAF_RWX, MISSING_TABLE, EVERY_POINTER,
     .pointer = PTE_V | RESERVED_BIT, .want = RULE_PAGE_FAULT},
    {"pointer with A and D, to missing table", 0, LEAF_RWX, MISSING_TABLE, EVERY_POINTER,
     .pointer = PTE_V | PTE_A | PTE_D, .want = RULE_PAGE_FAULT},
    {"pointer that is W alone, to missing table", 0, LEAF_RWX, MISSING_TABLE, EVERY_POINTER,
     .pointer = PTE_V | PTE_W, .ops = RULE_STORE, .want = RULE_PAGE_FAULT},
    {"pointer at level 0, to missing table", 0, PTE_V, .pa = RULE_MISSING, .ops = RULE_ANY,
     .want = RULE_PAGE_FAULT},
    {"misaligned superpage without permission", 1, LEAF_X, .ppn_flip = 1, .ops = RULE_ANY_DATA,
     .want = RULE_PAGE_FAULT},
    {"reserved bit, misaligned and U", 1, LEAF_RWX | RESERVED_BIT | PTE_U, .ppn_flip = 1,
     .exact_u = true, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"missing table, leaf not valid", 0, 0, MISSING_TABLE, EVERY_POINTER, .ops = RULE_ANY,
     .want = RULE_ACCESS_FAULT},
    {"missing table, leaf with reserved bit", 0, LEAF_RWX | RESERVED_BIT, MISSING_TABLE,
     .want = RULE_ACCESS_FAULT},
    {"missing table, leaf without permission", 0, LEAF_X, MISSING_TABLE, .ops = RULE_STORE,
     .want = RULE_ACCESS_FAULT},
};

/* An address that is not canonical is a page fault before anything is read. */
static void missing_root(void)
{
    uint64_t va = rule_va(0, rule_page(1));
    uint64_t not_canonical = va ^ UINT64_C(1) << 63;

    csr_write(CSR_SATP, rule_paging->mode << 60 | RULE_MISSING >> PAGE_SHIFT);
    rule_fence();
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_MPRV_S, not_canonical);

    rule_expect(outcome.cause == rule_page_fault(RULE_LOAD), "not canonical, missing root",
                "cause 13", rule_outcome_text(&outcome));
    outcome = rule_try(RULE_LOAD, RULE_MPRV_S, va);
    rule_expect_trap("canonical, missing root", &outcome, rule_access_fault(RULE_LOAD), va);
}

const struct rule rule = {RULE_TABLE("PRI-04", "M", cases), .program = missing_root};
