/*
 * Shortcuts past the look-up: hits noted through them count and matter as if they had been asked
 * for, and their keeper hears of whatever ends them.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <string.h>

#include "tests/support/chooser.h"
#include "tests/support/mmu_world.h"

enum { PAGES = 6, STEPS = 4000, PAGE_BYTES = 4096 };

#define LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)
#define BASE UINT64_C(0x40200000)

/* A world whose MMU has a keeper of shortcuts: one for each page and array, at most. */
struct kept {
    uint64_t clock;
    struct mmu_world world;
    struct mmu_shortcut shortcut[2][PAGES]; /* by array */
    bool is_there[2][PAGES];
    uint64_t hits[2][PAGES][MMU_ACCESSES]; /* not yet counted */
    unsigned changed;                      /* calls */
    unsigned looks_up;
    unsigned settles;
    uint64_t last_changed;
};

static struct kept kept;
static struct mmu_world plain;

static uint64_t page_va(unsigned page)
{
    return BASE + (uint64_t)page * PAGE_BYTES;
}

static void count(unsigned array, unsigned page)
{
    for (unsigned access = 0; access < MMU_ACCESSES; access++) {
        uint64_t hits = kept.hits[array][page][access];

        kept.hits[array][page][access] = 0;
        if (hits != 0) {
            mmu_count_shortcut(kept.world.mmu, &kept.shortcut[array][page], (enum mmu_access)access,
                               hits);
        }
    }
}

static void forget(unsigned array, unsigned page)
{
    count(array, page);
    kept.is_there[array][page] = false;
}

static void on_changed(void *ctx, enum mmu_array array, uint64_t va, enum mmu_page_size size)
{
    (void)ctx;
    kept.changed++;
    kept.last_changed = va;
    for (unsigned page = 0; page < PAGES; page++) {
        if (size != MMU_4K || page_va(page) == va) {
            forget(array, page);
        }
    }
}

static void on_look_up(void *ctx, enum mmu_array array)
{
    (void)ctx;
    kept.looks_up++;
    for (unsigned page = 0; page < PAGES; page++) {
        if (kept.shortcut[array][page].is_latest_only) {
            forget(array, page);
        }
    }
}

static void on_settle(void *ctx)
{
    (void)ctx;
    kept.settles++;
    for (unsigned page = 0; page < PAGES; page++) {
        count(MMU_L1I, page);
        count(MMU_L1D, page);
    }
}

static const struct mmu_keeper keeper = {
    .clock = &kept.clock, .changed = on_changed, .looks_up = on_look_up, .settle = on_settle};

/* A world with the pages mapped in ASID 1, misses classified or not. */
static void make_world(struct mmu_world *world, const char *spec, bool has_classes)
{
    struct mmu_memory memory = pte_memory_for_mmu(&world->memory);
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;

    mmu_world_init(world, spec);
    cr_assert(mmu_geometry_parse(spec, &geometry, &error));
    geometry.has_classes = has_classes;
    mmu_destroy(world->mmu);
    world->mmu = mmu_create(&geometry, &memory);
    cr_assert(ne(ptr, world->mmu, NULL));
    for (unsigned page = 0; page < PAGES; page++) {
        mmu_world_map(world, 1, page_va(page), 0, sv_pte(0x100 + page, LEAF));
        mmu_world_map(world, 2, page_va(page), 0, sv_pte(0x200 + page, LEAF));
    }
}

static void make_kept(const char *spec, bool has_classes)
{
    memset(&kept, 0, sizeof kept);
    make_world(&kept.world, spec, has_classes);
    mmu_keep_shortcuts(kept.world.mmu, &keeper);
}

static enum mmu_array l1_of(enum mmu_access access)
{
    return access == MMU_FETCH ? MMU_L1I : MMU_L1D;
}

