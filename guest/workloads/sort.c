/*
 * sort.c - sorts an array, then looks every key of it up: quicksort and binary search.
 *
 * Two patterns in one. Quicksort runs along a range from both its ends, so it needs few pages at a
 * time and then the next ones; a search jumps across the whole array, in steps that halve.
 *
 *   sort_keys     keys, of 8 bytes each, all different
 *   sort_rounds   times each key is searched for, in the order in which the keys were made
 *   sort_seed     of the random keys, not 0
 *
 * The region holds loads and stores of the keys, and of one page where quicksort keeps the ranges
 * that wait: no other access. Writing the keys before it is the warm-up.
 */
#include <stdbool.h>
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

#define MAX_KEYS (UINT64_C(1) << 32)

volatile uint64_t sort_keys = 65536;
volatile uint64_t sort_rounds = 1;
volatile uint64_t sort_seed = WORKLOAD_SEED;

typedef volatile uint64_t key;

/* The keys from first to last, both included. */
struct range {
    key *volatile first;
    key *volatile last;
};

static void make_keys(uint64_t *keys, uint64_t count, uint64_t random)
{
    for (uint64_t i = 0; i < count; i++) {
        random = workload_random(random);
        keys[i] = random;
    }
}

/* Moves small keys of a range of two or more down and large ones up, as the key in the middle
 * divides them. Returns the last of the lower part; both parts hold at least one key. */
__attribute__((always_inline)) static inline key *divide(key *first, key *last)
{
    uint64_t middle = first[(last - first) / 2];

    for (;; first++, last--) {
        uint64_t low;
        uint64_t high;

        while ((low = *first) < middle) {
            first++;
        }
        while ((high = *last) > middle) {
            last--;
        }
        if (first >= last) {
            return last;
        }
        *first = high;
        *last = low;
    }
}

/* Of the two parts of a range the shorter one is sorted first. So each range that waits is at most
 * half as long as the one below it, and 64 of them would be enough for any number of keys. */
__attribute__((always_inline)) static inline void sort(struct range *waiting, key *first, key *last)
{
    struct range *top = waiting;

    for (;;) {
        while (first < last) {
            key *middle = divide(first, last);

            if (middle - first < last - middle) {
                top->first = middle + 1;
                top->last = last;
                last = middle;
            } else {
                top->first = first;
                top->last = middle;
                first = middle + 1;
            }
            top++;
        }
        if (top == waiting) {
            return;
        }
        top--;
        first = top->first;
        last = top->last;
    }
}

/* The number of keys that are less than wanted. */
__attribute__((always_inline)) static inline uint64_t position_of(const key *keys, uint64_t count,
                                                                  uint64_t wanted)
{
    uint64_t position = 0;

    while (count > 0) {
        uint64_t half = count / 2;

        if (keys[position + half] < wanted) {
            position += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return position;
}

/* Searches for all keys as make_keys made them: the checksum of where they are. */
__attribute__((always_inline)) static inline uint64_t search(const key *keys, uint64_t count,
                                                             uint64_t random)
{
    uint64_t checksum = 0;

    for (uint64_t i = 0; i < count; i++) {
        random = workload_random(random);
        checksum = workload_checksum(checksum, position_of(keys, count, random));
    }
    return checksum;
}

/* Are they in order, and are they still those that were made? */
static bool is_sorted(const uint64_t *keys, uint64_t count, uint64_t random)
{
    bool is_right = true;
    uint64_t difference = 0;

    for (uint64_t i = 0; i < count; i++) {
        random = workload_random(random);
        difference += keys[i] - random;
        is_right = is_right && (i == 0 || keys[i - 1] < keys[i]) &&
                   keys[position_of(keys, count, random)] == random;
    }
    return is_right && difference == 0;
}

int user_main(void)
{
    uint64_t count = sort_keys;
    uint64_t rounds = sort_rounds;
    uint64_t seed = sort_seed;

    if (seed == 0) {
        workload_refuse("sort", "the seed must not be 0");
    }
    if (count > MAX_KEYS) {
        workload_refuse("sort", "does not fit into memory");
    }
    if (count == 0) {
        workload_refuse("sort", "the size must not be 0");
    }

    struct range *waiting = (struct range *)workload_arena("sort", 1 + workload_pages(count));
    uint64_t *keys = (uint64_t *)waiting + ELEMENTS_PER_PAGE;
    uint64_t checksum = 0;

    make_keys(keys, count, seed);

    pagewalk_begin();
    sort(waiting, keys, keys + count - 1);
    for (uint64_t round = 0; round < rounds; round++) {
        checksum += search(keys, count, seed);
    }
    pagewalk_end();

    return workload_report("sort", checksum, is_sorted(keys, count, seed));
}
