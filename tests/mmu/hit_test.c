/*
 * Which cached translation answers which access, and how hits, misses and refusals are counted.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

#include "tests/support/mmu_world.h"

#define LEAF (SV39_V | SV39_R | SV39_W | SV39_X | SV39_A | SV39_D)
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
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF));
    mmu_world_map(&world, 2, PAGE_VA, 0, sv39_pte(2, LEAF));
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

/* Every bit of the ASID tells address spaces apart, so that no alias answers. */
Test(hit, every_asid_bit_counts)
{
    mmu_world_map(&world, 0, PAGE_VA, 0, sv39_pte(1, LEAF));
    mmu_world_pa(&world, 0, PAGE_VA, MMU_LOAD);
    for (unsigned bit = 0; bit < 16; bit++) {
        struct mmu_mode mode = mmu_world_mode(&world, 1); /* an empty table */
        uint64_t pa = 0;
        mode.satp = sv39_satp(UINT64_C(1) << bit, world.root[1]);
        cr_expect(eq(int, mmu_translate(world.mmu, &mode, PAGE_VA, MMU_LOAD, &pa), MMU_PAGE_FAULT),
                  "bit %u", bit);
    }
}

/* A page is global through its own PTE or through any pointer above it. */
static const struct global_row {
    const char *why;
    int leaf_level;
    int global_level; /* of the PTE that has G; -1: none has */
} global_rows[] = {
    {"no G at all", 0, -1},
    {"no G at all, a megapage", 1, -1},
    {"no G at all, a gigapage", 2, -1},
    {"G in the leaf", 0, 0},
    {"G in the pointer above", 0, 1},
    {"G in the root's pointer", 0, 2},
    {"G in a megapage", 1, 1},
    {"G in the pointer above a megapage", 1, 2},
    {"G in a gigapage", 2, 2},
};

static void run_global_row(const struct global_row *row)
{
    const uint64_t va = UINT64_C(0xffffffe0c0000000);
    bool is_global = row->global_level >= 0;
    struct mmu_mode mode = mmu_world_mode(&world, 1);
    struct mmu_probe probe;

    mmu_world_map(&world, 1, va, row->leaf_level, sv39_pte(UINT64_C(1) << 18, LEAF));
    if (is_global) {
        *mmu_world_pte(&world, 1, va, row->global_level) |= SV39_G;
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
        mmu_world_finish(&world);
        set_up();
    }
}

/* G of one pointer says nothing about pages beside it. */
Test(hit, g_of_a_pointer_stays_below_it)
{
    const uint64_t beside = PAGE_VA + (UINT64_C(2) << 20);

    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF));
    mmu_world_map(&world, 1, beside, 0, sv39_pte(2, LEAF));
    *mmu_world_pte(&world, 1, PAGE_VA, 1) |= SV39_G;
    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    mmu_world_pa(&world, 1, beside, MMU_LOAD);
    cr_expect(mmu_world_holds(&world, 2, PAGE_VA, MMU_LOAD, MMU_L1D));
    cr_expect(not(mmu_world_holds(&world, 2, beside, MMU_LOAD, MMU_L1D)));
}

/* The check of bits 63..39 comes before any look-up, and what it refuses is no access. */
Test(hit, a_non_canonical_alias_of_a_cached_page_faults_uncounted)
{
    static const uint64_t vas[] = {PAGE_VA, UINT64_C(0xffffffffc0201000)};

    for (unsigned i = 0; i < 2; i++) {
        mmu_world_map(&world, 1, vas[i], 0, sv39_pte(1, LEAF | SV39_G));
        for (enum mmu_access access = MMU_FETCH; access <= MMU_STORE; access++) {
            mmu_world_pa(&world, 1, vas[i], access);
            struct mmu_counters before = *mmu_counters(world.mmu);
            for (unsigned bit = 38; bit < 64; bit++) {
                uint64_t alias = vas[i] ^ UINT64_C(1) << bit;
                cr_expect(eq(int, mmu_world_try(&world, 1, alias, access), MMU_PAGE_FAULT),
                          "bit %u", bit);
            }
            cr_expect(zero(memcmp(&before, mmu_counters(world.mmu), sizeof before)));
        }
    }
}

