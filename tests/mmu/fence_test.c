/*
 * SFENCE.VMA against what is cached. A fence must kill what the manual names, and on this MMU it
 * kills nothing else: killing more is legal, and would be counted as what it costs.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

#include "tests/support/mmu_world.h"

#define LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)

static struct mmu_world world;

/* What is cached before each fence, in all three arrays. */
static const struct mapping {
    unsigned asid;
    uint64_t va;
    int level;
    uint64_t more; /* G, or N for a 64 KiB page */
} mappings[] = {
    {1, 0x40201000, 0, 0},                      /* a */
    {1, 0x40202000, 0, 0},                      /* b: the page after a */
    {2, 0x40201000, 0, 0},                      /* c: a's address in ASID 2 */
    {1, 0, 0, 0},                               /* d: VA 0 */
    {0, 0, 0, 0},                               /* e: VA 0 in ASID 0 */
    {1, 0x40400000, 1, 0},                      /* f: a megapage */
    {2, 0x40400000, 1, 0},                      /* g: f's address in ASID 2 */
    {1, 0x80000000, 2, 0},                      /* h: a gigapage */
    {2, UINT64_C(0xffffffc000000000), 2, 0},    /* i: the first of the upper half */
    {1, UINT64_C(0xfffffffffffff000), 0, SV_G}, /* j: the last page there is */
    {1, UINT64_C(0xffffffffc0200000), 1, SV_G}, /* k */
    {1, UINT64_C(0xffffffff80000000), 2, SV_G}, /* l */
    {1, 0x40610000, 0, SV_N},                   /* m: a 64 KiB page */
};

enum { MAPPINGS = sizeof mappings / sizeof *mappings };

/* Physical pages of each mapping before and after software changes its PTE. */
static uint64_t old_ppn(unsigned i)
{
    return (uint64_t)(i + 1) << 18;
}

static uint64_t new_ppn(unsigned i)
{
    return old_ppn(i) | UINT64_C(1) << 40;
}

static uint64_t leaf_of(unsigned i, uint64_t ppn)
{
    uint64_t more = mappings[i].more;
    return sv_pte(ppn | (more == SV_N ? 8 : 0), LEAF) | more;
}

/* Maps everything and caches it in L1I, L1D and L2; then changes every leaf in memory. */
static void cache_all(const char *geometry)
{
    mmu_world_init(&world, geometry);
    for (unsigned i = 0; i < MAPPINGS; i++) {
        const struct mapping *mapping = &mappings[i];
        mmu_world_map(&world, mapping->asid, mapping->va, mapping->level, leaf_of(i, old_ppn(i)));
    }
    for (unsigned i = 0; i < MAPPINGS; i++) {
        mmu_world_pa(&world, mappings[i].asid, mappings[i].va, MMU_FETCH);
        mmu_world_pa(&world, mappings[i].asid, mappings[i].va, MMU_LOAD);
    }
    for (enum mmu_array array = MMU_L1I; array <= MMU_L2; array++) {
        cr_assert(eq(u64, mmu_world_valid(&world, array), MAPPINGS), "%s", geometry);
    }
    for (unsigned i = 0; i < MAPPINGS; i++) {
        const struct mapping *mapping = &mappings[i];
        mmu_world_map(&world, mapping->asid, mapping->va, mapping->level, leaf_of(i, new_ppn(i)));
    }
}

#define EVERYTHING                                                                                 \
    {                                                                                              \
        0                                                                                          \
    }
#define BY_ASID(a)                                                                                 \
    {                                                                                              \
        .has_asid = true, .asid = (a)                                                              \
    }
#define BY_VA(v)                                                                                   \
    {                                                                                              \
        .has_va = true, .va = (v)                                                                  \
    }
#define BY_BOTH(v, a)                                                                              \
    {                                                                                              \
        .has_va = true, .va = (v), .has_asid = true, .asid = (a)                                   \
    }