/* One access through the shortcut if there is one, else asked for, and a shortcut made. */
static void reach(unsigned page, enum mmu_access access)
{
    enum mmu_array array = l1_of(access);
    struct mmu_mode mode = mmu_world_mode(&kept.world, 1);
    struct mmu_shortcut *shortcut = &kept.shortcut[array][page];

    if (kept.is_there[array][page]) {
        *shortcut->stamp = ++kept.clock;
        kept.hits[array][page][access]++;
        return;
    }
    mmu_world_pa(&kept.world, 1, page_va(page), access);
    kept.is_there[array][page] =
        mmu_make_shortcut(kept.world.mmu, &mode, page_va(page), access, shortcut);
}

static void expect_same_counts(const char *spec)
{
    struct mmu_counts a;
    struct mmu_counts b;

    mmu_count(kept.world.mmu, &a);
    mmu_count(plain.mmu, &b);
    cr_expect(eq(int, memcmp(&a.total, &b.total, sizeof a.total), 0), "%s", spec);
    cr_expect(eq(int, memcmp(a.asid, b.asid, b.asid_count * sizeof *a.asid), 0), "%s", spec);
    cr_expect(gt(u64, b.total.array[MMU_L1D].evictions + b.total.array[MMU_L1D].back_invalidations,
                 STEPS / 50),
              "%s: nothing happened", spec);
}

/* Removes one page or all: an L1 then keeps others for longer than its history, which no fence
 * empties. */
static void fence(struct chooser *chooser)
{
    const struct mmu_fence named = {
        .has_va = chooser_percent(chooser, 80),
        .va = page_va(chooser_below(chooser, PAGES)),
    };

    mmu_fence(kept.world.mmu, &named);
    mmu_fence(plain.mmu, &named);
}

static void compare_in(const char *spec, bool has_classes, bool has_other)
{
    struct chooser chooser = chooser_from_seed(7);

    make_kept(spec, has_classes);
    make_world(&plain, spec, has_classes);
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned page = chooser_below(&chooser, PAGES);
        enum mmu_access access = (enum mmu_access)chooser_below(&chooser, MMU_ACCESSES);

        if (chooser_percent(&chooser, 10)) {
            fence(&chooser);
        }
        if (has_other && chooser_percent(&chooser, 10)) { /* that, by the long way */
            cr_assert(eq(u64, mmu_world_pa(&kept.world, 2, page_va(page), access),
                         mmu_world_pa(&plain, 2, page_va(page), access)));
        }
        for (unsigned times = chooser_below(&chooser, 4) + 1; times > 0; times--) {
            reach(page, access);
            mmu_world_pa(&plain, 1, page_va(page), access);
        }
    }
    expect_same_counts(spec);
    mmu_world_finish(&kept.world);
    mmu_world_finish(&plain);
}

/* With another address space, or without. */
static void compare(const char *spec, bool has_classes)
{
    compare_in(spec, has_classes, false);
    compare_in(spec, has_classes, true);
}

Test(shortcut, hits_through_it_are_like_hits_asked_for)
{
    static const char *const policies[] = {"lru",  "plru",        "bit-plru",
                                           "fifo", "round-robin", "random"};

    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        char spec[96];

        for (unsigned ways = 2; ways < PAGES; ways++) {
            snprintf(spec, sizeof spec, "l1i=%u:%s,l1d=%u:%s,l2=5:%s:inclusive", ways, policies[i],
                     ways, policies[i], policies[i]);
            compare(spec, false);
            compare(spec, true);
            snprintf(spec, sizeof spec, "l1i=%u:%s,l1d=%u:%s,l2=5,asid=0", ways, policies[i], ways,
                     policies[i]);
            compare(spec, true);
        }
        snprintf(spec, sizeof spec, "l1i=2:%s,l1d=2:pages=2:%s", policies[i], policies[i]);
        compare(spec, false);
    }
}

/* What happens to a page in the tests of histories. */
enum { FENCED = 0x10, ONCE = 0x20, BY_OTHER = 0x40 }; /* ONCE: no shortcut is made */

