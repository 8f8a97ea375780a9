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

/* What the array had for an access. */
enum miss_found { MISS_FOUND_NOTHING, MISS_FOUND_STALE, MISS_FOUND_PAGE };

/* The history of one array. */
struct miss_classifier {
    struct seen pages;
    struct tlb shadow;   /* as the array, never emptied; nothing is in it while */
    bool is_array;       /* the array itself is what the shadow would be */
    bool may_join;       /* that may come true again */
    uint64_t misses;     /* since the two parted, or it was last found that they are not alike */
    struct tlb ideal;    /* fully associative LRU of as many translations */
    bool is_ideal;       /* the array is that itself: shadow stands for both */
    unsigned entries;    /* of the array */
    uint32_t *entry_of;  /* is_ideal: by the shadow's entry, the array's that notes its uses, too */
    uint32_t *shadow_of; /* the other way round; BANK_NONE: none does */
    struct mmu_array_counters uncounted; /* what the shadows count is nobody's business */
};

/* Returns false if there is not enough memory. seed is that of the array, which is_simple if its
 * entries are single pages, valid ones, and only what it looks up changes it. */
bool miss_classifier_init(struct miss_classifier *classifier,
                          const struct mmu_array_geometry *geometry, uint64_t seed, bool is_simple);

void miss_classifier_finish(struct miss_classifier *classifier);

/* As long as nothing but the policy has taken pages from the array, in a single address space, the
 * shadow would be the same. Before something does they part: space is that of all pages in the
 * array that are not global. */
void miss_classifier_part(struct miss_classifier *classifier, const struct tlb *array,
                          uint32_t space);

/* True if it is time to look whether the two are alike again. */
static inline bool miss_classifier_is_join_due(const struct miss_classifier *classifier)
{
    return classifier->misses > 4 * (uint64_t)classifier->entries;
}

/* They are one from now on, if they are alike: all pages are of this ASID, and of this space. */
void miss_classifier_join(struct miss_classifier *classifier, const struct tlb *array,
                          uint32_t asid, uint32_t space);

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

/* Whether this is the first access to the page. */
enum seen_answer miss_classifier_look_back(struct miss_classifier *classifier,
                                           const struct translation *translation);

/* Feeds a shadow one access. Returns whether it held the page. Where nothing is global, what a
 * look-up finds is the same page of the same space. */
static inline bool miss_class_feed(struct tlb *shadow, const struct translation *translation)
{
    struct bank *bank = shadow->bank_of[translation->size];
    uint32_t page = bank_find(bank, translation->page, translation->size, translation->space);

    if (page != BANK_NONE) {
        bank_use(bank, page);
        return true;
    }
    (void)bank_add(bank, translation);
    return false;
}

/* Whether the shadow held the page: it does from now on. */
static inline bool miss_classifier_feed(struct miss_classifier *classifier,
                                        const struct translation *translation,
                                        enum miss_found found)
{
    if (classifier->shadow.keeps_as[translation->size] != translation->size) {
        return false;
    }
    if (classifier->is_array) {
        return found != MISS_FOUND_NOTHING;
    }
    classifier->misses += found != MISS_FOUND_PAGE && classifier->may_join;
    return miss_class_feed(&classifier->shadow, translation);
}

/* An access has settled on this translation, as the array keeps it, but with its page and space,
 * and not global; was_seen tells that it is known not to be the first. Writes the class that it has
 * if it was a miss. Returns false if there is not enough memory. */
static inline bool miss_classifier_settle(struct miss_classifier *classifier,
                                          const struct translation *translation,
                                          enum miss_found found, bool was_seen,
                                          enum mmu_miss_class *miss_class)
{
    bool in_shadow = miss_classifier_feed(classifier, translation, found);
    bool in_ideal =
        classifier->is_ideal ? in_shadow : miss_class_feed(&classifier->ideal, translation);
    /* What a shadow holds has been seen. */
    enum seen_answer seen = in_shadow || in_ideal || was_seen
                                ? SEEN_BEFORE
                                : miss_classifier_look_back(classifier, translation);

    if (found == MISS_FOUND_STALE) {
        *miss_class = MMU_MISS_UPGRADE;
    } else if (seen == SEEN_NEW) {
        *miss_class = MMU_MISS_COMPULSORY;
    } else if (in_shadow) {
        *miss_class = MMU_MISS_FLUSH;
    } else {
        *miss_class = in_ideal ? MMU_MISS_CONFLICT : MMU_MISS_CAPACITY;
    }
    return seen != SEEN_NO_MEMORY;
}

#endif
