/*
 * AD-04: the update compares the PTE of the walk with memory, and sets the bits only if it is the
 * same; if not, the walk starts again at step 2. So a PTE that was rewritten while the old one is
 * cached is never overwritten with the old one, and the old page is not written.
 *
 * Priv. [sv32algorithm], step 9.
 */
#include "guest/rules/ad/scheme.h"

#define RW (PTE_V | PTE_R | PTE_W)
enum { OFFSET = 0x340 };

/* The old PTE maps page 1 with A = 1 and D = 0 and was loaded through. What replaces it: */
static const struct rewrite {
    const char *name;
    uint64_t pa; /* of the page; 0: page 1 */
    uint64_t bits;
    bool is_fault;
} rewrites[] = {
    {"other page, D=0", RULE_PAGE_BASE + 2 * PAGE_SIZE, RW | PTE_A, false},
    {"other page, D=1", RULE_PAGE_BASE + 2 * PAGE_SIZE, RW | PTE_A | PTE_D, false},
    {"other page, A=0", RULE_PAGE_BASE + 2 * PAGE_SIZE, RW, false},
    {"only RSW changed", 0, RW | PTE_A | PTE_RSW, false},
    {"only A cleared", 0, RW, false},
    {"not writable", 0, PTE_V | PTE_R | PTE_A, true},
    {"not valid", 0, PTE_A, true},
    {"all zero", 0, 0, true},
};

static void try_rewrite(const struct rewrite *rewrite, enum rule_op op)
{
    uint64_t va = rule_va(0, OFFSET);
    uint64_t old_pa = rule_page(1) + OFFSET;
    uint64_t page = rewrite->pa != 0 ? rewrite->pa : rule_page(1);
    volatile uint64_t *leaf = rule_map(va, rule_page(1), RW | PTE_A, 0);
    uint64_t pte = rewrite->bits != 0 ? pte_make(page, rewrite->bits) : 0;

    rule_mark(old_pa);
    rule_fence();
    rule_try(RULE_LOAD, RULE_S, va);
    *leaf = pte;

    struct rule_outcome outcome =
        rule_access(&(struct rule_access){.op = op, .mode = RULE_S, .va = va, .value = 1});
    bool old_page_same = page == rule_page(1) || *rule_memory(old_pa) == rule_mark_of(old_pa);
    uint64_t wanted = rewrite->is_fault ? pte : pte | PTE_A | PTE_D;
    bool trap_ok = rewrite->is_fault ? outcome.cause == CAUSE_STORE_PAGE_FAULT : !outcome.trapped;
    bool is_written = *rule_memory(page + OFFSET) != rule_mark_of(page + OFFSET);
    const char *how = outcome.trapped ? rule_outcome_text(&outcome) : "no trap";

    rule_expect(trap_ok && old_page_same && *leaf == wanted && is_written != rewrite->is_fault,
                rule_text("%s, %s", rewrite->name, rule_op_name(op)),
                rule_text("%s, pte %lx", rewrite->is_fault ? "cause 15" : "no trap", wanted),
                rule_text("%s, pte %lx%s", how, *leaf, old_page_same ? "" : ", old page written"));
    rule_mark(old_pa);
    rule_mark(page + OFFSET);
}

static void run(void)
{
    if (!scheme_start(SCHEME_HARDWARE)) {
        return;
    }
    for (size_t i = 0; i < sizeof rewrites / sizeof *rewrites; i++) {
        try_rewrite(&rewrites[i], RULE_STORE);
    }
    try_rewrite(&rewrites[0], RULE_AMO);
}

RULE_PROGRAM("AD-04", "E", run);
