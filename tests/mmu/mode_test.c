/*
 * satp.MODE: which modes there are, what a change of MODE or ASID does to what is cached, and that
 * it does so without a fence.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/mmu_world.h"

#define LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)
#define VA UINT64_C(0x40203abc)

static struct mmu_world world;

static struct mmu *mmu_with_levels(unsigned levels)
{
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;
    struct mmu_memory memory = pte_memory_for_mmu(&world.memory);

    cr_assert(mmu_geometry_parse("default", &geometry, &error));
    cr_expect(eq(u32, geometry.levels, 3), "a specification gives Sv39 alone");
    geometry.levels = levels;
    struct mmu *mmu = mmu_create(&geometry, &memory);
    cr_assert(ne(ptr, mmu, NULL));
    return mmu;
}

/* MODE 0 is Bare, 8 Sv39, 9 Sv48, 10 Sv57. A wide mode brings the narrower ones
 * [norm:Sv48_requires_Sv39, norm:Sv57_requires_Sv48]. */
Test(mode, a_mode_above_the_levels_is_not_supported)
{
    for (unsigned levels = 3; levels <= 5; levels++) {
        struct mmu *mmu = mmu_with_levels(levels);
        struct mmu_counts counts;
        for (uint64_t value = 0; value < 16; value++) {
            bool want = value == 0 || (value >= 8 && value < 8 + levels - 2);
            uint64_t satp = value << 60;
            cr_expect(eq(int, mmu_supports_mode(mmu, satp), want), "mode %u", (unsigned)value);
            satp |= UINT64_C(0x0fffffffffffffff); /* ASID and PPN say nothing about it */
            cr_expect(eq(int, mmu_supports_mode(mmu, satp), want), "mode %u", (unsigned)value);
        }
        cr_expect(eq(u32, mmu_geometry(mmu)->levels, levels));
        mmu_count(mmu, &counts);
        cr_expect(eq(u32, counts.levels, levels));
        mmu_destroy(mmu);
    }
}

Test(mode, bare_and_machine_mode_are_not_active)
{
    for (uint64_t value = 0; value <= 10; value += value == 0 ? 8 : 1) {
        struct mmu_mode mode = {.satp = value << 60 | 0x80000};
        mode.privilege = MMU_USER;
        cr_expect(eq(int, mmu_is_active(&mode), value != 0));
        mode.privilege = MMU_SUPERVISOR;
        cr_expect(eq(int, mmu_is_active(&mode), value != 0));
        mode.privilege = MMU_MACHINE;
        cr_expect(not(mmu_is_active(&mode)));
    }
}

/* To Bare and back without a fence [norm:sfence_vma_mode_effect]. */
Test(mode, bare_acts_at_once_and_forgets_nothing)
{
    uint64_t pa = 0;

    mmu_world_init(&world, "l1i=8,l1d=8,l2=16,asid=16");
    struct mmu_mode bare = mmu_world_mode(&world, 1);
    bare.satp = 0;
    mmu_world_map(&world, 1, VA, 0, sv_pte(0x111, LEAF));
    mmu_world_map(&world, 0, VA, 0, sv_pte(0x222, LEAF | SV_G));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_LOAD), 0x111abc));
    cr_expect(eq(int, mmu_translate(world.mmu, &bare, VA, MMU_LOAD, &pa), MMU_OK));
    cr_expect(eq(u64, pa, VA));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_LOAD), 0x111abc));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, 1));

    /* A global page of ASID 0 is no page of Bare, whose ASID is 0 too. */
    mmu_world_pa(&world, 0, VA, MMU_FETCH);
    cr_expect(eq(int, mmu_translate(world.mmu, &bare, VA, MMU_FETCH, &pa), MMU_OK));
    cr_expect(eq(u64, pa, VA));
    mmu_world_finish(&world);
}

/* Choice: an entry outlives a change of width, and answers for its address and ASID whatever width
 * brought it, as the note after [norm:sfence_vma_ordering_semantics] allows. */
Test(mode, an_entry_survives_a_change_of_width)
{
    uint64_t pa = 0;

    mmu_world_init_mode(&world, "l1i=8,l1d=8,l2=16,asid=16", SV_57);
    struct mmu_mode narrow = mmu_world_mode(&world, 1);
    narrow.satp = sv_satp(SV_39, 1, sv_root(world.satp[2])); /* an empty table */
    mmu_world_map(&world, 1, VA, 0, sv_pte(0x111, LEAF));
    mmu_world_pa(&world, 1, VA, MMU_LOAD);
    cr_expect(eq(int, mmu_translate(world.mmu, &narrow, VA, MMU_LOAD, &pa), MMU_OK));
    cr_expect(eq(u64, pa, 0x111abc));
    mmu_fence(world.mmu, &(struct mmu_fence){.has_va = true, .va = VA});
    cr_expect(eq(int, mmu_translate(world.mmu, &narrow, VA, MMU_LOAD, &pa), MMU_PAGE_FAULT));
    mmu_world_finish(&world);
}

/* A petapage cached in Sv57 holds addresses that are none in Sv39; they fault before a look-up. */
Test(mode, an_entry_of_a_wide_mode_does_not_make_an_address_canonical)
{
    const uint64_t wide_va = UINT64_C(1) << 40;
    uint64_t pa = 0;

    mmu_world_init_mode(&world, "l1i=8,l1d=8,l2=16,asid=16", SV_57);
    struct mmu_mode narrow = mmu_world_mode(&world, 1);
    narrow.satp = sv_satp(SV_39, 1, sv_root(world.satp[2]));
    mmu_world_map(&world, 1, wide_va, 4, sv_pte(0, LEAF));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, wide_va, MMU_LOAD), wide_va));
    cr_expect(eq(int, mmu_translate(world.mmu, &narrow, wide_va, MMU_LOAD, &pa), MMU_PAGE_FAULT));
    cr_expect(eq(int, mmu_translate(world.mmu, &narrow, 0x123, MMU_LOAD, &pa), MMU_OK));
    cr_expect(eq(u64, pa, 0x123));
    mmu_world_finish(&world);
}

/* What was cached while PBMTE was set may answer until the fence of [norm:menvcfg_pbmte_fence], and
 * not after it. */
Test(mode, pbmte_cleared_is_seen_by_the_next_walk)
{
    uint64_t pa = 0;

    mmu_world_init(&world, "l1i=8,l1d=8,l2=16,asid=16");
    struct mmu_mode without = mmu_world_mode(&world, 1);
    without.svpbmt = false;
    mmu_world_map(&world, 1, VA, 0, sv_pte(0x111, LEAF) | SV_NC);
    cr_expect(eq(int, mmu_translate(world.mmu, &without, VA, MMU_LOAD, &pa), MMU_PAGE_FAULT));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, VA, MMU_LOAD), 0x111abc));
    mmu_fence(world.mmu, &(struct mmu_fence){0});
    cr_expect(eq(int, mmu_translate(world.mmu, &without, VA, MMU_LOAD, &pa), MMU_PAGE_FAULT));
    mmu_world_finish(&world);
}
