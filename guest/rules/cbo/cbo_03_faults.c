/*
 * CBO-03: cache-block operations raise store page faults and store access faults, with the address
 * in rs1 in xtval, and are never misaligned. Where a page is mapped but has no R, the privileged
 * manual's words for loads can be read as meant for them, too: then it may be a load page fault.
 *
 * Unpriv. [norm:cbm_unperm_fault], [norm:cbz_unperm_fault], [norm:fault_excep_csr],
 * [norm:no_addr_misaligned_excep].
 */
#include "guest/rules/cbo/block.h"

static const enum block_op ops[] = {BLOCK_CLEAN, BLOCK_FLUSH, BLOCK_INVAL, BLOCK_ZERO};

enum { OPS = sizeof ops / sizeof *ops };

/* Addresses in a page: aligned, odd, in the middle of a block, the last byte. */
static const unsigned offsets[] = {0x000, 0x001, 0x03f, 0x047, 0x7fe, 0xfff};

enum { OFFSETS = sizeof offsets / sizeof *offsets };

/* A page of its own with this leaf; returns the virtual address of the offset. */
static uint64_t map(enum block_op op, uint64_t pa, uint64_t bits, unsigned offset)
{
    uint64_t va = rule_va(0, pa) + offset;

    rule_reset();
    rule_map(va, pa, bits, 0);
    block_enable(op, 0);
    return va;
}

static void one_offset(enum block_op op, unsigned offset)
{
    uint64_t va = map(op, rule_page(1), 0, offset);
    struct rule_outcome outcome = block_do(op, RULE_S, 0, va);
    const char *name = rule_text("%s, offset %lx", block_op_name(op), (uint64_t)offset);

    rule_expect_trap(rule_text("not mapped, %s", name), &outcome, CAUSE_STORE_PAGE_FAULT, va);

    va = map(op, RULE_MISSING, LEAF_RW, offset);
    outcome = block_do(op, RULE_S, 0, va);
    rule_expect_trap(rule_text("no memory, %s", name), &outcome, CAUSE_STORE_ACCESS_FAULT, va);

    va = map(op, rule_page(1), LEAF_RW, offset);
    outcome = block_do(op, RULE_S, 0, va);
    rule_expect_done(rule_text("RW page, %s", name), &outcome);
    rule_mark(rule_page(1) + (offset & ~63U));

    rule_pmp(0, rule_page(1), PAGE_SIZE, 0);
    outcome = block_do(op, RULE_S, 0, va);
    rule_expect_trap(rule_text("no PMP permission, %s", name), &outcome, CAUSE_STORE_ACCESS_FAULT,
                     va);
}

static void not_readable(enum block_op op)
{
    uint64_t va = map(op, rule_page(1), LEAF_X, offsets[1]);
    struct rule_outcome outcome = block_do(op, RULE_S, 0, va);
    const char *name = rule_text("X page, %s", block_op_name(op));

    if (op == BLOCK_ZERO) {
        rule_expect_trap(name, &outcome, CAUSE_STORE_PAGE_FAULT, va);
        return;
    }
    rule_choice(block_is_page_fault(&outcome) && outcome.tval == va, name, "cause 15 | cause 13",
                rule_outcome_text(&outcome));
}

static void run(void)
{
    for (size_t i = 0; i < OPS; i++) {
        if (!block_has(ops[i])) {
            rule_skip(block_op_name(ops[i]), "not in riscv,isa");
            continue;
        }
        for (size_t j = 0; j < OFFSETS; j++) {
            one_offset(ops[i], offsets[j]);
        }
        not_readable(ops[i]);
    }
}

const struct rule rule = {.id = "CBO-03", .kind = "E/L", .program = run};
