/*
 * The conservation laws must be able to fail: whichever number is wrong by one, a law says so. The
 * numbers come from MMUs of rich geometries under random traffic that moves every counter.
 */
#include <assert.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stddef.h>
#include <string.h>

#include "mmu/mmu.h"
#include "tests/support/chooser.h"
#include "tests/support/mmu_world.h"

enum { STEPS = 30000, PAGES_OF_A_SIZE = 4, SIZES = MMU_PAGE_SIZES };

/* Four banks, so that all four shares of an array move. */
#define BANKS "2x2:4K:fifo+2:64K:plru+2:2M:1G:lru+2:512G:256T:round-robin"
#define LARGE_BANKS "4x2:4K:fifo+4:64K+4:2M:1G+4:512G:256T"

static const struct {
    const char *spec;
    const char *why;
} worlds[] = {
    {"l1i=" BANKS ",l1d=" BANKS ",l2=" LARGE_BANKS ",invalid=leaf+non-leaf,pwc=8:pte",
     "every kind of hit, a walk cache by PTE, invalid PTEs"},
    {"l1i=8,l1d=8,l2=8:plru:inclusive,pwc=4:va:strict", "back-invalidations, a walk cache by VA"},
    {"l1i=4,l1d=4,l2=8x2:exclusive,invalid=leaf", "moves"},
    {"l1i=2:4K+2:1G:pieces,l1d=2:pages=4:4K+2:2M:pieces,l2=8:4K+2:2M:pieces",
     "sectors, pieces, pages that are not kept"},
    {"l1i=4:random,l1d=4:bit-plru,asid=1", "no L2, and fewer ASIDs than address spaces"},
};

enum { WORLDS = sizeof worlds / sizeof *worlds };

/* Numbers that no law can see, because nothing else is counted that has to agree with them. */
#define COUNTER(member) offsetof(struct mmu_counters, member)
#define EACH_FORM(member) COUNTER(fence[0].member), MMU_FENCE_FORMS

static const struct {
    const char *name;
    size_t offset;
    unsigned count; /* of them, one in each struct mmu_fence_counters */
    const char *why;
} outside_the_laws[] = {
    {"a_updates", COUNTER(walk.a_updates), 1, "no other count of the PTEs written"},
    {"d_updates", COUNTER(walk.d_updates), 1, "no other count of the PTEs written"},
    {"fence count", EACH_FORM(count), "a fence may kill any number of entries"},
    {"walk_cache_killed", EACH_FORM(walk_cache_killed), "fills of the walk cache are not counted"},
    {"useless", EACH_FORM(useless), "fences that killed something are not counted"},
    {"reset count", COUNTER(reset.count), 1, "a reset may kill any number of entries"},
};

/* Numbers that must stay zero. A law says so, or sees them in a sum. */
static const struct {
    size_t offset;
    const char *why;
} never_moves[] = {
    {COUNTER(array[MMU_L1I].accesses[MMU_LOAD]), "loads go to the L1D"},
    {COUNTER(array[MMU_L1I].accesses[MMU_STORE]), "stores go to the L1D"},
    {COUNTER(array[MMU_L1I].hits[MMU_LOAD]), "loads go to the L1D"},
    {COUNTER(array[MMU_L1I].hits[MMU_STORE]), "stores go to the L1D"},
    {COUNTER(array[MMU_L1I].misses[MMU_LOAD]), "loads go to the L1D"},
    {COUNTER(array[MMU_L1I].misses[MMU_STORE]), "stores go to the L1D"},
    {COUNTER(array[MMU_L1D].accesses[MMU_FETCH]), "fetches go to the L1I"},
    {COUNTER(array[MMU_L1D].hits[MMU_FETCH]), "fetches go to the L1I"},
    {COUNTER(array[MMU_L1D].misses[MMU_FETCH]), "fetches go to the L1I"},
    {COUNTER(array[MMU_L1I].miss_class[MMU_MISS_UPGRADE]), "a fetch needs no D"},
    {COUNTER(array[MMU_L1I].moves), "the L2 gives, the L1s take"},
    {COUNTER(array[MMU_L1D].moves), "the L2 gives, the L1s take"},
    {COUNTER(array[MMU_L2].back_invalidations), "made by the L2 in the L1s"},
    {COUNTER(walk.cache_hits_by_level[0]), "the leaf level has no pointers"},
};

static struct mmu_world world;

