#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "mmu/replacement.h"

/* The obvious LRU: a time stamp for each way, the smallest is the victim. */
Test(replacement, lru_agrees_with_time_stamps)
{
    enum { SETS = 4, STEPS = 20000 };
    static const unsigned ways_rows[] = {1, 2, 3, 4, 7, 32, 200};
    uint32_t state = 12345;

    for (size_t row = 0; row < sizeof ways_rows / sizeof *ways_rows; row++) {
        unsigned ways = ways_rows[row];
        struct replacement replacement;
        uint64_t *stamp = calloc((size_t)SETS * ways, sizeof *stamp);

        const struct mmu_bank_geometry geometry = {.sets = SETS, .ways = ways, .policy = MMU_LRU};

        cr_assert(replacement_init(&replacement, &geometry, 1));
        for (uint32_t entry = 0; entry < SETS * ways; entry++) {
            replacement_fill(&replacement, entry);
            stamp[entry] = entry + 1;
        }
        for (uint64_t now = 1000; now < 1000 + STEPS; now++) {
            state = state * 1664525 + 1013904223;
            uint32_t entry = (state >> 8) % (SETS * ways);
            uint32_t set = (state >> 24) % SETS;
            uint32_t oldest = set * ways;

            replacement_use(&replacement, entry);
            stamp[entry] = 2 * now;
            for (uint32_t i = set * ways; i < (set + 1) * ways; i++) {
                oldest = stamp[i] < stamp[oldest] ? i : oldest;
            }
            cr_assert(eq(u32, replacement_victim(&replacement, set), oldest), "%u ways", ways);
            replacement_fill(&replacement, oldest);
            stamp[oldest] = 2 * now + 1;
        }
        replacement_finish(&replacement);
        free(stamp);
    }
}

static struct replacement made;

static void make(enum mmu_policy policy, unsigned sets, unsigned ways)
{
    const struct mmu_bank_geometry geometry = {.sets = sets, .ways = ways, .policy = policy};

    cr_assert(replacement_init(&made, &geometry, 1));
    for (uint32_t entry = 0; entry < sets * ways; entry++) {
        replacement_fill(&made, entry);
    }
}

/* Uses in order, then the victim: each worked out by hand on the tree of docs/tlb.md. */
Test(replacement, tree_plru_points_away_from_what_was_used)
{
    static const struct {
        unsigned ways;
        const char *uses;
        uint32_t victim;
        const char *why;
    } rows[] = {
        {1, "", 0, "there is only one"},
        {2, "", 0, "way 1 was filled last"},
        {2, "0", 1, "away from 0"},
        {4, "", 0, "3 was last: lower half, and there 1 was last"},
        {4, "0", 2, "upper half, where 3 was last"},
        {4, "02", 1, "lower half, away from 0"},
        {4, "0213", 0, "3 last, in the lower half 1 last"},
        {3, "", 0, "ways 0 and 1 against way 2"},
        {3, "0", 2, "the upper side is way 2 alone"},
        {3, "02", 1, "lower side, away from 0"},
        {6, "", 0, "0 to 3 against 4 and 5"},
        {6, "0", 4, "upper side: 5 was filled last"},
        {6, "04", 2, "lower side: away from 0, so its upper half; 3 was filled last"},
        {6, "050", 4, "away from 0 again: upper side, away from 5"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make(MMU_TREE_PLRU, 1, rows[i].ways);
        for (const char *use = rows[i].uses; *use != '\0'; use++) {
            replacement_use(&made, (uint32_t)(*use - '0'));
        }
        cr_expect(eq(u32, replacement_victim(&made, 0), rows[i].victim), "%u ways after '%s': %s",
                  rows[i].ways, rows[i].uses, rows[i].why);
        replacement_finish(&made);
    }
}

Test(replacement, bit_plru_clears_all_bits_with_the_last_one)
{
    make(MMU_BIT_PLRU, 2, 3); /* the third fill of each set cleared its bits */
    cr_expect(eq(u32, replacement_victim(&made, 1), 3));
    replacement_use(&made, 3);
    replacement_use(&made, 3);
    cr_expect(eq(u32, replacement_victim(&made, 1), 4), "a bit is set once");
    replacement_use(&made, 5);
    cr_expect(eq(u32, replacement_victim(&made, 1), 4));
    replacement_use(&made, 4);
    cr_expect(eq(u32, replacement_victim(&made, 1), 3), "all clear, the last used one too");
    cr_expect(eq(u32, replacement_victim(&made, 0), 0), "the other set has bits of its own");
    replacement_finish(&made);
}

Test(replacement, fifo_knows_no_uses)
{
    make(MMU_FIFO, 2, 3);
    replacement_use(&made, 3);
    cr_expect(eq(u32, replacement_victim(&made, 1), 3), "filled first, used last");
    replacement_fill(&made, 3);
    cr_expect(eq(u32, replacement_victim(&made, 1), 4));
    replacement_finish(&made);
}

Test(replacement, round_robin_moves_on_with_each_victim)
{
    make(MMU_ROUND_ROBIN, 2, 3);
    for (uint32_t turn = 0; turn < 7; turn++) {
        replacement_use(&made, 3);
        cr_expect(eq(u32, replacement_victim(&made, 1), 3 + turn % 3));
    }
    cr_expect(eq(u32, replacement_victim(&made, 0), 0), "the other set has its own turn");
    replacement_finish(&made);
}

/* The first numbers of SplitMix64 from state 1, by its published definition. */
Test(replacement, random_is_splitmix64)
{
    static const uint64_t numbers[] = {UINT64_C(0x910a2dec89025cc1), UINT64_C(0xbeeb8da1658eec67),
                                       UINT64_C(0xf893a2eefb32555e)};

    make(MMU_RANDOM, 1, 1000);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        cr_expect(
            eq(u32, replacement_victim(&made, 0), (uint32_t)((numbers[i] >> 32) * 1000 >> 32)));
    }
    replacement_finish(&made);
}
