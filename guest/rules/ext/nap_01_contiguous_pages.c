/*
 * NAP-01: with Svnapot, N = 1 makes a leaf of level 0 whose PPN[3:0] is 1000 a part of 64 KiB of
 * contiguous pages: PPN[3:0] is replaced by VPN[3:0]. Any other PPN[3:0], and N = 1 in a PTE of
 * another level, is reserved: a page fault.
 *
 * Priv. [norm:Svnapot_valid_encoding_ppn_subst], [norm:Svnapot_reserved_encoding_fault].
 */
#include "guest/rules/ext/napot.h"

/* A table in the one test page whose PPN[3:0] is 1000, with the same leaf. */
static void copy_leaf(uint64_t va, volatile uint64_t *leaf)
{
    *rule_memory(rule_page(8) + vpn_index(va, 0) * sizeof *leaf) = *leaf;
}

static const struct rule_case cases[] = {
    {"N in a superpage", 1, LEAF_RWX | PTE_N, .ops = RULE_LOAD | RULE_STORE,
     .want = RULE_PAGE_FAULT},
    {"N in a superpage, PPN 1000", 1, LEAF_RWX | PTE_N, .ppn_flip = 8, .want = RULE_PAGE_FAULT},
    {"N in a gigapage", 2, LEAF_RWX | PTE_N, .want = RULE_PAGE_FAULT},
    {"N in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_N, .pointer_level = RULE_EACH_LEVEL,
     .want = RULE_PAGE_FAULT},
    {"no N, table with PPN 1000", 0, LEAF_RWX, .table_pa = RULE_PAGE_BASE + 8 * PAGE_SIZE,
     .prepare = copy_leaf},
    {"N in a pointer, PPN 1000", 0, LEAF_RWX, .pointer = PTE_V | PTE_N,
     .table_pa = RULE_PAGE_BASE + 8 * PAGE_SIZE, .prepare = copy_leaf, .want = RULE_PAGE_FAULT},
};

/* Each of the pages is used, with or without a fence before each. */
static void use_all(enum rule_op op, bool is_fenced)
{
    const char *wrong = NULL;

    napot_map(RULE_PAGE_BASE, LEAF_RWX, NAPOT_SIZE_64K);
    for (unsigned i = 0; i < NAPOT_PAGES; i++) {
        struct rule_outcome outcome = rule_try(op, RULE_S, napot_va(i));
        uint64_t pa = rule_page(i) + NAPOT_OFFSET;

        if (outcome.trapped || outcome.value != (op == RULE_FETCH ? pa : rule_mark_of(pa))) {
            wrong = rule_text("%s in page %u", rule_outcome_text(&outcome), i);
        }
        if (is_fenced) {
            rule_fence();
        }
    }
    rule_expect(wrong == NULL,
                rule_text("%s, 16 pages%s", rule_op_name(op), is_fenced ? ", fenced" : ""),
                "each its own page", wrong == NULL ? "each its own page" : wrong);
}

static void reserved_sizes(enum rule_op op)
{
    const char *wrong = NULL;

    rule_reset();
    for (unsigned low = 0; low < NAPOT_PAGES; low++) {
        if (low == NAPOT_SIZE_64K) {
            continue;
        }
        *rule_pte(napot_va(low), 0) = napot_pte(RULE_PAGE_BASE, LEAF_RWX, low);
        rule_fence();

        struct rule_outcome outcome = rule_try(op, RULE_S, napot_va(low));

        if (outcome.cause != rule_page_fault(op) || outcome.tval != napot_va(low)) {
            wrong = rule_text("%s with PPN[3..0] %lx", rule_outcome_text(&outcome), (uint64_t)low);
        }
    }
    rule_expect(wrong == NULL, rule_text("reserved PPN[3..0], %s", rule_op_name(op)),
                rule_text("cause %lu", rule_page_fault(op)),
                wrong == NULL ? rule_text("cause %lu", rule_page_fault(op)) : wrong);
}

/* A page of the range may be marked used or written in the PTE of any of them; nothing else of a
 * PTE changes. */
static void update(enum rule_op op, uint64_t set)
{
    uint64_t before = napot_pte(RULE_PAGE_BASE, LEAF_RWX & ~(PTE_A | PTE_D), NAPOT_SIZE_64K);
    uint64_t all = before;
    bool is_kept = true;

    napot_map(RULE_PAGE_BASE, LEAF_RWX & ~(PTE_A | PTE_D), NAPOT_SIZE_64K);
    rule_menvcfg(MENVCFG_ADUE);

    struct rule_outcome outcome = rule_try(op, RULE_S, napot_va(5));

    for (unsigned i = 0; i < NAPOT_PAGES; i++) {
        uint64_t pte = *rule_pte(napot_va(i), 0);

        is_kept = is_kept && (pte & ~set) == before;
        all |= pte;
    }
    rule_expect(!outcome.trapped && is_kept && all == (before | set),
                rule_text("update by %s", rule_op_name(op)), rule_text("pte %lx", before | set),
                is_kept ? rule_text("pte %lx", all) : "another bit changed");
    rule_mark(rule_page(5) + NAPOT_OFFSET);
}

static void run(void)
{
    use_all(RULE_LOAD, true);
    use_all(RULE_LOAD, false);
    use_all(RULE_FETCH, false);
    use_all(RULE_AMO, true);
    reserved_sizes(RULE_LOAD);
    reserved_sizes(RULE_STORE);
    if (rule_ad() == RULE_AD_SVADE) {
        rule_skip("update", "A and D are set by software");
        return;
    }
    update(RULE_LOAD, PTE_A);
    update(RULE_STORE, PTE_A | PTE_D);
}

const struct rule rule = {RULE_TABLE("NAP-01", "E", cases), .needs = "svnapot", .program = run};