/* The world's MMU is made anew, to classify misses. */
static void make_world(const char *spec)
{
    const struct mmu_memory memory = pte_memory_for_mmu(&world.memory);

    mmu_world_init_mode(&world, spec, SV_57);
    struct mmu_geometry geometry = *mmu_geometry(world.mmu);

    geometry.has_classes = true;
    mmu_destroy(world.mmu);
    world.mmu = mmu_create(&geometry, &memory);
    cr_assert(ne(ptr, world.mmu, NULL));
}

static int level_of(enum mmu_page_size size)
{
    return size == MMU_4K ? 0 : (int)size - (int)MMU_64K;
}

/* Pages of one size are neighbours, and no two sizes share a table but the root. */
static uint64_t va_of(enum mmu_page_size size, unsigned page)
{
    uint64_t span = size == MMU_64K ? 16 * sv_span(0) : sv_span(level_of(size));

    return sv_span(4) * (size + 1) + page * span;
}

/* Every second page of a size is the user's, and one is global in some spaces. A and D are clear.
 */
static void map_page(unsigned space, enum mmu_page_size size, unsigned page)
{
    uint64_t flags = SV_V | SV_R | SV_W | SV_X | (page % 2 == 0 ? SV_U : 0);
    uint64_t ppn = UINT64_C(0x200000000000) >> 12 | (size == MMU_64K ? 8 : 0);

    if (size == MMU_256T) {
        ppn = 0;
    }
    if (page == 3 && space % 2 == 0) {
        flags |= SV_G;
    }
    for (unsigned piece = 0; piece < (size == MMU_64K ? 16 : 1); piece++) {
        mmu_world_map(&world, space, va_of(size, page) + piece * sv_span(0), level_of(size),
                      sv_pte(ppn, flags) | (size == MMU_64K ? SV_N : 0));
    }
}

static void map_everything(void)
{
    for (unsigned space = 0; space < MMU_WORLD_SPACES; space++) {
        for (unsigned size = 0; size < SIZES; size++) {
            for (unsigned page = 0; page < PAGES_OF_A_SIZE; page++) {
                map_page(space, (enum mmu_page_size)size, page);
            }
        }
    }
}

/* An access. Page PAGES_OF_A_SIZE of each size is not mapped. */
static void access_somewhere(struct chooser *chooser)
{
    unsigned space = chooser_below(chooser, MMU_WORLD_SPACES);
    enum mmu_page_size size = (enum mmu_page_size)chooser_below(chooser, SIZES);
    unsigned page = chooser_below(chooser, PAGES_OF_A_SIZE + chooser_percent(chooser, 30));
    struct mmu_mode mode = mmu_world_mode(&world, space);
    uint64_t pa = 0;

    mode.privilege = page % 2 == 0 ? MMU_USER : MMU_SUPERVISOR;
    (void)mmu_translate(world.mmu, &mode, va_of(size, page),
                        (enum mmu_access)chooser_below(chooser, MMU_ACCESSES), &pa);
}

/* Software takes D back, so that hardware has to set it again. */
static void clear_d(struct chooser *chooser)
{
    unsigned space = chooser_below(chooser, MMU_WORLD_SPACES);
    enum mmu_page_size size = (enum mmu_page_size)chooser_below(chooser, SIZES);
    unsigned page = chooser_below(chooser, PAGES_OF_A_SIZE);

    map_page(space, size, page);
}

static void fence_something(struct chooser *chooser)
{
    unsigned form = chooser_below(chooser, MMU_FENCE_FORMS);

    mmu_fence(world.mmu,
              &(struct mmu_fence){.has_va = form == MMU_FENCE_VA || form == MMU_FENCE_VA_ASID,
                                  .has_asid = form == MMU_FENCE_ASID || form == MMU_FENCE_VA_ASID,
                                  .va = va_of((enum mmu_page_size)chooser_below(chooser, SIZES),
                                              chooser_below(chooser, PAGES_OF_A_SIZE)),
                                  .asid = chooser_below(chooser, MMU_WORLD_SPACES)});
}

/* Makes one of the worlds and runs traffic in it. */
static void run_world(unsigned row)
{
    struct chooser chooser = chooser_from_seed(row);

    make_world(worlds[row].spec);
    map_everything();
    for (unsigned step = 0; step < STEPS; step++) {
        access_somewhere(&chooser);
        if (chooser_percent(&chooser, 3)) {
            clear_d(&chooser);
        }
        for (bool again = chooser_percent(&chooser, 1); again;) { /* one after another: useless */
            fence_something(&chooser);
            again = chooser_percent(&chooser, 50);
        }
        if (step % (STEPS / 3) == STEPS / 4) {
            mmu_reset(world.mmu);
        }
    }
}