static const struct fence_row {
    const char *why;
    const char *kills; /* letters of the mappings */
    enum mmu_fence_form form;
    struct mmu_fence fence;
} fence_rows[] = {
    {"x0, x0 kills everything", "abcdefghijklm", MMU_FENCE_ALL, EVERYTHING},
    {"a value in x0 is no value", "abcdefghijklm", MMU_FENCE_ALL, {.va = 0x40201000, .asid = 2}},

    {"an ASID's pages, but no global one", "abdfhm", MMU_FENCE_ASID, BY_ASID(1)},
    {"the other ASID's", "cgi", MMU_FENCE_ASID, BY_ASID(2)},
    {"rs2 holding 0 is ASID 0, not all", "e", MMU_FENCE_ASID, BY_ASID(0)},
    {"an ASID that has nothing", "", MMU_FENCE_ASID, BY_ASID(3)},
    {"rs2 bits above ASIDMAX", "abdfhm", MMU_FENCE_ASID, BY_ASID(UINT64_C(0xffffffffffff0001))},
    {"one rs2 bit above ASIDMAX", "cgi", MMU_FENCE_ASID, BY_ASID(0x10002)},
    {"va does not matter without rs1",
     "cgi",
     MMU_FENCE_ASID,
     {.has_asid = true, .asid = 2, .va = 0x40201000}},

    {"a page in every ASID", "ac", MMU_FENCE_VA, BY_VA(0x40201000)},
    {"its last byte", "ac", MMU_FENCE_VA, BY_VA(0x40201fff)},
    {"the byte before it", "", MMU_FENCE_VA, BY_VA(0x40200fff)},
    {"the byte after it is b's", "b", MMU_FENCE_VA, BY_VA(0x40202000)},
    {"rs1 holding 0 is VA 0, not all", "de", MMU_FENCE_VA, BY_VA(0)},
    {"the last byte of page 0", "de", MMU_FENCE_VA, BY_VA(0xfff)},
    {"the first byte of a megapage", "fg", MMU_FENCE_VA, BY_VA(0x40400000)},
    {"the middle of a megapage", "fg", MMU_FENCE_VA, BY_VA(0x404ff123)},
    {"the last byte of a megapage", "fg", MMU_FENCE_VA, BY_VA(0x405fffff)},
    {"the byte before a megapage", "", MMU_FENCE_VA, BY_VA(0x403fffff)},
    {"the byte after a megapage", "", MMU_FENCE_VA, BY_VA(0x40600000)},
    {"the first byte of a gigapage", "h", MMU_FENCE_VA, BY_VA(0x80000000)},
    {"the middle of a gigapage", "h", MMU_FENCE_VA, BY_VA(0x9abcdef0)},
    {"the last byte of a gigapage", "h", MMU_FENCE_VA, BY_VA(0xbfffffff)},
    {"the byte before a gigapage", "", MMU_FENCE_VA, BY_VA(0x7fffffff)},
    {"the byte after a gigapage", "", MMU_FENCE_VA, BY_VA(0xc0000000)},
    {"the first address of the upper half", "i", MMU_FENCE_VA, BY_VA(UINT64_C(0xffffffc000000000))},
    {"a gigapage of the upper half", "i", MMU_FENCE_VA, BY_VA(UINT64_C(0xffffffc03fffffff))},
    {"the first byte of a 64 KiB page", "m", MMU_FENCE_VA, BY_VA(0x40610000)},
    {"the middle of a 64 KiB page", "m", MMU_FENCE_VA, BY_VA(0x40617abc)},
    {"the last byte of a 64 KiB page", "m", MMU_FENCE_VA, BY_VA(0x4061ffff)},
    {"the byte before a 64 KiB page", "", MMU_FENCE_VA, BY_VA(0x4060ffff)},
    {"the byte after a 64 KiB page", "", MMU_FENCE_VA, BY_VA(0x40620000)},
    {"a global page", "j", MMU_FENCE_VA, BY_VA(UINT64_MAX)},
    {"a global megapage", "k", MMU_FENCE_VA, BY_VA(UINT64_C(0xffffffffc03fffff))},
    {"a global gigapage", "l", MMU_FENCE_VA, BY_VA(UINT64_C(0xffffffffbf001000))},
    {"asid does not matter without rs2",
     "ac",
     MMU_FENCE_VA,
     {.has_va = true, .va = 0x40201000, .asid = 1}},

    {"a page of one ASID", "a", MMU_FENCE_VA_ASID, BY_BOTH(0x40201008, 1)},
    {"a page of the other ASID", "c", MMU_FENCE_VA_ASID, BY_BOTH(0x40201008, 2)},
    {"a page of an ASID that has nothing", "", MMU_FENCE_VA_ASID, BY_BOTH(0x40201000, 3)},
    {"VA 0 of ASID 0", "e", MMU_FENCE_VA_ASID, BY_BOTH(0, 0)},
    {"VA 0 of ASID 1", "d", MMU_FENCE_VA_ASID, BY_BOTH(0, 1)},
    {"the end of a megapage of one ASID", "g", MMU_FENCE_VA_ASID, BY_BOTH(0x405ff000, 2)},
    {"the end of a gigapage of one ASID", "h", MMU_FENCE_VA_ASID, BY_BOTH(0xbffff000, 1)},
    {"the end of a 64 KiB page of one ASID", "m", MMU_FENCE_VA_ASID, BY_BOTH(0x4061f000, 1)},
    {"a 64 KiB page of another ASID", "", MMU_FENCE_VA_ASID, BY_BOTH(0x40610000, 2)},
    {"a gigapage of another ASID", "", MMU_FENCE_VA_ASID, BY_BOTH(0x80000000, 2)},
    {"a global page survives", "", MMU_FENCE_VA_ASID, BY_BOTH(UINT64_MAX, 1)},
    {"so in another ASID", "", MMU_FENCE_VA_ASID, BY_BOTH(UINT64_MAX, 2)},
    {"a global megapage survives", "", MMU_FENCE_VA_ASID, BY_BOTH(UINT64_C(0xffffffffc0200000), 1)},
    {"a global gigapage survives", "", MMU_FENCE_VA_ASID, BY_BOTH(UINT64_C(0xffffffff80000000), 1)},
    {"rs2 bits above ASIDMAX, with a VA", "a", MMU_FENCE_VA_ASID,
     BY_BOTH(0x40201000, UINT64_C(0x8000000000010001))},

    {"not canonical: bit 63", "", MMU_FENCE_VA, BY_VA(UINT64_C(0x8000000040201000))},
    {"not canonical: bit 39", "", MMU_FENCE_VA, BY_VA(UINT64_C(0x0000008040201000))},
    {"not canonical: bit 38 alone", "", MMU_FENCE_VA, BY_VA(UINT64_C(0x0000004000000000))},
    {"not canonical: j, zero-extended", "", MMU_FENCE_VA, BY_VA(UINT64_C(0x0000007ffffff000))},
    {"not canonical, with an ASID", "", MMU_FENCE_VA_ASID,
     BY_BOTH(UINT64_C(0x8000000040201000), 1)},
};

