/*
 * PTE-02: without Svnapot, bit 63 (N) of a valid PTE is reserved, so a page fault. In a pointer it
 * is reserved with Svnapot as well.
 *
 * Priv. [norm:Sv39_pte_svnapot_rsv], [norm:Svnapot_reserved_encoding_fault].
 */
#include "guest/rules/runtime/rule.h"

#define PPN_OF_64_KIB UINT64_C(8) /* PPN[3:0] = 1000: what Svnapot would accept */

static const struct rule_case cases[] = {
    {"N", 0, LEAF_RWX | PTE_N, .lacks = "svnapot", .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"N for U-mode", 0, LEAF_RWX | PTE_N, .lacks = "svnapot", .modes = RULE_U,
     .want = RULE_PAGE_FAULT},
    {"N of 64 KiB", 0, LEAF_RWX | PTE_N, .pa = RULE_PAGE_BASE + PPN_OF_64_KIB * PAGE_SIZE,
     .lacks = "svnapot", .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"N above level 0", 1, LEAF_RWX | PTE_N, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"N above level 0", 2, LEAF_RWX | PTE_N, .want = RULE_PAGE_FAULT},
    {"N in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_N, .pointer_level = RULE_EACH_LEVEL,
     .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
};

RULE("PTE-02", "M", cases);