/* One entry serves a superpage whole, wherever its first access was. */
Test(hit, a_superpage_answers_at_every_address_inside)
{
    static const char *const geometry[] = {"l1i=8,l1d=8,l2=16,asid=16",
                                           "l1i=8,l1d=4x2,l2=16x4,asid=16", "default"};

    for (unsigned i = 0; i < 3 * 2; i++) {
        int level = 1 + (int)i % 2;
        uint64_t length = UINT64_C(4096) << (9 * level);
        mmu_world_finish(&world);
        mmu_world_init(&world, geometry[i / 2]);
        mmu_world_map(&world, 1, UINT64_C(0xffffffe040000000), level,
                      sv39_pte(UINT64_C(1) << 30, LEAF));
        for (uint64_t offset = length; offset > 0; offset -= length / 256) {
            uint64_t va = UINT64_C(0xffffffe040000000) + offset - 1;
            cr_expect(
                eq(u64, mmu_world_pa(&world, 1, va, MMU_LOAD), (UINT64_C(1) << 42) + offset - 1));
        }
        cr_expect(eq(u64, counters_of(MMU_L1D)->hits[MMU_LOAD], 255), "%s", geometry[i / 2]);
        cr_expect(eq(u64, counters_of(MMU_L1D)->hits_by_size[level == 1 ? MMU_2M : MMU_1G], 255));
        cr_expect(eq(u64, counters_of(MMU_L1D)->fills, 1));
        cr_expect(eq(u64, walks(), 1));
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
    {"U-mode needs U=1", SV39_R, {MMU_USER, .access = MMU_LOAD}, MMU_PAGE_FAULT},
    {"SUM does not help U-mode",
     SV39_R,
     {MMU_USER, .sum = true, .access = MMU_LOAD},
     MMU_PAGE_FAULT},
    {"U-mode may load", SV39_R | SV39_U, {MMU_USER, .access = MMU_LOAD}, MMU_OK},
    {"S-mode with SUM", SV39_R | SV39_U, {MMU_SUPERVISOR, .sum = true, .access = MMU_LOAD}, MMU_OK},
    {"SUM cleared acts at once",
     SV39_R | SV39_U,
     {MMU_SUPERVISOR, .access = MMU_LOAD},
     MMU_PAGE_FAULT},
    {"SUM cleared, a store",
     SV39_R | SV39_W | SV39_U | SV39_D,
     {MMU_SUPERVISOR, .access = MMU_STORE},
     MMU_PAGE_FAULT},
    {"MXR still on", SV39_X, {MMU_SUPERVISOR, .mxr = true, .access = MMU_LOAD}, MMU_OK},
    {"MXR cleared acts at once", SV39_X, {MMU_SUPERVISOR, .access = MMU_LOAD}, MMU_PAGE_FAULT},
    {"MXR serves U-mode too", SV39_X | SV39_U, {MMU_USER, .mxr = true, .access = MMU_LOAD}, MMU_OK},
    {"MXR does not serve stores",
     SV39_X,
     {MMU_SUPERVISOR, .mxr = true, .access = MMU_STORE},
     MMU_PAGE_FAULT},
    {"a store needs W=1", SV39_R, {MMU_SUPERVISOR, .access = MMU_STORE}, MMU_PAGE_FAULT},
    {"W=0 comes before D=0",
     SV39_R,
     {MMU_SUPERVISOR, .svade = true, .access = MMU_STORE},
     MMU_PAGE_FAULT},
    {"D=0 with Svade",
     SV39_R | SV39_W,
     {MMU_SUPERVISOR, .svade = true, .access = MMU_STORE},
     MMU_PAGE_FAULT},
    {"D=1 with Svade",
     SV39_R | SV39_W | SV39_D,
     {MMU_SUPERVISOR, .svade = true, .access = MMU_STORE},
     MMU_OK},
    {"a load does not need D",
     SV39_R | SV39_W,
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
        mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, SV39_V | SV39_A | row->flags));
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
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, SV39_V | SV39_R | SV39_A | SV39_D));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_LOAD);
    *mmu_world_pte(&world, 1, PAGE_VA, 0) |= SV39_W;
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
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF));
    mmu_world_pa(&world, 1, PAGE_VA, MMU_FETCH); /* in L1I and L2 */
    cr_expect(eq(int, mmu_translate(world.mmu, &user, PAGE_VA, MMU_LOAD, &pa), MMU_PAGE_FAULT));
    cr_expect(eq(u64, counters_of(MMU_L1D)->misses[MMU_LOAD], 1));
    cr_expect(eq(u64, counters_of(MMU_L2)->hits[MMU_LOAD], 1));
    cr_expect(eq(u64, walks(), 1));
}

Test(hit, a_walk_fills_l1_and_l2_and_an_l2_hit_fills_l1)
{
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF));
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
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF));
    cr_expect(eq(int, mmu_world_try(&world, 1, PAGE_VA, MMU_LOAD), MMU_OK));
}

/* A store that finds D=0: a miss in L1D and L2, whose walk refills both entries where they are. */
Test(hit, a_store_that_must_set_d_misses_and_refills_in_place)
{
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF & ~SV39_D));
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
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF & ~SV39_D));
    mmu_world_map(&world, 1, PAGE_VA + 4096, 0, sv39_pte(2, LEAF));
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
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF & ~SV39_D));
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
    mmu_world_map(&world, 1, PAGE_VA, 0, sv39_pte(1, LEAF));
    mmu_world_map(&world, 2, PAGE_VA, 0, sv39_pte(2, LEAF | SV39_U));
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
