/*
 * PTW-03: if the page table itself cannot be read, because no memory is there (PMA) or PMP forbids
 * it, that is an access fault of the kind of the original access, not a page fault.
 *
 * Priv. [sv32algorithm], step 2: if accessing pte violates a PMA or PMP check.
 */
#include "guest/rules/runtime/rule.h"

static void close_table(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    rule_pmp(0, page_down((uint64_t)leaf), PAGE_SIZE, 0);
}

/* To read a PTE needs R, whatever the access is. */
static void open_table_for_execution(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    rule_pmp(0, page_down((uint64_t)leaf), PAGE_SIZE, PMP_X);
}

static const struct rule_case cases[] = {
    {"table in missing memory", 0, LEAF_RWX, .table_pa = RULE_MISSING,
     .pointer_level = RULE_EACH_LEVEL, .ops = RULE_ANY, .modes = RULE_S | RULE_U,
     .want = RULE_ACCESS_FAULT},
    {"table in missing memory", 0, LEAF_RWX, .table_pa = RULE_MISSING, .ops = RULE_LR,
     .want = RULE_ACCESS_FAULT},
    {"table closed by PMP", 0, LEAF_RWX, .prepare = close_table, .ops = RULE_ANY | RULE_LR,
     .modes = RULE_S | RULE_U, .want = RULE_ACCESS_FAULT},
    {"table closed by PMP but for X", 0, LEAF_RWX, .prepare = open_table_for_execution,
     .ops = RULE_ANY, .want = RULE_ACCESS_FAULT},
};

/* The root is different: without it S-mode and U-mode have no code, so only MPRV can tell. */
static void root_in_missing_memory(void)
{
    static const enum rule_op ops[] = {RULE_LOAD, RULE_STORE};
    uint64_t va = rule_va(0, rule_page(1));

    csr_write(CSR_SATP, rule_paging->mode << 60 | RULE_MISSING >> PAGE_SHIFT);
    rule_fence();
    for (unsigned i = 0; i < 2; i++) {
        struct rule_outcome outcome = rule_try(ops[i], RULE_MPRV_S, va);

        rule_expect_trap(rule_text("root in missing memory, %s", rule_op_name(ops[i])), &outcome,
                         rule_access_fault(ops[i]), va);
    }
}

const struct rule rule = {RULE_TABLE("PTW-03", "M", cases), .program = root_in_missing_memory};
