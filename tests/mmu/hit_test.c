/*
 * Which cached translation answers which access, and how hits, misses and refusals are counted.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

#include "tests/support/mmu_world.h"

#define LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)
#define PAGE_VA UINT64_C(0x40201000)

static struct mmu_world world;

static void set_up(void)
{
    mmu_world_init(&world, "l1i=8,l1d=8,l2=16,asid=16");
}

static void tear_down(void)
{
    mmu_world_finish(&world);
}

TestSuite(hit, .init = set_up, .fini = tear_down);

static const struct mmu_array_counters *counters_of(enum mmu_array array)
{
    return &mmu_counters(world.mmu)->array[array];
}

static uint64_t walks(void)
{
    return mmu_counters(world.mmu)->walk.count;
}

Test(hit, an_entry_of_another_asid_does_not_answer)
{
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF));
    mmu_world_map(&world, 2, PAGE_VA, 0, sv_pte(2, LEAF));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD), 0x1000));
    cr_expect(not(mmu_world_holds(&world, 2, PAGE_VA, MMU_LOAD, MMU_L1D)));
    cr_expect(not(mmu_world_holds(&world, 2, PAGE_VA, MMU_LOAD, MMU_L2)));
    cr_expect(eq(u64, mmu_world_pa(&world, 2, PAGE_VA, MMU_LOAD), 0x2000));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD), 0x1000));
    cr_expect(eq(int, mmu_world_try(&world, 3, PAGE_VA, MMU_LOAD), MMU_PAGE_FAULT));
    cr_expect(eq(u64, walks(), 3));
    cr_expect(eq(u64, mmu_world_valid(&world, MMU_L1D), 2));
    cr_expect(eq(u64, mmu_world_valid(&world, MMU_L2), 2));
}

/* The page became global without a fence. What the L2 has now is of ASID 1, and goes into the entry
 * that the L1D has of it, whoever asks. */
Test(hit, a_global_page_refills_the_entry_of_the_space_that_brought_it)
{
    uint64_t other = PAGE_VA + 0x1000;

    mmu_world_finish(&world);
    mmu_world_init(&world, "l1i=1,l1d=2,l2=1");
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF));
    mmu_world_map(&world, 1, other, 0, sv_pte(2, LEAF));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    mmu_world_pa(&world, 1, other, MMU_LOAD);
    *mmu_world_pte(&world, 1, PAGE_VA, 0) |= SV_G;
    mmu_world_pa(&world, 1, PAGE_VA, MMU_FETCH);
    cr_expect(eq(u64, mmu_world_pa(&world, 2, PAGE_VA, MMU_LOAD), 0x1000));
    cr_expect(eq(u64, counters_of(MMU_L1D)->fills, 2), "in place");
    cr_expect(eq(u64, counters_of(MMU_L1D)->evictions, 0));
    cr_expect(eq(u64, mmu_world_valid(&world, MMU_L1D), 2));
}

/* Every bit of the ASID tells address spaces apart, so that no alias answers. */
Test(hit, every_asid_bit_counts)
{
    mmu_world_map(&world, 0, PAGE_VA, 0, sv_pte(1, LEAF));
    mmu_world_pa(&world, 0, PAGE_VA, MMU_LOAD);
    for (unsigned bit = 0; bit < 16; bit++) {
        struct mmu_mode mode = mmu_world_mode(&world, 1); /* an empty table */
        uint64_t pa = 0;
        mode.satp = sv_satp(SV_39, UINT64_C(1) << bit, sv_root(world.satp[1]));
        cr_expect(eq(int, mmu_translate(world.mmu, &mode, PAGE_VA, MMU_LOAD, &pa), MMU_PAGE_FAULT),
                  "bit %u", bit);
    }
}

/* A page is global through its own PTE or through any pointer above it. */
static const struct global_row {
    const char *why;
    enum sv_mode mode;
    int leaf_level;
    int global_level; /* of the PTE that has G; -1: none has */
} global_rows[] = {
    {"no G at all", SV_39, 0, -1},
    {"no G at all, a megapage", SV_39, 1, -1},
    {"no G at all, a gigapage", SV_39, 2, -1},
    {"no G at all, a terapage", SV_48, 3, -1},
    {"no G at all, a petapage", SV_57, 4, -1},
    {"G in the leaf", SV_39, 0, 0},
    {"G in the pointer above", SV_39, 0, 1},
    {"G in the root's pointer", SV_39, 0, 2},
    {"G in a megapage", SV_39, 1, 1},
    {"G in the pointer above a megapage", SV_39, 1, 2},
    {"G in a gigapage", SV_39, 2, 2},
    {"G in the root's pointer of Sv48", SV_48, 0, 3},
    {"G in the second pointer of Sv57", SV_57, 0, 3},
    {"G in the root's pointer of Sv57", SV_57, 0, 4},
    {"G in a terapage", SV_57, 3, 3},
    {"G in the pointer above a terapage", SV_57, 3, 4},
    {"G in a petapage", SV_57, 4, 4},
};