/* Goes through the steps with shortcuts and without: of both, one miss must be the fence's. */
static void expect_one_flush(const char *spec, const unsigned *steps, size_t count)
{
    make_kept(spec, true);
    make_world(&plain, spec, true);
    for (size_t i = 0; i < count; i++) {
        unsigned page = steps[i] & 0xf;
        unsigned space = (steps[i] & BY_OTHER) != 0 ? 2 : 1;

        if ((steps[i] & FENCED) != 0) {
            const struct mmu_fence named = {.has_va = true, .va = page_va(page)};

            mmu_fence(kept.world.mmu, &named);
            mmu_fence(plain.mmu, &named);
            continue;
        }
        mmu_world_pa(&plain, space, page_va(page), MMU_LOAD);
        if ((steps[i] & (ONCE | BY_OTHER)) != 0) {
            mmu_world_pa(&kept.world, space, page_va(page), MMU_LOAD);
        } else {
            reach(page, MMU_LOAD);
        }
    }
    const uint64_t *classes = mmu_counters(kept.world.mmu)->array[MMU_L1D].miss_class;

    cr_expect(eq(int,
                 memcmp(classes, mmu_counters(plain.mmu)->array[MMU_L1D].miss_class,
                        MMU_MISS_CLASSES * sizeof *classes),
                 0));
    cr_expect(eq(u64, classes[MMU_MISS_FLUSH], 1));
    mmu_world_finish(&kept.world);
    mmu_world_finish(&plain);
}

/* After the fence the L1D has room for page 3, its history has not: there page 0 goes, which the
 * L1D still holds. From then on hits on it say nothing of whatever took its place in the history.
 */
Test(shortcut, a_page_may_leave_the_history_before_the_array)
{
    static const unsigned steps[] = {0, 1, 2, FENCED | 1, ONCE | 3, 2, 0, 4, FENCED | 2, 2};

    expect_one_flush("l1i=1,l1d=3", steps, sizeof steps / sizeof *steps);
}

/* Without ASIDs the entry of page 0 answers another address space, too, for whose page the history
 * has a place of its own: so page 0 of the first is what page 2 pushes out there. */
Test(shortcut, an_entry_may_be_two_pages_of_the_history)
{
    static const unsigned steps[] = {0, 1, BY_OTHER | 0, 2, FENCED | 1, 1};

    expect_one_flush("l1i=1,l1d=3,asid=0", steps, sizeof steps / sizeof *steps);
}

Test(shortcut, it_says_what_is_allowed_and_where_the_page_is)
{
    static const struct {
        uint64_t flags;
        bool sum;
        bool mxr;
        bool load;
        bool store;
        const char *why;
    } rows[] = {
        {LEAF, false, false, true, true, "all"},
        {LEAF & ~SV_W, false, false, true, false, "no W"},
        {LEAF & ~SV_D, false, false, true, false, "a store would be a miss"},
        {LEAF & ~(SV_R | SV_W), false, true, true, false, "X, by MXR"},
        {LEAF | SV_U, true, false, true, true, "a user page, by SUM"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_shortcut shortcut;
        uint64_t pa;

        make_kept("l1i=2,l1d=2", false);
        *mmu_world_pte(&kept.world, 1, page_va(0), 0) = sv_pte(0x77, rows[i].flags);
        struct mmu_mode mode = mmu_world_mode(&kept.world, 1);

        mode.sum = rows[i].sum;
        mode.mxr = rows[i].mxr;
        cr_assert(eq(int, mmu_translate(kept.world.mmu, &mode, page_va(0), MMU_LOAD, &pa), MMU_OK));
        cr_assert(mmu_make_shortcut(kept.world.mmu, &mode, page_va(0) + 8, MMU_LOAD, &shortcut));
        cr_expect(eq(int, shortcut.allows_load, rows[i].load), "%s", rows[i].why);
        cr_expect(eq(int, shortcut.allows_store, rows[i].store), "%s", rows[i].why);
        cr_expect(eq(u64, shortcut.pa, 0x77008));
        cr_expect(not(shortcut.is_latest_only));
        cr_expect(not(mmu_make_shortcut(kept.world.mmu, &mode, page_va(0), MMU_FETCH, &shortcut)),
                  "the L1I does not hold it");
        mmu_world_finish(&kept.world);
    }
}

Test(shortcut, it_leads_to_the_page_asked_for_and_not_to_the_latest)
{
    static const struct {
        unsigned asid;
        unsigned page;
        bool is_held;
        const char *why;
    } rows[] = {
        {1, 1, true, "the latest"},
        {1, 0, true, "an earlier one"},
        {1, 2, false, "one that was not asked for"},
        {2, 1, false, "the number of the latest, in another address space"},
    };

    make_kept("l1i=2,l1d=2", false);
    mmu_world_pa(&kept.world, 1, page_va(0), MMU_LOAD);
    mmu_world_pa(&kept.world, 1, page_va(1), MMU_LOAD);
    mmu_world_pa(&kept.world, 1, page_va(1), MMU_LOAD);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_mode mode = mmu_world_mode(&kept.world, rows[i].asid);
        struct mmu_shortcut shortcut = {.pa = 0};
        bool is_made =
            mmu_make_shortcut(kept.world.mmu, &mode, page_va(rows[i].page), MMU_LOAD, &shortcut);

        cr_expect(eq(int, is_made, rows[i].is_held), "%s", rows[i].why);
        if (rows[i].is_held) {
            cr_expect(eq(u64, shortcut.pa, (0x100 + (uint64_t)rows[i].page) * PAGE_BYTES), "%s",
                      rows[i].why);
        }
    }
    mmu_world_finish(&kept.world);
}

