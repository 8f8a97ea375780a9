/*
 * Regions: what is taken through them does to the TLB and its counts what mmu_translate would, as
 * long as the page tables say what they said, and else nothing.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

#include "tests/support/chooser.h"
#include "tests/support/mmu_world.h"

enum { ASIDS = 2, PLACES = 2, PAGES = 6, MODES = 4, STEPS = 30000 };

#define LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)
#define BASE UINT64_C(0x40200000)
#define REGION_BYTES UINT64_C(0x200000)

struct side {
    struct mmu_world world;
    uint64_t *leaf[ASIDS][PLACES][PAGES]; /* PTEs, wherever pointers lead */
    uint64_t *pointer[ASIDS][PLACES];
};

/* One side where regions are taken, and one where all is translated. */
static struct side taken;
static struct side plain;
static struct mmu_region region[ASIDS][PLACES][MODES];
static uint64_t pointer[ASIDS][PLACES]; /* as they were at first */
static unsigned takes;

/* Nothing is known yet of a region that may lead anywhere. */
static const uint8_t host[1];
static const struct mmu_region unknown = {.last_pa = UINT64_MAX, .bytes = host};

static uint64_t page_va(unsigned place, unsigned page)
{
    return BASE + place * REGION_BYTES + page * UINT64_C(0x1000);
}

/* The same MMU again, whose misses are classified. */
static void classify(struct mmu_world *world)
{
    struct mmu_memory memory = pte_memory_for_mmu(&world->memory);
    struct mmu_geometry geometry = *mmu_geometry(world->mmu);

    mmu_destroy(world->mmu);
    geometry.has_classes = true;
    world->mmu = mmu_create(&geometry, &memory);
    cr_assert(ne(ptr, world->mmu, NULL));
}

static void make(struct side *side, const char *spec, bool has_classes)
{
    mmu_world_init(&side->world, spec);
    if (has_classes) {
        classify(&side->world);
    }
    for (unsigned i = 0; i < ASIDS * PLACES * PAGES; i++) {
        unsigned space = i % ASIDS;
        unsigned place = i / ASIDS % PLACES;
        unsigned page = i / ASIDS / PLACES;
        uint64_t va = page_va(place, page);

        mmu_world_map(&side->world, space + 1, va, 0, sv_pte(0x100 + i, LEAF));
        side->leaf[space][place][page] = mmu_world_pte(&side->world, space + 1, va, 0);
        side->pointer[space][place] = mmu_world_pte(&side->world, space + 1, va, 1);
        pointer[space][place] = *side->pointer[space][place];
    }
}

static void make_both(const char *spec, bool has_classes)
{
    make(&taken, spec, has_classes);
    make(&plain, spec, has_classes);
    for (unsigned i = 0; i < ASIDS * PLACES * MODES; i++) {
        region[i % ASIDS][i / ASIDS % PLACES][i / ASIDS / PLACES] = unknown;
    }
    takes = 0;
}

static void finish_both(void)
{
    mmu_world_finish(&taken.world);
    mmu_world_finish(&plain.world);
}

/* Whether the access is allowed, by a region if that can tell; then it is learned. */
static enum mmu_status reach(struct mmu_region *of, const struct mmu_mode *mode, uint64_t va,
                             enum mmu_access access, uint64_t *pa)
{
    struct mmu_taken found;

    if (of->levels != 0 && mmu_take_region(taken.world.mmu, of, va, access, &found)) {
        *pa = found.pa;
        takes++;
        return MMU_OK;
    }
    enum mmu_status status = mmu_translate(taken.world.mmu, mode, va, access, pa);

    if (status == MMU_OK && !mmu_was_hit(taken.world.mmu, access)) {
        (void)mmu_learn_region(taken.world.mmu, mode, va, access, of);
    }
    return status;
}

/* One of the modes that a region is good for one of. */
static struct mmu_mode mode_of(const struct side *side, unsigned asid, unsigned number)
{
    struct mmu_mode mode = mmu_world_mode(&side->world, asid);

    mode.privilege = number == 1 ? MMU_USER : MMU_SUPERVISOR;
    mode.sum = number == 2;
    mode.mxr = number == 3;
    return mode;
}

