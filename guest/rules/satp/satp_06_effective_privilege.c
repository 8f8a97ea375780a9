/*
 * SATP-06: satp is in use only where the effective privilege is S or U. What M-mode accesses
 * without MPRV, or with MPP = M, is never translated.
 *
 * Priv. [norm:satp_op_active].
 *
 * Two virtual addresses are the physical addresses of test pages 2 and 3, and are mapped to page 1:
 * so the page that is reached tells if the address was translated.
 */
#include "guest/rules/runtime/rule.h"

static const struct {
    enum rule_mode mode;
    unsigned page; /* whose physical address is accessed */
    unsigned reached;
} rows[] = {
    {RULE_M, 2, 2},      {RULE_M, 3, 3}, {RULE_MPRV_M, 2, 2}, {RULE_S, 2, 1},
    {RULE_MPRV_S, 2, 1}, {RULE_U, 3, 1}, {RULE_MPRV_U, 3, 1},
};

static void try_data(enum rule_mode mode, uint64_t va, uint64_t pa)
{
    struct rule_outcome load = rule_try(RULE_LOAD, mode, va);
    struct rule_outcome lr = rule_try(RULE_LR, mode, va);
    struct rule_outcome store = rule_try(RULE_STORE, mode, va);
    uint64_t stored = *rule_memory(pa);

    rule_mark(pa);
    rule_expect_pa(rule_text("load %s of %lx", rule_mode_name(mode), va), &load, pa);
    rule_expect_pa(rule_text("lr %s of %lx", rule_mode_name(mode), va), &lr, pa);
    rule_expect(!store.trapped && stored == 0,
                rule_text("store %s to %lx", rule_mode_name(mode), va),
                rule_text("0 at pa %lx", pa),
                store.trapped ? rule_outcome_text(&store) : rule_text("%lx there", stored));
}

static void try_fetch(enum rule_mode mode, uint64_t va, uint64_t pa)
{
    struct rule_outcome outcome = rule_try(RULE_FETCH, mode, va);

    rule_expect_pa(rule_text("fetch %s of %lx", rule_mode_name(mode), va), &outcome, pa);
}

static void program(void)
{
    rule_map(rule_page(2), rule_page(1), LEAF_RWX, 0);
    rule_map(rule_page(3), rule_page(1), LEAF_RWX | PTE_U, 0);
    rule_fence();

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        try_data(rows[i].mode, rule_page(rows[i].page), rule_page(rows[i].reached));
    }
    try_fetch(RULE_M, rule_page(2), rule_page(2));
    try_fetch(RULE_S, rule_page(2), rule_page(1));
    try_fetch(RULE_U, rule_page(3), rule_page(1));
}

RULE_PROGRAM("SATP-06", "M", program);
