/*
 * CBO-02: CBO.CLEAN, CBO.FLUSH and CBO.INVAL may be done where a load or a store may: they need R
 * or W, set A or fault where it is clear, and do not look at D.
 *
 * Unpriv. [norm:cbm_access], [norm:cbm_unperm_translate].
 */
#include "guest/rules/ad/scheme.h"
#include "guest/rules/cbo/block.h"

static const enum block_op ops[] = {BLOCK_CLEAN, BLOCK_FLUSH, BLOCK_INVAL};

enum { OPS = sizeof ops / sizeof *ops };

static const struct block_row rows[] = {
    {"R page", 0, LEAF_R, RULE_S, .is_done = true},
    {"R page", 1, LEAF_R, RULE_S, .is_done = true},
    {"R page", 2, LEAF_R, RULE_S, .is_done = true},
    {"RW page", 0, LEAF_RW, RULE_S, .is_done = true},
    {"RX page", 0, LEAF_RX, RULE_S, .is_done = true},
    {"X page, MXR=1", 0, LEAF_X, RULE_S, RULE_MXR, .is_done = true},
    {"not mapped", 0, 0, RULE_S},
    {"W page without R", 0, PTE_V | PTE_W | PTE_A | PTE_D, RULE_S},
    {"R page of U", 0, LEAF_R | PTE_U, RULE_U, .is_done = true},
    {"RW page of U, SUM=0", 0, LEAF_RW | PTE_U, RULE_S},
    {"RW page of U, SUM=1", 0, LEAF_RW | PTE_U, RULE_S, RULE_SUM, .is_done = true},
    {"RW page of S", 0, LEAF_RW, RULE_U},
};

#define RW (PTE_V | PTE_R | PTE_W)

static const struct block_row hardware_rows[] = {
    {"A=0, hardware", 0, RW, RULE_S, .is_done = true, .pte_sets = PTE_A},
    {"D=0, hardware", 0, RW | PTE_A, RULE_S, .is_done = true},
    {"A=0, R page, hardware", 0, PTE_V | PTE_R, RULE_S, .is_done = true, .pte_sets = PTE_A},
};

static const struct block_row software_rows[] = {
    {"A=0, software", 0, RW, RULE_S},
    {"D=0, software", 0, RW | PTE_A, RULE_S, .is_done = true},
};

static void run_rows(const struct block_row *first, size_t count, uint64_t menvcfg)
{
    for (size_t i = 0; i < count * OPS; i++) {
        struct block_row row = first[i / OPS];

        row.menvcfg |= menvcfg;
        block_run(&row, ops[i % OPS]);
    }
}

/* From M-mode CBO.INVAL may lose what was stored: the others must do. */
static void with_mprv(void)
{
    static const struct block_row mprv_rows[] = {
        {"R page, MPRV", 0, LEAF_R, RULE_MPRV_S, .is_done = true},
        {"RW page of U, MPRV", 0, LEAF_RW | PTE_U, RULE_MPRV_S},
    };

    for (size_t i = 0; i < 4; i++) {
        block_run(&mprv_rows[i / 2], ops[i % 2]);
    }
}

static void run(void)
{
    run_rows(rows, sizeof rows / sizeof *rows, 0);
    with_mprv();
    rule_reset();
    if (scheme_select(SCHEME_HARDWARE)) {
        run_rows(hardware_rows, 3, rule_ad() == RULE_AD_SVADU ? MENVCFG_ADUE : 0);
    }
    rule_reset();
    if (scheme_select(SCHEME_SVADE)) {
        run_rows(software_rows, 2, 0);
    }
}

const struct rule rule = {.id = "CBO-02", .kind = "E", .needs = "zicbom", .program = run};
