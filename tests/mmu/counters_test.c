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

/* Traffic that moves every counter: hits, misses, evictions, faults, A and D updates, all fences,
 * two modes, two ASIDs. */
static struct mmu *run_traffic(const char *spec)
{
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;
    const struct mmu_memory for_mmu = pte_memory_for_mmu(&memory);
    uint64_t root = pte_memory_new_table(&memory);

    cr_assert(mmu_geometry_parse(spec, &geometry, &error));
    struct mmu *mmu = mmu_create(&geometry, &for_mmu);

    for (uint64_t page = 0; page < 8; page++) {
        pte_memory_map(&memory, sv_satp(SV_39, 0, root), HEAP + (page << PAGE_SHIFT), 0,
                       (0x80010 + page) << PTE_PPN_SHIFT | LEAF | (page % 2 == 0 ? PTE_U : 0));
    }
    for (unsigned step = 0; step < 64; step++) {
        uint64_t pa = 0;
        struct mmu_mode mode = {
            .satp = UINT64_C(8) << SATP_MODE_SHIFT | (uint64_t)(step % 2) << SATP_ASID_SHIFT |
                    root >> PAGE_SHIFT,
            .privilege = step % 3 == 0 ? MMU_SUPERVISOR : MMU_USER,
            .hardware_ad = true,
        };
        (void)mmu_translate(mmu, &mode, HEAP + ((uint64_t)(step % 9) << PAGE_SHIFT),
                            (enum mmu_access)(step % 3), &pa);
        if (step % 16 == 15) {
            mmu_fence(mmu, &(struct mmu_fence){.has_va = step % 32 < 16,
                                               .has_asid = step < 32,
                                               .va = HEAP + PAGE_SIZE,
                                               .asid = 1});
        }
    }
    return mmu;
}

/* Fields that no law speaks of: nothing else in the counters has to agree with them. */
static bool is_outside_the_laws(size_t offset)
{
    size_t walk = offsetof(struct mmu_counters, walk);

    if (offset == walk + offsetof(struct mmu_walk_counters, a_updates) ||
        offset == walk + offsetof(struct mmu_walk_counters, d_updates)) {
        return true;
    }
    for (size_t form = 0; form < MMU_FENCE_FORMS; form++) {
        size_t fence =
            offsetof(struct mmu_counters, fence) + form * sizeof(struct mmu_fence_counters);

        if (offset >= fence && offset < fence + sizeof(struct mmu_fence_counters) &&
            offset != fence + offsetof(struct mmu_fence_counters, entries_killed)) {
            return true;
        }
    }
    return false;
}

static void expect_law_fires(const struct mmu_counts *counts, const char *what, size_t offset)
{
    struct mmu_law_broken broken = {.law = NULL};

    cr_expect(not(mmu_laws_hold(counts, &broken)), "%s at %zu", what, offset);
    cr_expect(ne(ptr, (void *)broken.law, NULL));
    cr_expect(ne(u64, broken.left, broken.right));
}

Test(counters, a_law_fires_for_every_counter_that_is_off_by_one)
{
    static const char *const specs[] = {"l1i=2,l1d=2,l2=2x1,asid=4", "l1i=2,l1d=2,asid=4"};

    for (size_t row = 0; row < 2; row++) {
        struct mmu *mmu = run_traffic(specs[row]);
        struct mmu_counts counts;
        struct mmu_law_broken broken;

        mmu_count(mmu, &counts);
        cr_assert(mmu_laws_hold(&counts, &broken), "%s: %s", specs[row], broken.law);
        for (size_t offset = 0; offset < sizeof counts.total; offset += sizeof(uint64_t)) {
            if (!is_outside_the_laws(offset)) {
                uint64_t *counter = (uint64_t *)((char *)&counts.total + offset);

                ++*counter;
                expect_law_fires(&counts, "counter", offset);
                --*counter;
            }
        }
        for (unsigned array = 0; array < MMU_ARRAYS; array++) {
            counts.valid[array]++;
            expect_law_fires(&counts, "valid", array);
            counts.valid[array]--;
        }
        cr_assert(eq(sz, counts.asid_count, 2));
        struct mmu_share_counters shares[2] = {counts.asid[0], counts.asid[1]};

        counts.asid = shares;
        for (size_t offset = 0; offset < sizeof shares; offset += sizeof(uint64_t)) {
            ++*(uint64_t *)((char *)shares + offset);
            expect_law_fires(&counts, "ASID share", offset);
            --*(uint64_t *)((char *)shares + offset);
        }
        cr_assert(mmu_laws_hold(&counts, &broken), "all is as it was");
        mmu_destroy(mmu);
    }
}

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