enum { FENCE_ROWS = sizeof fence_rows / sizeof *fence_rows };

static bool kills(const struct fence_row *row, unsigned i)
{
    return strchr(row->kills, 'a' + (int)i) != NULL;
}

/* The counters of the four forms, and what the arrays have lost. */
static void check_counts(const struct fence_row *row, const char *geometry)
{
    size_t killed = strlen(row->kills);

    for (enum mmu_fence_form form = MMU_FENCE_ALL; form <= MMU_FENCE_VA_ASID; form++) {
        const struct mmu_fence_counters *counters = &mmu_counters(world.mmu)->fence[form];
        bool is_it = form == row->form;
        cr_expect(eq(u64, counters->count, is_it), "%s, %s", row->why, geometry);
        cr_expect(eq(u64, counters->entries_killed, is_it ? 3 * killed : 0), "%s, %s", row->why,
                  geometry);
        cr_expect(eq(u64, counters->useless, is_it && killed == 0), "%s, %s", row->why, geometry);
        cr_expect(eq(u64, counters->walk_cache_killed, 0), "%s, %s", row->why, geometry);
    }
    for (enum mmu_array array = MMU_L1I; array <= MMU_L2; array++) {
        cr_expect(eq(u64, mmu_world_valid(&world, array), MAPPINGS - killed), "%s, %s", row->why,
                  geometry);
        cr_expect(eq(u64, mmu_counters(world.mmu)->array[array].invalidations, killed), "%s, %s",
                  row->why, geometry);
    }
}

