/*
 * Bugs that the TLBs of other projects had, one test for each: what their fence missed, or dropped,
 * or their hit let pass. Each runs on a fully associative TLB, on sets, and on direct-mapped
 * arrays.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/mmu_world.h"

#define LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)

enum { MEGAPAGE = 1 << 21, GIGAPAGE = 1 << 30, PAGE = 4096 };

static struct mmu_world world;
static const char *geometry;

static void in_each_geometry(void (*body)(void))
{
    static const char *const geometries[] = {
        "l1i=8,l1d=8,l2=16,asid=16", /* fully associative */
        "l1i=4x4,l1d=4x4,l2=8x4,asid=16",
        "l1i=16x1,l1d=16x1,asid=16",
        "default",
    };

    for (unsigned i = 0; i < sizeof geometries / sizeof *geometries; i++) {
        geometry = geometries[i];
        mmu_world_init(&world, geometry);
        body();
        mmu_world_finish(&world);
    }
}

static void fence_at(uint64_t va)
{
    mmu_fence(world.mmu, &(struct mmu_fence){.has_va = true, .va = va});
}

static void fence_asid(uint64_t asid)
{
    mmu_fence(world.mmu, &(struct mmu_fence){.has_asid = true, .asid = asid});
}

/* Where an address of ASID 1 leads to. */
static uint64_t pa_of(uint64_t va)
{
    return mmu_world_pa(&world, 1, va, MMU_LOAD);
}

/* Maps a superpage of ASID 1, uses it at three addresses, maps another in its place, and fences. */
static void replace_superpage(uint64_t va, int level, uint64_t fence_va)
{
    uint64_t length = sv_span(level);

    mmu_world_map(&world, 1, va, level, sv_pte(UINT64_C(1) << 30, LEAF));
    pa_of(va);
    pa_of(va + length / 2);
    pa_of(va + length - 1);
    mmu_world_map(&world, 1, va, level, sv_pte(UINT64_C(1) << 31, LEAF));
    fence_at(fence_va);
    for (uint64_t offset = 0; offset < length; offset += length / 32) {
        cr_expect(eq(u64, pa_of(va + offset), (UINT64_C(1) << 43) + offset), "%s", geometry);
    }
    cr_expect(eq(u64, pa_of(va + length - 1), (UINT64_C(1) << 43) + length - 1), "%s", geometry);
}

/* Bug: a fence at one address of a superpage dropped the 4 KiB piece of that address, and left the
 * others (RVVM; NEMU before #1175). */
static void fence_a_superpage_by_one_piece(void)
{
    replace_superpage(0x40400000, 1, 0x40400000);
    replace_superpage(0x40400000, 1, 0x40400000 + MEGAPAGE / 2 + PAGE);
    replace_superpage(0x40400000, 1, 0x40400000 + MEGAPAGE - 8);
    replace_superpage(0x80000000, 2, 0x80000000);
    replace_superpage(0x80000000, 2, 0x80000000 + MEGAPAGE);
    replace_superpage(0x80000000, 2, 0x80000000 + GIGAPAGE - PAGE);
}

Test(fence_bugs, a_superpage_fence_that_drops_only_one_4_kib_piece)
{
    in_each_geometry(fence_a_superpage_by_one_piece);
}

static void replace_page(uint64_t va, uint64_t fence_va, uint64_t want)
{
    mmu_world_map(&world, 1, va, 0, sv_pte(1, LEAF));
    fence_at(va);
    pa_of(va);
    mmu_world_map(&world, 1, va, 0, sv_pte(2, LEAF));
    fence_at(fence_va);
    cr_expect(eq(u64, pa_of(va), want), "%s", geometry);
}

/* Bug: the fence cut its address to 39 bits, as the TLB's tags were, but did not extend the sign,
 * so that it found no page of the upper half (Sail #496, #729). */
static void fence_the_upper_half(void)
{
    replace_page(UINT64_C(0xffffffc000000000), UINT64_C(0xffffffc000000000), 0x2000);
    replace_page(UINT64_C(0xffffffe040201000), UINT64_C(0xffffffe040201ff8), 0x2000);
    replace_page(UINT64_C(0xfffffffffffff000), UINT64_MAX, 0x2000);
    /* The same 39 bits with zeros above them are no address, and name no page. */
    replace_page(UINT64_C(0xffffffe040201000), UINT64_C(0x0000006040201000), 0x1000);
    replace_page(UINT64_C(0xfffffffffffff000), UINT64_C(0x0000007ffffff000), 0x1000);
    replace_superpage(UINT64_C(0xffffffe080000000), 2, UINT64_C(0xffffffe0bffff000));
    replace_superpage(UINT64_C(0xffffffffffe00000), 1, UINT64_MAX);
}

