/*
 * PTW-04: PMP sees the walk's reads as made by S-mode, also when the access is U-mode's, and when
 * it is M-mode's with MPRV, which could itself read the table.
 *
 * Priv. [norm:pmp_with_paging]: the effective privilege of the implicit accesses is S.
 */
#include "guest/rules/runtime/rule.h"

/* An entry without the lock bit binds S-mode and U-mode, and not M-mode. */
static void close_table(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    rule_pmp(0, page_down((uint64_t)leaf), PAGE_SIZE, 0);
}

static const struct rule_case cases[] = {
    {"table open", 0, LEAF_RW, .modes = RULE_U | RULE_S | RULE_MPRV_U | RULE_MPRV_S,
     .ops = RULE_ANY_DATA, .want = RULE_NO_TRAP},
    {"table closed to S-mode", 0, LEAF_RW, .prepare = close_table,
     .modes = RULE_U | RULE_S | RULE_MPRV_U | RULE_MPRV_S, .ops = RULE_ANY_DATA,
     .want = RULE_ACCESS_FAULT},
};

/* What makes the above worth something: M-mode itself may read that table. */
static void machine_mode_reads_the_table(void)
{
    uint64_t pte = (uint64_t)rule_map(rule_va(0, rule_page(1)), rule_page(1), LEAF_RW, 0);

    rule_pmp(0, page_down(pte), PAGE_SIZE, 0);
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_M, pte);

    rule_expect(!outcome.trapped && outcome.value == *rule_memory(pte), "load of the PTE, M",
                rule_text("value %lx", *rule_memory(pte)), rule_outcome_text(&outcome));
}

const struct rule rule = {RULE_TABLE("PTW-04", "M", cases),
                          .program = machine_mode_reads_the_table};
