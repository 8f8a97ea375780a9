/*
 * PTW-07: a bit or encoding that is reserved for future use makes a valid PTE a page fault: in a
 * leaf and in a pointer, at every level and for every access.
 *
 * Priv. [sv32algorithm], step 3: if any bits or encodings that are reserved are set within pte.
 * Which bits these are is the matter of PTE-01 to PTE-04; here bit 58 stands for them all.
 */
#include "guest/rules/runtime/rule.h"

#define BIT_58 (UINT64_C(1) << 58)

static const struct rule_case cases[] = {
    {"leaf", RULE_EACH_LEVEL, LEAF_RWX | BIT_58, .ops = RULE_ANY | RULE_LR,
     .want = RULE_PAGE_FAULT},
    {"leaf", 0, LEAF_RWX | BIT_58, .ops = RULE_ANY, .modes = RULE_U | RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"leaf with A and D clear", 0, PTE_V | PTE_R | PTE_W | PTE_X | BIT_58, .ops = RULE_ANY,
     .want = RULE_PAGE_FAULT},
    {"pointer", 0, LEAF_RWX, .pointer = PTE_V | BIT_58, .pointer_level = RULE_EACH_LEVEL,
     .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    /* Only a pointer that is valid is followed, so nothing is read from missing memory. */
    {"pointer to missing memory", 0, LEAF_RWX, .pointer = PTE_V | BIT_58, .table_pa = RULE_MISSING,
     .pointer_level = RULE_EACH_LEVEL, .want = RULE_PAGE_FAULT},
};

RULE("PTW-07", "M", cases);
