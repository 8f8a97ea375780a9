/*
 * Streams of pages whose misses follow from a formula: exactly, or as the chance of each access.
 *
 * Every bound is worked out here or beside its test, none is taken from a run. Pages are named by
 * their place in the stream: a fully associative array cannot tell a random cycle of pages from one
 * in order. Random streams and random replacement have five fixed seeds, and the mean of the five
 * lies within three standard errors of what is expected.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <math.h>

#include "tests/support/chooser.h"
#include "tests/support/page_stream.h"

enum { SEEDS = 5 };

#define STREAM_SEED UINT64_C(0xc105edf0345eed00)

static struct page_stream stream;

static const enum mmu_policy all_policies[] = {MMU_LRU,  MMU_TREE_PLRU,   MMU_BIT_PLRU,
                                               MMU_FIFO, MMU_ROUND_ROBIN, MMU_RANDOM};

enum { POLICIES = sizeof all_policies / sizeof *all_policies };

static void start(enum mmu_policy policy, unsigned entries)
{
    page_stream_init(&stream, &(struct page_stream_shape){.ways = entries, .policy = policy});
}

static void expect_misses(uint64_t misses, enum mmu_policy policy, const char *why)
{
    cr_expect(eq(u64, page_stream_misses(&stream), misses), "%s: %s", mmu_policy_name(policy), why);
}

/* Is a mean of so many draws within three standard errors of what is expected? */
static void expect_mean(double mean, double expected, double variance, double draws,
                        const char *policy, const char *why)
{
    double error = sqrt(variance / draws);

    cr_expect(fabs(mean - expected) <= 3 * error, "%s, %s: %.6f, expected %.6f +- %.6f", policy,
              why, mean, expected, 3 * error);
}

/*
 * Uniformly random pages, 1 - E/P. A full array holds E of P pages, whichever the policy has kept,
 * and the next page is none of them with that chance, whatever was before: misses are independent
 * draws, of variance p(1-p). The same holds with sets, as long as each has its share of the pages.
 */
static const struct uniform_row {
    unsigned sets, ways, pages;
    const char *why;
} uniform_rows[] = {
    {1, 32, 1024, "32 of 1024 pages present, .9687"},
    {1, 128, 1024, "128 of 1024 pages present, .8748"},
    {16, 8, 1024, "8 of the 64 pages of each set present"},
};

/* Touches random pages, each by one load, or by a load and a store. */
static void touch_at_random(const struct uniform_row *row, uint64_t seed, unsigned touches,
                            bool stores)
{
    struct chooser chooser = chooser_from_seed(STREAM_SEED + seed);

    page_stream_loop(&stream, row->sets * row->ways, 1); /* from here on all ways are full */
    page_stream_mark(&stream);
    for (unsigned i = 0; i < touches; i++) {
        unsigned page = chooser_below(&chooser, row->pages);
        page_stream_load(&stream, page);
        if (stores) {
            page_stream_store(&stream, page);
        }
    }
}

/* Expects misses per touch of 1 - E/P, and per access a half of it where there are stores. */
static void expect_uniform(const struct uniform_row *row, enum mmu_policy policy, bool stores)
{
    enum { TOUCHES = 30000 };
    double expected = 1 - (double)(row->sets * row->ways) / row->pages;
    double misses = 0;
    double ratio = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        page_stream_init(&stream,
                         &(struct page_stream_shape){
                             .sets = row->sets, .ways = row->ways, .policy = policy, .seed = seed});
        touch_at_random(row, seed, TOUCHES, stores);
        cr_expect(eq(u64, page_stream_accesses(&stream), (stores ? 2 : 1) * (uint64_t)TOUCHES));
        misses += (double)page_stream_misses(&stream);
        ratio += page_stream_miss_ratio(&stream) / SEEDS;
        page_stream_finish(&stream);
    }

    double per_access = stores ? 2 : 1;
    double variance = expected * (1 - expected);
    double draws = (double)SEEDS * TOUCHES;

    expect_mean(misses / draws, expected, variance, draws, mmu_policy_name(policy), row->why);
    expect_mean(ratio, expected / per_access, variance / (per_access * per_access), draws,
                mmu_policy_name(policy), row->why);
}

Test(closed_forms, random_pages_miss_as_often_as_they_are_absent_under_every_policy)
{
    for (size_t i = 0; i < sizeof uniform_rows / sizeof *uniform_rows; i++) {
        for (unsigned policy = 0; policy < POLICIES; policy++) {
            expect_uniform(&uniform_rows[i], all_policies[policy], false);
        }
    }
}

Test(closed_forms, random_updates_miss_half_as_often_since_their_stores_hit)
{
    for (size_t i = 0; i < sizeof uniform_rows / sizeof *uniform_rows; i++) {
        for (unsigned policy = 0; policy < POLICIES; policy++) {
            expect_uniform(&uniform_rows[i], all_policies[policy], true);
        }
    }
}