static bool is_outside_the_laws(size_t offset)
{
    for (size_t i = 0; i < sizeof outside_the_laws / sizeof *outside_the_laws; i++) {
        for (unsigned form = 0; form < outside_the_laws[i].count; form++) {
            if (offset == outside_the_laws[i].offset + form * sizeof(struct mmu_fence_counters)) {
                return true;
            }
        }
    }
    return false;
}

static bool must_not_move(size_t offset)
{
    for (size_t i = 0; i < sizeof never_moves / sizeof *never_moves; i++) {
        if (offset == never_moves[i].offset) {
            return true;
        }
    }
    return false;
}

/* Adds one to a number, looks whether a law fires, and takes it away again. */
static void expect_law(const struct mmu_counts *counts, uint64_t *number, bool fires,
                       const char *what, size_t place)
{
    struct mmu_law_broken broken = {.law = NULL};

    ++*number;
    bool holds = mmu_laws_hold(counts, &broken);
    --*number;
    cr_expect(eq(int, holds, !fires), "%s: %s %zu", counts->has_l2 ? "L2" : "no L2", what, place);
    if (fires) {
        cr_expect(ne(ptr, (void *)broken.law, NULL));
        cr_expect(ne(u64, broken.left, broken.right), "%s", what);
    }
}

static void expect_law_for_all(const struct mmu_counts *counts, void *numbers, size_t size,
                               const char *what)
{
    for (size_t i = 0; i < size / sizeof(uint64_t); i++) {
        expect_law(counts, (uint64_t *)numbers + i, true, what, i);
    }
}

static_assert(sizeof(struct mmu_counters) % sizeof(uint64_t) == 0, "only uint64_t inside");

Test(laws, the_traffic_moves_every_counter)
{
    struct mmu_counters moved = {.walk = {.count = 0}};

    for (unsigned row = 0; row < WORLDS; row++) {
        run_world(row);
        const uint64_t *from = (const uint64_t *)mmu_counters(world.mmu);

        for (size_t i = 0; i < sizeof moved / sizeof *from; i++) {
            ((uint64_t *)&moved)[i] += from[i];
        }
        mmu_world_finish(&world);
    }
    for (size_t offset = 0; offset < sizeof moved; offset += sizeof(uint64_t)) {
        uint64_t number = *(uint64_t *)((char *)&moved + offset);

        cr_expect(eq(int, number == 0, must_not_move(offset)), "counter at %zu is %ju", offset,
                  (uintmax_t)number);
    }
}

Test(laws, one_fires_for_every_number_that_is_off_by_one)
{
    for (unsigned row = 0; row < WORLDS; row++) {
        struct mmu_share_counters shares[MMU_WORLD_SPACES];
        struct mmu_counts counts;
        struct mmu_law_broken broken = {.law = ""};

        run_world(row);
        mmu_count(world.mmu, &counts);
        cr_assert(mmu_laws_hold(&counts, &broken), "%s: %s", worlds[row].why, broken.law);
        cr_assert(counts.asid_count > 0 && counts.asid_count <= MMU_WORLD_SPACES);
        memcpy(shares, counts.asid, counts.asid_count * sizeof *shares);
        counts.asid = shares;
        for (size_t offset = 0; offset < sizeof counts.total; offset += sizeof(uint64_t)) {
            expect_law(&counts, (uint64_t *)((char *)&counts.total + offset),
                       !is_outside_the_laws(offset), "counter at", offset);
        }
        expect_law_for_all(&counts, shares, counts.asid_count * sizeof *shares, "ASID share");
        expect_law_for_all(&counts, counts.valid, sizeof counts.valid, "valid");
        expect_law_for_all(&counts, counts.valid_by_size, sizeof counts.valid_by_size, "by size");
        expect_law_for_all(&counts, counts.valid_by_bank, sizeof counts.valid_by_bank, "by bank");
        cr_expect(mmu_laws_hold(&counts, &broken), "all is as it was");
        mmu_world_finish(&world);
    }
}

/* The counters of a world and its shares per ASID, to be falsified. */
struct books {
    struct mmu_share_counters asid[MMU_WORLD_SPACES];
    struct mmu_counters total;
};

#define ENTRY(member) offsetof(struct books, member)
#define ARRAY_ENTRY(array_, member) ENTRY(total.array[array_].member)

