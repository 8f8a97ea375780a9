/*
 * PRI-02: a fault during address translation comes before the PMP or PMA fault of the address that
 * the translation would lead to.
 *
 * Priv. [norm:exc_priority].
 */
#include "guest/rules/runtime/rule.h"

enum { DATA_PAGE = 1 }; /* the page that rows map, when they do not say */

static void close_page(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    rule_pmp(0, rule_page(DATA_PAGE), PAGE_SIZE, 0);
}

#define LEAF_RWXU (LEAF_RWX | PTE_U)
#define MISSING .pa = RULE_MISSING
#define CLOSED .prepare = close_page

static const struct rule_case cases[] = {
    {"not valid, missing memory", 0, LEAF_RWX & ~PTE_V, MISSING, .ops = RULE_ANY,
     .modes = RULE_S | RULE_U, .want = RULE_PAGE_FAULT},
    {"not valid, closed by PMP", 0, LEAF_RWX & ~PTE_V, CLOSED, .ops = RULE_ANY,
     .want = RULE_PAGE_FAULT},
    {"no X, missing memory", 0, LEAF_RW, MISSING, .ops = RULE_FETCH, .want = RULE_PAGE_FAULT},
    {"no X, closed by PMP", 0, LEAF_RW, CLOSED, .ops = RULE_FETCH, .want = RULE_PAGE_FAULT},
    {"no R, missing memory", 0, LEAF_X, MISSING, .ops = RULE_LOAD | RULE_LR,
     .modes = RULE_S | RULE_MPRV_S, .want = RULE_PAGE_FAULT},
    {"no R, closed by PMP", 0, LEAF_X, CLOSED, .ops = RULE_LOAD, .want = RULE_PAGE_FAULT},
    {"no W, missing memory", 0, LEAF_RX, MISSING, .ops = RULE_STORE, .modes = RULE_S | RULE_MPRV_S,
     .want = RULE_PAGE_FAULT},
    {"no W, closed by PMP", 0, LEAF_RX, CLOSED, .ops = RULE_STORE, .want = RULE_PAGE_FAULT},
    {"U without SUM, missing memory", 0, LEAF_RWX | PTE_U, MISSING, .ops = RULE_ANY,
     .exact_u = true, .want = RULE_PAGE_FAULT},
    {"not U, closed by PMP", 0, LEAF_RWX, CLOSED, .ops = RULE_ANY, .modes = RULE_U, .exact_u = true,
     .want = RULE_PAGE_FAULT},
    {"reserved bit, missing memory", 0, LEAF_RWX | UINT64_C(1) << 58, MISSING,
     .want = RULE_PAGE_FAULT},
    {"misaligned superpage, missing memory", 1, LEAF_RWX, MISSING, .ppn_flip = 1,
     .ops = RULE_ANY_DATA, .want = RULE_PAGE_FAULT},
    {"pointer as leaf, missing memory", 0, PTE_V, MISSING, .want = RULE_PAGE_FAULT},
    {"nothing but missing memory", 0, LEAF_RWX, MISSING, .ops = RULE_ANY,
     .want = RULE_ACCESS_FAULT},
    {"nothing but closed by PMP", 0, LEAF_RWX, CLOSED, .ops = RULE_ANY, .want = RULE_ACCESS_FAULT},
};

static void expect_fault(const char *name, uint64_t bits, enum rule_op op, bool is_page_fault)
{
    uint64_t va = rule_va(0, rule_page(DATA_PAGE));

    rule_map(va, RULE_MISSING, bits, 0);
    rule_fence();
    struct rule_outcome outcome = rule_try(op, RULE_S, va);

    rule_expect_trap(rule_text("%s, missing memory, %s", name, rule_op_name(op)), &outcome,
                     is_page_fault ? rule_page_fault(op) : rule_access_fault(op), va);
}

/* To find A or D clear belongs to the translation, too: with Svade a page fault. Where hardware
 * sets the bits there is no other fault than the one of the address. */
static void bits_to_set(void)
{
    bool is_svade = rule_ad() != RULE_AD_HARDWARE;

    expect_fault("A clear", LEAF_RWX & ~PTE_A, RULE_LOAD, is_svade);
    expect_fault("A clear", LEAF_RWX & ~PTE_A, RULE_FETCH, is_svade);
    expect_fault("D clear", LEAF_RWX & ~PTE_D, RULE_STORE, is_svade);
}

const struct rule rule = {RULE_TABLE("PRI-02", "M", cases), .program = bits_to_set};
