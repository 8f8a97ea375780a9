/*
 * PBM-01: with Svpbmt and menvcfg.PBMTE = 1, PBMT is 0, NC or IO in a leaf; 3, and anything but 0
 * in a pointer, is a page fault. With PBMTE = 0 so is anything but 0.
 *
 * Priv. [norm:Svpbmt_leaf_pte_pbmt_reserved_3_fault], [norm:Svpbmt_nonleaf_pte_pbmt_must_be_zero],
 * [norm:menvcfg_pbmte_op].
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"reserved type", RULE_EACH_LEVEL, LEAF_RWX | PTE_PBMT, .menvcfg = MENVCFG_PBMTE,
     .want = RULE_PAGE_FAULT},
    {"reserved type", 0, LEAF_RWX | PTE_PBMT, .ops = RULE_FETCH | RULE_STORE,
     .menvcfg = MENVCFG_PBMTE, .want = RULE_PAGE_FAULT},
    {"NC in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_PBMT_NC,
     .pointer_level = RULE_EACH_LEVEL, .menvcfg = MENVCFG_PBMTE, .want = RULE_PAGE_FAULT},
    {"IO in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_PBMT_IO, .menvcfg = MENVCFG_PBMTE,
     .want = RULE_PAGE_FAULT},
    {"reserved type in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_PBMT,
     .menvcfg = MENVCFG_PBMTE, .want = RULE_PAGE_FAULT},
    {"NC with PBMTE=0", 0, LEAF_RWX | PTE_PBMT_NC, .ops = RULE_FETCH | RULE_LOAD | RULE_STORE,
     .want = RULE_PAGE_FAULT},
    {"IO with PBMTE=0", 0, LEAF_RWX | PTE_PBMT_IO, .want = RULE_PAGE_FAULT},
    {"reserved type with PBMTE=0", 0, LEAF_RWX | PTE_PBMT, .want = RULE_PAGE_FAULT},
};

/* That the types are accepted. What is read through them is not looked at: other accesses of the
 * same memory have another type, and may not be coherent. */
static void accepted(const char *type, uint64_t pbmt, unsigned level)
{
    uint64_t va = rule_va(level, rule_page(1));

    rule_reset();
    rule_map(va, rule_page(1) & ~(rule_size(level) - 1), LEAF_RW | pbmt, level);
    if (!rule_menvcfg(MENVCFG_PBMTE)) {
        rule_expect(false, "PBMTE", "writable", "not writable");
        return;
    }
    for (enum rule_op op = RULE_LOAD; op <= RULE_STORE; op = (enum rule_op)(op << 1)) {
        struct rule_outcome outcome = rule_try(op, RULE_S, va);

        rule_expect_done(rule_text("%s, %s, level %u", type, rule_op_name(op), level), &outcome);
    }
    rule_mark(rule_page(1));
}

static void run(void)
{
    accepted("PMA", 0, 0);
    for (unsigned level = 0; level < rule_paging->levels; level++) {
        accepted("NC", PTE_PBMT_NC, level);
    }
    accepted("IO", PTE_PBMT_IO, 0);
    accepted("IO", PTE_PBMT_IO, 1);
}

const struct rule rule = {RULE_TABLE("PBM-01", "E", cases), .needs = "svpbmt", .program = run};