/* Looks for mapping i where accesses look: in L1I, in L1D, and in L2 behind them. */
static void check_entry(const struct fence_row *row, unsigned i, const char *geometry)
{
    const struct mapping *mapping = &mappings[i];
    bool stays = !kills(row, i);
    uint64_t ppn = stays ? old_ppn(i) : new_ppn(i);

    cr_expect(
        eq(int, stays, mmu_world_holds(&world, mapping->asid, mapping->va, MMU_FETCH, MMU_L1I)),
        "%c in L1I: %s, %s", 'a' + (int)i, row->why, geometry);
    cr_expect(
        eq(int, stays, mmu_world_holds(&world, mapping->asid, mapping->va, MMU_LOAD, MMU_L1D)),
        "%c in L1D: %s, %s", 'a' + (int)i, row->why, geometry);
    cr_expect(stays || !mmu_world_holds(&world, mapping->asid, mapping->va, MMU_LOAD, MMU_L2),
              "%c in L2: %s, %s", 'a' + (int)i, row->why, geometry);
    cr_expect(eq(u64, mmu_world_pa(&world, mapping->asid, mapping->va, MMU_LOAD), ppn << 12),
              "%c: %s, %s", 'a' + (int)i, row->why, geometry);
    cr_expect(eq(u64, mmu_world_pa(&world, mapping->asid, mapping->va, MMU_FETCH), ppn << 12),
              "%c: %s, %s", 'a' + (int)i, row->why, geometry);
}

static void run_row(const struct fence_row *row, const char *geometry)
{
    cache_all(geometry);
    mmu_fence(world.mmu, &row->fence);
    check_counts(row, geometry);
    for (unsigned i = 0; i < MAPPINGS; i++) {
        check_entry(row, i, geometry);
    }
    mmu_world_finish(&world);
}

Test(fence, each_form_kills_what_it_names_and_nothing_else)
{
    static const char *const geometry[] = {"l1i=16,l1d=16,l2=64,asid=16",
                                           "l1i=4x8,l1d=8x8,l2=16x8,asid=16"};

    for (unsigned i = 0; i < FENCE_ROWS; i++) {
        run_row(&fence_rows[i], geometry[0]);
        run_row(&fence_rows[i], geometry[1]);
    }
}

Test(fence, a_changed_pte_is_not_seen_before_the_fence)
{
    cache_all("l1i=16,l1d=16,l2=64,asid=16");
    for (unsigned i = 0; i < MAPPINGS; i++) {
        const struct mapping *mapping = &mappings[i];
        cr_expect(
            eq(u64, mmu_world_pa(&world, mapping->asid, mapping->va, MMU_LOAD), old_ppn(i) << 12));
        cr_expect(
            eq(u64, mmu_world_pa(&world, mapping->asid, mapping->va, MMU_STORE), old_ppn(i) << 12));
        cr_expect(
            eq(u64, mmu_world_pa(&world, mapping->asid, mapping->va, MMU_FETCH), old_ppn(i) << 12));
    }
    mmu_world_finish(&world);
}

Test(fence, an_unmapped_page_faults_only_after_the_fence)
{
    struct mmu_fence fence = BY_BOTH(0x40201000, 1);

    cache_all("l1i=16,l1d=16,l2=64,asid=16");
    mmu_world_map(&world, 1, 0x40201000, 0, 0);
    cr_expect(eq(int, mmu_world_try(&world, 1, 0x40201000, MMU_STORE), MMU_OK));
    mmu_fence(world.mmu, &fence);
    cr_expect(eq(int, mmu_world_try(&world, 1, 0x40201000, MMU_STORE), MMU_PAGE_FAULT));
    mmu_world_finish(&world);
}

Test(fence, the_second_of_two_equal_fences_is_useless)
{
    struct mmu_fence fence = BY_VA(0x40201000);

    cache_all("l1i=16,l1d=16,l2=64,asid=16");
    mmu_fence(world.mmu, &fence);
    mmu_fence(world.mmu, &fence);
    const struct mmu_fence_counters *counters = &mmu_counters(world.mmu)->fence[MMU_FENCE_VA];
    cr_expect(eq(u64, counters->count, 2));
    cr_expect(eq(u64, counters->entries_killed, 6));
    cr_expect(eq(u64, counters->useless, 1));
    mmu_world_finish(&world);
}