Test(fence_bugs, a_fence_address_zero_extended_instead_of_sign_extended)
{
    in_each_geometry(fence_the_upper_half);
}

/* Bug: a superpage was stored where its first access put a 4 KiB page, and looked for elsewhere
 * (Sail d002810b). Here four neighbours are used in turn, each first in its middle. */
static void use_neighbours(uint64_t va, int level)
{
    uint64_t length = sv_span(level);
    uint64_t walks = 0;

    for (uint64_t i = 0; i < 4; i++) {
        mmu_world_map(&world, 1, va + i * length, level, sv_pte((i + 1) << 18, LEAF));
        pa_of(va + i * length + length / 2 + i * PAGE);
    }
    walks = mmu_counters(world.mmu)->walk.count;
    for (uint64_t i = 0; i < 4; i++) {
        for (uint64_t offset = 0; offset < length; offset += length / 64 + PAGE) {
            cr_expect(eq(u64, pa_of(va + i * length + offset), ((i + 1) << 30) + offset), "%s",
                      geometry);
        }
    }
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, walks), "%s", geometry);
    for (uint64_t i = 0; i < 4; i++) {
        fence_at(va + i * length + length - 1 - i * PAGE);
        cr_expect(eq(u64, mmu_world_valid(&world, MMU_L1D), 3 - i), "%s", geometry);
    }
}

static void index_superpages(void)
{
    use_neighbours(0x40000000, 1);
    use_neighbours(UINT64_C(0xffffffe040600000), 1);
    use_neighbours(0x80000000, 2);
}

Test(fence_bugs, a_superpage_stored_at_the_wrong_index)
{
    in_each_geometry(index_superpages);
}

/* Bug: whether an address is inside a superpage was asked with == where the bound wanted <=, so
 * that only its first page hit and only its first page was fenced (Whisper 7fd3e9e6). */
static void ask_at_the_bounds(uint64_t va, int level)
{
    uint64_t length = sv_span(level);
    const uint64_t inside[] = {0, 1, PAGE, length / 2, length - PAGE, length - 1};

    mmu_world_map(&world, 1, va, level, sv_pte(UINT64_C(1) << 30, LEAF));
    for (unsigned i = 0; i < sizeof inside / sizeof *inside; i++) {
        pa_of(va);
        uint64_t walks = mmu_counters(world.mmu)->walk.count;
        cr_expect(eq(u64, pa_of(va + inside[i]), (UINT64_C(1) << 42) + inside[i]), "%s", geometry);
        fence_at(va - 1);
        fence_at(va + length);
        pa_of(va + inside[i]);
        cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, walks), "%s", geometry);
        fence_at(va + inside[i]);
        cr_expect(not(mmu_world_holds(&world, 1, va, MMU_LOAD, MMU_L1D)), "%s", geometry);
    }
    cr_expect(eq(int, mmu_world_try(&world, 1, va - 1, MMU_LOAD), MMU_PAGE_FAULT));
    cr_expect(eq(int, mmu_world_try(&world, 1, va + length, MMU_LOAD), MMU_PAGE_FAULT));
}

static void bound_superpages(void)
{
    ask_at_the_bounds(0x40400000, 1);
    ask_at_the_bounds(UINT64_C(0xffffffe040400000), 1);
    ask_at_the_bounds(0x80000000, 2);
}

Test(fence_bugs, superpage_bounds_with_equal_for_less_or_equal)
{
    in_each_geometry(bound_superpages);
}

/* A page of ASID 1 below a pointer with G at this level, and whether it serves ASID 2. */
static void inherit_g(int leaf_level, int global_level)
{
    const uint64_t va = UINT64_C(0xffffffe040000000);

    mmu_fence(world.mmu, &(struct mmu_fence){0});
    mmu_world_map(&world, 1, va, leaf_level, sv_pte(UINT64_C(1) << 30, LEAF));
    *mmu_world_pte(&world, 1, va, global_level) |= SV_G;
    pa_of(va);
    cr_expect(eq(int, mmu_world_try(&world, 2, va, MMU_LOAD), MMU_OK), "%s", geometry);
    fence_asid(1);
    cr_expect(mmu_world_holds(&world, 1, va, MMU_LOAD, MMU_L1D), "%s", geometry);
    mmu_fence(world.mmu,
              &(struct mmu_fence){.has_va = true, .va = va, .has_asid = true, .asid = 1});
    cr_expect(mmu_world_holds(&world, 1, va, MMU_LOAD, MMU_L1D), "%s", geometry);
    fence_at(va);
    cr_expect(not(mmu_world_holds(&world, 1, va, MMU_LOAD, MMU_L1D)), "%s", geometry);
    *mmu_world_pte(&world, 1, va, global_level) &= ~SV_G;
}

