/*
 * PTE-01: bits 60 to 54 of a valid PTE must be 0, each of them, or else it is a page fault. Bits 60
 * and 59 are free for software with Svrsw60t59b.
 *
 * Priv. [norm:Sv39_pte_future_rsv]. Priv. [norm:Svrsw60t59b_reserved_bits_60_59].
 */
#include "guest/rules/runtime/rule.h"

#define BIT(n) (UINT64_C(1) << (n))

static const struct rule_case cases[] = {
    {"bit 54", 0, LEAF_RWX | BIT(54), .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"bit 55", 0, LEAF_RWX | BIT(55), .want = RULE_PAGE_FAULT},
    {"bit 56", 0, LEAF_RWX | BIT(56), .want = RULE_PAGE_FAULT},
    {"bit 57", 0, LEAF_RWX | BIT(57), .want = RULE_PAGE_FAULT},
    {"bit 58", 0, LEAF_RWX | BIT(58), .want = RULE_PAGE_FAULT},
    {"bit 59", 0, LEAF_RWX | BIT(59), .lacks = "svrsw60t59b", .want = RULE_PAGE_FAULT},
    {"bit 60", 0, LEAF_RWX | BIT(60), .lacks = "svrsw60t59b", .ops = RULE_ANY,
     .want = RULE_PAGE_FAULT},
    {"bit 54 for U-mode", 0, LEAF_RWX | BIT(54), .modes = RULE_U, .want = RULE_PAGE_FAULT},
    {"bits 58 and 54", RULE_EACH_LEVEL, LEAF_RWX | BIT(58) | BIT(54), .want = RULE_PAGE_FAULT},

    {"pointer, bit 54", 0, LEAF_RWX, .pointer = PTE_V | BIT(54), .pointer_level = RULE_EACH_LEVEL,
     .want = RULE_PAGE_FAULT},
    {"pointer, bit 55", 0, LEAF_RWX, .pointer = PTE_V | BIT(55), .want = RULE_PAGE_FAULT},
    {"pointer, bit 56", 0, LEAF_RWX, .pointer = PTE_V | BIT(56), .want = RULE_PAGE_FAULT},
    {"pointer, bit 57", 0, LEAF_RWX, .pointer = PTE_V | BIT(57), .want = RULE_PAGE_FAULT},
    {"pointer, bit 58", 0, LEAF_RWX, .pointer = PTE_V | BIT(58), .pointer_level = RULE_EACH_LEVEL,
     .want = RULE_PAGE_FAULT},
    {"pointer, bit 59", 0, LEAF_RWX, .pointer = PTE_V | BIT(59), .lacks = "svrsw60t59b",
     .want = RULE_PAGE_FAULT},
    {"pointer, bit 60", 0, LEAF_RWX, .pointer = PTE_V | BIT(60), .lacks = "svrsw60t59b",
     .pointer_level = RULE_EACH_LEVEL, .want = RULE_PAGE_FAULT},
};

RULE("PTE-01", "M", cases);