static void run_global_row(const struct global_row *row)
{
    const uint64_t va = UINT64_C(0xffffffe0c0000000);
    bool is_global = row->global_level >= 0;
    struct mmu_probe probe;

    mmu_world_finish(&world);
    mmu_world_init_mode(&world, "l1i=8,l1d=8,l2=16,asid=16", row->mode);
    struct mmu_mode mode = mmu_world_mode(&world, 1);
    mmu_world_map(&world, 1, va, row->leaf_level, sv_pte(UINT64_C(1) << 36, LEAF));
    if (is_global) {
        *mmu_world_pte(&world, 1, va, row->global_level) |= SV_G;
    }
    mmu_world_pa(&world, 1, va, MMU_LOAD);
    mmu_world_pa(&world, 1, va, MMU_FETCH);
    mmu_probe(world.mmu, &mode, va, MMU_LOAD, &probe);
    cr_assert(probe.array[MMU_L1D].matched, "%s", row->why);
    cr_expect(eq(int, probe.array[MMU_L1D].entry.is_global, is_global), "%s", row->why);

    /* ASID 2 maps nothing: only a global entry can answer. */
    enum mmu_status want = is_global ? MMU_OK : MMU_PAGE_FAULT;
    cr_expect(eq(int, mmu_world_try(&world, 2, va, MMU_LOAD), want), "%s", row->why);
    cr_expect(eq(int, mmu_world_try(&world, 2, va, MMU_FETCH), want), "%s", row->why);
}

Test(hit, global_pages_answer_every_asid)
{
    for (unsigned i = 0; i < sizeof global_rows / sizeof *global_rows; i++) {
        run_global_row(&global_rows[i]);
    }
}

/* G of one pointer says nothing about pages beside it. */
Test(hit, g_of_a_pointer_stays_below_it)
{
    const uint64_t beside = PAGE_VA + (UINT64_C(2) << 20);

    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF));
    mmu_world_map(&world, 1, beside, 0, sv_pte(2, LEAF));
    *mmu_world_pte(&world, 1, PAGE_VA, 1) |= SV_G;
    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    mmu_world_pa(&world, 1, beside, MMU_LOAD);
    cr_expect(mmu_world_holds(&world, 2, PAGE_VA, MMU_LOAD, MMU_L1D));
    cr_expect(not(mmu_world_holds(&world, 2, beside, MMU_LOAD, MMU_L1D)));
}

/* An address is canonical in the half where its page is, and all its aliases are not. */
static void try_aliases(uint64_t va, unsigned top)
{
    mmu_world_map(&world, 1, va, 0, sv_pte(1, LEAF | SV_G));
    for (enum mmu_access access = MMU_FETCH; access <= MMU_STORE; access++) {
        mmu_world_pa(&world, 1, va, access);
        struct mmu_counters before = *mmu_counters(world.mmu);
        for (unsigned bit = top; bit < 64; bit++) {
            uint64_t alias = va ^ UINT64_C(1) << bit;
            cr_expect(eq(int, mmu_world_try(&world, 1, alias, access), MMU_PAGE_FAULT), "bit %u",
                      bit);
        }
        cr_expect(zero(memcmp(&before, mmu_counters(world.mmu), sizeof before)));
    }
}

/* The check of the high bits comes before any look-up, and what it refuses is no access. */
Test(hit, a_non_canonical_alias_of_a_cached_page_faults_uncounted)
{
    static const unsigned top[] = {38, 47, 56};

    for (unsigned i = 0; i < 3; i++) {
        mmu_world_finish(&world);
        mmu_world_init_mode(&world, "l1i=8,l1d=8,l2=16,asid=16", (enum sv_mode)(SV_39 + i));
        try_aliases(PAGE_VA, top[i]);
        try_aliases(PAGE_VA | ~UINT64_C(0) << top[i], top[i]);
    }
}

