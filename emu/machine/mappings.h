/*
 * mappings.h - what a process has at which addresses, and how many of its misses fall into what.
 *
 * A kernel tells of it by events (docs/events.md), page by page. What it did not tell of is of no
 * kind. All that a program may make a kernel send is bounded here.
 */
#ifndef EMU_MACHINE_MAPPINGS_H
#define EMU_MACHINE_MAPPINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/mmu.h"

enum mapping_kind {
    MAPPING_NONE, /* nothing was told of the page */
    MAPPING_ANONYMOUS,
    MAPPING_TEXT,
    MAPPING_DATA,
    MAPPING_HEAP,
    MAPPING_STACK,
    MAPPING_FILE,
    MAPPING_KINDS,
};

/* More than that in one process are not taken. */
enum { MAPPINGS_MOST = 128 };

enum { MAPPING_EVENTS = MMU_WALK_MADE + 1 };

struct mappings {
    /* Pages [start, end), in order and apart from each other; neighbours differ in kind. */
    struct mapping {
        uint64_t start, end;
        enum mapping_kind kind;
    } of[MAPPINGS_MOST];
    size_t count;
    size_t recent;                                  /* where a miss fell last */
    uint64_t events[MAPPING_KINDS][MAPPING_EVENTS]; /* by enum mmu_event */
};

/* The pages become a mapping of that kind, or none any more, whatever they were. Returns false, and
 * changes nothing, if there are none or the mappings would be too many. */
bool mappings_put(struct mappings *mappings, uint64_t start, uint64_t end, enum mapping_kind kind);

/* What kind of mapping has the address. */
enum mapping_kind mappings_find(const struct mappings *mappings, uint64_t va);

/* Counts a miss for the mapping it fell into. */
void mappings_count(struct mappings *mappings, struct mmu_miss miss);

#endif