Test(shortcut, one_for_fetches_allows_neither_loads_nor_stores)
{
    make_kept("l1i=2,l1d=2", false);
    reach(0, MMU_FETCH);
    cr_expect(kept.is_there[MMU_L1I][0]);
    cr_expect(not(kept.shortcut[MMU_L1I][0].allows_load));
    cr_expect(not(kept.shortcut[MMU_L1I][0].allows_store));
    mmu_world_finish(&kept.world);
}

Test(shortcut, the_keeper_hears_of_what_goes_or_changes)
{
    make_kept("l1i=1,l1d=2", false);
    reach(0, MMU_LOAD);
    reach(1, MMU_LOAD);
    cr_expect(eq(u32, kept.changed, 0), "what comes is no news");
    reach(2, MMU_LOAD);
    cr_expect(eq(u32, kept.changed, 1), "evicted");
    cr_expect(eq(u64, kept.last_changed, page_va(0)));

    mmu_fence(kept.world.mmu, &(struct mmu_fence){.has_va = true, .va = page_va(2)});
    cr_expect(eq(u32, kept.changed, 2), "fenced");
    cr_expect(eq(u64, kept.last_changed, page_va(2)));
    mmu_fence(kept.world.mmu, &(struct mmu_fence){.has_va = true, .va = page_va(2)});
    cr_expect(eq(u32, kept.changed, 2), "nothing was there any more");

    *mmu_world_pte(&kept.world, 1, page_va(3), 0) = sv_pte(0x103, LEAF & ~SV_D);
    reach(3, MMU_LOAD);
    cr_expect(not(kept.shortcut[MMU_L1D][3].allows_store));
    mmu_world_pa(&kept.world, 1, page_va(3), MMU_STORE);
    cr_expect(eq(u32, kept.changed, 3), "refilled in place");
    cr_expect(eq(u64, kept.last_changed, page_va(3)));
    mmu_world_finish(&kept.world);
}

/* Of two that match, the one in the lower way answers: a page of one address space loses its place
 * to a global one that comes later into a way before it. */
