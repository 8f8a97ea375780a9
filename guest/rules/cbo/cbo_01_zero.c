/*
 * CBO-01: CBO.ZERO is translated and checked as a store is: it needs W, sets A and D or faults
 * where they are clear, and writes the physical block.
 *
 * Unpriv. [norm:cbz_access], [norm:cbz_unperm_fault], [norm:cbz_unperm_translate].
 */
#include "guest/rules/ad/scheme.h"
#include "guest/rules/cbo/block.h"

static const struct block_row rows[] = {
    {"RW page", 0, LEAF_RW, RULE_S, .is_done = true},
    {"RW page", 1, LEAF_RW, RULE_S, .is_done = true},
    {"RW page", 2, LEAF_RW, RULE_S, .is_done = true},
    {"R page", 0, LEAF_R, RULE_S},
    {"RX page", 0, LEAF_RX, RULE_S},
    {"X page, MXR=1", 0, LEAF_X, RULE_S, RULE_MXR},
    {"R page, MPRV", 0, LEAF_R, RULE_MPRV_S},
    {"RW page, MPRV", 0, LEAF_RW, RULE_MPRV_S, .is_done = true},
    {"not mapped", 0, 0, RULE_S},
    {"RW page of U", 0, LEAF_RW | PTE_U, RULE_U, .is_done = true},
    {"R page of U", 0, LEAF_R | PTE_U, RULE_U},
    {"RW page of U, SUM=0", 0, LEAF_RW | PTE_U, RULE_S},
    {"RW page of U, SUM=1", 0, LEAF_RW | PTE_U, RULE_S, RULE_SUM, .is_done = true},
    {"RW page of S", 0, LEAF_RW, RULE_U},
};

#define RW (PTE_V | PTE_R | PTE_W)

static const struct block_row hardware_rows[] = {
    {"A=0, hardware", 0, RW, RULE_S, .is_done = true, .pte_sets = PTE_A | PTE_D},
    {"D=0, hardware", 0, RW | PTE_A, RULE_S, .is_done = true, .pte_sets = PTE_D},
};

static const struct block_row software_rows[] = {
    {"A=0, software", 0, RW, RULE_S},
    {"D=0, software", 0, RW | PTE_A, RULE_S},
};

/* Of each row the page is written anew: the next one finds marks. */
static void run_rows(const struct block_row *first, size_t count, uint64_t menvcfg)
{
    for (size_t i = 0; i < count; i++) {
        struct block_row row = first[i];

        row.menvcfg |= menvcfg;
        block_run(&row, BLOCK_ZERO);
        rule_mark(BLOCK_PA & ~UINT64_C(63));
    }
}

/* The translated block is written, and neither that of the virtual address nor the next page. */
static void block_is_zero(void)
{
    uint64_t va = rule_va(0, BLOCK_PA);
    uint64_t word = BLOCK_PA & ~UINT64_C(7);

    rule_reset();
    rule_map(va, BLOCK_PA, LEAF_RW, 0);
    block_enable(BLOCK_ZERO, 0);
    *rule_memory(word) = ~UINT64_C(0);

    struct rule_outcome outcome = block_do(BLOCK_ZERO, RULE_S, 0, va);

    rule_expect_done("a block", &outcome);
    rule_expect_value("a word of the block", 0, *rule_memory(word));
    rule_expect_value("the page before", rule_mark_of(rule_page(0)), *rule_memory(rule_page(0)));
    rule_expect_value("the page behind", rule_mark_of(rule_page(2)), *rule_memory(rule_page(2)));
    rule_mark(BLOCK_PA & ~UINT64_C(63));
}

static void run(void)
{
    run_rows(rows, sizeof rows / sizeof *rows, 0);
    rule_reset();
    if (scheme_select(SCHEME_HARDWARE)) {
        run_rows(hardware_rows, 2, rule_ad() == RULE_AD_SVADU ? MENVCFG_ADUE : 0);
    }
    rule_reset();
    if (scheme_select(SCHEME_SVADE)) {
        run_rows(software_rows, 2, 0);
    }
    block_is_zero();
}

const struct rule rule = {.id = "CBO-01", .kind = "E", .needs = "zicboz", .program = run};
