/*
 * PRM-12: SUM and MXR change what page tables allow, and never what PMP and PMAs forbid.
 *
 * Priv. [norm:mstatus_mxr_sum_op_acc_fault].
 */
#include "guest/rules/runtime/rule.h"

static void execute_only(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    rule_pmp(0, pte_pa(*leaf), PAGE_SIZE, PMP_X);
}

static void read_only(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    rule_pmp(0, pte_pa(*leaf), PAGE_SIZE, PMP_R);
}

static const struct rule_case cases[] = {
    {"PMP for fetches only, MXR=1", 0, LEAF_X, .modes = RULE_S | RULE_U | RULE_MPRV_S,
     .settings = RULE_MXR, .prepare = execute_only, .want = RULE_ACCESS_FAULT},
    {"PMP for fetches only, MXR=1", 0, LEAF_RX, .modes = RULE_S, .settings = RULE_MXR,
     .prepare = execute_only, .want = RULE_ACCESS_FAULT},
    {"PMP for fetches only, SUM=1", 0, LEAF_RW | PTE_U, .ops = RULE_ANY_DATA, .settings = RULE_SUM,
     .prepare = execute_only, .want = RULE_ACCESS_FAULT},
    {"PMP for reads only, SUM=1", 0, LEAF_RW | PTE_U, .ops = RULE_STORE, .settings = RULE_SUM,
     .prepare = read_only, .want = RULE_ACCESS_FAULT},
    {"PMP for reads only, SUM=1", 0, LEAF_RW | PTE_U, .ops = RULE_LOAD, .settings = RULE_SUM,
     .prepare = read_only, .want = RULE_NO_TRAP},
    {"missing memory, SUM=1 MXR=1", 0, LEAF_RWX | PTE_U, .pa = RULE_MISSING, .ops = RULE_ANY_DATA,
     .settings = RULE_SUM | RULE_MXR, .want = RULE_ACCESS_FAULT},
};

RULE("PRM-12", "M", cases);