/* Pages larger than 4 KiB. */
static const struct large_page {
    enum mmu_page_size size;
    enum sv_mode mode;
    int level;
    uint64_t length;
    uint64_t napot; /* N and the low PPN bits of a 64 KiB page */
} large_pages[] = {
    {MMU_64K, SV_39, 0, UINT64_C(1) << 16, SV_N | UINT64_C(8) << 10},
    {MMU_64K, SV_57, 0, UINT64_C(1) << 16, SV_N | UINT64_C(8) << 10},
    {MMU_2M, SV_39, 1, UINT64_C(1) << 21, 0},
    {MMU_1G, SV_39, 2, UINT64_C(1) << 30, 0},
    {MMU_1G, SV_48, 2, UINT64_C(1) << 30, 0},
    {MMU_512G, SV_48, 3, UINT64_C(1) << 39, 0},
    {MMU_512G, SV_57, 3, UINT64_C(1) << 39, 0},
    {MMU_256T, SV_57, 4, UINT64_C(1) << 48, 0},
};

/* One entry serves a large page whole, wherever its first access was. */
static void answers_everywhere_inside(const struct large_page *page, const char *geometry)
{
    enum { PIECES = 256 };
    const uint64_t ppn = UINT64_C(5) << 36;
    uint64_t start = sv_canonical(UINT64_C(0xffff00c040000000) & ~(page->length - 1), 5);

    mmu_world_finish(&world);
    mmu_world_init_mode(&world, geometry, page->mode);
    start = sv_canonical(start, sv_levels(world.satp[1]));
    for (uint64_t i = 0; i < (page->napot == 0 ? 1 : 16); i++) {
        mmu_world_map(&world, 1, start + i * 4096, page->level, sv_pte(ppn, LEAF) | page->napot);
    }
    for (uint64_t offset = page->length; offset > 0; offset -= page->length / PIECES) {
        uint64_t pa = mmu_world_pa(&world, 1, start + offset - 1, MMU_LOAD);
        cr_expect(eq(u64, pa, (ppn << 12) + offset - 1), "%s", geometry);
    }
    cr_expect(eq(u64, counters_of(MMU_L1D)->hits[MMU_LOAD], PIECES - 1), "%s", geometry);
    cr_expect(eq(u64, counters_of(MMU_L1D)->hits_by_size[page->size], PIECES - 1));
    cr_expect(eq(u64, counters_of(MMU_L1D)->misses_by_size[page->size], 1));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.completed_by_size[page->size], 1));
    cr_expect(eq(u64, counters_of(MMU_L1D)->fills, 1));
    cr_expect(eq(u64, walks(), 1));
}

Test(hit, a_large_page_answers_at_every_address_inside)
{
    static const char *const geometry[] = {"l1i=8,l1d=8,l2=16,asid=16",
                                           "l1i=8,l1d=4x2,l2=16x4,asid=16", "default"};

    for (unsigned i = 0; i < sizeof geometry / sizeof *geometry; i++) {
        for (unsigned size = 0; size < sizeof large_pages / sizeof *large_pages; size++) {
            answers_everywhere_inside(&large_pages[size], geometry[i]);
        }
    }
}