/* Expects that after one cold round each further round misses always, or never. */
static void expect_chase(enum mmu_policy policy, unsigned entries, unsigned pages, bool always)
{
    enum { ROUNDS = 8 };

    start(policy, entries);
    page_stream_loop(&stream, pages, 1);
    expect_misses(pages, policy, "the cold round");
    for (unsigned round = 0; round < ROUNDS; round++) {
        page_stream_mark(&stream);
        page_stream_loop(&stream, pages, 1);
        cr_expect(eq(u64, page_stream_misses(&stream), always ? pages : 0),
                  "%s, %u pages, %u entries, round %u", mmu_policy_name(policy), pages, entries,
                  round);
    }
    page_stream_finish(&stream);
}

/* Fills take ways that hold nothing, so none is pushed out. */
Test(closed_forms, a_chase_over_pages_that_fit_never_misses)
{
    static const unsigned rows[][2] = {{1, 1}, {32, 31}, {32, 32}, {40, 40}, {128, 128}, {128, 2}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned policy = 0; policy < POLICIES; policy++) {
            expect_chase(all_policies[policy], rows[i][0], rows[i][1], false);
        }
    }
}

/*
 * LRU, FIFO and round-robin give up the page that came first, which is the next one needed.
 * Bit-PLRU does, too: while nothing hits, the bits that are set are those of the ways filled since
 * all were cleared, from way 0 up, so its victims are the ways in turn.
 */
Test(closed_forms, a_chase_over_one_page_too_many_always_misses)
{
    static const enum mmu_policy policies[] = {MMU_LRU, MMU_FIFO, MMU_ROUND_ROBIN, MMU_BIT_PLRU};
    static const unsigned rows[][2] = {{1, 2},   {2, 3},     {32, 33},   {32, 64},
                                       {40, 41}, {128, 129}, {128, 200}, {48, 500}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t policy = 0; policy < sizeof policies / sizeof *policies; policy++) {
            expect_chase(policies[policy], rows[i][0], rows[i][1], true);
        }
    }
}

/*
 * While nothing hits, the nodes of a tree of 2^k ways take turns, so that any E victims in a row
 * are all E ways: way i, filled as number i, is given up before number 2E, and with P >= 2E its
 * page is wanted again at number i + P at the earliest. From then on a page stays for E misses.
 */
Test(closed_forms, a_chase_over_twice_the_entries_defeats_a_tree_at_once)
{
    static const unsigned rows[][2] = {{1, 2},   {2, 4},     {32, 64},   {32, 65},
                                       {32, 77}, {128, 256}, {128, 300}, {64, 1000}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_chase(MMU_TREE_PLRU, rows[i][0], rows[i][1], true);
    }
}

/* The misses per access of a chase with random replacement, over five seeds. */
static double random_chase(unsigned entries, unsigned pages, unsigned warm_up, unsigned rounds)
{
    double mean = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        page_stream_init(&stream, &(struct page_stream_shape){
                                      .ways = entries, .policy = MMU_RANDOM, .seed = seed});
        page_stream_loop(&stream, pages, warm_up);
        page_stream_mark(&stream);
        page_stream_loop(&stream, pages, rounds);
        mean += page_stream_miss_ratio(&stream) / SEEDS;
        page_stream_finish(&stream);
    }
    return mean;
}

/*
 * One page of E + 1 is absent. When its turn comes it pushes out one of the others, each with the
 * same chance, so that the next miss is 1 to E accesses away, each with the same chance: misses are
 * a renewal process whose gaps have the mean (E+1)/2 and the variance (E^2-1)/12. The rate is
 * 1/mean, and the variance of n times its estimate variance/mean^3.
 */
Test(closed_forms, a_chase_with_one_page_too_many_under_random_replacement)
{
    static const unsigned rows[] = {2, 8, 32, 128};
    enum { ROUNDS = 400 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double entries = rows[i];
        double mean = (entries + 1) / 2;
        double variance = (entries * entries - 1) / 12;
        double draws = (entries + 1) * ROUNDS * SEEDS;

        expect_mean(random_chase(rows[i], rows[i] + 1, 20, ROUNDS), 1 / mean,
                    variance / (mean * mean * mean), draws, "random", "one page too many");
    }
}

/* The share of hits for which h = (1 - 1/E)^((1-h)(P-1)): between two accesses to a page there are
 * P - 1 others, (1-h)(P-1) of them misses, each of which spares it with the chance 1 - 1/E. */
static double hits_of_random_chase(double entries, double pages)
{
    double low = 0; /* the right side is greater than h */
    double high = 1 - 1 / pages;

    for (unsigned i = 0; i < 60; i++) {
        double h = (low + high) / 2;
        if (pow(1 - 1 / entries, (1 - h) * (pages - 1)) > h) {
            low = h;
        } else {
            high = h;
        }
    }
    return low;
}

