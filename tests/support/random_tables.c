#include "tests/support/random_tables.h"

#include "tests/support/pte_memory.h"

const unsigned random_hot_index[RANDOM_HOT] = {0, 1, 2, 63, 255, 256, 510, 511};

static const struct {
    unsigned first;
    unsigned count;
    unsigned pointer_chance; /* percent of its PTEs */
} tables[] = {{0, 12, 5}, {12, 8, 60}, {20, 5, 75}, {25, 3, 80}, {28, 2, 80}};

int random_table_level(unsigned page)
{
    int level = 4;

    while (page < tables[level].first) {
        level--;
    }
    return level;
}

uint64_t random_table_satp(unsigned root, uint64_t asid)
{
    enum sv_mode mode = (enum sv_mode)(SV_39 + random_table_level(root) - 2);
    return sv_satp(mode, asid, pte_memory_pa(root));
}

static uint64_t flag_if(struct chooser *chooser, unsigned chance, uint64_t flag)
{
    return chooser_percent(chooser, chance) ? flag : 0;
}

/* A pointer, mostly to a table of the next level, sometimes to any page or none. */
static uint64_t random_pointer(struct chooser *chooser, unsigned page)
{
    unsigned target = chooser_below(chooser, RANDOM_TABLES + 2);
    int level = random_table_level(page);

    if (level > 0 && chooser_percent(chooser, 90)) {
        target = tables[level - 1].first + chooser_below(chooser, tables[level - 1].count);
    }
    uint64_t pte = sv_pte(pte_memory_pa(target) >> 12, SV_V);
    return pte | flag_if(chooser, 7, SV_G) | flag_if(chooser, 1, SV_U) | flag_if(chooser, 1, SV_A) |
           flag_if(chooser, 1, SV_D);
}

uint64_t random_leaf_ppn(struct chooser *chooser, int level)
{
    uint64_t ppn = chooser_serial(chooser) >> 20;
    return ppn - ppn % (sv_span(level) / 4096);
}

static uint64_t random_leaf(struct chooser *chooser, unsigned page)
{
    static const uint64_t permission[] = {SV_R, SV_R | SV_W, SV_X, SV_R | SV_X, SV_R | SV_W | SV_X,
                                          SV_W, SV_W | SV_X};
    int level = random_table_level(page);
    uint64_t ppn = random_leaf_ppn(chooser, chooser_percent(chooser, 95) ? level : 0);
    uint64_t napot = 0;

    if (level == 0 && chooser_percent(chooser, 25)) {
        ppn = ppn - ppn % 16 + (chooser_percent(chooser, 90) ? 8 : ppn % 16);
        napot = SV_N;
    }
    unsigned which = chooser_below(chooser, chooser_percent(chooser, 90) ? 5 : 7);
    return sv_pte(ppn, SV_V | permission[which]) | napot | flag_if(chooser, 50, SV_U) |
           flag_if(chooser, 20, SV_G) | flag_if(chooser, 60, SV_A) | flag_if(chooser, 50, SV_D) |
           (uint64_t)chooser_below(chooser, 4) << 8 |
           flag_if(chooser, 10, (uint64_t)(1 + chooser_below(chooser, 2)) << 61);
}

uint64_t random_pte(struct chooser *chooser, unsigned page)
{
    uint64_t pte = 0;

    if (chooser_percent(chooser, tables[random_table_level(page)].pointer_chance)) {
        pte = random_pointer(chooser, page);
    } else if (chooser_percent(chooser, 97)) {
        pte = random_leaf(chooser, page);
    } else {
        pte = chooser_word(chooser);
    }
    if (chooser_percent(chooser, 3)) {
        pte ^= UINT64_C(1) << (54 + chooser_below(chooser, 10));
    }
    return chooser_percent(chooser, 3) ? pte & ~SV_V : pte;
}

uint64_t random_page_va(struct chooser *chooser)
{
    uint64_t va = 0;

    for (int level = 0; level < 5; level++) {
        va += random_hot_index[chooser_below(chooser, RANDOM_HOT)] * sv_span(level);
    }
    return sv_canonical(va, 5);
}