/* An access to an address whose page is cached, and what the cached PTE makes of it. */
static const struct refusal_row {
    const char *why;
    uint64_t flags; /* of the PTE, with V and A */
    struct {
        enum mmu_privilege privilege;
        bool sum;
        bool mxr;
        bool svade;
        enum mmu_access access;
    } by; /* S-mode with SUM, MXR and hardware A/D has cached the page by a load */
    enum mmu_status want;
} refusal_rows[] = {
    {"U-mode needs U=1", SV_R, {MMU_USER, .access = MMU_LOAD}, MMU_PAGE_FAULT},
    {"SUM does not help U-mode", SV_R, {MMU_USER, .sum = true, .access = MMU_LOAD}, MMU_PAGE_FAULT},
    {"U-mode may load", SV_R | SV_U, {MMU_USER, .access = MMU_LOAD}, MMU_OK},
    {"S-mode with SUM", SV_R | SV_U, {MMU_SUPERVISOR, .sum = true, .access = MMU_LOAD}, MMU_OK},
    {"SUM cleared acts at once", SV_R | SV_U, {MMU_SUPERVISOR, .access = MMU_LOAD}, MMU_PAGE_FAULT},
    {"SUM cleared, a store",
     SV_R | SV_W | SV_U | SV_D,
     {MMU_SUPERVISOR, .access = MMU_STORE},
     MMU_PAGE_FAULT},
    {"MXR still on", SV_X, {MMU_SUPERVISOR, .mxr = true, .access = MMU_LOAD}, MMU_OK},
    {"MXR cleared acts at once", SV_X, {MMU_SUPERVISOR, .access = MMU_LOAD}, MMU_PAGE_FAULT},
    {"MXR serves U-mode too", SV_X | SV_U, {MMU_USER, .mxr = true, .access = MMU_LOAD}, MMU_OK},
    {"MXR does not serve stores",
     SV_X,
     {MMU_SUPERVISOR, .mxr = true, .access = MMU_STORE},
     MMU_PAGE_FAULT},
    {"a store needs W=1", SV_R, {MMU_SUPERVISOR, .access = MMU_STORE}, MMU_PAGE_FAULT},
    {"W=0 comes before D=0",
     SV_R,
     {MMU_SUPERVISOR, .svade = true, .access = MMU_STORE},
     MMU_PAGE_FAULT},
    {"D=0 with Svade",
     SV_R | SV_W,
     {MMU_SUPERVISOR, .svade = true, .access = MMU_STORE},
     MMU_PAGE_FAULT},
    {"D=1 with Svade",
     SV_R | SV_W | SV_D,
     {MMU_SUPERVISOR, .svade = true, .access = MMU_STORE},
     MMU_OK},
    {"a load does not need D",
     SV_R | SV_W,
     {MMU_SUPERVISOR, .svade = true, .access = MMU_LOAD},
     MMU_OK},
};

static struct mmu_mode refusal_mode(const struct refusal_row *row)
{
    struct mmu_mode mode = mmu_world_mode(&world, 1);

    mode.privilege = row->by.privilege;
    mode.sum = row->by.sum;
    mode.mxr = row->by.mxr;
    mode.hardware_ad = !row->by.svade;
    return mode;
}

/* A hit is a hit whether it allows or refuses; memory is not asked again. */
Test(hit, a_refusal_on_a_matching_entry_is_a_hit)
{
    for (unsigned i = 0; i < sizeof refusal_rows / sizeof *refusal_rows; i++) {
        const struct refusal_row *row = &refusal_rows[i];
        struct mmu_mode opener = mmu_world_mode(&world, 1);
        struct mmu_mode mode = refusal_mode(row);
        uint64_t pa = 0;
        opener.sum = opener.mxr = true;
        mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, SV_V | SV_A | row->flags));
        cr_assert(eq(int, mmu_translate(world.mmu, &opener, PAGE_VA, MMU_LOAD, &pa), MMU_OK));

        struct mmu_counters before = *mmu_counters(world.mmu);
        uint64_t reads = world.memory.reads;
        cr_expect(eq(int, mmu_translate(world.mmu, &mode, PAGE_VA, row->by.access, &pa), row->want),
                  "%s", row->why);
        cr_expect(eq(u64, counters_of(MMU_L1D)->hits[row->by.access],
                     before.array[MMU_L1D].hits[row->by.access] + 1),
                  "%s", row->why);
        cr_expect(eq(u64, counters_of(MMU_L1D)->hits_by_size[MMU_4K],
                     before.array[MMU_L1D].hits_by_size[MMU_4K] + 1),
                  "%s", row->why);
        cr_expect(eq(u64, counters_of(MMU_L1D)->misses[row->by.access],
                     before.array[MMU_L1D].misses[row->by.access]),
                  "%s", row->why);
        cr_expect(eq(u64, walks(), before.walk.count), "%s", row->why);
        cr_expect(eq(u64, world.memory.reads, reads), "%s", row->why);
        mmu_world_finish(&world);
        set_up();
    }
}

/* More permissions in memory do not help before a fence: the cached PTE refuses, without a walk. */
Test(hit, a_refusal_does_not_look_at_memory_again)
{
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, SV_V | SV_R | SV_A | SV_D));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    *mmu_world_pte(&world, 1, PAGE_VA, 0) |= SV_W;
    cr_expect(eq(int, mmu_world_try(&world, 1, PAGE_VA, MMU_STORE), MMU_PAGE_FAULT));
    mmu_fence(world.mmu, &(struct mmu_fence){0});
    cr_expect(eq(int, mmu_world_try(&world, 1, PAGE_VA, MMU_STORE), MMU_OK));
}