/* What was cached is gone, walk cache included, and no fence has been counted. */
Test(fence, a_reset_is_no_fence_and_leaves_nothing)
{
    static const struct mmu_fence_counters none[MMU_FENCE_FORMS];

    cache_all("l1i=16,l1d=16,l2=64,asid=16,pwc=64:pte");
    mmu_reset(world.mmu);
    for (enum mmu_array array = MMU_L1I; array <= MMU_L2; array++) {
        cr_expect(eq(u64, mmu_world_valid(&world, array), 0));
    }
    const struct mmu_counters *counters = mmu_counters(world.mmu);
    uint64_t hits = counters->walk.cache_hits;

    cr_expect(eq(u64, counters->reset.count, 1));
    cr_expect(eq(u64, counters->reset.entries_killed, MMU_ARRAYS * MAPPINGS));
    cr_expect(eq(int, memcmp(counters->fence, none, sizeof none), 0));
    cr_expect(eq(u64, mmu_world_pa(&world, mappings[0].asid, mappings[0].va, MMU_LOAD),
                 new_ppn(0) << 12));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.cache_hits, hits), "no pointer was left");
    mmu_reset(world.mmu);
    cr_expect(eq(u64, mmu_counters(world.mmu)->reset.entries_killed, MMU_ARRAYS * MAPPINGS + 2));
    mmu_world_finish(&world);
}

/* Caches the superpage at touched, fences at fenced, and tells what that killed. */
static uint64_t killed_by(uint64_t touched, uint64_t fenced)
{
    struct mmu_fence fence = BY_VA(fenced);
    const struct mmu_fence_counters *counters = &mmu_counters(world.mmu)->fence[MMU_FENCE_VA];
    uint64_t before = counters->entries_killed;

    mmu_world_pa(&world, 1, touched, MMU_LOAD);
    mmu_fence(world.mmu, &fence);
    return counters->entries_killed - before;
}

/* A superpage is cached where it was touched; a fence anywhere inside it must find it there. */
static void fence_everywhere_inside(const char *geometry, uint64_t va, int level, uint64_t stride)
{
    uint64_t length = sv_span(level);

    mmu_world_init_mode(&world, geometry, level <= 2 ? SV_39 : SV_57);
    mmu_world_map(&world, 1, va, level, sv_pte(UINT64_C(1) << 36, LEAF));
    for (uint64_t offset = 0; offset < length; offset += stride) {
        cr_assert(eq(u64, killed_by(va, va + offset), 2), "%s", geometry);
        cr_assert(eq(u64, killed_by(va + offset, va), 2), "%s", geometry);
        cr_assert(eq(u64, killed_by(va + offset, va + length - 1 - offset), 2), "%s", geometry);
    }
    cr_expect(eq(u64, killed_by(va, va - 1), 0), "%s", geometry);
    cr_expect(eq(u64, killed_by(va + length - 1, va + length), 0), "%s", geometry);
    mmu_world_finish(&world);
}

Test(fence, any_address_inside_a_superpage_kills_it_whole)
{
    static const char *const geometry[] = {"l1i=4,l1d=4,l2=8,asid=16",
                                           "l1i=1,l1d=8x2,l2=16x4,asid=16", "default"};

    for (unsigned i = 0; i < sizeof geometry / sizeof *geometry; i++) {
        fence_everywhere_inside(geometry[i], 0x40400000, 1, 4096);
        fence_everywhere_inside(geometry[i], UINT64_C(0xffffffe040400000), 1, 4096 + 8);
        fence_everywhere_inside(geometry[i], 0x80000000, 2, 0x1ff000);
        fence_everywhere_inside(geometry[i], UINT64_C(0xffffffe080000000), 2, 0x201234);
        fence_everywhere_inside(geometry[i], UINT64_C(0x0012348000000000), 3, 0x3fe01234);
        fence_everywhere_inside(geometry[i], UINT64_C(0xff80008000000000), 3, 0x40201000);
        fence_everywhere_inside(geometry[i], UINT64_C(0x0012000000000000), 4, 0x7fc0201000);
        fence_everywhere_inside(geometry[i], UINT64_C(0xffff000000000000) - sv_span(4), 4,
                                0x8040201008);
    }
}

/* A page becomes part of a megapage without a fence, so that two entries match its address. */
static void cache_page_and_megapage(uint64_t page_va, uint64_t beside_va)
{
    mmu_world_init(&world, "l1i=16,l1d=16,l2=64,asid=16");
    mmu_world_map(&world, 1, page_va, 0, sv_pte(0x111, LEAF));
    mmu_world_pa(&world, 1, page_va, MMU_LOAD);
    mmu_world_map(&world, 1, page_va, 1, sv_pte(0x200, LEAF));
    cr_assert(eq(u64, mmu_world_pa(&world, 1, beside_va, MMU_LOAD), 0x206000));
}

