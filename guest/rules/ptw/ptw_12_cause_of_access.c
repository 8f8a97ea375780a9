/*
 * PTW-12: which page fault it is follows from the access: 12 for a fetch, 13 for a load or LR, 15
 * for a store, SC or AMO.
 *
 * Priv. [sv32algorithm], steps 3 to 9: page fault corresponding to the original access type.
 * Priv. [norm:load_page_fault_no_r], [norm:store_page_fault_no_w]. An SC to a page that allows no
 * access at all must not retire. Unpriv. [norm:sc_retire_permission]
 */
#include "guest/rules/runtime/rule.h"

#define ALL_OPS (RULE_ANY | RULE_ANY_ATOMIC | RULE_SC)

static const struct rule_case cases[] = {
    {"invalid PTE", 0, .exact_u = true, .ops = ALL_OPS, .modes = RULE_S | RULE_U,
     .want = RULE_PAGE_FAULT},
    {"invalid PTE", 0, .exact_u = true, .ops = ALL_OPS, .modes = RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"invalid pointer", 0, LEAF_RWX, .pointer = PTE_G, .ops = ALL_OPS, .want = RULE_PAGE_FAULT},
    {"misaligned megapage", 1, LEAF_RWX, .ppn_flip = 1, .ops = ALL_OPS, .want = RULE_PAGE_FAULT},
    {"page of S-mode", 0, LEAF_RWX, .exact_u = true, .ops = ALL_OPS, .modes = RULE_U,
     .want = RULE_PAGE_FAULT},
    {"1 byte", 0, .size = 1, .ops = RULE_ANY_DATA, .want = RULE_PAGE_FAULT},
    {"2 bytes", 0, .size = 2, .ops = RULE_ANY_DATA, .want = RULE_PAGE_FAULT},
    {"4 bytes", 0, .size = 4, .ops = RULE_ANY_DATA | RULE_ANY_ATOMIC | RULE_SC,
     .want = RULE_PAGE_FAULT},
};

RULE("PTW-12", "M", cases);
