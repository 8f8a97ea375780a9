/*
 * PTE-03: without Svpbmt, and with it while menvcfg.PBMTE = 0, bits 62 and 61 of a valid PTE are
 * reserved, so a page fault.
 *
 * Priv. [norm:Sv39_pte_svpbmt_rsv], [norm:menvcfg_pbmte_op]. PBMTE is 0 here; PBM-01 sets it.
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"PBMT 1", 0, LEAF_RWX | PTE_PBMT_NC, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"PBMT 2", 0, LEAF_RWX | PTE_PBMT_IO, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"PBMT 3", 0, LEAF_RWX | PTE_PBMT, .ops = RULE_ANY, .want = RULE_PAGE_FAULT},
    {"PBMT 1 for U-mode", 0, LEAF_RWX | PTE_PBMT_NC, .modes = RULE_U, .want = RULE_PAGE_FAULT},
    {"PBMT 1", RULE_EACH_LEVEL, LEAF_RWX | PTE_PBMT_NC, .want = RULE_PAGE_FAULT},
    {"PBMT 2", RULE_EACH_LEVEL, LEAF_RWX | PTE_PBMT_IO, .want = RULE_PAGE_FAULT},
    {"PBMT 1 in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_PBMT_NC,
     .pointer_level = RULE_EACH_LEVEL, .want = RULE_PAGE_FAULT},
    {"PBMT 2 in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_PBMT_IO,
     .pointer_level = RULE_EACH_LEVEL, .want = RULE_PAGE_FAULT},
    {"PBMT 3 in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_PBMT, .want = RULE_PAGE_FAULT},
};

RULE("PTE-03", "M", cases);
