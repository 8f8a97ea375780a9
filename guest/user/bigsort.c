/*
 * bigsort.c - sorts as many MiB of records as it is told, also if memory has less.
 *
 * A record fills a sixteenth of a page: a key, and words that follow from it. So a page that came
 * back wrong from storage is noticed, wherever the damage is.
 */
#include <stdbool.h>

#include "guest/include/linux.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

enum { RECORD_WORDS = 32, RECORDS_PER_MIB = 4096, MIB_UNLESS_TOLD = 64 };

struct record {
    uint64_t key;
    uint64_t rest[RECORD_WORDS - 1];
};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t expected_word(uint64_t key, unsigned number)
{
    return (key ^ number) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Returns the sum of all keys. */
static uint64_t fill(struct record *records, uint64_t count)
{
    uint64_t state = 1, sum = 0;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t key = next_random(&state);

        records[i].key = key;
        for (unsigned word = 0; word < RECORD_WORDS - 1; word++) {
            records[i].rest[word] = expected_word(key, word);
        }
        sum += key;
    }
    return sum;
}

static void exchange(struct record *first, struct record *second)
{
    struct record third = *first;

    *first = *second;
    *second = third;
}

/* Puts the keys up to the pivot in front of the others; returns where those begin: neither part is
 * all, as the pivot is not the last one. */
static uint64_t partition(struct record *records, uint64_t count)
{
    uint64_t pivot = records[(count - 1) / 2].key;
    uint64_t low = 0, high = count - 1;

    for (;;) {
        while (records[low].key < pivot) {
            low++;
        }
        while (records[high].key > pivot) {
            high--;
        }
        if (low >= high) {
            return high + 1;
        }
        exchange(&records[low++], &records[high--]);
    }
}

/* Quicksort: it goes through memory from both ends, which is kind to a clock of pages. The smaller
 * part is the one that recurs, so the stack stays small. */
static void sort(struct record *records, uint64_t count)
{
    while (count > 1) {
        uint64_t middle = partition(records, count);

        if (middle < count - middle) {
            sort(records, middle);
            records += middle;
            count -= middle;
        } else {
            sort(records + middle, count - middle);
            count = middle;
        }
    }
}

static bool is_sound(const struct record *record)
{
    for (unsigned word = 0; word < RECORD_WORDS - 1; word++) {
        if (record->rest[word] != expected_word(record->key, word)) {
            return false;
        }
    }
    return true;
}

/* Nothing lost, nothing damaged, all in order? */
static bool is_sorted(const struct record *records, uint64_t count, uint64_t sum)
{
    for (uint64_t i = 0; i < count; i++) {
        if (!is_sound(&records[i]) || (i > 0 && records[i - 1].key > records[i].key)) {
            return false;
        }
        sum -= records[i].key;
    }
    return sum == 0;
}

int main(int argc, char **argv)
{
    uint64_t mib = argc > 1 ? number_of(argv[1]) : MIB_UNLESS_TOLD;
    uint64_t count = mib * RECORDS_PER_MIB;
    int64_t va = linux_map(0, count * sizeof(struct record));

    if (va < 0) {
        print("no room for %lu MiB\n", mib);
        return 2;
    }
    struct record *records = (struct record *)va;
    uint64_t sum = fill(records, count);

    sort(records, count);
    if (!is_sorted(records, count, sum)) {
        print("%lu records are NOT sorted\n", count);
        return 1;
    }
    print("%lu records of %lu bytes are sorted\n", count, (uint64_t)sizeof(struct record));
    return 0;
}
