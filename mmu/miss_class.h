/*
 * miss_class.h - why an access missed, found out by shadows of the array that no fence ever
 * empties.
 *
 * Pages are told apart by address space, a value of satp, instead of ASID; global pages have a
 * space of their own. docs/tlb.md defines the classes. The only part of the MMU that allocates as
 * it runs: it keeps every page that was ever seen.
 */
#ifndef MMU_MISS_CLASS_H
#define MMU_MISS_CLASS_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/counters.h"
#include "mmu/geometry.h"
#include "mmu/seen.h"
#include "mmu/tlb.h"

/* The address spaces, numbered as they come; 0 is that of global pages. */
struct address_spaces {
    struct seen satp;
    uint64_t last_satp; /* a cache of one: */
    uint32_t last;      /* its space, 0: there is none yet */
};

bool address_spaces_init(struct address_spaces *spaces);

void address_spaces_finish(struct address_spaces *spaces);

/* The number of the space, or 0 if there is not enough memory. */
uint32_t address_spaces_find(struct address_spaces *spaces, uint64_t satp);

/* The history of one array. */
struct miss_classifier {
    struct seen pages;
    struct tlb shadow;   /* as the array, never emptied */
    struct tlb ideal;    /* fully associative LRU of as many translations */
    bool is_ideal;       /* the array is that itself: shadow stands for both */
    uint32_t *entry_of;  /* is_ideal: by the shadow's entry, the array's that notes its uses, too */
    uint32_t *shadow_of; /* the other way round; BANK_NONE: none does */
    struct mmu_array_counters uncounted; /* what the shadows count is nobody's business */
};

/* Returns false if there is not enough memory. seed is that of the array. */
bool miss_classifier_init(struct miss_classifier *classifier,
                          const struct mmu_array_geometry *geometry, uint64_t seed);

void miss_classifier_finish(struct miss_classifier *classifier);

/*
 * Where the array is ideal, a hit need not be told to its shadow at once: the uses of a page that
 * both hold are noted in the array alone, by a clock that they share, until the page leaves one of
 * them.
 */

/* Ties an entry of the array to the shadow's of the same page, given as for miss_classifier_settle.
 * Returns false if there is none, or the array is not ideal. */
bool miss_classifier_tie(struct miss_classifier *classifier, const struct bank *bank,
                         uint32_t entry, const struct translation *translation);

/* True if the array's entry, which has just answered for this page, is tied to another of another
 * address space: without ASIDs, or with one that two of them use, an entry may be both. */
bool miss_classifier_is_tied_to_other(const struct miss_classifier *classifier, uint32_t entry,
                                      const struct translation *translation);

/* The array's entry is about to change: it is tied to none. */
void miss_classifier_untie(struct miss_classifier *classifier, uint32_t entry);

/* The same for the shadow's entry. */
void miss_classifier_untie_shadow(struct miss_classifier *classifier, uint32_t entry);

/* Nothing is tied to anything. */
void miss_classifier_untie_all(struct miss_classifier *classifier);

/* An access has settled on this translation, as the array keeps it, but with its page and space,
 * and not global; is_upgrade tells that the array held it with D=0. Writes the class that it has if
 * it was a miss. Returns false if there is not enough memory. */
bool miss_classifier_settle(struct miss_classifier *classifier,
                            const struct translation *translation, bool is_upgrade,
                            enum mmu_miss_class *miss_class);

#endif