/* Choice: of several matching entries the one of the smallest page answers. */
Test(fence, an_address_in_two_entries_is_fenced_from_both)
{
    enum { PAGE_VA = 0x40405000, BESIDE_VA = 0x40406000 };
    const struct mmu_fence fence_both = BY_VA(PAGE_VA);
    const struct mmu_fence fence_megapage = BY_VA(BESIDE_VA);

    cache_page_and_megapage(PAGE_VA, BESIDE_VA);
    cr_expect(eq(u64, mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD), 0x111000));
    mmu_fence(world.mmu, &fence_megapage);
    cr_expect(eq(u64, mmu_counters(world.mmu)->fence[MMU_FENCE_VA].entries_killed, 2));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD), 0x111000));
    mmu_world_finish(&world);

    cache_page_and_megapage(PAGE_VA, BESIDE_VA);
    mmu_fence(world.mmu, &fence_both);
    cr_expect(eq(u64, mmu_counters(world.mmu)->fence[MMU_FENCE_VA].entries_killed, 4));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD), 0x205000));
    mmu_world_finish(&world);
}

/* One page in ASIDs 1 and 2, cached in L1D; what a fence for this ASID kills. */
static uint64_t killed_of_two_asids(const char *geometry, uint64_t asid)
{
    const struct mmu_fence fence = BY_ASID(asid);

    mmu_world_init(&world, geometry);
    for (unsigned space = 1; space <= 2; space++) {
        mmu_world_map(&world, space, 0x1000, 0, sv_pte(space, LEAF));
        mmu_world_pa(&world, space, 0x1000, MMU_LOAD);
    }
    mmu_fence(world.mmu, &fence);
    uint64_t killed = mmu_counters(world.mmu)->fence[MMU_FENCE_ASID].entries_killed;
    mmu_world_finish(&world);
    return killed;
}

/* Bits of rs2 above ASIDLEN are ignored, whatever ASIDLEN is [norm:sfence_vma_rs2_bits]. */
Test(fence, asid_bits_that_do_not_exist_are_ignored)
{
    cr_expect(eq(u64, killed_of_two_asids("l1i=4,l1d=4,asid=2", 1), 1));
    cr_expect(eq(u64, killed_of_two_asids("l1i=4,l1d=4,asid=2", 3), 0));
    cr_expect(eq(u64, killed_of_two_asids("l1i=4,l1d=4,asid=2", 5), 1));
    cr_expect(eq(u64, killed_of_two_asids("l1i=4,l1d=4,asid=9", 0x201), 1));
    cr_expect(eq(u64, killed_of_two_asids("l1i=4,l1d=4,asid=9", 0x101), 0));
    cr_expect(eq(u64, killed_of_two_asids("l1i=4,l1d=4,asid=9", 0x8002), 1));
}

/* Without ASIDs every fence by ASID names the only one there is; global pages still survive. */
Test(fence, without_asids_a_fence_by_asid_spares_only_global_pages)
{
    const struct mmu_fence fence = BY_ASID(0xabc);
    const struct mmu_fence fence_va = BY_BOTH(0x1000, 0xabc);

    mmu_world_init(&world, "l1i=4,l1d=4,asid=0");
    mmu_world_map(&world, 0, 0x1000, 0, sv_pte(1, LEAF));
    mmu_world_map(&world, 0, 0x2000, 0, sv_pte(2, LEAF | SV_G));
    for (unsigned round = 0; round < 2; round++) {
        mmu_world_pa(&world, 0, 0x1000, MMU_LOAD);
        mmu_world_pa(&world, 0, 0x2000, MMU_LOAD);
        mmu_fence(world.mmu, round == 0 ? &fence : &fence_va);
        cr_expect(not(mmu_world_holds(&world, 0, 0x1000, MMU_LOAD, MMU_L1D)));
        cr_expect(mmu_world_holds(&world, 0, 0x2000, MMU_LOAD, MMU_L1D));
    }
    mmu_world_finish(&world);
}
