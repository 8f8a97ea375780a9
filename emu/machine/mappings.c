#include "emu/machine/mappings.h"

#include <string.h>

#include "mmu/pte.h"

/* As many as there are, one cut in two, and a new one between. */
enum { MADE_MOST = MAPPINGS_MOST + 2 };

struct made {
    struct mapping of[MADE_MOST];
    size_t count;
};

/* Adds pages behind all others; those without a page, or of no kind, are none. */
static void add(struct made *made, uint64_t start, uint64_t end, enum mapping_kind kind)
{
    struct mapping *last = made->count > 0 ? &made->of[made->count - 1] : NULL;

    if (start >= end || kind == MAPPING_NONE) {
        return;
    }
    if (last != NULL && last->end == start && last->kind == kind) {
        last->end = end;
        return;
    }
    made->of[made->count++] = (struct mapping){start, end, kind};
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

bool mappings_put(struct mappings *mappings, uint64_t start, uint64_t end, enum mapping_kind kind)
{
    struct made made = {.count = 0};

    if (start >= end) {
        return false;
    }
    for (size_t i = 0; i < mappings->count; i++) {
        const struct mapping *old = &mappings->of[i];

        add(&made, old->start, lower(old->end, start), old->kind);
    }
    add(&made, start, end, kind);
    for (size_t i = 0; i < mappings->count; i++) {
        const struct mapping *old = &mappings->of[i];

        add(&made, higher(old->start, end), old->end, old->kind);
    }
    if (made.count > MAPPINGS_MOST) {
        return false;
    }
    memcpy(mappings->of, made.of, made.count * sizeof made.of[0]);
    mappings->count = made.count;
    return true;
}

/* The first mapping that does not end before the page; count if there is none. */
static size_t find(const struct mappings *mappings, uint64_t page)
{
    size_t low = 0;
    size_t high = mappings->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (mappings->of[middle].end <= page) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool has_page(const struct mappings *mappings, size_t i, uint64_t page)
{
    return i < mappings->count && mappings->of[i].start <= page && page < mappings->of[i].end;
}

static enum mapping_kind kind_of(const struct mappings *mappings, size_t i, uint64_t page)
{
    return has_page(mappings, i, page) ? mappings->of[i].kind : MAPPING_NONE;
}

enum mapping_kind mappings_find(const struct mappings *mappings, uint64_t va)
{
    uint64_t page = va >> PAGE_SHIFT;

    return kind_of(mappings, find(mappings, page), page);
}

void mappings_count(struct mappings *mappings, struct mmu_miss miss)
{
    uint64_t page = miss.va >> PAGE_SHIFT;

    if (mappings->count != 0 && !has_page(mappings, mappings->recent, page)) {
        mappings->recent = find(mappings, page);
    }
    uint64_t *events = mappings->events[kind_of(mappings, mappings->recent, page)];

    for (unsigned left = miss.events; left != 0; left &= left - 1) {
        events[__builtin_ctz(left)]++;
    }
}