static void inherit_g_from_each_pointer(void)
{
    inherit_g(0, 2);
    inherit_g(0, 1);
    mmu_world_finish(&world);
    mmu_world_init(&world, geometry);
    inherit_g(1, 2);
}

/* Bug: a page was global only through G of its own PTE, not through a pointer's (Whisper 69fbc2b6).
 */
Test(fence_bugs, g_not_inherited_from_a_pointer)
{
    in_each_geometry(inherit_g_from_each_pointer);
}

/* One global and one other page of ASID 1, both cached. */
static void cache_a_global_page(void)
{
    mmu_world_map(&world, 1, 0x40201000, 0, sv_pte(1, LEAF | SV_G));
    mmu_world_map(&world, 1, 0x40202000, 0, sv_pte(2, LEAF));
    pa_of(0x40201000);
    pa_of(0x40202000);
}

/* Bug: a fence for one ASID dropped the global pages too, or with them (XiangShan #3077). */
static void fence_one_asid(void)
{
    cache_a_global_page();
    fence_asid(2);
    cr_expect(mmu_world_holds(&world, 1, 0x40202000, MMU_LOAD, MMU_L1D), "%s", geometry);
    fence_asid(1);
    cr_expect(mmu_world_holds(&world, 1, 0x40201000, MMU_LOAD, MMU_L1D), "%s", geometry);
    cr_expect(mmu_world_holds(&world, 2, 0x40201000, MMU_LOAD, MMU_L1D), "%s", geometry);
    cr_expect(not(mmu_world_holds(&world, 1, 0x40202000, MMU_LOAD, MMU_L1D)), "%s", geometry);
}

Test(fence_bugs, an_asid_fence_that_drops_global_entries)
{
    in_each_geometry(fence_one_asid);
}

/* Bug: a change of satp.ASID dropped a global page, or hid it (cvw #1768). */
static void change_asid(void)
{
    cache_a_global_page();
    uint64_t walks = mmu_counters(world.mmu)->walk.count;
    for (unsigned asid = 0; asid < MMU_WORLD_SPACES; asid++) {
        cr_expect(eq(u64, mmu_world_pa(&world, asid, 0x40201000, MMU_LOAD), 0x1000), "%s",
                  geometry);
    }
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, walks), "%s", geometry);
    cr_expect(eq(int, mmu_world_try(&world, 2, 0x40202000, MMU_LOAD), MMU_PAGE_FAULT));
    cr_expect(eq(u64, pa_of(0x40202000), 0x2000));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.count, walks + 1), "%s", geometry);
}

Test(fence_bugs, a_global_entry_flushed_on_asid_change)
{
    in_each_geometry(change_asid);
}

static enum mmu_status try_as(enum mmu_privilege privilege, bool sum, uint64_t va,
                              enum mmu_access access)
{
    struct mmu_mode mode = mmu_world_mode(&world, 1);
    uint64_t pa = 0;

    mode.privilege = privilege;
    mode.sum = sum;
    return mmu_translate(world.mmu, &mode, va, access, &pa);
}

/* Bug: a hit did not look at U, so that what one privilege had cached the other could use (rv32emu
 * #660). */
static void cross_privilege(void)
{
    const uint64_t kernel_va = 0x40201000;
    const uint64_t user_va = 0x40202000;

    mmu_world_map(&world, 1, kernel_va, 0, sv_pte(1, LEAF));
    mmu_world_map(&world, 1, user_va, 0, sv_pte(2, LEAF | SV_U));
    for (enum mmu_access access = MMU_FETCH; access <= MMU_STORE; access++) {
        cr_expect(eq(int, try_as(MMU_SUPERVISOR, false, kernel_va, access), MMU_OK));
        cr_expect(eq(int, try_as(MMU_USER, false, kernel_va, access), MMU_PAGE_FAULT), "%s",
                  geometry);
        cr_expect(eq(int, try_as(MMU_USER, true, kernel_va, access), MMU_PAGE_FAULT), "%s",
                  geometry);
        cr_expect(eq(int, try_as(MMU_USER, false, user_va, access), MMU_OK));
        cr_expect(eq(int, try_as(MMU_SUPERVISOR, false, user_va, access), MMU_PAGE_FAULT), "%s",
                  geometry);
        cr_expect(eq(int, try_as(MMU_SUPERVISOR, true, user_va, access),
                     access == MMU_FETCH ? MMU_PAGE_FAULT : MMU_OK),
                  "%s", geometry);
    }
    cr_expect(eq(u64, mmu_counters(world.mmu)->array[MMU_L1D].hits[MMU_STORE], 6), "%s", geometry);
}

Test(fence_bugs, a_hit_that_skips_the_u_check)
{
    in_each_geometry(cross_privilege);
}
