#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "mmu/replacement.h"

/* The obvious LRU: a time stamp for each way, the smallest is the victim. */
Test(replacement, lru_agrees_with_time_stamps)
{
    enum { SETS = 4, STEPS = 20000 };
    static const unsigned ways_rows[] = {1, 2, 3, 4, 7, 32};
    uint32_t state = 12345;

    for (size_t row = 0; row < sizeof ways_rows / sizeof *ways_rows; row++) {
        unsigned ways = ways_rows[row];
        struct replacement replacement;
        uint64_t *stamp = calloc((size_t)SETS * ways, sizeof *stamp);

        cr_assert(replacement_init(&replacement, SETS, ways));
        for (uint32_t entry = 0; entry < SETS * ways; entry++) {
            replacement_use(&replacement, entry);
            stamp[entry] = entry + 1;
        }
        for (uint64_t now = 1000; now < 1000 + STEPS; now++) {
            state = state * 1664525 + 1013904223;
            uint32_t entry = (state >> 8) % (SETS * ways);
            uint32_t set = (state >> 24) % SETS;
            uint32_t oldest = set * ways;

            replacement_use(&replacement, entry);
            stamp[entry] = now;
            for (uint32_t i = set * ways; i < (set + 1) * ways; i++) {
                oldest = stamp[i] < stamp[oldest] ? i : oldest;
            }
            cr_assert(eq(u32, replacement_victim(&replacement, set), oldest), "%u ways", ways);
        }
        replacement_finish(&replacement);
        free(stamp);
    }
}
