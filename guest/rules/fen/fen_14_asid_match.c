/*
 * FEN-14: a cached translation is used only under its own ASID, or if it is global. Each address
 * space sees its own page, without any fence between.
 *
 * Priv. [sv32algorithm]: entries may satisfy reads if the ASID matches or the mapping is global.
 */
#include "guest/rules/fen/stale.h"

enum { ROUNDS = 2 };

/* The pages that an address has in the two spaces. */
struct pair {
    const char *name;
    unsigned level;
    uint64_t leaf[2]; /* 0: not mapped */
    uint64_t pa[2];
    uint64_t asid[2];
};

static void try_pair(const struct pair *pair)
{
    uint64_t va = rule_va(pair->level, pair->pa[0]);
    uint64_t size = rule_size(pair->level);
    const char *wrong = NULL;

    rule_reset();
    for (unsigned space = 0; space < 2; space++) {
        rule_choose_space(space);
        if (pair->leaf[space] != 0) {
            rule_map(va, pair->pa[space] & ~(size - 1), pair->leaf[space], pair->level);
            rule_mark(pair->pa[space]);
        }
    }
    rule_fence();
    for (unsigned i = 0; i < ROUNDS * 2; i++) {
        unsigned space = i % 2;
        struct stale_page own = {.va = va, .old_pa = pair->pa[space], .new_pa = ~UINT64_C(0)};

        rule_switch(space, pair->asid[space]);

        struct stale_look look = stale_look_at(&own);

        if (look.neither != NULL) {
            wrong = rule_text("with ASID %lx %s", pair->asid[space], look.neither);
        }
    }
    rule_expect(wrong == NULL, rule_text("%s, level %u", pair->name, pair->level),
                "each its own page", wrong == NULL ? "each its own page" : wrong);
}

static void run(void)
{
    uint64_t mask = asid_mask();
    uint64_t highest = mask ^ mask >> 1;
    uint64_t one = rule_page(1), two = rule_page(2), far = rule_page(1) + rule_size(1);
    const struct pair pairs[] = {
        {"two pages", 0, {LEAF_RWX, LEAF_RWX}, {one, two}, {0, 1}},
        {"two megapages", 1, {LEAF_RWX, LEAF_RWX}, {one, far}, {1, 0}},
        {"highest bit of ASID", 0, {LEAF_RWX, LEAF_RWX}, {one, two}, {0, highest}},
        {"all bits but one", 0, {LEAF_RWX, LEAF_RWX}, {one, two}, {mask, mask & ~UINT64_C(1)}},
        {"not mapped in the other", 0, {LEAF_RWX, 0}, {one, 0}, {0, 1}},
        {"global", 0, {LEAF_RWX | PTE_G, LEAF_RWX | PTE_G}, {one, one}, {0, 1}},
    };

    if (mask == 0) {
        rule_skip("ASIDs", "no ASIDs");
        return;
    }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        try_pair(&pairs[i]);
    }
}

RULE_PROGRAM("FEN-14", "M", run);
