/*
 * PMP-01: PMP holds for every access of a translation: the reads of PTEs, the writes of A and D,
 * and the access itself. Where entries exist but none matches, S-mode and U-mode get nothing.
 *
 * Priv. [norm:pmp_with_paging]. Priv. [norm:pmp_check_pagetable_access].
 * Priv. [norm:pmp_no_entry_match]. Priv. [norm:pmp_check_priv_modes].
 */
#include "guest/rules/runtime/rule.h"

enum { DATA_PAGE = 1, ENTRY_BITS = 8, OPEN_ENTRIES = 6 };

#define RAM UINT64_C(0x80000000)
#define RAM_OF_RUNTIME (RULE_PAGE_BASE - RAM) /* code and tables */

/* The permissions of the page of PTEs, and of the mapped page. */
static void limit_table(volatile uint64_t *leaf, unsigned permissions)
{
    rule_pmp(0, page_down((uint64_t)leaf), PAGE_SIZE, permissions);
}

static void limit_page(unsigned permissions)
{
    rule_pmp(0, rule_page(DATA_PAGE), PAGE_SIZE, permissions);
}

static void table_closed(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    limit_table(leaf, 0);
}

static void table_readable(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    limit_table(leaf, PMP_R);
}

static void upper_table_closed(uint64_t va, volatile uint64_t *leaf)
{
    (void)leaf;
    limit_table(rule_pte(va, 1), 0);
}

static void page_closed(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    limit_page(0);
}

static void page_readable(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    limit_page(PMP_R);
}

static void page_executable(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    limit_page(PMP_X);
}

/* Takes the entry away that opens all memory; code and tables stay open by one of their own. */
static void no_entry_for_page(uint64_t va, volatile uint64_t *leaf)
{
    uint64_t low_entries = (UINT64_C(1) << (OPEN_ENTRIES * ENTRY_BITS)) - 1;

    (void)va;
    (void)leaf;
    rule_pmp(0, RAM, RAM_OF_RUNTIME, PMP_R | PMP_W | PMP_X);
    rule_csr_write(RULE_M, 0, CSR_PMPCFG0,
                   rule_csr_read(RULE_M, 0, CSR_PMPCFG0).value & low_entries);
}

/* The same without tables: nothing at all is open. Only M-mode code can still run. */
static void no_entry(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    rule_csr_write(RULE_M, 0, CSR_PMPCFG0, 0);
}

static const struct rule_case cases[] = {
    {"table closed", 0, LEAF_RWX, .prepare = table_closed, .ops = RULE_ANY | RULE_LR,
     .want = RULE_ACCESS_FAULT},
    {"table closed", 0, LEAF_RWX, .prepare = table_closed, .modes = RULE_U | RULE_MPRV_S,
     .want = RULE_ACCESS_FAULT},
    {"upper table closed", 0, LEAF_RWX, .prepare = upper_table_closed, .ops = RULE_ANY,
     .want = RULE_ACCESS_FAULT},
    {"table read-only, nothing to set", 0, LEAF_RWX, .prepare = table_readable, .ops = RULE_ANY,
     .want = RULE_NO_TRAP},
    {"page closed", 0, LEAF_RWX, .prepare = page_closed, .ops = RULE_ANY | RULE_LR,
     .modes = RULE_S | RULE_U, .want = RULE_ACCESS_FAULT},
    {"page closed", 0, LEAF_RWX, .prepare = page_closed, .ops = RULE_ANY_DATA,
     .modes = RULE_MPRV_S | RULE_MPRV_U, .want = RULE_ACCESS_FAULT},
    {"page closed within a superpage", 1, LEAF_RWX, .prepare = page_closed,
     .want = RULE_ACCESS_FAULT},
    {"page read-only", 0, LEAF_RWX, .prepare = page_readable, .want = RULE_NO_TRAP},
    {"page read-only", 0, LEAF_RWX, .prepare = page_readable, .ops = RULE_STORE | RULE_FETCH,
     .want = RULE_ACCESS_FAULT},
    {"page execute-only", 0, LEAF_RWX, .prepare = page_executable, .ops = RULE_FETCH,
     .want = RULE_NO_TRAP},
    {"page execute-only", 0, LEAF_RWX, .prepare = page_executable, .ops = RULE_ANY_DATA,
     .settings = RULE_MXR, .want = RULE_ACCESS_FAULT},
    {"no entry for the page", 0, LEAF_RWX, .prepare = no_entry_for_page, .ops = RULE_ANY,
     .modes = RULE_S | RULE_U, .want = RULE_ACCESS_FAULT},
    {"no entry for anything", 0, LEAF_RWX, .prepare = no_entry, .ops = RULE_ANY_DATA,
     .modes = RULE_MPRV_S, .want = RULE_ACCESS_FAULT},
};

/* PMP makes the table read-only, so hardware cannot set the bits that miss in leaf. */
static void check_update(const char *name, uint64_t leaf_bits, enum rule_op op)
{
    uint64_t va = rule_va(0, rule_page(DATA_PAGE));
    volatile uint64_t *leaf = rule_map(va, rule_page(DATA_PAGE), leaf_bits, 0);
    uint64_t before = *leaf;

    limit_table(leaf, PMP_R);
    struct rule_outcome outcome = rule_try(op, RULE_S, va);

    rule_expect_trap(name, &outcome, rule_access_fault(op), va);
    rule_expect_value(rule_text("%s, PTE", name), before, *leaf);
    *leaf = 0;
}

static void updates(void)
{
    enum rule_ad scheme = rule_ad();

    if (scheme == RULE_AD_SVADE || (scheme == RULE_AD_SVADU && !rule_menvcfg(MENVCFG_ADUE))) {
        rule_skip("table read-only, A or D to set", "hardware does not set them");
        return;
    }
    check_update("table read-only, load sets A", LEAF_RWX & ~PTE_A, RULE_LOAD);
    check_update("table read-only, fetch sets A", LEAF_RWX & ~PTE_A, RULE_FETCH);
    check_update("table read-only, store sets D", LEAF_RWX & ~PTE_D, RULE_STORE);
}

const struct rule rule = {RULE_TABLE("PMP-01", "M", cases), .program = updates};
