/*
 * PRM-11: changes of SUM and MXR act at once, without SFENCE.VMA, also on what is cached.
 *
 * Priv. [norm:sfence_vma_sum_mxr_effect].
 */
#include "guest/rules/runtime/rule.h"

/* Loads with the bits of a2 in sstatus, and again without. */
RULE_CODE static void on_then_off(void)
{
    __asm__ volatile("csrs sstatus, a2\n"
                     "ld a0, (a1)\n"
                     "csrc sstatus, a2\n"
                     "ld a3, (a1)\n" RULE_END);
}

static struct rule_outcome try_with(enum rule_op op, unsigned settings, uint64_t va)
{
    return rule_access(
        &(struct rule_access){.op = op, .mode = RULE_S, .settings = settings, .va = va});
}

/* To and fro, with nothing but the setting changed between the accesses. */
static void try_setting(const char *name, enum rule_op op, unsigned setting, uint64_t va)
{
    for (unsigned i = 0; i < 4; i++) {
        bool is_on = i % 2 != 0;
        struct rule_outcome outcome = try_with(op, is_on ? setting : 0, va);
        const char *text = rule_text("%s=%u, %s", name, is_on, rule_op_name(op));

        if (is_on) {
            rule_expect_done(text, &outcome);
        } else {
            rule_expect_trap(text, &outcome, rule_page_fault(op), va);
        }
    }
}

static void try_in_one_run(const char *name, unsigned setting, uint64_t va, uint64_t pa)
{
    struct rule_outcome outcome = rule_run(&(struct rule_run){
        .code = on_then_off,
        .mode = RULE_S,
        .a = {RULE_UNTOUCHED, va, setting, RULE_UNTOUCHED},
    });

    rule_expect_value(rule_text("%s set in S-mode, load", name), rule_mark_of(pa), outcome.a[0]);
    rule_expect_trap(rule_text("%s cleared in S-mode, load", name), &outcome, CAUSE_LOAD_PAGE_FAULT,
                     va);
}

static void program(void)
{
    uint64_t user = rule_va(0, rule_page(1));
    uint64_t execute_only = user + PAGE_SIZE;

    rule_map(user, rule_page(1), LEAF_RW | PTE_U, 0);
    rule_map(execute_only, rule_page(2), LEAF_X, 0);
    rule_fence();

    try_setting("SUM", RULE_LOAD, RULE_SUM, user);
    try_in_one_run("SUM", RULE_SUM, user, rule_page(1));
    try_setting("MXR", RULE_LOAD, RULE_MXR, execute_only);
    try_in_one_run("MXR", RULE_MXR, execute_only, rule_page(2));
    try_setting("SUM", RULE_STORE, RULE_SUM, user);
    rule_mark(rule_page(1));
}

RULE_PROGRAM("PRM-11", "M", program);
