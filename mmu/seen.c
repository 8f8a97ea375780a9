#include "mmu/seen.h"

#include <stdlib.h>

enum { FIRST_BITS = 6, MOST_BITS = 31 };

/* At most half of the slots are taken, so that searches stay short. */
static uint32_t capacity(const struct seen *seen)
{
    return UINT32_C(1) << (seen->slot_bits - 1);
}

static bool make(struct seen *seen, unsigned slot_bits)
{
    seen->slot_bits = slot_bits;
    seen->slot = calloc((size_t)1 << slot_bits, sizeof *seen->slot);
    seen->pair = malloc(capacity(seen) * sizeof *seen->pair);
    if (seen->slot == NULL || seen->pair == NULL) {
        seen_finish(seen);
        return false;
    }
    return true;
}

bool seen_init(struct seen *seen)
{
    *seen = (struct seen){.count = 0};
    return make(seen, FIRST_BITS);
}

void seen_finish(struct seen *seen)
{
    free(seen->slot);
    free(seen->pair);
    *seen = (struct seen){.count = 0};
}

/* The slot that holds the pair, or the free one where it belongs. */
static uint32_t *find(const struct seen *seen, struct seen_pair pair)
{
    uint64_t product =
        (pair.first ^ pair.second * UINT64_C(0xff51afd7ed558ccd)) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t mask = (UINT32_C(1) << seen->slot_bits) - 1;
    uint32_t at = (uint32_t)(product >> (64 - seen->slot_bits));

    while (seen->slot[at] != 0) {
        const struct seen_pair *there = &seen->pair[seen->slot[at] - 1];

        if (there->first == pair.first && there->second == pair.second) {
            break;
        }
        at = (at + 1) & mask;
    }
    return &seen->slot[at];
}

static bool grow(struct seen *seen)
{
    struct seen smaller = *seen;
    struct seen larger = {.count = smaller.count};

    if (smaller.slot_bits == MOST_BITS || !make(&larger, smaller.slot_bits + 1)) {
        return false;
    }
    for (uint32_t i = 0; i < smaller.count; i++) {
        larger.pair[i] = smaller.pair[i];
        *find(&larger, smaller.pair[i]) = i + 1;
    }
    *seen = larger;
    seen_finish(&smaller);
    return true;
}

enum seen_answer seen_add(struct seen *seen, struct seen_pair pair, uint32_t *number)
{
    uint32_t *slot = find(seen, pair);

    if (*slot != 0) {
        *number = *slot - 1;
        return SEEN_BEFORE;
    }
    if (seen->count == capacity(seen)) {
        if (!grow(seen)) {
            return SEEN_NO_MEMORY;
        }
        slot = find(seen, pair);
    }
    *number = seen->count;
    seen->pair[seen->count++] = pair;
    *slot = seen->count;
    return SEEN_NEW;
}
