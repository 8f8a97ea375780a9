/*
 * replacement.h - which way of a full set makes room: the six policies of docs/tlb.md.
 *
 * An entry is named by its index in the bank, set * ways + way. For LRU, a hit costs no more than
 * the store of a time stamp: only when a victim is wanted are the ways of a set looked through, all
 * of them where they are few, else in the order of their stamps at the last sorting.
 */
#ifndef MMU_REPLACEMENT_H
#define MMU_REPLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/geometry.h"

/* Ways of a set that are looked through at once. */
enum { REPLACEMENT_FEW = 4 };

/* An entry, and its stamp when the ways of its set were sorted. */
struct replacement_age {
    uint64_t stamp;
    uint32_t entry;
};

struct replacement {
    enum mmu_policy policy;
    unsigned ways;
    uint64_t *clock;            /* LRU: rises with each use, FIFO: with each fill */
    uint64_t own_clock;         /* it is this, unless somebody lends one */
    uint64_t *stamp;            /* LRU, FIFO: by entry, the clock at its last use or fill */
    const uint64_t **elsewhere; /* by entry, where later uses are noted, NULL: nowhere; or NULL */
    struct replacement_age *order; /* LRU, FIFO of many ways: by set, its ways, oldest first */
    bool *bit;                     /* PLRU, and nobody else: by node or by way */
    uint32_t *cursor;              /* by set. LRU, FIFO: the next of order to look at; bit-PLRU:
                                      bits that are set; round-robin: the next victim */
    uint64_t random;               /* state of the generator */
};

/* Returns false if there is not enough memory. */
bool replacement_init(struct replacement *replacement, const struct mmu_bank_geometry *geometry,
                      uint64_t seed);

/* Safe to call twice, and after a failed init. */
void replacement_finish(struct replacement *replacement);

/* From now on stamps are told by this clock, or by its own again if it is NULL; never backwards. */
void replacement_lend_clock(struct replacement *replacement, uint64_t *clock);

/* Makes it go on as another of the same geometry, none of whose uses are noted elsewhere. */
void replacement_copy(struct replacement *replacement, const struct replacement *from,
                      uint32_t sets);

/* LRU: uses may be noted elsewhere, too. Returns false if there is not enough memory. */
bool replacement_allow_elsewhere(struct replacement *replacement, uint32_t entries);

/* Once that is so: from now on uses of the entry may also be noted there, by the same clock; NULL:
 * not any more.
 */
void replacement_note_elsewhere(struct replacement *replacement, uint32_t entry,
                                const uint64_t *stamp);

/* When the entry was used last. */
static inline uint64_t replacement_stamp(const struct replacement *replacement, uint32_t entry)
{
    uint64_t stamp = replacement->stamp[entry];

    if (replacement->elsewhere == NULL) {
        return stamp;
    }
    const uint64_t *elsewhere = replacement->elsewhere[entry];

    return elsewhere != NULL && *elsewhere > stamp ? *elsewhere : stamp;
}

/* replacement_use for the PLRU policies. */
void replacement_use_bits(struct replacement *replacement, uint32_t entry);

/* The entry was hit, or refilled in place. */
static inline void replacement_use(struct replacement *replacement, uint32_t entry)
{
    if (replacement->policy == MMU_LRU) {
        replacement->stamp[entry] = ++*replacement->clock;
    } else if (replacement->bit != NULL) {
        replacement_use_bits(replacement, entry);
    }
}

/* The entry was taken for something new. */
static inline void replacement_fill(struct replacement *replacement, uint32_t entry)
{
    if (replacement->stamp != NULL) {
        replacement->stamp[entry] = ++*replacement->clock;
    } else if (replacement->bit != NULL) {
        replacement_use_bits(replacement, entry);
    }
}

/* Puts the ways of a set in the order of their stamps. */
void replacement_sort(struct replacement *replacement, uint32_t set);

/* replacement_victim for policies without stamps. */
uint32_t replacement_choose(struct replacement *replacement, uint32_t set);

/* The oldest of a few ways, some of whose uses are noted elsewhere. */
uint32_t replacement_oldest_noted(const struct replacement *replacement, uint32_t set);

/* The oldest of a few ways. */
static inline uint32_t replacement_oldest(const struct replacement *replacement, uint32_t set)
{
    uint32_t first = set * replacement->ways;
    const uint64_t *stamp = &replacement->stamp[first];
    uint32_t oldest = 0;

    if (replacement->elsewhere != NULL) {
        return replacement_oldest_noted(replacement, set);
    }
    for (uint32_t way = 1; way < replacement->ways; way++) {
        oldest = stamp[way] < stamp[oldest] ? way : oldest;
    }
    return first + oldest;
}

/* The oldest of many: what was used or filled since the sorting is younger than everything that was
 * not, so the first whose stamp has not changed is it. */
static inline uint32_t replacement_next(struct replacement *replacement, uint32_t set)
{
    const struct replacement_age *order = &replacement->order[(size_t)set * replacement->ways];
    uint32_t next = replacement->cursor[set];

    while (next < replacement->ways &&
           order[next].stamp != replacement_stamp(replacement, order[next].entry)) {
        next++;
    }
    if (next == replacement->ways) {
        replacement_sort(replacement, set);
        next = 0;
    }
    replacement->cursor[set] = next + 1;
    return order[next].entry;
}

/* The entry of the set that must go, and goes: some policies move on. All ways must hold
 * something. */
static inline uint32_t replacement_victim(struct replacement *replacement, uint32_t set)
{
    if (replacement->stamp == NULL) {
        return replacement_choose(replacement, set);
    }
    return replacement->order == NULL ? replacement_oldest(replacement, set)
                                      : replacement_next(replacement, set);
}

#endif
