/*
 * replacement.h - which way of a full set makes room: exact LRU, in constant time.
 *
 * The ways of each set form a ring ordered by last use. An entry is named by its index in the
 * array, set * ways + way.
 */
#ifndef MMU_REPLACEMENT_H
#define MMU_REPLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

struct replacement_link {
    uint32_t newer;
    uint32_t older;
};

struct replacement {
    struct replacement_link *link; /* by entry */
    uint32_t *newest;              /* by set; the one newer than the newest is the oldest */
    unsigned ways;
};

/* Returns false if there is not enough memory. */
bool replacement_init(struct replacement *replacement, unsigned sets, unsigned ways);

/* Safe to call twice, and after a failed init. */
void replacement_finish(struct replacement *replacement);

/* The entry has been used: a hit or a fill. */
void replacement_use(struct replacement *replacement, uint32_t entry);

/* The entry of the set that was used the longest ago. All ways must hold something. */
uint32_t replacement_victim(const struct replacement *replacement, uint32_t set);

#endif
