/*
 * Streams of pages whose misses were measured elsewhere, by a simulator that shares nothing with
 * mmu/. Policies differ most here: the same stream costs 60 times as much under one as under
 * another.
 *
 * A measured ratio holds to half a unit of its last digit, or to what is said beside it. Arrays
 * begin on pages and nothing but them is touched: no stack, no instruction. Where a count follows
 * from the stream it is demanded exactly. PAGEWALK_FULL runs whole matrices instead of their first
 * rows.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/chooser.h"
#include "tests/support/page_stream.h"

enum { SEEDS = 5 };

#define STREAM_SEED UINT64_C(0xc105edf0345eed00)

/* A mean over the seeds; it does not depend on them unless the stream or the policy does. */
struct measured {
    unsigned entries;
    enum mmu_policy policy;
    double misses; /* per access, or per element */
    double tolerance;
    const char *why;
};

static struct page_stream stream;

static void start(unsigned entries, enum mmu_policy policy, uint64_t seed)
{
    page_stream_init(&stream,
                     &(struct page_stream_shape){.ways = entries, .policy = policy, .seed = seed});
}

static void expect_measured(double misses, const struct measured *row)
{
    cr_expect(fabs(misses - row->misses) <= row->tolerance,
              "%s: %u entries, %s: %.6f, not %g +- %g", row->why, row->entries,
              mmu_policy_name(row->policy), misses, row->misses, row->tolerance);
}

/* A and B of 256 rows and columns: 128 pages each, two rows on a page. C is not touched. */
enum { N = 256, BLOCK = 16, PAGES_OF_MATRIX = N * N / ELEMENTS_PER_PAGE, A = 0 };
enum { B = A + PAGES_OF_MATRIX };

/* The page of an element of a matrix that begins on this page. */
static unsigned page_of(unsigned first_page, unsigned row, unsigned column)
{
    return first_page + (row * N + column) / ELEMENTS_PER_PAGE;
}

/* Loads what the first rows of the product need, as its definition says. */
static void multiply(unsigned rows)
{
    for (unsigned i = 0; i < rows; i++) {
        for (unsigned j = 0; j < N; j++) {
            for (unsigned k = 0; k < N; k++) {
                page_stream_load(&stream, page_of(A, i, k));
                page_stream_load(&stream, page_of(B, k, j));
            }
        }
    }
}

/* The mean miss ratio of a product's first rows. */
static double product_of(const struct measured *row, void (*product)(unsigned rows), unsigned rows)
{
    unsigned runs = row->policy == MMU_RANDOM ? SEEDS : 1;
    double mean = 0;

    for (uint64_t seed = 0; seed < runs; seed++) {
        start(row->entries, row->policy, seed);
        product(rows);
        cr_expect(eq(u64, page_stream_accesses(&stream), (uint64_t)2 * rows * N * N));
        mean += page_stream_miss_ratio(&stream) / runs;
        page_stream_finish(&stream);
    }
    return mean;
}

static bool is_full(void)
{
    return getenv("PAGEWALK_FULL") != NULL;
}

/*
 * How often LRU misses. Each of the 256 columns of B visits its 128 pages in order, two accesses
 * each, and the page of A is used at every step. With 128 entries or fewer, B's page is gone when
 * the next column wants it: 128 misses for each element of the product, and one for each page of A.
 * With 129 everything stays until the next page of A (every second row) pushes out B's first page,
 * which pushes out its second, and so on: one more round of 128 misses, less the last page of B,
 * for which the old page of A makes room.
 */
static uint64_t lru_misses_of_product(unsigned entries, unsigned rows)
{
    uint64_t pages_of_a = (rows + 1) / 2;

    if (entries < PAGES_OF_MATRIX + 1) {
        return (uint64_t)rows * N * PAGES_OF_MATRIX + pages_of_a;
    }
    return (PAGES_OF_MATRIX + 1) + (pages_of_a - 1) * PAGES_OF_MATRIX;
}