Test(shortcut, the_keeper_hears_of_what_a_global_page_overtakes)
{
    static const struct {
        const char *spec;
        int level;
        unsigned changed;
        const char *why;
    } rows[] = {
        {"l1i=1,l1d=4", 0, 1, "of the same size"},
        {"l1i=1,l1d=4:4K+2:super", 1, 1, "a larger page, which the smaller comes before"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t superpage = BASE + UINT64_C(0x200000);

        make_kept(rows[i].spec, false);
        mmu_world_map(&kept.world, 1, superpage, rows[i].level, sv_pte(0x200, LEAF));
        mmu_world_map(&kept.world, 2, superpage, 0, sv_pte(0x300, LEAF | SV_G));
        mmu_world_pa(&kept.world, 1, page_va(1), MMU_LOAD);
        mmu_world_pa(&kept.world, 1, superpage, MMU_LOAD);
        struct mmu_mode mode = mmu_world_mode(&kept.world, 1);
        struct mmu_shortcut shortcut;

        cr_assert(mmu_make_shortcut(kept.world.mmu, &mode, superpage, MMU_LOAD, &shortcut));
        mmu_fence(kept.world.mmu, &(struct mmu_fence){.has_va = true, .va = page_va(1)});
        cr_expect(eq(u32, kept.changed, 0));
        mmu_world_pa(&kept.world, 2, superpage, MMU_LOAD);
        cr_expect(eq(u32, kept.changed, rows[i].changed), "%s", rows[i].why);
        cr_expect(eq(u64, mmu_world_pa(&kept.world, 1, superpage, MMU_LOAD), 0x300000), "%s",
                  rows[i].why);
        mmu_world_finish(&kept.world);
    }
}

Test(shortcut, a_sectored_entry_is_told_of_page_by_page)
{
    make_kept("l1i=1,l1d=1:pages=4", false);
    reach(0, MMU_LOAD);
    reach(2, MMU_LOAD);
    reach(4, MMU_LOAD);
    cr_expect(eq(u32, kept.changed, 2));
    cr_expect(eq(u64, kept.last_changed, page_va(2)));
    mmu_world_finish(&kept.world);
}

Test(shortcut, look_ups_are_told_of_only_where_the_latest_page_matters)
{
    static const struct {
        const char *spec;
        bool has_classes;
        unsigned loads;
        unsigned fetches;
    } rows[] = {
        {"l1i=2,l1d=2", false, 0, 0},
        {"l1i=2:fifo,l1d=2:random", false, 0, 0},
        {"l1i=2:plru,l1d=2", false, 0, 1},
        {"l1i=2,l1d=2:bit-plru", false, 1, 0},
        {"l1i=2,l1d=2:4K+2:super:plru", false, 1, 0},
        {"l1i=2,l1d=2", true, 0, 0},
        {"l1i=2x1,l1d=2:pages=2", true, 1, 1},
        {"l1i=2:fifo,l1d=2", true, 0, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_kept(rows[i].spec, rows[i].has_classes);
        mmu_world_pa(&kept.world, 1, page_va(0), MMU_LOAD);
        cr_expect(eq(u32, kept.looks_up, rows[i].loads), "%s", rows[i].spec);
        mmu_world_pa(&kept.world, 1, page_va(0), MMU_FETCH);
        cr_expect(eq(u32, kept.looks_up, rows[i].loads + rows[i].fetches), "%s", rows[i].spec);
        mmu_world_finish(&kept.world);
    }
}

Test(shortcut, counters_are_settled_before_they_are_read)
{
    struct mmu_counts counts;

    make_kept("l1i=2,l1d=2", false);
    reach(0, MMU_STORE);
    reach(0, MMU_STORE);
    cr_expect(eq(u64, mmu_counters(kept.world.mmu)->array[MMU_L1D].hits[MMU_STORE], 1));
    reach(0, MMU_LOAD);
    mmu_count(kept.world.mmu, &counts);
    cr_expect(eq(u64, counts.total.array[MMU_L1D].hits[MMU_LOAD], 1));
    cr_expect(eq(u32, kept.settles, 2));
    mmu_world_finish(&kept.world);
}

Test(shortcut, a_keeper_of_nulls_ends_the_office)
{
    make_kept("l1i=1:plru,l1d=1:plru", true);
    mmu_keep_shortcuts(kept.world.mmu, &(struct mmu_keeper){.ctx = NULL});
    mmu_world_pa(&kept.world, 1, page_va(0), MMU_LOAD);
    mmu_world_pa(&kept.world, 1, page_va(1), MMU_LOAD);
    (void)mmu_counters(kept.world.mmu);
    cr_expect(eq(u32, kept.looks_up + kept.changed + kept.settles, 0));
    mmu_world_finish(&kept.world);
}
