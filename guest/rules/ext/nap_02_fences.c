/*
 * NAP-02: a NAPOT page may be cached as one entry or as up to sixteen, also from the PTE of another
 * page of the range. So each 4 KiB needs a fence of its own, or one with rs1 = x0.
 *
 * Priv. [norm:Svnapot_cache_entries] and the note after it.
 */
#include "guest/rules/ext/napot.h"

#define OLD_RANGE RULE_PAGE_BASE
#define NEW_RANGE (RULE_PAGE_BASE + NAPOT_PAGES * PAGE_SIZE)

/* All pages of the range are used, then all PTEs are changed. */
static void warm_and_change(void)
{
    napot_map(OLD_RANGE, LEAF_RWX, NAPOT_SIZE_64K);
    for (unsigned i = 0; i < NAPOT_PAGES; i++) {
        rule_try(RULE_LOAD, RULE_S, napot_va(i));
        rule_mark(NEW_RANGE + i * PAGE_SIZE + NAPOT_OFFSET);
    }
    napot_write(NEW_RANGE, LEAF_RWX, NAPOT_SIZE_64K);
}

static void expect_all_new(const char *name)
{
    const char *wrong = NULL;

    for (unsigned i = 0; i < NAPOT_PAGES; i++) {
        struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, napot_va(i));

        if (rule_marked_pa(outcome.value) != NEW_RANGE + i * PAGE_SIZE + NAPOT_OFFSET) {
            wrong = rule_text("%s in page %u", rule_outcome_text(&outcome), i);
        }
    }
    rule_expect(wrong == NULL, name, "16 new pages", wrong == NULL ? "16 new pages" : wrong);
}

static void expect_one_new(bool has_asid)
{
    warm_and_change();
    if (has_asid) {
        rule_fence_va_asid(napot_va(3), 0);
    } else {
        rule_fence_va(napot_va(3));
    }
    struct rule_outcome fenced = rule_try(RULE_LOAD, RULE_S, napot_va(3));
    struct rule_outcome other = rule_try(RULE_LOAD, RULE_S, napot_va(12));
    uint64_t old_pa = OLD_RANGE + 12 * PAGE_SIZE + NAPOT_OFFSET;
    uint64_t new_pa = NEW_RANGE + 12 * PAGE_SIZE + NAPOT_OFFSET;
    uint64_t pa = rule_marked_pa(other.value);
    const char *how = has_asid ? ", ASID" : "";

    rule_expect_pa(rule_text("page that is fenced%s", how), &fenced,
                   NEW_RANGE + 3 * PAGE_SIZE + NAPOT_OFFSET);
    rule_choice(!other.trapped && (pa == old_pa || pa == new_pa),
                rule_text("another page of the range%s", how),
                rule_text("pa %lx | %lx", old_pa, new_pa), rule_outcome_text(&other));
}

/* The PTE of one page differs from the others: its own, or theirs, may be used. */
static void inconsistent(void)
{
    napot_map(OLD_RANGE, LEAF_RWX, NAPOT_SIZE_64K);
    *rule_pte(napot_va(7), 0) = pte_make(NEW_RANGE, LEAF_RW);
    rule_mark(NEW_RANGE + NAPOT_OFFSET);
    rule_fence();
    rule_try(RULE_LOAD, RULE_S, napot_va(6));

    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, napot_va(7));
    uint64_t pa = outcome.trapped ? 0 : rule_marked_pa(outcome.value);
    uint64_t theirs = OLD_RANGE + 7 * PAGE_SIZE + NAPOT_OFFSET;
    uint64_t own = NEW_RANGE + NAPOT_OFFSET;

    rule_choice(pa == theirs || pa == own, "page whose PTE differs",
                rule_text("pa %lx | %lx", theirs, own), rule_outcome_text(&outcome));
}

static void run(void)
{
    expect_one_new(false);
    expect_one_new(true);
    warm_and_change();
    for (unsigned i = 0; i < NAPOT_PAGES; i++) {
        rule_fence_va(napot_va(i));
    }
    expect_all_new("each page fenced");
    warm_and_change();
    rule_fence_asid(0);
    expect_all_new("ASID fenced");
    inconsistent();
}

const struct rule rule = {.id = "NAP-02", .kind = "L", .needs = "svnapot", .program = run};
