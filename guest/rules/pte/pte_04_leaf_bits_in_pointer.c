/*
 * PTE-04: in a pointer, D, A and U are reserved, so each of them makes it a page fault.
 *
 * Priv. [translation]: for non-leaf PTEs the D, A and U bits are reserved for future standard use.
 * Priv. [sv32algorithm], step 3: reserved bits within pte.
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"none of them", 0, LEAF_RWX, .pointer = PTE_V, .ops = RULE_ANY, .modes = RULE_S | RULE_U},
    {"D", 0, LEAF_RWX, .pointer = PTE_V | PTE_D, .pointer_level = RULE_EACH_LEVEL, .ops = RULE_ANY,
     .want = RULE_PAGE_FAULT},
    {"A", 0, LEAF_RWX, .pointer = PTE_V | PTE_A, .pointer_level = RULE_EACH_LEVEL, .ops = RULE_ANY,
     .want = RULE_PAGE_FAULT},
    {"U", 0, LEAF_RWX, .pointer = PTE_V | PTE_U, .pointer_level = RULE_EACH_LEVEL, .ops = RULE_ANY,
     .modes = RULE_S | RULE_U, .want = RULE_PAGE_FAULT},
    {"D above a megapage", 1, LEAF_RWX, .pointer = PTE_V | PTE_D, .want = RULE_PAGE_FAULT},
    {"A above a megapage", 1, LEAF_RWX, .pointer = PTE_V | PTE_A, .want = RULE_PAGE_FAULT},
    {"U above a megapage", 1, LEAF_RWX, .pointer = PTE_V | PTE_U, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    /* As they are not valid, they are not followed. */
    {"D and missing memory", 0, LEAF_RWX, .pointer = PTE_V | PTE_D, .table_pa = RULE_MISSING,
     .want = RULE_PAGE_FAULT},
};

RULE("PTE-04", "M", cases);
