/*
 * PRM-04: an AMO that faults is always a store/AMO page fault or a store/AMO access fault, never
 * one of a load, although it also reads.
 *
 * Priv. [norm:store_page_fault_no_w] and the note after it, [norm:mcause_exccode_st_sc_amo].
 */
#include "guest/rules/runtime/rule.h"

static void close_page(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    rule_pmp(0, pte_pa(*leaf), PAGE_SIZE, 0);
}

static void make_readable(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    rule_pmp(0, pte_pa(*leaf), PAGE_SIZE, PMP_R);
}

static const struct rule_case cases[] = {
    {"not mapped", 0, 0, .ops = RULE_AMO, .modes = RULE_S | RULE_U | RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"no table", 0, LEAF_RWX, .pointer = PTE_G, .ops = RULE_AMO, .want = RULE_PAGE_FAULT},
    {"not mapped, 4 bytes", 0, 0, .ops = RULE_AMO, .size = 4, .want = RULE_PAGE_FAULT},
    {"X page", 0, LEAF_X, .ops = RULE_AMO, .want = RULE_PAGE_FAULT},
    {"R page", 0, LEAF_R, .ops = RULE_AMO, .want = RULE_PAGE_FAULT},
    {"W without R", 0, PTE_V | PTE_W | PTE_A | PTE_D, .ops = RULE_AMO, .want = RULE_PAGE_FAULT},
    {"misaligned megapage", 1, LEAF_RW, .ppn_flip = 1, .ops = RULE_AMO, .want = RULE_PAGE_FAULT},
    {"wrong sign", 0, LEAF_RW, .va_flip = UINT64_C(1) << 63, .ops = RULE_AMO, .any_tval = true,
     .want = RULE_PAGE_FAULT},
    {"U page", 0, LEAF_RW | PTE_U, .exact_u = true, .ops = RULE_AMO, .want = RULE_PAGE_FAULT},
    {"S page", 0, LEAF_RW, .exact_u = true, .ops = RULE_AMO, .modes = RULE_U,
     .want = RULE_PAGE_FAULT},
    {"missing memory", 0, LEAF_RW, .pa = RULE_MISSING, .ops = RULE_AMO, .want = RULE_ACCESS_FAULT},
    {"table in missing memory", 0, LEAF_RW, .table_pa = RULE_MISSING, .ops = RULE_AMO,
     .want = RULE_ACCESS_FAULT},
    {"page closed by PMP", 0, LEAF_RW, .ops = RULE_AMO, .prepare = close_page,
     .want = RULE_ACCESS_FAULT},
    {"PMP for reads only", 0, LEAF_RW, .ops = RULE_AMO, .prepare = make_readable,
     .want = RULE_ACCESS_FAULT},
};

RULE("PRM-04", "M", cases);
