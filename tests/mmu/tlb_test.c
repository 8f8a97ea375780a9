#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdint.h>

#include "mmu/pte.h"
#include "mmu/tlb.h"
#include "mmu/walk.h"

#define PAGE(n) (UINT64_C(0x40000000) + ((uint64_t)(n) << 12))

static struct tlb tlb;
static struct mmu_array_counters counters;

static void start(unsigned sets, unsigned ways)
{
    const struct mmu_array_geometry geometry = {
        .bank_count = 1,
        .bank = {{.sets = sets, .ways = ways, .pages = 1, .sizes = MMU_ALL_SIZES}}};

    counters = (struct mmu_array_counters){.fills = 0};
    cr_assert(tlb_init(&tlb, &geometry, 1, &counters));
}

static uint64_t valid(void)
{
    uint64_t by_size[MMU_PAGE_SIZES + 1] = {0};
    uint64_t by_bank[MMU_MAX_BANKS] = {0};

    return tlb_count(&tlb, by_size, by_bank);
}

static void finish(void)
{
    cr_expect(eq(u64, counters.fills - counters.evictions - counters.invalidations, valid()));
    tlb_finish(&tlb);
}

static const struct tlb_match none = {.bank = NULL};

static struct translation page_at(uint64_t va, enum mmu_page_size size, unsigned asid,
                                  bool is_global)
{
    return (struct translation){.page = va >> walk_page_shift(size),
                                .pte = va | PTE_V,
                                .size = size,
                                .leaf = size,
                                .space = asid,
                                .is_global = is_global};
}

static void fill(uint64_t va, enum mmu_page_size size, unsigned asid, bool is_global)
{
    const struct translation translation = page_at(va, size, asid, is_global);

    tlb_fill(&tlb, &translation, none, NULL);
}

static bool holds(uint64_t va, unsigned asid)
{
    return tlb_has(tlb_find(&tlb, va, asid));
}

Test(tlb, the_least_recently_used_way_makes_room)
{
    start(1, 4);
    for (unsigned page = 0; page < 4; page++) {
        fill(PAGE(page), MMU_4K, 0, false);
    }
    tlb_use(tlb_find(&tlb, PAGE(0), 0));
    fill(PAGE(4), MMU_4K, 0, false);
    cr_expect(holds(PAGE(0), 0), "used again");
    cr_expect(not(holds(PAGE(1), 0)), "the oldest");
    cr_expect(holds(PAGE(4), 0));
    cr_expect(eq(u64, counters.fills, 5));
    cr_expect(eq(u64, counters.evictions, 1));
    finish();
}

Test(tlb, a_fill_takes_the_lowest_free_way)
{
    start(1, 4);
    for (unsigned page = 0; page < 4; page++) {
        fill(PAGE(page), MMU_4K, 0, false);
    }
    tlb_fence(&tlb, &(struct mmu_fence){.has_va = true, .va = PAGE(2)});
    tlb_fence(&tlb, &(struct mmu_fence){.has_va = true, .va = PAGE(1)});
    fill(PAGE(8), MMU_4K, 0, false);
    cr_expect(eq(u32, tlb_find(&tlb, PAGE(8), 0).page, 1));
    fill(PAGE(9), MMU_4K, 0, false);
    cr_expect(eq(u32, tlb_find(&tlb, PAGE(9), 0).page, 2));
    cr_expect(eq(u64, counters.evictions, 0));
    finish();
}

Test(tlb, pages_compete_only_within_their_set)
{
    start(4, 1);
    fill(PAGE(0), MMU_4K, 0, false);
    fill(PAGE(1), MMU_4K, 0, false);
    fill(PAGE(4), MMU_4K, 0, false); /* the set of page 0 */
    cr_expect(not(holds(PAGE(0), 0)));
    cr_expect(holds(PAGE(1), 0));
    cr_expect(holds(PAGE(4), 0));
    finish();
}

Test(tlb, a_superpage_is_indexed_by_its_own_number)
{
    start(4, 1);
    /* Two megapages side by side are in different sets, though their first pages share a set. */
    fill(UINT64_C(0x40000000), MMU_2M, 0, false);
    fill(UINT64_C(0x40200000), MMU_2M, 0, false);
    cr_expect(holds(0x400ff123, 0));
    cr_expect(holds(0x403ff123, 0));
    cr_expect(eq(u64, counters.evictions, 0));
    finish();
}

