/*
 * PMP-02: the entry that matches any byte of an operation must match all of them, or the operation
 * fails whatever the entry permits, in M-mode too. Reading a PTE is an operation of eight bytes.
 *
 * Priv. [norm:pmp_full_match_required]. Priv. [norm:pmp_entry_priority].
 */
#include "guest/rules/runtime/rule.h"

enum { PMP_SHIFT = 2, PMP_NA4 = 0x10 };

#define ALL (PMP_R | PMP_W | PMP_X)
#define DATA (RULE_PAGE_BASE + 0x1000) /* a word of test page 1, with a mark */

/* Entry 0 permits everything for the four bytes at pa. Returns false if the grain of PMP is
 * coarser. */
static bool match_four_bytes(uint64_t pa)
{
    uint64_t others = rule_csr_read(RULE_M, 0, CSR_PMPCFG0).value & ~UINT64_C(0xff);

    rule_csr_write(RULE_M, 0, CSR_PMPADDR0, pa >> PMP_SHIFT);
    rule_csr_write(RULE_M, 0, CSR_PMPCFG0, others | PMP_NA4 | ALL);
    rule_fence();
    return (rule_csr_read(RULE_M, 0, CSR_PMPCFG0).value & 0xff) == (PMP_NA4 | ALL) &&
           rule_csr_read(RULE_M, 0, CSR_PMPADDR0).value == pa >> PMP_SHIFT;
}

static struct rule_outcome access(enum rule_op op, uint64_t va, unsigned size)
{
    return rule_access(
        &(struct rule_access){.op = op, .mode = RULE_S, .va = va, .size = size, .value = 1});
}

/* Eight bytes, of which the entry matches half; then only these four. */
static void check_data(uint64_t va)
{
    static const enum rule_op ops[] = {RULE_LOAD, RULE_STORE, RULE_LR};

    for (unsigned half = 0; half < 2; half++) {
        match_four_bytes(DATA + 4 * half);
        for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++) {
            const char *name =
                rule_text("%s, %s half", rule_op_name(ops[i]), half == 0 ? "low" : "high");
            struct rule_outcome outcome = access(ops[i], va, 8);

            rule_expect_trap(rule_text("8 bytes, %s matched", name), &outcome,
                             rule_access_fault(ops[i]), va);
            outcome = access(ops[i], va + 4 * half, 4);
            rule_expect_done(rule_text("4 bytes, %s matched", name), &outcome);
        }
        struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_M, DATA);

        rule_expect_trap(
            rule_text("8 bytes in M-mode, %s half matched", half == 0 ? "low" : "high"), &outcome,
            CAUSE_LOAD_ACCESS_FAULT, DATA);
    }
}

static void check_pte(uint64_t va, const volatile uint64_t *leaf)
{
    static const enum rule_op ops[] = {RULE_LOAD, RULE_STORE, RULE_FETCH};

    for (unsigned half = 0; half < 2; half++) {
        match_four_bytes((uint64_t)leaf + 4 * half);
        for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++) {
            rule_fence();
            struct rule_outcome outcome = access(ops[i], va, 8);

            rule_expect_trap(rule_text("PTE of %s, %s half matched", rule_op_name(ops[i]),
                                       half == 0 ? "low" : "high"),
                             &outcome, rule_access_fault(ops[i]), va);
        }
    }
    rule_pmp(0, (uint64_t)leaf, 8, PMP_R);
    struct rule_outcome outcome = access(RULE_LOAD, va, 8);

    rule_expect_done("PTE of load, all of it matched", &outcome);
}

static void whole_operation(void)
{
    uint64_t va = rule_va(0, DATA);
    volatile uint64_t *leaf = rule_map(va, DATA, LEAF_RWX, 0);

    if (!match_four_bytes(DATA)) {
        rule_skip("half of 8 bytes", "PMP has not the grain of 4 bytes");
        return;
    }
    check_data(va);
    rule_pmp(0, DATA, 8, ALL);
    rule_mark(DATA);
    check_pte(va, leaf);
}

RULE_PROGRAM("PMP-02", "M", whole_operation);
