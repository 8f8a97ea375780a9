/*
 * PTW-16: an access whose walk faults changes neither memory, nor a page table, nor its destination
 * register.
 *
 * Priv. [sv32algorithm]: steps 2 to 8 stop and raise an exception; only step 9, A and D bits,
 * writes, and only to a leaf that allows the access. One thing looks like an exception: A of a page
 * that some other access is allowed to may be set ahead, as the result of speculation. Priv.
 * [translation]
 */
#include "guest/rules/runtime/rule.h"

/* A and D are clear, so that a hart which sets them is caught. */
static const struct fault {
    const char *name;
    uint64_t leaf;
    unsigned level;
    enum rule_op op;
    enum rule_mode mode;
} faults[] = {
    {"invalid leaf", PTE_R | PTE_W | PTE_X, 0, RULE_LOAD, RULE_S},
    {"invalid leaf", PTE_R | PTE_W | PTE_X, 0, RULE_STORE, RULE_S},
    {"reserved bits", PTE_V | PTE_R | PTE_W | PTE_RESERVED, 0, RULE_LOAD, RULE_S},
    {"reserved bits", PTE_V | PTE_R | PTE_W | PTE_RESERVED, 0, RULE_STORE, RULE_S},
    {"W without R", PTE_V | PTE_W, 0, RULE_STORE, RULE_S},
    {"read-only page", PTE_V | PTE_R, 0, RULE_STORE, RULE_S},
    {"read-only page", PTE_V | PTE_R, 0, RULE_AMO, RULE_S},
    {"read-only page", PTE_V | PTE_R, 0, RULE_FETCH, RULE_S},
    {"read-only megapage", PTE_V | PTE_R, 1, RULE_STORE, RULE_S},
    {"execute-only page", PTE_V | PTE_X, 0, RULE_LOAD, RULE_S},
    {"execute-only page", PTE_V | PTE_X, 0, RULE_LR, RULE_S},
    {"execute-only page", PTE_V | PTE_X, 0, RULE_AMO, RULE_S},
    {"page of S-mode", PTE_V | PTE_R | PTE_W, 0, RULE_LOAD, RULE_U},
    {"page of S-mode", PTE_V | PTE_R | PTE_W, 0, RULE_STORE, RULE_U},
    {"page of U-mode", PTE_V | PTE_R | PTE_W | PTE_U, 0, RULE_LOAD, RULE_S},
    {"page of U-mode", PTE_V | PTE_R | PTE_W | PTE_U, 0, RULE_STORE, RULE_S},
};

enum { MAX_LEVELS = 5 };

/* The PTEs of va, from the leaf up to the root. */
struct path {
    uint64_t pte[MAX_LEVELS];
    unsigned count;
};

static struct path path_of(uint64_t va, unsigned leaf_level)
{
    struct path path = {.count = 0};

    for (unsigned level = leaf_level; level < rule_paging->levels; level++) {
        path.pte[path.count++] = *rule_pte(va, level);
    }
    return path;
}

/* W = 1 needs R = 1, so a leaf that is valid has R or X: something may be done with it. */
static bool is_usable(uint64_t leaf)
{
    bool is_leaf = (leaf & PTE_V) != 0 && (leaf & (PTE_R | PTE_X)) != 0;

    return is_leaf && (leaf & PTE_RESERVED) == 0;
}

static bool is_same(const struct path *before, const struct path *after)
{
    uint64_t ahead = is_usable(before->pte[0]) ? PTE_A : 0;

    for (unsigned i = 0; i < before->count; i++) {
        if (((before->pte[i] ^ after->pte[i]) & ~ahead) != 0) {
            return false;
        }
        ahead = 0; /* only the leaf's */
    }
    return true;
}

static void try_fault(const struct fault *fault)
{
    uint64_t pa = rule_page(1);
    uint64_t va = rule_va(fault->level, pa);

    rule_reset();
    rule_mark(pa);
    rule_map(va, pa & ~(rule_size(fault->level) - 1), fault->leaf, fault->level);
    rule_fence();

    struct path before = path_of(va, fault->level);
    struct rule_outcome outcome = rule_access(
        &(struct rule_access){.op = fault->op, .mode = fault->mode, .va = va, .value = 1});
    struct path after = path_of(va, fault->level);
    bool are_tables_same = is_same(&before, &after);
    bool is_data_same = *rule_memory(pa) == rule_mark_of(pa);
    bool is_rd_same = outcome.value == RULE_UNTOUCHED;

    rule_expect(
        outcome.trapped && are_tables_same && is_data_same && is_rd_same,
        rule_text("%s, %s %s", fault->name, rule_op_name(fault->op), rule_mode_name(fault->mode)),
        "trap, same PTEs, memory, rd",
        rule_text("%s, %s PTEs, %s memory, %s rd", outcome.trapped ? "trap" : "no trap",
                  are_tables_same ? "same" : "changed", is_data_same ? "same" : "changed",
                  is_rd_same ? "same" : "changed"));
}

static void program(void)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        try_fault(&faults[i]);
    }
}

RULE_PROGRAM("PTW-16", "M", program);