static void expect_same_access(struct chooser *chooser, const char *spec, unsigned asids)
{
    unsigned asid = 1 + chooser_below(chooser, asids);
    unsigned place = chooser_below(chooser, PLACES);
    unsigned number = chooser_below(chooser, MODES);
    enum mmu_access access = chooser_percent(chooser, 30) ? MMU_STORE : MMU_LOAD;
    uint64_t va = page_va(place, chooser_below(chooser, PAGES)) + 8;
    uint64_t pa[2] = {0, 0};
    struct mmu_mode mode = mode_of(&taken, asid, number);

    enum mmu_status got = reach(&region[asid - 1][place][number], &mode, va, access, &pa[0]);
    mode = mode_of(&plain, asid, number);
    enum mmu_status wanted = mmu_translate(plain.world.mmu, &mode, va, access, &pa[1]);

    cr_assert(eq(int, got, wanted), "%s", spec);
    cr_assert(eq(u64, pa[0], pa[1]), "%s", spec);
}

static void expect_same_counts(const char *spec)
{
    struct mmu_counts a;
    struct mmu_counts b;

    mmu_count_regions(taken.world.mmu);
    mmu_count(taken.world.mmu, &a);
    mmu_count(plain.world.mmu, &b);
    cr_expect(eq(int, memcmp(&a.total, &b.total, sizeof a.total), 0), "%s", spec);
    cr_expect(eq(int, memcmp(a.asid, b.asid, b.asid_count * sizeof *a.asid), 0), "%s", spec);
}

static void change_leaf(struct chooser *chooser)
{
    static const uint64_t flags[] = {
        LEAF,
        LEAF & ~SV_D,
        LEAF & ~(SV_A | SV_D),
        LEAF & ~SV_W,
        LEAF & ~(SV_R | SV_W),
        LEAF | SV_G,
        LEAF | SV_U,
        LEAF & ~SV_V,
        0,
        LEAF | UINT64_C(0x100),
        LEAF | SV_NC,
        SV_V | SV_X | SV_A,
        LEAF & ~SV_X,
        LEAF | SV_N,
        LEAF,
        LEAF,
    };
    unsigned space = chooser_below(chooser, ASIDS);
    unsigned place = chooser_below(chooser, PLACES);
    unsigned page = chooser_below(chooser, PAGES);
    uint64_t pte = sv_pte(0x100 + chooser_below(chooser, 16),
                          flags[chooser_below(chooser, sizeof flags / sizeof *flags)]);

    *taken.leaf[space][place][page] = pte;
    *plain.leaf[space][place][page] = pte;
}

/* Has a region lead to the table of another address space, be global, a superpage or nothing; but
 * mostly to its own. */
static void change_pointer(struct chooser *chooser)
{
    unsigned space = chooser_below(chooser, ASIDS);
    unsigned place = chooser_below(chooser, PLACES);
    const uint64_t choice[] = {
        pointer[0][place],
        pointer[1][place],
        pointer[space][place],
        pointer[space][place],
        pointer[space][place],
        pointer[space][place] | SV_G,
        sv_pte(0x200, LEAF),
        0,
        pointer[space][place] | SV_U,
    };
    uint64_t pte = choice[chooser_below(chooser, sizeof choice / sizeof *choice)];

    *taken.pointer[space][place] = pte;
    *plain.pointer[space][place] = pte;
}

static void fence(struct chooser *chooser)
{
    const struct mmu_fence named = {
        .has_va = chooser_percent(chooser, 70),
        .has_asid = chooser_percent(chooser, 50),
        .va = page_va(chooser_below(chooser, PLACES), chooser_below(chooser, PAGES)),
        .asid = 1 + chooser_below(chooser, ASIDS),
    };

    mmu_fence(taken.world.mmu, &named);
    mmu_fence(plain.world.mmu, &named);
}

/* Accesses are made in so many address spaces. */
static void compare(const char *spec, bool has_classes, unsigned asids)
{
    struct chooser chooser = chooser_from_seed(11);

    make_both(spec, has_classes);
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned what = chooser_below(&chooser, 1000);

        if (what < 30) {
            change_leaf(&chooser);
        } else if (what < 40) {
            change_pointer(&chooser);
        } else if (what < 50) {
            fence(&chooser);
        } else if (what < 52) {
            expect_same_counts(spec);
        } else {
            expect_same_access(&chooser, spec, asids);
        }
    }
    expect_same_counts(spec);
    cr_expect(gt(u32, takes, STEPS / 50), "%s: %u", spec, takes);
    finish_both();
}