/* Forgeries: several numbers wrong at once, so that all laws but one are content. */
static const struct {
    const char *law;
    size_t
        more[4]; /* entries that are one too large; 0 ends them, and names no entry needed here */
    size_t less[3]; /* one too small */
} forgeries[] = {
    {"accesses = hits + misses, for each kind of access",
     {ARRAY_ENTRY(MMU_L1D, accesses[MMU_LOAD])},
     {ARRAY_ENTRY(MMU_L1D, accesses[MMU_STORE])}},
    {"misses = sum of misses over page sizes",
     {ARRAY_ENTRY(MMU_L1D, misses_by_size[MMU_4K]), ARRAY_ENTRY(MMU_L1D, bank[0].misses)},
     {0}},
    {"misses of class fault = misses that brought no translation",
     {ARRAY_ENTRY(MMU_L1D, miss_class[MMU_MISS_FAULT])},
     {ARRAY_ENTRY(MMU_L1D, miss_class[MMU_MISS_CAPACITY])}},
    {"L1I is asked for fetches only",
     {ARRAY_ENTRY(MMU_L1I, accesses[MMU_LOAD]), ARRAY_ENTRY(MMU_L1I, hits[MMU_LOAD])},
     {ARRAY_ENTRY(MMU_L1I, accesses[MMU_FETCH]), ARRAY_ENTRY(MMU_L1I, hits[MMU_FETCH])}},
    {"L1D is asked for loads and stores only",
     {ARRAY_ENTRY(MMU_L1D, accesses[MMU_FETCH]), ARRAY_ENTRY(MMU_L1D, hits[MMU_FETCH])},
     {ARRAY_ENTRY(MMU_L1D, accesses[MMU_LOAD]), ARRAY_ENTRY(MMU_L1D, hits[MMU_LOAD])}},
    {"L2 accesses = L1I misses + L1D misses",
     {ARRAY_ENTRY(MMU_L2, accesses[MMU_STORE]), ARRAY_ENTRY(MMU_L2, hits[MMU_STORE])},
     {ARRAY_ENTRY(MMU_L2, accesses[MMU_LOAD]), ARRAY_ENTRY(MMU_L2, hits[MMU_LOAD])}},
    {"walks = misses of the last level",
     {ENTRY(total.walk.count), ENTRY(total.walk.completed_by_size[MMU_4K]),
      ENTRY(total.mode[0].walks), ENTRY(asid[0].walks)},
     {0}},
    {"faulted walks = misses of the last level that brought no translation",
     {ENTRY(total.walk.faulted)},
     {ENTRY(total.walk.completed_by_size[MMU_4K])}},
};

/* Adds a number to all entries that are named. */
static void falsify(struct books *books, const size_t *entries, size_t count, uint64_t change)
{
    for (size_t i = 0; i < count && entries[i] != 0; i++) {
        *(uint64_t *)((char *)books + entries[i]) += change;
    }
}

Test(laws, each_sees_what_no_other_does)
{
    struct books books;
    struct mmu_counts counts;

    run_world(0);
    mmu_count(world.mmu, &counts);
    cr_assert(eq(sz, counts.asid_count, MMU_WORLD_SPACES));
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        struct mmu_counts forged = counts;
        struct mmu_law_broken broken = {.law = "none"};

        books.total = counts.total;
        memcpy(books.asid, counts.asid, sizeof books.asid);
        falsify(&books, forgeries[i].more, 4, 1);
        falsify(&books, forgeries[i].less, 3, UINT64_MAX);
        forged.total = books.total;
        forged.asid = books.asid;
        cr_expect(not(mmu_laws_hold(&forged, &broken)), "%s", forgeries[i].law);
        cr_expect(eq(str, (char *)broken.law, (char *)forgeries[i].law));
    }
    mmu_world_finish(&world);
}

/* Without classes there is nothing to add up, and nothing may have been counted. */
Test(laws, one_fires_for_a_class_where_there_are_none)
{
    struct mmu_counts counts;
    struct mmu_law_broken broken;

    mmu_world_init(&world, "l1i=2,l1d=2");
    mmu_count(world.mmu, &counts);
    cr_expect(not(counts.has_classes));
    cr_expect(mmu_laws_hold(&counts, &broken));
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        expect_law_for_all(&counts, counts.total.array[array].miss_class,
                           sizeof counts.total.array[array].miss_class, "class");
    }
    mmu_world_finish(&world);
}