/* L1D has no entry; the one of L2 refuses, and no walk asks memory again. */
Test(hit, an_l2_hit_can_refuse_too)
{
    struct mmu_mode user = mmu_world_mode(&world, 1);
    uint64_t pa = 0;

    user.privilege = MMU_USER;
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_FETCH); /* in L1I and L2 */
    cr_expect(eq(int, mmu_translate(world.mmu, &user, PAGE_VA, MMU_LOAD, &pa), MMU_PAGE_FAULT));
    cr_expect(eq(u64, counters_of(MMU_L1D)->misses[MMU_LOAD], 1));
    cr_expect(eq(u64, counters_of(MMU_L2)->hits[MMU_LOAD], 1));
    cr_expect(eq(u64, walks(), 1));
}

Test(hit, a_walk_fills_l1_and_l2_and_an_l2_hit_fills_l1)
{
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_FETCH);
    cr_expect(eq(u64, counters_of(MMU_L1I)->fills, 1));
    cr_expect(eq(u64, counters_of(MMU_L1D)->fills, 0));
    cr_expect(eq(u64, counters_of(MMU_L2)->fills, 1));
    cr_expect(eq(u64, counters_of(MMU_L2)->misses[MMU_FETCH], 1));

    mmu_world_pa(&world, 1, PAGE_VA, MMU_STORE);
    cr_expect(eq(u64, counters_of(MMU_L1D)->fills, 1));
    cr_expect(eq(u64, counters_of(MMU_L2)->fills, 1));
    cr_expect(eq(u64, counters_of(MMU_L2)->hits[MMU_STORE], 1));

    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    cr_expect(eq(u64, counters_of(MMU_L1D)->hits[MMU_LOAD], 1));
    cr_expect(eq(u64, counters_of(MMU_L2)->accesses[MMU_LOAD], 0));
    cr_expect(eq(u64, walks(), 1));
}

Test(hit, a_faulted_walk_fills_nothing_and_is_walked_again)
{
    for (unsigned i = 1; i <= 3; i++) {
        cr_expect(eq(int, mmu_world_try(&world, 1, PAGE_VA, MMU_LOAD), MMU_PAGE_FAULT));
        cr_expect(eq(u64, walks(), i));
        cr_expect(eq(u64, mmu_counters(world.mmu)->walk.faulted, i));
        cr_expect(eq(u64, counters_of(MMU_L1D)->misses_by_size[MMU_NO_SIZE], i));
        cr_expect(eq(u64, counters_of(MMU_L2)->misses_by_size[MMU_NO_SIZE], i));
    }
    cr_expect(eq(u64, counters_of(MMU_L1D)->fills, 0));
    cr_expect(eq(u64, counters_of(MMU_L2)->fills, 0));

    /* The page is mapped now, and no invalid PTE was kept. */
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF));
    cr_expect(eq(int, mmu_world_try(&world, 1, PAGE_VA, MMU_LOAD), MMU_OK));
}

/* A store that finds D=0: a miss in L1D and L2, whose walk refills both entries where they are. */
Test(hit, a_store_that_must_set_d_misses_and_refills_in_place)
{
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF & ~SV_D));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    cr_expect(eq(u64, mmu_world_pa(&world, 1, PAGE_VA, MMU_STORE), 0x1000));
    for (enum mmu_array array = MMU_L1D; array <= MMU_L2; array++) {
        cr_expect(eq(u64, counters_of(array)->misses[MMU_STORE], 1));
        cr_expect(eq(u64, counters_of(array)->misses_by_size[MMU_4K], 2));
        cr_expect(eq(u64, counters_of(array)->fills, 1));
        cr_expect(eq(u64, counters_of(array)->evictions, 0));
        cr_expect(eq(u64, counters_of(array)->invalidations, 0));
        cr_expect(eq(u64, mmu_world_valid(&world, array), 1));
    }
    cr_expect(eq(u64, walks(), 2));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.d_updates, 1));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.a_updates, 0));

    mmu_world_pa(&world, 1, PAGE_VA, MMU_STORE);
    cr_expect(eq(u64, counters_of(MMU_L1D)->hits[MMU_STORE], 1));
    cr_expect(eq(u64, walks(), 2));
}

