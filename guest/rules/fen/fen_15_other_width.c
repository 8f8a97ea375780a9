/*
 * FEN-15: a translation made under one width of virtual addresses may still be used, for the same
 * address and ASID, after satp.MODE changed to another width; a fence ends that.
 *
 * Priv. [norm:sfence_vma_ordering_semantics], note: any translation since the last subsuming
 * SFENCE.VMA might be used, even if it used a virtual address of a different width.
 *
 * Under the other width S-mode has no code, so the accesses are those of MPRV.
 */
#include "guest/rules/runtime/rule.h"

enum { OFFSET = 0x340, NARROW_SPACE = 1 };

static const struct rule_paging narrow = {.name = "sv39", .mode = 8, .levels = 3};

static void look(const char *name, uint64_t va, uint64_t old_pa, uint64_t new_pa)
{
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_MPRV_S, va);
    uint64_t pa = outcome.trapped ? 0 : rule_marked_pa(outcome.value);

    rule_choice(pa == old_pa || pa == new_pa, name, rule_text("pa %lx | %lx", old_pa, new_pa),
                rule_outcome_text(&outcome));
    rule_fence();
    outcome = rule_try(RULE_LOAD, RULE_MPRV_S, va);
    rule_expect_pa(rule_text("%s, fenced", name), &outcome, new_pa);
}

static void run(void)
{
    const struct rule_paging *wide = rule_paging;
    uint64_t one = rule_page(1) + OFFSET, two = rule_page(2) + OFFSET;

    if (wide->levels == narrow.levels) {
        rule_skip("change of width", "this is the smallest");
        return;
    }
    rule_paging = &narrow;

    uint64_t va = rule_va(0, OFFSET);
    uint64_t narrow_satp = rule_satp_of(NARROW_SPACE, 0);

    rule_choose_space(NARROW_SPACE);
    rule_map(va, rule_page(1), LEAF_RW, 0);
    rule_paging = wide;
    rule_choose_space(0);
    rule_map(va, rule_page(2), LEAF_RW, 0);

    csr_write(CSR_SATP, narrow_satp);
    rule_fence();

    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_MPRV_S, va);

    rule_expect_pa("sv39 first", &outcome, one);
    csr_write(CSR_SATP, rule_satp_of(0, 0));
    look("from sv39", va, one, two);
    csr_write(CSR_SATP, narrow_satp);
    look("to sv39", va, two, one);
}

RULE_PROGRAM("FEN-15", "L", run);