/*
 * The formula takes the number of misses between two accesses for its mean. That is good where P
 * is well above E (just above, where the misses of a round hang together, it is wrong by up to a
 * factor of two: see the test before). Lengths are such that what is left of this is below the
 * standard error, which is that of independent draws: an upper bound, since a page that has just
 * been missed is less likely to be missed again.
 */
Test(closed_forms, a_chase_over_many_pages_under_random_replacement)
{
    static const struct {
        unsigned entries, pages, rounds;
    } rows[] = {{32, 128, 300}, {32, 256, 100}, {128, 256, 150}, {128, 512, 300}, {64, 192, 200}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double h = hits_of_random_chase(rows[i].entries, rows[i].pages);
        double draws = (double)rows[i].pages * rows[i].rounds * SEEDS;
        double mean = random_chase(rows[i].entries, rows[i].pages, 20, rows[i].rounds);

        expect_mean(mean, 1 - h, h * (1 - h), draws, "random", "many pages");
    }
}

static void read_elements(unsigned pages)
{
    for (unsigned i = 0; i < pages * ELEMENTS_PER_PAGE; i++) {
        page_stream_load(&stream, i / ELEMENTS_PER_PAGE);
    }
}

/* 512 elements of 8 bytes in a page, and each page gone when its turn comes again: no policy keeps
 * what was not there before, and only random replacement can keep one of 4E pages for a round. */
Test(closed_forms, sequential_elements_miss_once_a_page)
{
    enum { ENTRIES = 32, PAGES = 4 * ENTRIES };

    for (unsigned i = 0; i < POLICIES; i++) {
        start(all_policies[i], ENTRIES);
        read_elements(PAGES);
        cr_expect(eq(u64, page_stream_accesses(&stream), PAGES * ELEMENTS_PER_PAGE));
        expect_misses(PAGES, all_policies[i], "the first round");
        page_stream_mark(&stream);
        read_elements(PAGES);
        cr_expect(eq(u64, page_stream_accesses(&stream), PAGES * ELEMENTS_PER_PAGE));
        if (all_policies[i] != MMU_RANDOM) {
            expect_misses(PAGES, all_policies[i], "the second round");
        }
        page_stream_finish(&stream);
    }
}

static const struct loop_row {
    unsigned sets, ways, pages;
    const char *why;
} loop_rows[] = {
    {1, 1, 1, "one entry"},           {1, 32, 1, "one page"},
    {1, 32, 31, "one way empty"},     {1, 32, 32, "all ways full"},
    {1, 48, 48, "no power of two"},   {1, 128, 128, "all ways of many full"},
    {8, 4, 32, "all ways of 8 sets"}, {8, 4, 11, "sets filled unevenly"},
};

static void expect_flush_misses(const struct loop_row *row, enum mmu_policy policy)
{
    const char *name = mmu_policy_name(policy);

    page_stream_fence(&stream);
    page_stream_mark(&stream);
    page_stream_loop(&stream, row->pages, 1);
    cr_expect(eq(u64, page_stream_accesses(&stream), row->pages), "%s: %s", name, row->why);
    cr_expect(eq(u64, page_stream_misses(&stream), row->pages), "%s: %s", name, row->why);
    for (unsigned kind = 0; kind < MMU_MISS_CLASSES; kind++) {
        uint64_t want = kind == MMU_MISS_FLUSH ? row->pages : 0;
        cr_expect(eq(u64, page_stream_class(&stream, kind), want), "%s: %s, class %u", name,
                  row->why, kind);
    }
    page_stream_mark(&stream);
    page_stream_loop(&stream, row->pages, 2);
    expect_misses(0, policy, row->why);
}

/* What fits is pushed out by nothing, so the shadow that no fence empties holds every page. */
Test(closed_forms, a_loop_that_fits_misses_once_a_page_after_a_fence)
{
    for (size_t i = 0; i < sizeof loop_rows / sizeof *loop_rows; i++) {
        const struct loop_row *row = &loop_rows[i];

        for (unsigned policy = 0; policy < POLICIES; policy++) {
            page_stream_init(&stream, &(struct page_stream_shape){.sets = row->sets,
                                                                  .ways = row->ways,
                                                                  .policy = all_policies[policy],
                                                                  .has_classes = true});
            page_stream_loop(&stream, row->pages, 2);
            cr_expect(eq(u64, page_stream_class(&stream, MMU_MISS_COMPULSORY), row->pages));
            expect_misses(row->pages, all_policies[policy], row->why);
            expect_flush_misses(row, all_policies[policy]);
            expect_flush_misses(row, all_policies[policy]); /* a second fence is like the first */
            page_stream_finish(&stream);
        }
    }
}
