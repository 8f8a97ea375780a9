/*
 * SATP-02: a write of satp with a MODE that is not supported has no effect at all: MODE, ASID and
 * PPN keep their values.
 *
 * Priv. [norm:satp_mode_op_unsupported]. MODE 1 to 7 and 11 to 13 are reserved, so nothing supports
 * them; 14 and 15 are custom and left out. Priv. [norm:satp_mode_sxlen64]
 */
#include "guest/rules/runtime/rule.h"

enum { MODE_SHIFT = 60 };

/* What is written beside MODE differs from what is there, in ASID and in PPN. */
static uint64_t with_mode(uint64_t mode)
{
    uint64_t other = rule_satp_of(2, 5);

    return other << 4 >> 4 | mode << MODE_SHIFT;
}

/* Reserved modes, all in one case: what is seen is the first that had an effect. */
static void try_reserved(const char *name, uint64_t first, uint64_t last)
{
    uint64_t before = csr_read(CSR_SATP);
    uint64_t seen = before;

    for (uint64_t mode = first; mode <= last && seen == before; mode++) {
        csr_write(CSR_SATP, with_mode(mode));
        seen = csr_read(CSR_SATP);
    }
    rule_expect_value(name, before, seen);
    csr_write(CSR_SATP, before);
}

/* A mode that is defined is taken, or the write had no effect. */
static void try_defined(uint64_t mode)
{
    uint64_t before = csr_read(CSR_SATP);

    csr_write(CSR_SATP, with_mode(mode));

    uint64_t seen = csr_read(CSR_SATP);

    if (seen >> MODE_SHIFT == mode && mode != rule_paging->mode) {
        rule_skip(rule_text("MODE %lu", mode), "supported");
    } else if (mode != rule_paging->mode) {
        rule_expect_value(rule_text("MODE %lu", mode), before, seen);
    }
    csr_write(CSR_SATP, before);
}

static void program(void)
{
    uint64_t va = rule_va(0, rule_page(0));

    rule_choose_space(1);
    rule_map(va, rule_page(1), LEAF_RW, 0);
    rule_choose_space(2);
    rule_map(va, rule_page(2), LEAF_RW, 0);
    rule_switch(1, 2);
    rule_fence();

    uint64_t before = csr_read(CSR_SATP);

    try_reserved("MODE 1 to 7", 1, 7);
    try_reserved("MODE 11 to 13", 11, 13);
    for (uint64_t mode = 8; mode <= 10; mode++) {
        try_defined(mode);
    }

    /* 8 and 9 become 12 and 13, 10 becomes 11. */
    csr_set(CSR_SATP, UINT64_C(1) << MODE_SHIFT << (rule_paging->mode == 10 ? 0 : 2));
    rule_expect_value("bits of MODE set by CSRRS", before, csr_read(CSR_SATP));

    rule_csr_write(RULE_S, 0, CSR_SATP, with_mode(7));
    rule_expect_value("MODE 7 written in S-mode", before, csr_read(CSR_SATP));

    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    rule_expect_pa("old root still translates", &outcome, rule_page(1));
}

static void bare(void)
{
    for (uint64_t mode = 1; mode <= 7; mode += 6) {
        csr_write(CSR_SATP, mode << MODE_SHIFT | RULE_PAGE_BASE >> PAGE_SHIFT);
        rule_expect_value(rule_text("from Bare, MODE %lu", mode), 0, csr_read(CSR_SATP));
    }
}

const struct rule rule = {.id = "SATP-02", .kind = "M", .program = program, .once = bare};