Test(region, what_is_taken_is_as_if_translated)
{
    static const char *const specs[] = {
        "l1i=1,l1d=3,l2=8",
        "l1i=1,l1d=3",
        "l1i=1,l1d=1,l2=4x2",
        "l1i=1,l1d=4:plru,l2=2x4:plru",
        "l1i=1,l1d=3:bit-plru,l2=6:fifo",
        "l1i=1,l1d=2:random,l2=6:round-robin",
        "l1i=1,l1d=2:pages=2,l2=2x2:pages=4",
        "l1i=1,l1d=2:4K+2:super,l2=6",
        "l1i=1,l1d=3,l2=8,invalid=leaf+non-leaf",
        "l1i=1,l1d=3,l2=8,asid=1",
        "l1i=1,l1d=3,l2=8,asid=0",
    };

    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        for (unsigned asids = 1; asids <= ASIDS; asids++) {
            compare(specs[i], false, asids);
            compare(specs[i], true, asids);
        }
    }
}

Test(region, is_learned_only_where_a_miss_is_nothing_more)
{
    static const struct {
        const char *spec;
        int level;
        bool is_learned;
        const char *why;
    } rows[] = {
        {"l1i=1,l1d=2,l2=4", 0, true, "two levels"},
        {"l1i=1,l1d=2", 0, true, "one level"},
        {"l1i=1,l1d=2,l2=4", 1, false, "a superpage"},
        {"l1i=1,l1d=2,l2=4:inclusive", 0, false, "the L2 may empty the L1D"},
        {"l1i=1,l1d=2,l2=4:exclusive", 0, false, "the L2 loses what the L1D gets"},
        {"l1i=1,l1d=2,l2=4,pwc=4", 0, false, "a walk cache counts"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_region learned = unknown;
        uint64_t va = page_va(0, 0);

        mmu_world_init(&plain.world, rows[i].spec);
        mmu_world_map(&plain.world, 1, va, rows[i].level, sv_pte(0x200, LEAF));
        struct mmu_mode mode = mmu_world_mode(&plain.world, 1);

        mmu_world_pa(&plain.world, 1, va, MMU_LOAD);
        cr_expect(eq(int, mmu_learn_region(plain.world.mmu, &mode, va, MMU_LOAD, &learned),
                     rows[i].is_learned),
                  "%s", rows[i].why);
        mmu_world_finish(&plain.world);
    }
}

static void note_walk(void *ctx, const struct mmu_walk *walk)
{
    (void)walk;
    ++*(unsigned *)ctx;
}

/* Who listens to walks hears of every step, which a region does not go through. */
Test(region, is_not_taken_where_a_walk_is_listened_to)
{
    struct mmu_region learned = unknown;
    unsigned walks = 0;
    struct mmu_taken found;

    make(&plain, "l1i=1,l1d=2,l2=4", false);
    struct mmu_mode mode = mmu_world_mode(&plain.world, 1);

    mmu_world_pa(&plain.world, 1, page_va(0, 0), MMU_LOAD);
    cr_assert(mmu_learn_region(plain.world.mmu, &mode, page_va(0, 0), MMU_LOAD, &learned));
    mmu_observe_walks(plain.world.mmu, note_walk, &walks);
    cr_expect(not(mmu_take_region(plain.world.mmu, &learned, page_va(0, 1), MMU_LOAD, &found)));
    mmu_observe_walks(plain.world.mmu, NULL, NULL);
    cr_expect(mmu_take_region(plain.world.mmu, &learned, page_va(0, 1), MMU_LOAD, &found));
    cr_expect(eq(u32, walks, 0));
    mmu_count_regions(plain.world.mmu);
    mmu_world_finish(&plain.world);
}

static void note_miss(void *ctx, struct mmu_miss miss)
{
    *(struct mmu_miss *)ctx = miss;
}

Test(region, observers_of_misses_are_told)
{
    struct mmu_region learned = unknown;
    struct mmu_miss miss;
    struct mmu_taken found;

    make(&plain, "l1i=1,l1d=1,l2=4", false);
    struct mmu_mode mode = mmu_world_mode(&plain.world, 1);

    mmu_world_pa(&plain.world, 1, page_va(0, 0), MMU_LOAD);
    cr_assert(mmu_learn_region(plain.world.mmu, &mode, page_va(0, 0), MMU_LOAD, &learned));
    mmu_observe_misses(plain.world.mmu, note_miss, &miss);
    cr_assert(mmu_take_region(plain.world.mmu, &learned, page_va(0, 1), MMU_STORE, &found));
    cr_expect(eq(u32, miss.events, 1u << MMU_L1D_MISS | 1u << MMU_L2_MISS | 1u << MMU_WALK_MADE));
    cr_expect(eq(u64, miss.va, page_va(0, 1)));
    cr_expect(eq(int, miss.privilege, MMU_SUPERVISOR));
    cr_assert(mmu_take_region(plain.world.mmu, &learned, page_va(0, 0), MMU_STORE, &found));
    cr_expect(eq(u32, miss.events, 1u << MMU_L1D_MISS));
    miss.events = 0;
    cr_assert(mmu_take_region(plain.world.mmu, &learned, page_va(0, 0), MMU_LOAD, &found));
    cr_expect(eq(u32, miss.events, 0), "the L1D holds it");
    mmu_count_regions(plain.world.mmu);
    mmu_world_finish(&plain.world);
}

/* Under one ASID and privilege, walks of tables of three levels and of four: each reads its own. */
Test(region, walks_count_for_their_own_levels)
{
    struct mmu_region learned[2] = {unknown, unknown};
    struct mmu_mode mode[2];
    struct mmu_world *world = &plain.world;
    struct mmu_taken found;
    uint64_t pa;

    mmu_world_init_mode(world, "l1i=1,l1d=1", SV_48);
    for (unsigned page = 0; page < PAGES; page++) {
        mmu_world_map(world, 1, page_va(0, page), 0, sv_pte(0x100 + page, LEAF));
    }
    mode[0] = mode[1] = mmu_world_mode(world, 1);
    mode[1].satp = sv_satp(SV_39, 1, sv_ppn(*mmu_world_pte(world, 1, page_va(0, 0), 3)) << 12);
    for (unsigned i = 0; i < 2; i++) {
        mmu_fence(world->mmu, &(struct mmu_fence){.has_va = false});
        cr_assert(
            eq(int, mmu_translate(world->mmu, &mode[i], page_va(0, i), MMU_LOAD, &pa), MMU_OK));
        cr_assert(mmu_learn_region(world->mmu, &mode[i], page_va(0, i), MMU_LOAD, &learned[i]));
    }
    for (unsigned page = 2; page < PAGES; page++) {
        cr_assert(
            mmu_take_region(world->mmu, &learned[page % 2], page_va(0, page), MMU_LOAD, &found));
    }
    mmu_count_regions(world->mmu);
    const struct mmu_walk_counters *walk = &mmu_counters(world->mmu)->walk;

    cr_expect(eq(u64, walk->pte_reads_by_level[3], 1 + PAGES / 2 - 1), "those of Sv48 alone");
    cr_expect(eq(u64, walk->pte_reads_by_level[2], PAGES));
    mmu_world_finish(world);
}

static uint64_t shortcut_clock;
static unsigned changes; /* pages with shortcuts that went */

static void note_change(void *ctx, enum mmu_array array, uint64_t va, enum mmu_page_size size)
{
    (void)ctx;
    (void)array;
    (void)va;
    (void)size;
    changes++;
}

static void ignore_look_up(void *ctx, enum mmu_array array)
{
    (void)ctx;
    (void)array;
}

/* Learns from page 0 and has a miss on page 1 taken, as the other side translates it. Returns
 * whether there is a shortcut to that. */
static bool take_page_1(const char *spec, bool has_classes, struct mmu_region *learned,
                        struct mmu_region_shortcut *shortcut)
{
    const struct mmu_keeper keeper = {
        .clock = &shortcut_clock, .changed = note_change, .looks_up = ignore_look_up};
    struct mmu_taken found;

    make_both(spec, has_classes);
    shortcut_clock = 0;
    changes = 0;
    mmu_keep_shortcuts(taken.world.mmu, &keeper);
    struct mmu_mode mode = mmu_world_mode(&taken.world, 1);

    mmu_world_pa(&taken.world, 1, page_va(0, 0), MMU_LOAD);
    mmu_world_pa(&plain.world, 1, page_va(0, 0), MMU_LOAD);
    cr_assert(mmu_learn_region(taken.world.mmu, &mode, page_va(0, 0), MMU_LOAD, learned));
    cr_assert(mmu_take_region(taken.world.mmu, learned, page_va(0, 1), MMU_LOAD, &found));
    mmu_world_pa(&plain.world, 1, page_va(0, 1), MMU_LOAD);
    return mmu_shortcut_region(taken.world.mmu, learned, &found, shortcut);
}

static void take_and_translate(struct mmu_region *learned, unsigned page)
{
    struct mmu_taken found;

    cr_assert(mmu_take_region(taken.world.mmu, learned, page_va(0, page), MMU_LOAD, &found));
    mmu_world_pa(&plain.world, 1, page_va(0, page), MMU_LOAD);
}

/* The hits decide who is evicted, and are counted as hits. */
Test(region, hits_by_a_shortcut_are_hits)
{
    static const char spec[] = "l1i=1,l1d=2,l2=4";
    struct mmu_region learned = unknown;
    struct mmu_region_shortcut shortcut;

    cr_assert(take_page_1(spec, false, &learned, &shortcut));
    cr_expect(shortcut.allows_load);
    cr_expect(shortcut.allows_store);
    take_and_translate(&learned, 2);
    *shortcut.stamp = ++shortcut_clock;
    *shortcut.stamp = ++shortcut_clock;
    mmu_count_region_hits(taken.world.mmu, 1, MMU_SUPERVISOR, 1, 1);
    mmu_world_pa(&plain.world, 1, page_va(0, 1), MMU_LOAD);
    mmu_world_pa(&plain.world, 1, page_va(0, 1), MMU_STORE);
    take_and_translate(&learned, 3);
    cr_expect(eq(u32, changes, 0), "page 2 went");
    take_and_translate(&learned, 2);
    cr_expect(eq(u32, changes, 1), "page 1 went");
    take_and_translate(&learned, 1);
    cr_expect(eq(u32, changes, 1), "no page with a shortcut");
    expect_same_counts(spec);
    finish_both();
}

/* A region tells of a miss, of the first hit after it, and of those after that. */
Test(region, tells_what_a_page_has_seen_since_it_came)
{
    struct mmu_region learned = unknown;
    struct mmu_region_shortcut shortcut;
    struct mmu_taken found;

    cr_assert(take_page_1("l1i=1,l1d=1,l2=4", false, &learned, &shortcut));
    for (unsigned round = 0; round < 2; round++) {
        cr_assert(mmu_take_region(taken.world.mmu, &learned, page_va(0, 2), MMU_LOAD, &found));
        cr_expect(found.was_miss);
        cr_expect(not(found.hit_again));
        cr_assert(mmu_take_region(taken.world.mmu, &learned, page_va(0, 2), MMU_LOAD, &found));
        cr_expect(not(found.was_miss));
        cr_expect(not(found.hit_again));
        cr_assert(mmu_take_region(taken.world.mmu, &learned, page_va(0, 2), MMU_STORE, &found));
        cr_expect(not(found.was_miss));
        cr_expect(found.hit_again);
        cr_assert(mmu_take_region(taken.world.mmu, &learned, page_va(0, 1), MMU_LOAD, &found));
        cr_expect(found.was_miss, "page 2 goes");
    }
    mmu_count_regions(taken.world.mmu);
    finish_both();
}

/* Whether a miss brings the page from the page tables, from the L2, or it is there: it must lie
 * between the bounds. */
Test(region, is_taken_within_its_bounds_only)
{
    enum { FIRST = 0x100 << 12 }; /* where the first page of make() leads */
    static const struct {
        uint64_t first;
        uint64_t last;
        bool is_taken;
    } rows[] = {
        {FIRST, FIRST + 0xfff, true},
        {0, UINT64_MAX, true},
        {FIRST + 0x1000, UINT64_MAX, false},
        {0, FIRST - 1, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_region learned = unknown;
        struct mmu_taken found;

        make_both("l1i=1,l1d=1,l2=4", false);
        struct mmu_mode mode = mmu_world_mode(&taken.world, 1);

        mmu_world_pa(&taken.world, 1, page_va(0, 1), MMU_LOAD);
        cr_assert(mmu_learn_region(taken.world.mmu, &mode, page_va(0, 1), MMU_LOAD, &learned));
        learned.first_pa = rows[i].first;
        learned.last_pa = rows[i].last;
        for (unsigned from = 0; from < 3; from++) { /* a walk, the L1D, the L2 */
            bool is_taken =
                mmu_take_region(taken.world.mmu, &learned, page_va(0, 0), MMU_LOAD, &found);

            cr_expect(eq(int, is_taken, rows[i].is_taken), "row %zu, %u", i, from);
            mmu_world_pa(&taken.world, 1, page_va(0, 0), MMU_LOAD);
            if (from == 1) {
                mmu_world_pa(&taken.world, 1, page_va(0, 1), MMU_LOAD);
            }
        }
        mmu_count_regions(taken.world.mmu);
        finish_both();
    }
}

/* Nor is there one where only the latest page could have it, or a history wants to know of hits,
 * unless the array is what the history would be. */
Test(region, has_shortcuts_where_a_stamp_says_all_of_a_hit)
{
    static const struct {
        const char *spec;
        bool has_classes;
        bool has_shortcuts;
    } rows[] = {
        {"l1i=1,l1d=2,l2=4", false, true},           {"l1i=1,l1d=2,l2=4", true, true},
        {"l1i=1,l1d=2x1,l2=4", false, true},         {"l1i=1,l1d=2x1,l2=4", true, false},
        {"l1i=1,l1d=2:fifo,l2=4", false, true},      {"l1i=1,l1d=2:plru,l2=4", false, false},
        {"l1i=1,l1d=2:bit-plru,l2=4", false, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_region learned = unknown;
        struct mmu_region_shortcut shortcut;

        cr_expect(eq(int, take_page_1(rows[i].spec, rows[i].has_classes, &learned, &shortcut),
                     rows[i].has_shortcuts),
                  "%s", rows[i].spec);
        mmu_count_regions(taken.world.mmu);
        finish_both();
    }
}

/* Pages that a fence takes from the L1D its history keeps: hits are then told to both, the long
 * way, until the two hold the same again. */
Test(region, takes_hits_as_long_as_the_history_is_that_of_the_array)
{
    enum { ENOUGH = 40 };
    struct mmu_region learned = unknown;
    struct mmu_region_shortcut shortcut;
    struct mmu_taken found;
    const struct mmu_fence named = {.has_va = true, .va = page_va(0, 1)};

    cr_assert(take_page_1("l1i=1,l1d=2,l2=4", true, &learned, &shortcut));
    cr_expect(mmu_take_region(taken.world.mmu, &learned, page_va(0, 1), MMU_LOAD, &found));
    mmu_fence(taken.world.mmu, &named);
    cr_expect(eq(u32, changes, 1), "a shortcut that the history would not hear of is gone");
    cr_assert(mmu_take_region(taken.world.mmu, &learned, page_va(0, 1), MMU_LOAD, &found));
    cr_expect(not(mmu_take_region(taken.world.mmu, &learned, page_va(0, 1), MMU_LOAD, &found)));
    for (unsigned i = 0; i < ENOUGH; i++) {
        mmu_world_pa(&taken.world, 1, page_va(0, i % PAGES), MMU_LOAD);
    }
    mmu_world_pa(&taken.world, 1, page_va(0, 1), MMU_LOAD);
    cr_expect(mmu_take_region(taken.world.mmu, &learned, page_va(0, 1), MMU_LOAD, &found));
    mmu_count_regions(taken.world.mmu);
    finish_both();
}

/* Nor to a global page that the L2 got in another address space: the miss does not tell where it
 * went. */
Test(region, has_no_shortcut_to_a_global_page_of_another_space)
{
    struct mmu_region learned = unknown;
    struct mmu_region_shortcut shortcut;
    struct mmu_taken found;

    make_both("l1i=1,l1d=1,l2=8", false);
    struct mmu_mode mode = mmu_world_mode(&taken.world, 1);

    *taken.leaf[0][0][0] |= SV_G;
    *taken.leaf[1][0][1] |= SV_G;
    mmu_world_pa(&taken.world, 2, page_va(0, 1), MMU_LOAD);
    uint64_t pa = mmu_world_pa(&taken.world, 1, page_va(0, 0), MMU_LOAD);

    cr_assert(mmu_learn_region(taken.world.mmu, &mode, page_va(0, 0), MMU_LOAD, &learned));
    cr_assert(mmu_take_region(taken.world.mmu, &learned, page_va(0, 1), MMU_LOAD, &found));
    cr_expect(ne(u64, found.pa, pa));
    cr_expect(not(mmu_shortcut_region(taken.world.mmu, &learned, &found, &shortcut)));
    cr_expect(eq(u64, mmu_world_pa(&taken.world, 1, page_va(0, 1), MMU_LOAD), found.pa));
    finish_both();
}
