/*
 * gups.c - changes random elements of a table: the pattern of hash tables, and of the benchmark
 * that counts "giga-updates per second".
 *
 *   gups_pages     pages of the table, 512 elements of 8 bytes each
 *   gups_updates   elements changed, each by one load and one store
 *   gups_seed      of the random numbers, not 0
 *
 * The region holds gups_updates loads and as many stores: the store follows its load, so it finds
 * the page that the load has brought. The random numbers stay in registers. Writing the table
 * before it is the warm-up: from the first update on the TLB is full of pages of the table.
 */
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

#define MAX_PAGES                                                                                  \
    (UINT64_C(1) << 23) /* 2^32 elements, the most that workload_below can choose from */

volatile uint64_t gups_pages = 1024;
volatile uint64_t gups_updates = 800000;
volatile uint64_t gups_seed = WORKLOAD_SEED;

static void update(volatile uint64_t *table, uint64_t elements, uint64_t updates, uint64_t random)
{
    for (; updates > 0; updates--) {
        random = workload_random(random);
        table[workload_below(random, elements)] ^= random;
    }
}

/* The random numbers of all updates, combined as the updates combine them. */
static uint64_t combine(uint64_t updates, uint64_t random)
{
    uint64_t all = 0;

    for (; updates > 0; updates--) {
        random = workload_random(random);
        all ^= random;
    }
    return all;
}

int user_main(void)
{
    uint64_t pages = gups_pages;
    uint64_t updates = gups_updates;
    uint64_t seed = gups_seed;

    if (seed == 0) {
        workload_refuse("gups", "the seed must not be 0");
    }
    if (pages > MAX_PAGES) {
        workload_refuse("gups", "does not fit into memory");
    }

    uint64_t elements = pages * ELEMENTS_PER_PAGE;
    uint64_t *table = workload_arena("gups", pages);
    uint64_t before = 0;

    for (uint64_t i = 0; i < elements; i++) {
        table[i] = i;
        before ^= i;
    }

    pagewalk_begin();
    update(table, elements, updates, seed);
    pagewalk_end();

    uint64_t after = 0;
    uint64_t checksum = 0;

    for (uint64_t i = 0; i < elements; i++) {
        after ^= table[i];
        checksum = workload_checksum(checksum, table[i]);
    }
    return workload_report("gups", checksum, after == (before ^ combine(updates, seed)));
}