Test(measured_streams, lru_falls_off_a_cliff_between_128_and_129_entries)
{
    static const unsigned entries_rows[] = {2, 32, 127, 128, 129};
    unsigned rows = is_full() ? N : 16;

    for (size_t i = 0; i < sizeof entries_rows / sizeof *entries_rows; i++) {
        unsigned entries = entries_rows[i];
        struct measured cliff = {entries, MMU_LRU, entries > 128 ? .0005 : .2500, .00005, "naive"};
        uint64_t misses = lru_misses_of_product(entries, rows);

        start(entries, MMU_LRU, 0);
        multiply(rows);
        cr_expect(eq(u64, page_stream_misses(&stream), misses), "%u entries", entries);
        expect_measured(page_stream_miss_ratio(&stream), &cliff);
        page_stream_finish(&stream);
    }
}

/* The measured ratios are of the first rows. The tree's grows with their number, as it forgets in
 * which order it was filled: half a unit covers 16 rows, one unit all. */
Test(measured_streams, naive_matrix_product_under_other_policies)
{
    static const struct measured rows[] = {
        {128, MMU_FIFO, .252, .0005, "naive"},
        {128, MMU_ROUND_ROBIN, .252, .0005, "naive; on one set it is FIFO"},
        {128, MMU_TREE_PLRU, .128, .0005, "naive"},
        {128, MMU_RANDOM, .0042, .00005, "naive"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct measured row = rows[i];

        expect_measured(product_of(&row, multiply, 16), &row);
        if (is_full()) {
            row.tolerance *= 2;
            expect_measured(product_of(&row, multiply, N), &row);
        }
    }
}

/* Loads what one block of the product needs of one block of A and one of B. */
static void multiply_block(unsigned row, unsigned column, unsigned inner)
{
    for (unsigned i = row; i < row + BLOCK; i++) {
        for (unsigned j = column; j < column + BLOCK; j++) {
            for (unsigned k = inner; k < inner + BLOCK; k++) {
                page_stream_load(&stream, page_of(A, i, k));
                page_stream_load(&stream, page_of(B, k, j));
            }
        }
    }
}

static void multiply_in_blocks(unsigned rows)
{
    for (unsigned i = 0; i < rows; i += BLOCK) {
        for (unsigned j = 0; j < N; j += BLOCK) {
            for (unsigned k = 0; k < N; k += BLOCK) {
                multiply_block(i, j, k);
            }
        }
    }
}

/* A block has 8 pages of A, which the whole row of blocks uses, and 8 of B, whose turn comes again
 * after all of B: LRU misses on 8 pages for each block, and on 8 of A for each row of blocks. */
Test(measured_streams, blocked_matrix_product)
{
    static const struct measured lru = {32, MMU_LRU, .00098, .000005, "blocked"};
    static const struct measured random = {32, MMU_RANDOM, .0015, .00005, "blocked"};
    enum { BLOCKS = N / BLOCK, PAGES_OF_BLOCK = BLOCK / 2 };
    unsigned rows = is_full() ? N : 2 * BLOCK;
    uint64_t block_rows = rows / BLOCK;

    start(lru.entries, lru.policy, 0);
    multiply_in_blocks(rows);
    cr_expect(eq(u64, page_stream_misses(&stream),
                 block_rows * (BLOCKS * BLOCKS * PAGES_OF_BLOCK + PAGES_OF_BLOCK)));
    expect_measured(page_stream_miss_ratio(&stream), &lru);
    page_stream_finish(&stream);
    expect_measured(product_of(&random, multiply_in_blocks, rows), &random);
}

/* Nine of ten accesses to the first 103 of 1024 pages, the tenth to any of them. */
static void touch_hot_set(struct chooser *chooser, unsigned touches)
{
    for (unsigned i = 0; i < touches; i++) {
        page_stream_load(&stream,
                         chooser_below(chooser, chooser_percent(chooser, 90) ? 103 : 1024));
    }
}

Test(measured_streams, hot_set)
{
    static const struct measured rows[] = {
        {128, MMU_LRU, .132, .003, "90% of accesses to 10% of pages"},
        {128, MMU_TREE_PLRU, .170, .003, "90% of accesses to 10% of pages"},
        {128, MMU_FIFO, .252, .003, "90% of accesses to 10% of pages"},
        {128, MMU_ROUND_ROBIN, .252, .003, "90% of accesses to 10% of pages, FIFO on one set"},
        {128, MMU_RANDOM, .251, .003, "90% of accesses to 10% of pages"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double mean = 0;

        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct chooser chooser = chooser_from_seed(STREAM_SEED + seed);
            start(rows[i].entries, rows[i].policy, seed);
            touch_hot_set(&chooser, 20000);
            page_stream_mark(&stream);
            touch_hot_set(&chooser, 150000);
            mean += page_stream_miss_ratio(&stream) / SEEDS;
            page_stream_finish(&stream);
        }
        expect_measured(mean, &rows[i]);
    }
}

enum { BUCKETS = 256, MAX_ELEMENTS = 1 << 20 };

static uint8_t bucket_of[MAX_ELEMENTS];

/* Chooses the elements' buckets; slot[b] becomes the first place of bucket b, each on a page of its
 * own behind the input. Returns the number of pages, input and buckets together. */
static unsigned lay_out(struct chooser *chooser, unsigned elements, unsigned slot[BUCKETS])
{
    unsigned count[BUCKETS] = {0};
    unsigned pages = elements / ELEMENTS_PER_PAGE;

    for (unsigned i = 0; i < elements; i++) {
        bucket_of[i] = (uint8_t)chooser_below(chooser, BUCKETS);
        count[bucket_of[i]]++;
    }
    for (unsigned b = 0; b < BUCKETS; b++) {
        slot[b] = pages * ELEMENTS_PER_PAGE;
        pages += (count[b] + ELEMENTS_PER_PAGE - 1) / ELEMENTS_PER_PAGE;
    }
    return pages;
}

/* Reads elements in order and stores each at the end of its bucket. Returns the pages touched. */
static unsigned scatter(uint64_t seed, unsigned elements)
{
    unsigned slot[BUCKETS];
    struct chooser chooser = chooser_from_seed(STREAM_SEED + seed);
    unsigned pages = lay_out(&chooser, elements, slot);

    for (unsigned i = 0; i < elements; i++) {
        page_stream_load(&stream, i / ELEMENTS_PER_PAGE);
        page_stream_store(&stream, slot[bucket_of[i]]++ / ELEMENTS_PER_PAGE);
    }
    return pages;
}

/* A pass of radix sort over 8-byte elements with random digits. Nothing but LRU was measured. With
 * 512 entries no page goes before its last use, so every page misses once. */
Test(measured_streams, radix_scatter)
{
    static const struct {
        struct measured measured;
        unsigned elements;
    } rows[] = {
        {{32, MMU_LRU, .88, .005, "scatter"}, 1 << 17},
        {{64, MMU_LRU, .76, .005, "scatter"}, 1 << 17},
        {{128, MMU_LRU, .51, .005, "scatter"}, 1 << 18},
        {{256, MMU_LRU, .021, .0005, "scatter"}, 1 << 20},
        {{512, MMU_LRU, .004, .0005, "scatter"}, 1 << 20},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double mean = 0;

        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            start(rows[i].measured.entries, rows[i].measured.policy, seed);
            uint64_t pages = scatter(seed, rows[i].elements);
            uint64_t misses = page_stream_misses(&stream);
            cr_expect(rows[i].measured.entries < 512 || misses == pages);
            mean += (double)misses / rows[i].elements / SEEDS;
            page_stream_finish(&stream);
        }
        expect_measured(mean, &rows[i].measured);
    }
}

/* The mean miss ratio of rounds first to last of a chase; the cold round is number 1. */
static double chase(const struct measured *row, unsigned pages, unsigned first, unsigned last)
{
    start(row->entries, row->policy, 0);
    page_stream_loop(&stream, pages, first - 1);
    page_stream_mark(&stream);
    page_stream_loop(&stream, pages, last - first + 1);
    double misses = page_stream_miss_ratio(&stream);
    page_stream_finish(&stream);
    return misses;
}

/* One page too many defeats a tree only after a while, which grows with it. */
Test(measured_streams, a_tree_resists_a_chase_for_a_while)
{
    static const struct {
        struct measured measured;
        unsigned pages, first, last;
    } rows[] = {
        {{32, MMU_TREE_PLRU, .46, .005, "rounds 6 to 15"}, 33, 6, 15},
        {{32, MMU_TREE_PLRU, 1, 0, "round 21 and later"}, 33, 21, 200},
        {{128, MMU_TREE_PLRU, .45, .005, "rounds 51 to 60"}, 129, 51, 60},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_measured(chase(&rows[i].measured, rows[i].pages, rows[i].first, rows[i].last),
                        &rows[i].measured);
    }
}
