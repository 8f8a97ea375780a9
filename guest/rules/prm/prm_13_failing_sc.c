/*
 * PRM-13: an SC that will fail may not retire either unless memory may be accessed at all. On a
 * page that it may read but not write it may be treated like a store and fault, or fail. The cause
 * is that of a store.
 *
 * Unpriv. [norm:sc_retire_permission], [norm:sc_failed_as_store].
 */
#include "guest/rules/runtime/rule.h"

/* LR at a3 takes a reservation elsewhere, so that SC at a1 must fail. */
RULE_CODE static void sc_elsewhere(void)
{
    __asm__ volatile("lr.d a4, (a3)\n sc.d a0, a2, (a1)\n" RULE_END);
}

static struct rule_outcome sc_after_other_lr(enum rule_mode mode, uint64_t va, uint64_t other)
{
    return rule_run(&(struct rule_run){
        .code = sc_elsewhere,
        .mode = mode,
        .a = {RULE_UNTOUCHED, va, 0, other},
    });
}

static const struct {
    const char *name;
    enum rule_mode mode;
    uint64_t leaf;
    unsigned pmp;
    uint64_t cause;
} rows[] = {
    {"not mapped", RULE_S, 0, PMP_R | PMP_W, CAUSE_STORE_PAGE_FAULT},
    {"X page", RULE_S, LEAF_X, PMP_R | PMP_W, CAUSE_STORE_PAGE_FAULT},
    {"U page, S", RULE_S, LEAF_RW | PTE_U, PMP_R | PMP_W, CAUSE_STORE_PAGE_FAULT},
    {"S page, U", RULE_U, LEAF_RW, PMP_R | PMP_W, CAUSE_STORE_PAGE_FAULT},
    {"page closed by PMP", RULE_S, LEAF_RW, 0, CAUSE_STORE_ACCESS_FAULT},
};

enum { ROWS = sizeof rows / sizeof *rows };

static void try_forbidden(uint64_t va, uint64_t other)
{
    for (unsigned i = 0; i < ROWS; i++) {
        rule_map(va, rule_page(1), rows[i].leaf, 0);
        rule_map(other, rule_page(2), LEAF_RW | (rows[i].mode == RULE_U ? PTE_U : 0), 0);
        rule_pmp(0, rule_page(1), PAGE_SIZE, rows[i].pmp);

        struct rule_outcome alone = rule_try(RULE_SC, rows[i].mode, va);
        struct rule_outcome after_lr = sc_after_other_lr(rows[i].mode, va, other);

        rule_expect_trap(rule_text("%s, no reservation", rows[i].name), &alone, rows[i].cause, va);
        rule_expect_trap(rule_text("%s, reservation elsewhere", rows[i].name), &after_lr,
                         rows[i].cause, va);
    }
    rule_pmp(0, rule_page(1), PAGE_SIZE, PMP_R | PMP_W | PMP_X);
}

static void try_readable(uint64_t va)
{
    rule_map(va, rule_page(1), LEAF_R, 0);
    rule_fence();

    struct rule_outcome outcome = rule_try(RULE_SC, RULE_S, va);
    bool has_failed = !outcome.trapped && outcome.value != 0;

    rule_choice(has_failed || (outcome.cause == CAUSE_STORE_PAGE_FAULT && outcome.tval == va),
                "R page, no reservation", rule_text("cause 15 tval %lx | rd not 0", va),
                rule_outcome_text(&outcome));
}

static void try_writable(uint64_t va)
{
    rule_map(va, rule_page(1), LEAF_RW, 0);
    rule_fence();

    struct rule_outcome outcome = rule_try(RULE_SC, RULE_S, va);

    rule_expect(!outcome.trapped && outcome.value != 0, "RW page, no reservation", "rd not 0",
                rule_outcome_text(&outcome));
}

static void program(void)
{
    uint64_t va = rule_va(0, rule_page(1));

    try_forbidden(va, va + PAGE_SIZE);
    try_readable(va);
    try_writable(va);
    rule_expect_value("memory after all", rule_mark_of(rule_page(1)), *rule_memory(rule_page(1)));
}

RULE_PROGRAM("PRM-13", "M", program);
