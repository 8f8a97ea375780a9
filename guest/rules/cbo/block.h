/*
 * block.h - cache-block operations on a page: rows of a mapping, an operation and what must come of
 * it.
 *
 * CBO.INVAL may lose what was stored to the block where menvcfg.CBIE lets it, and in M-mode always.
 * So it is enabled as a flush (CBIE = 1), and no row does it from M-mode.
 */
#ifndef GUEST_RULES_BLOCK_H
#define GUEST_RULES_BLOCK_H

#include "guest/rules/runtime/rule.h"

/* The operation is the upper 12 bits of the instruction. */
enum block_op { BLOCK_INVAL = 0, BLOCK_CLEAN = 1, BLOCK_FLUSH = 2, BLOCK_ZERO = 4 };

#define ENVCFG_CBIE_FLUSH (UINT64_C(1) << 4)
#define ENVCFG_CBCFE (UINT64_C(1) << 6)
#define ENVCFG_CBZE (UINT64_C(1) << 7)

enum { CSR_SENVCFG = 0x10a, BLOCK_CBO_A1 = 0x0005a00f };

/* Where rows do it: in the middle of a block, whatever its size, and not aligned to anything. */
#define BLOCK_PA (RULE_PAGE_BASE + 0x1345)

static inline const char *block_op_name(enum block_op op)
{
    switch (op) {
    case BLOCK_INVAL: return "cbo.inval";
    case BLOCK_CLEAN: return "cbo.clean";
    case BLOCK_FLUSH: return "cbo.flush";
    case BLOCK_ZERO: return "cbo.zero";
    }
    return "";
}

/* Whether riscv,isa says that the operation is there. */
static inline bool block_has(enum block_op op)
{
    return rule_has(op == BLOCK_ZERO ? "zicboz" : "zicbom");
}

/* Lets S-mode and U-mode do it; these bits of menvcfg are set, too. */
static inline bool block_enable(enum block_op op, uint64_t menvcfg)
{
    uint64_t field = op == BLOCK_ZERO ? ENVCFG_CBZE : ENVCFG_CBIE_FLUSH | ENVCFG_CBCFE;

    rule_csr_write(RULE_M, 0, CSR_SENVCFG, field);
    return rule_menvcfg(field | menvcfg);
}

static inline struct rule_outcome block_do(enum block_op op, enum rule_mode mode, unsigned settings,
                                           uint64_t va)
{
    return rule_insn(mode, settings, (uint32_t)op << 20 | BLOCK_CBO_A1, va, 0);
}

struct block_row {
    const char *name;
    unsigned level; /* of the leaf; RULE_EACH_LEVEL is not known here */
    uint64_t leaf;
    enum rule_mode mode;
    unsigned settings;
    bool is_done;      /* else it is a page fault, whose tval is the address */
    uint64_t menvcfg;  /* more bits */
    uint64_t pte_sets; /* the leaf in memory afterwards has these bits, too */
};

static inline const char *block_text(const struct rule_outcome *outcome, uint64_t pte)
{
    return rule_text("%s, pte %lx", outcome->trapped ? rule_outcome_text(outcome) : "no trap", pte);
}

/* Management may fault as a load does where only R is missing: CBO-03 tells which it is. */
static inline bool block_is_page_fault(const struct rule_outcome *outcome)
{
    return outcome->cause == CAUSE_STORE_PAGE_FAULT || outcome->cause == CAUSE_LOAD_PAGE_FAULT;
}

/* Does the operation as the row says, and prints its case. */
static inline void block_run(const struct block_row *row, enum block_op op)
{
    uint64_t va = rule_va(row->level, BLOCK_PA);
    const char *name = rule_text("%s, %s %s level %u", row->name, block_op_name(op),
                                 rule_mode_name(row->mode), row->level);

    rule_reset();
    volatile uint64_t *leaf =
        rule_map(va, BLOCK_PA & ~(rule_size(row->level) - 1), row->leaf, row->level);
    uint64_t want_pte = *leaf | row->pte_sets;

    if (!block_enable(op, row->menvcfg)) {
        rule_expect(false, name, "menvcfg enables it", "not all bits stick");
        return;
    }
    struct rule_outcome outcome = block_do(op, row->mode, row->settings, va);
    bool is_right =
        row->is_done ? !outcome.trapped : block_is_page_fault(&outcome) && outcome.tval == va;

    rule_expect(is_right && *leaf == want_pte, name,
                row->is_done ? rule_text("no trap, pte %lx", want_pte)
                             : rule_text("page fault, tval %lx, pte %lx", va, want_pte),
                block_text(&outcome, *leaf));
}

#endif