Test(tlb, the_smallest_matching_page_answers)
{
    start(1, 8);
    fill(UINT64_C(0x40000000), MMU_1G, 0, false);
    fill(UINT64_C(0x40000000), MMU_2M, 0, false);
    fill(UINT64_C(0x40001000), MMU_4K, 0, false);
    cr_expect(eq(int, tlb_leaf(tlb_find(&tlb, 0x40001fff, 0)), MMU_4K));
    cr_expect(eq(int, tlb_leaf(tlb_find(&tlb, 0x40002000, 0)), MMU_2M));
    cr_expect(eq(int, tlb_leaf(tlb_find(&tlb, 0x40200000, 0)), MMU_1G));
    finish();
}

Test(tlb, an_address_that_differs_above_the_page_table_reach_does_not_match)
{
    start(1, 8);
    fill(UINT64_C(0x40000000), MMU_1G, 0, false);
    cr_expect(not(holds(UINT64_C(0x40000000) | UINT64_C(1) << 39, 0)));
    cr_expect(not(holds(UINT64_C(0x40000000) | UINT64_C(1) << 63, 0)));
    finish();
}

Test(tlb, an_entry_serves_its_asid_and_a_global_one_serves_all)
{
    start(1, 8);
    fill(PAGE(0), MMU_4K, 5, false);
    fill(PAGE(1), MMU_4K, 5, true);
    cr_expect(holds(PAGE(0), 5));
    cr_expect(not(holds(PAGE(0), 6)));
    cr_expect(holds(PAGE(1), 6));
    finish();
}

Test(tlb, a_stale_entry_is_refilled_in_place_or_evicted)
{
    struct translation changed = page_at(PAGE(0), MMU_4K, 0, false);

    changed.pte = 77;

    start(1, 4);
    fill(PAGE(0), MMU_4K, 0, false);
    tlb_fill(&tlb, &changed, tlb_find(&tlb, PAGE(0), 0), NULL);
    cr_expect(eq(u64, tlb_pte(tlb_find(&tlb, PAGE(0), 0)), 77));
    cr_expect(eq(u64, counters.fills, 1), "in place is no fill");

    changed = page_at(PAGE(0), MMU_2M, 0, false);
    tlb_fill(&tlb, &changed, tlb_find(&tlb, PAGE(0), 0), NULL);
    cr_expect(eq(int, tlb_leaf(tlb_find(&tlb, PAGE(0), 0)), MMU_2M), "no smaller page may hide it");
    cr_expect(eq(u64, counters.fills, 2));
    cr_expect(eq(u64, counters.evictions, 1));
    finish();
}

/* The page lost its G bit without a fence: who refills it has it for its own ASID only. */
Test(tlb, a_refill_in_place_takes_the_address_space_of_who_refills)
{
    const struct translation mine = page_at(PAGE(0), MMU_4K, 6, false);

    start(1, 4);
    fill(PAGE(0), MMU_4K, 5, true);
    tlb_fill(&tlb, &mine, tlb_find(&tlb, PAGE(0), 6), NULL);
    cr_expect(holds(PAGE(0), 6));
    cr_expect(not(holds(PAGE(0), 5)));
    cr_expect(eq(u64, counters.fills, 1));
    finish();
}

/* A chain of equal hash values, taken apart from the front, the middle and the end. */
Test(tlb, one_page_in_many_address_spaces)
{
    start(1, 64);
    for (unsigned asid = 0; asid < 64; asid++) {
        fill(PAGE(0), MMU_4K, asid, false);
    }
    for (unsigned asid = 0; asid < 64; asid += 3) {
        cr_expect(eq(u64,
                     tlb_fence(&tlb,
                               &(struct mmu_fence){
                                   .has_va = true, .has_asid = true, .va = PAGE(0), .asid = asid}),
                     1));
    }
    for (unsigned asid = 0; asid < 64; asid++) {
        cr_expect(eq(int, holds(PAGE(0), asid), asid % 3 != 0), "ASID %u", asid);
    }
    cr_expect(eq(u64, tlb_fence(&tlb, &(struct mmu_fence){.has_va = true, .va = PAGE(0)}), 42));
    cr_expect(eq(u64, valid(), 0));
    finish();
}
