#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stddef.h>
#include <string.h>

#include "mmu/mmu.h"
#include "mmu/pte.h"
#include "tests/support/pte_memory.h"

static struct pte_memory memory;

#define LEAF (PTE_V | PTE_R | PTE_W | PTE_X)
#define HEAP UINT64_C(0x10000)

/* Worked out by hand: three pages, an L1D of two entries, no L2; load pages 0 1 2 0 0. */
Test(counters, a_small_run_counted_by_hand)
{
    static const unsigned pages[] = {0, 1, 2, 0, 0};
    const struct mmu_memory for_mmu = pte_memory_for_mmu(&memory);
    uint64_t root = pte_memory_new_table(&memory);
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;
    struct mmu_counts counts;
    struct mmu_law_broken broken;

    cr_assert(mmu_geometry_parse("l1i=1,l1d=2", &geometry, &error));
    struct mmu *mmu = mmu_create(&geometry, &for_mmu);
    const struct mmu_mode mode = {.satp = UINT64_C(8) << SATP_MODE_SHIFT | root >> PAGE_SHIFT,
                                  .privilege = MMU_SUPERVISOR,
                                  .hardware_ad = true};

    for (uint64_t page = 0; page < 3; page++) {
        pte_memory_map(&memory, sv_satp(SV_39, 0, root), HEAP + (page << PAGE_SHIFT), 0,
                       (0x80010 + page) << PTE_PPN_SHIFT | LEAF);
    }
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        uint64_t pa = 0;

        cr_expect(
            eq(int,
               mmu_translate(mmu, &mode, HEAP + ((uint64_t)pages[i] << PAGE_SHIFT), MMU_LOAD, &pa),
               MMU_OK));
        cr_expect(eq(u64, pa, UINT64_C(0x80010000) + ((uint64_t)pages[i] << PAGE_SHIFT)));
    }
    mmu_count(mmu, &counts);
    const struct mmu_array_counters *l1d = &counts.total.array[MMU_L1D];

    cr_expect(mmu_laws_hold(&counts, &broken));
    cr_expect(eq(u64, l1d->accesses[MMU_LOAD], 5));
    cr_expect(eq(u64, l1d->hits[MMU_LOAD], 1), "the second load of page 0 in a row");
    cr_expect(eq(u64, l1d->misses[MMU_LOAD], 4), "page 2 evicted page 0");
    cr_expect(eq(u64, l1d->fills, 4));
    cr_expect(eq(u64, l1d->evictions, 2));
    cr_expect(eq(u64, counts.valid[MMU_L1D], 2));
    cr_expect(eq(u64, counts.total.walk.count, 4));
    cr_expect(eq(u64, counts.total.walk.pte_reads, 12), "three levels each");
    cr_expect(eq(u64, counts.total.walk.a_updates, 3), "page 0 has its A bit the second time");
    cr_expect(eq(u64, counts.total.walk.d_updates, 0));
    mmu_destroy(mmu);
}

/* Whatever its parts, and none of them has counted. */
Test(counters, a_new_mmu_holds_nothing_and_has_counted_nothing)
{
    static const char *const specs[] = {
        "l1i=1,l1d=2",
        "default",
        "l1i=4,l1d=4,l2=16:inclusive,pwc=4x2:va:strict",
        "l1i=4,l1d=4,l2=16:exclusive,pwc=8:pte",
        "l1i=2:4K+2:1G:pieces,l1d=2:4K:pages=4+1:2M+1:1G+1:512G,l2=8:4K,asid=0",
    };
    static const struct mmu_counters nothing;
    const struct mmu_memory for_mmu = pte_memory_for_mmu(&memory);

    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct mmu_geometry geometry;
        struct mmu_geometry_error error;
        struct mmu_counts counts;

        cr_assert(mmu_geometry_parse(specs[i], &geometry, &error), "%s", specs[i]);
        struct mmu *mmu = mmu_create(&geometry, &for_mmu);
        mmu_count(mmu, &counts);
        cr_expect(zero(memcmp(&counts.total, &nothing, sizeof nothing)), "%s", specs[i]);
        cr_expect(zero(sz, counts.asid_count), "%s", specs[i]);
        for (unsigned array = 0; array < MMU_ARRAYS; array++) {
            cr_expect(zero(u64, counts.valid[array]), "%s, array %u", specs[i], array);
        }
        mmu_destroy(mmu);
    }
}
