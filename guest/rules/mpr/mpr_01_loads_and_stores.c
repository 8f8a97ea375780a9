/*
 * MPR-01: with MPRV = 1, loads and stores are translated and protected as in the mode that MPP
 * names.
 *
 * Priv. [norm:mstatus_mprv_ldst_op].
 */
#include "guest/rules/runtime/rule.h"

static void close_page(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    rule_pmp(0, pte_pa(*leaf), PAGE_SIZE, 0);
}

static const struct rule_case cases[] = {
    {"S page", 0, LEAF_RW, .ops = RULE_ANY_DATA | RULE_ANY_ATOMIC, .modes = RULE_MPRV_S,
     .want = RULE_NO_TRAP},
    {"S page", 0, LEAF_RW, .exact_u = true, .ops = RULE_ANY_DATA, .modes = RULE_MPRV_U,
     .want = RULE_PAGE_FAULT},
    {"U page", 0, LEAF_RW | PTE_U, .ops = RULE_ANY_DATA, .modes = RULE_MPRV_U,
     .want = RULE_NO_TRAP},
    {"U page", 0, LEAF_RW | PTE_U, .ops = RULE_ANY_DATA, .modes = RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"R page", 0, LEAF_R, .ops = RULE_STORE, .modes = RULE_MPRV_S, .want = RULE_PAGE_FAULT},
    {"not mapped", 0, 0, .ops = RULE_LOAD, .modes = RULE_MPRV_S | RULE_MPRV_U,
     .want = RULE_PAGE_FAULT},
    {"page closed by PMP", 0, LEAF_RW, .ops = RULE_ANY_DATA, .modes = RULE_MPRV_S,
     .prepare = close_page, .want = RULE_ACCESS_FAULT},
};

RULE("MPR-01", "M", cases);
