/*
 * PTW-14: where a translation leads is checked by PMP and PMA, like any address: an access fault of
 * the kind of the original access, with the virtual address in mtval.
 *
 * Priv. [norm:pmp_with_paging]. Priv. [norm:mtval_vaddr_not_paddr].
 */
#include "guest/rules/runtime/rule.h"

enum { DATA_PAGE = 1 }; /* the page that rows map, when they do not say */

static void close_page(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    rule_pmp(0, rule_page(DATA_PAGE), PAGE_SIZE, 0);
}

static void make_page_readable(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    rule_pmp(0, rule_page(DATA_PAGE), PAGE_SIZE, PMP_R);
}

static void make_page_executable(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    rule_pmp(0, rule_page(DATA_PAGE), PAGE_SIZE, PMP_X);
}

static const struct rule_case cases[] = {
    {"missing memory", RULE_EACH_LEVEL, LEAF_RWX, .pa = RULE_MISSING, .ops = RULE_ANY | RULE_LR,
     .want = RULE_ACCESS_FAULT},
    {"missing memory", 0, LEAF_RWX, .pa = RULE_MISSING, .ops = RULE_ANY,
     .modes = RULE_U | RULE_MPRV_S | RULE_MPRV_U, .want = RULE_ACCESS_FAULT},
    {"closed by PMP", 0, LEAF_RWX, .prepare = close_page, .ops = RULE_ANY | RULE_LR,
     .modes = RULE_S | RULE_U, .want = RULE_ACCESS_FAULT},
    {"closed by PMP", 0, LEAF_RWX, .prepare = close_page, .ops = RULE_ANY,
     .modes = RULE_MPRV_S | RULE_MPRV_U, .want = RULE_ACCESS_FAULT},
    {"closed by PMP within a superpage", 1, LEAF_RWX, .prepare = close_page, .ops = RULE_ANY,
     .want = RULE_ACCESS_FAULT},
    {"PMP allows R", 0, LEAF_RWX, .prepare = make_page_readable, .want = RULE_NO_TRAP},
    {"PMP allows R", 0, LEAF_RWX, .prepare = make_page_readable, .ops = RULE_FETCH | RULE_STORE,
     .want = RULE_ACCESS_FAULT},
    {"PMP allows X", 0, LEAF_RWX, .prepare = make_page_executable, .ops = RULE_FETCH,
     .want = RULE_NO_TRAP},
    {"PMP allows X", 0, LEAF_RWX, .prepare = make_page_executable, .ops = RULE_ANY_DATA,
     .want = RULE_ACCESS_FAULT},
};

RULE("PTW-14", "M", cases);
