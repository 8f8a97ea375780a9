/*
 * seen.h - a set of pairs of numbers that only grows, and gives each pair the number of its
 * arrival.
 */
#ifndef MMU_SEEN_H
#define MMU_SEEN_H

#include <stdbool.h>
#include <stdint.h>

struct seen_pair {
    uint64_t first;
    uint64_t second;
};

struct seen {
    struct seen_pair *pair; /* in the order of arrival */
    uint32_t count;
    uint32_t *slot; /* [1 << slot_bits]: open addressing; arrival + 1, or 0 where it is free */
    unsigned slot_bits;
};

enum seen_answer { SEEN_NEW, SEEN_BEFORE, SEEN_NO_MEMORY };

/* Returns false if there is not enough memory. */
bool seen_init(struct seen *seen);

/* Safe for a set that is all zero. */
void seen_finish(struct seen *seen);

/* Adds a pair, if it is new, and writes its number, counted from 0, unless there is no memory. */
enum seen_answer seen_add(struct seen *seen, struct seen_pair pair, uint32_t *number);

#endif
