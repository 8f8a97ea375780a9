#include "emu/machine/mappings.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct mappings mappings;

static enum mapping_kind kind_of(uint64_t page)
{
    return mappings_find(&mappings, page << 12 | 0x123);
}

Test(mappings, a_page_is_what_was_told_last)
{
    cr_expect(mappings_put(&mappings, 10, 20, MAPPING_HEAP));
    cr_expect(mappings_put(&mappings, 12, 15, MAPPING_TEXT));
    for (uint64_t page = 0; page < 30; page++) {
        enum mapping_kind heap = page >= 10 && page < 20 ? MAPPING_HEAP : MAPPING_NONE;
        enum mapping_kind wanted = page >= 12 && page < 15 ? MAPPING_TEXT : heap;

        cr_expect(eq(int, kind_of(page), wanted), "page %d", (int)page);
    }
    cr_expect(mappings_put(&mappings, 14, 16, MAPPING_NONE));
    cr_expect(eq(int, kind_of(13), MAPPING_TEXT));
    cr_expect(eq(int, kind_of(14), MAPPING_NONE));
    cr_expect(eq(int, kind_of(15), MAPPING_NONE));
    cr_expect(eq(int, kind_of(16), MAPPING_HEAP));
    cr_expect(eq(sz, mappings.count, 3));
}

Test(mappings, neighbours_of_one_kind_are_one)
{
    cr_expect(mappings_put(&mappings, 1, 2, MAPPING_STACK));
    cr_expect(mappings_put(&mappings, 3, 4, MAPPING_STACK));
    cr_expect(mappings_put(&mappings, 2, 3, MAPPING_STACK));
    cr_expect(eq(sz, mappings.count, 1));
    cr_expect(eq(u64, mappings.of[0].end, 4));
}

Test(mappings, one_may_cover_all_others)
{
    for (uint64_t page = 0; page < MAPPINGS_MOST; page++) {
        cr_expect(mappings_put(&mappings, 2 * page, 2 * page + 1, MAPPING_FILE));
    }
    cr_expect(mappings_put(&mappings, 0, UINT64_MAX, MAPPING_NONE));
    cr_expect(eq(sz, mappings.count, 0));
}

Test(mappings, too_many_are_refused_and_change_nothing)
{
    for (uint64_t page = 0; page < MAPPINGS_MOST - 1; page++) {
        cr_expect(mappings_put(&mappings, 4 * page, 4 * page + 3, MAPPING_FILE));
    }
    cr_expect(not(mappings_put(&mappings, 1, 2, MAPPING_HEAP)), "it cuts one in two");
    cr_expect(eq(int, kind_of(1), MAPPING_FILE));
    cr_expect(mappings_put(&mappings, 1, 2, MAPPING_NONE), "that makes one more only");
    cr_expect(eq(sz, mappings.count, MAPPINGS_MOST));
    cr_expect(not(mappings_put(&mappings, 1, 2, MAPPING_HEAP)));
    cr_expect(mappings_put(&mappings, 1, 2, MAPPING_FILE), "it joins what is there");
    cr_expect(not(mappings_put(&mappings, 5, 5, MAPPING_FILE)), "no pages");
}

Test(mappings, a_miss_counts_where_it_fell)
{
    const struct mmu_miss fetch = {.events = 1u << MMU_L1I_MISS | 1u << MMU_L2_MISS, .va = 0x1fff};
    const struct mmu_miss load = {.events = 1u << MMU_L1D_MISS | 1u << MMU_WALK_MADE, .va = 0x2000};

    mappings_put(&mappings, 1, 2, MAPPING_TEXT);
    mappings_count(&mappings, fetch);
    mappings_count(&mappings, load);
    mappings_count(&mappings, load);
    cr_expect(eq(u64, mappings.events[MAPPING_TEXT][MMU_L1I_MISS], 1));
    cr_expect(eq(u64, mappings.events[MAPPING_TEXT][MMU_L1D_MISS], 0));
    cr_expect(eq(u64, mappings.events[MAPPING_TEXT][MMU_L2_MISS], 1));
    cr_expect(eq(u64, mappings.events[MAPPING_NONE][MMU_L1D_MISS], 2));
    cr_expect(eq(u64, mappings.events[MAPPING_NONE][MMU_WALK_MADE], 2));
}