/* The same where L1D has lost the entry: L2's is refilled in place, L1D is filled. */
Test(hit, a_store_that_must_set_d_refills_l2_in_place)
{
    mmu_world_finish(&world);
    mmu_world_init(&world, "l1i=1,l1d=1,l2=16,asid=16");
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF & ~SV_D));
    mmu_world_map(&world, 1, PAGE_VA + 4096, 0, sv_pte(2, LEAF));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    mmu_world_pa(&world, 1, PAGE_VA + 4096, MMU_LOAD);
    mmu_world_pa(&world, 1, PAGE_VA, MMU_STORE);
    cr_expect(eq(u64, counters_of(MMU_L1D)->fills, 3));
    cr_expect(eq(u64, counters_of(MMU_L1D)->evictions, 2));
    cr_expect(eq(u64, counters_of(MMU_L2)->misses[MMU_STORE], 1));
    cr_expect(eq(u64, counters_of(MMU_L2)->fills, 2));
    cr_expect(eq(u64, counters_of(MMU_L2)->evictions, 0));
    cr_expect(eq(u64, walks(), 3));

    /* L2's copy knows that D is set now. */
    mmu_world_pa(&world, 1, PAGE_VA + 4096, MMU_LOAD);
    mmu_world_pa(&world, 1, PAGE_VA, MMU_STORE);
    cr_expect(eq(u64, counters_of(MMU_L2)->hits[MMU_STORE], 1));
    cr_expect(eq(u64, walks(), 3));
}

/* An upgrade whose walk faults leaves the entry, which goes on to answer loads. */
Test(hit, a_store_whose_walk_faults_changes_no_entry)
{
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF & ~SV_D));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    mmu_world_map(&world, 1, PAGE_VA, 0, 0);
    cr_expect(eq(int, mmu_world_try(&world, 1, PAGE_VA, MMU_STORE), MMU_PAGE_FAULT));
    cr_expect(eq(u64, counters_of(MMU_L1D)->misses_by_size[MMU_NO_SIZE], 1));
    cr_expect(eq(u64, mmu_counters(world.mmu)->walk.faulted, 1));
    cr_expect(eq(u64, mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD), 0x1000));
    cr_expect(eq(u64, counters_of(MMU_L1D)->hits[MMU_LOAD], 1));
}

/* Each access belongs to one effective privilege and one ASID, and so does its walk. */
Test(hit, shares_by_privilege_and_by_asid)
{
    struct mmu_mode user = mmu_world_mode(&world, 2);
    struct mmu_counts counts;
    uint64_t pa = 0;

    user.privilege = MMU_USER;
    mmu_world_map(&world, 1, PAGE_VA, 0, sv_pte(1, LEAF));
    mmu_world_map(&world, 2, PAGE_VA, 0, sv_pte(2, LEAF | SV_U));
    for (unsigned i = 0; i < 3; i++) {
        mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    }
    for (unsigned i = 0; i < 5; i++) {
        cr_assert(eq(int, mmu_translate(world.mmu, &user, PAGE_VA, MMU_LOAD, &pa), MMU_OK));
    }
    cr_assert(eq(int, mmu_world_try(&world, 2, PAGE_VA, MMU_LOAD), MMU_PAGE_FAULT)); /* a hit */

    mmu_count(world.mmu, &counts);
    const struct mmu_share_counters *u = &counts.total.mode[MMU_USER];
    const struct mmu_share_counters *s = &counts.total.mode[MMU_SUPERVISOR];
    cr_expect(eq(u64, u->array[MMU_L1D].accesses, 5));
    cr_expect(eq(u64, u->array[MMU_L1D].hits, 4));
    cr_expect(eq(u64, u->array[MMU_L1D].misses, 1));
    cr_expect(eq(u64, u->array[MMU_L2].misses, 1));
    cr_expect(eq(u64, u->walks, 1));
    cr_expect(eq(u64, s->array[MMU_L1D].accesses, 4));
    cr_expect(eq(u64, s->array[MMU_L1D].hits, 3));
    cr_expect(eq(u64, s->walks, 1));
    cr_assert(eq(sz, counts.asid_count, 3));
    cr_expect(eq(u64, counts.asid[0].array[MMU_L1D].accesses, 0));
    cr_expect(eq(u64, counts.asid[1].array[MMU_L1D].accesses, 3));
    cr_expect(eq(u64, counts.asid[1].walks, 1));
    cr_expect(eq(u64, counts.asid[2].array[MMU_L1D].accesses, 6));
    cr_expect(eq(u64, counts.asid[2].array[MMU_L1D].hits, 5));
    cr_expect(eq(u64, counts.asid[2].walks, 1));
}
