/*
 * The 64 KiB page of Svnapot in the TLB. The manual lets an implementation cache it as one entry or
 * as up to sixteen [norm:Svnapot_cache_entries]. Choice: one entry, which answers for all of its
 * 64 KiB and which a fence at any address inside removes.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/mmu_world.h"

#define LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)

static struct mmu_world world;

static void set_up(void)
{
    mmu_world_init(&world, "l1i=8,l1d=8,l2=16,asid=16");
}

static void tear_down(void)
{
    mmu_world_finish(&world);
}

TestSuite(napot, .init = set_up, .fini = tear_down);

/* Stores the PTE of each 4 KiB part of a 64 KiB page, first to last. */
static void map_64k(uint64_t va, uint64_t ppn, uint64_t flags, unsigned first, unsigned last)
{
    for (unsigned part = first; part <= last; part++) {
        mmu_world_map(&world, 1, va + part * 4096, 0, sv_pte(ppn | 8, flags) | SV_N);
    }
}

/* Cached from one part, it answers for the others whatever their own PTEs say
 * [norm:Svnapot_cache_entries]. Choice: one entry for the whole 64 KiB. */
Test(napot, a_64k_page_answers_for_parts_whose_own_pte_is_invalid)
{
    const uint64_t va = UINT64_C(0x40230000);

    map_64k(va, 0x500, LEAF, 5, 5);
    cr_expect(eq(u64, mmu_world_pa(&world, 1, va + 0x5123, MMU_LOAD), 0x505123));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, va + 0x0123, MMU_LOAD), 0x500123));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, va + 0xffff, MMU_LOAD), 0x50ffff));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, 1));
    cr_expect(eq(int, mmu_world_try(&world, 1, va - 1, MMU_LOAD), MMU_PAGE_FAULT));
    cr_expect(eq(int, mmu_world_try(&world, 1, va + 0x10000, MMU_LOAD), MMU_PAGE_FAULT));
}

/* D belongs to the part that is written: step 9 knows no cache. */
Test(napot, a_store_to_a_64k_page_sets_d_in_its_own_pte)
{
    const uint64_t va = UINT64_C(0x40230000);

    map_64k(va, 0x500, LEAF & ~SV_D, 0, 15);
    mmu_world_pa(&world, 1, va + 0x5000, MMU_LOAD);
    cr_expect(eq(u64, mmu_world_pa(&world, 1, va + 0xc123, MMU_STORE), 0x50c123));
    for (unsigned part = 0; part < 16; part++) {
        uint64_t pte = *mmu_world_pte(&world, 1, va + part * 4096, 0);
        cr_expect(eq(u64, pte, sv_pte(0x508, part == 12 ? LEAF : LEAF & ~SV_D) | SV_N), "part %u",
                  part);
    }
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, 2));
    cr_expect(eq(u64, mmu_world_valid(&world, MMU_L1D), 1));
}

/* The compare of step 9 is with the written part's own PTE, and that one is not valid. */
Test(napot, a_store_to_a_64k_page_faults_where_its_own_pte_is_invalid)
{
    const uint64_t va = UINT64_C(0x40230000);

    map_64k(va, 0x500, LEAF & ~SV_D, 0, 11);
    mmu_world_pa(&world, 1, va + 0x5000, MMU_LOAD);
    cr_expect(eq(int, mmu_world_try(&world, 1, va + 0xc123, MMU_STORE), MMU_PAGE_FAULT));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, va + 0xc123, MMU_LOAD), 0x50c123));
}

/* Choice: of several matching entries the one of the smallest page answers, 64 KiB between 4 KiB
 * and 2 MiB. */
Test(napot, a_64k_page_answers_before_a_megapage_and_after_a_4k_page)
{
    const uint64_t va = UINT64_C(0x40230000);

    mmu_world_map(&world, 1, va + 0x2000, 0, sv_pte(0x111, LEAF));
    mmu_world_pa(&world, 1, va + 0x2000, MMU_LOAD);
    map_64k(va, 0x500, LEAF, 0, 15);
    mmu_world_pa(&world, 1, va + 0x3000, MMU_LOAD);
    mmu_world_map(&world, 1, va, 1, sv_pte(0x800, LEAF));
    mmu_world_pa(&world, 1, va + 0x10000, MMU_LOAD);
    cr_expect(eq(u64, mmu_world_valid(&world, MMU_L1D), 3));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, va + 0x2000, MMU_LOAD), 0x111000));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, va + 0x1000, MMU_LOAD), 0x501000));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, va + 0x11000, MMU_LOAD), 0x841000));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, 3));
}

/* A fence at each part kills the entry whole, in every geometry and whatever part brought it. */
static void fence_each_part(const char *geometry)
{
    const uint64_t va = UINT64_C(0xffffffe040230000);

    mmu_world_finish(&world);
    mmu_world_init(&world, geometry);
    map_64k(va, 0x500, LEAF, 0, 15);
    for (unsigned i = 0; i < 256; i++) {
        struct mmu_fence fence = {.has_va = true, .va = va + i / 16 * 4096 + 0x7f8};
        struct mmu_fence before = {.has_va = true, .va = va - 1};
        struct mmu_fence after = {.has_va = true, .va = va + 65536};
        mmu_world_pa(&world, 1, va + i % 16 * 4096, MMU_LOAD);
        mmu_fence(world.mmu, &before);
        mmu_fence(world.mmu, &after);
        cr_expect(eq(u64, mmu_world_valid(&world, MMU_L1D), 1), "%s", geometry);
        mmu_fence(world.mmu, &fence);
        cr_expect(eq(u64, mmu_world_valid(&world, MMU_L1D), 0), "%s", geometry);
        cr_expect(eq(u64, mmu_world_valid(&world, MMU_L2), 0), "%s", geometry);
    }
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, 256));
}

Test(napot, a_fence_at_any_part_kills_a_64k_page_whole)
{
    fence_each_part("l1i=8,l1d=8,l2=16,asid=16");
    fence_each_part("l1i=8,l1d=4x2,l2=16x4,asid=16");
    fence_each_part("l1i=8,l1d=64x1,l2=64x2,asid=16");
    fence_each_part("default");
}
