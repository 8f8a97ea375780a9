/*
 * slow_array.h - one array of a TLB as docs/tlb.md describes it: banks, sets, ways, groups of
 * pages.
 *
 * All searches are linear and compare whole addresses. An entry has a tag, and what that is the
 * user knows: an ASID, or the number of an address space in a shadow. It counts nothing.
 * slow_array_init allocates, slow_array_finish frees.
 */
#ifndef TESTS_SUPPORT_SLOW_ARRAY_H
#define TESTS_SUPPORT_SLOW_ARRAY_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/geometry.h"
#include "tests/support/slow_policy.h"

/* A page, or a piece of one, and what it translates to. */
struct slow_translation {
    enum mmu_page_size size; /* of what is kept */
    enum mmu_page_size leaf; /* of the page it is a piece of; size, if it is the whole page */
    uint64_t number;         /* the address shifted right by as much as size says */
    uint64_t tag;
    bool is_global;
    uint64_t pte; /* V=0: an invalid PTE */
};

struct slow_page {
    bool is_there;
    bool is_global;
    enum mmu_page_size leaf;
    uint64_t pte;
};

struct slow_entry {
    enum mmu_page_size size;
    uint64_t group; /* number of a page, divided by the pages of an entry */
    uint64_t tag;
};

struct slow_bank {
    struct mmu_bank_geometry shape;
    struct slow_policy policy;
    struct slow_entry *entry; /* [sets * ways] */
    struct slow_page *page;   /* [sets * ways * pages] */
    unsigned *ways_tried;     /* [sets] ways from here on have never held anything */
};

struct slow_array {
    unsigned bank_count;
    struct slow_bank bank[MMU_MAX_BANKS];
};

/* Where a page is, or could be. */
struct slow_place {
    struct slow_bank *bank; /* NULL: nowhere */
    unsigned set;
    unsigned way;
    unsigned slot; /* of the entry's pages */
};

/* The pages of an entry that was taken for another. */
struct slow_evicted {
    unsigned count;
    struct slow_translation page[MMU_MAX_SECTOR];
};

/* The number of the page of this size that holds va. */
uint64_t slow_page_number(uint64_t va, enum mmu_page_size size);

/* True if the page that a translation is of, or is a piece of, holds va. */
bool slow_page_holds(const struct slow_translation *translation, uint64_t va);

/* The state of the random generator of bank n is first_random + n at first. */
void slow_array_init(struct slow_array *array, const struct mmu_array_geometry *shape,
                     uint64_t first_random);
void slow_array_finish(struct slow_array *array);

/* Makes the translation of a page what the array keeps of it: itself, or the piece that holds va.
 * Returns the bank that keeps it, or NULL, and then leaves it as it is. */
struct slow_bank *slow_array_cut(struct slow_array *array, struct slow_translation *translation,
                                 uint64_t va);

/* The smallest page that holds va and has this tag or is global; of several the lowest way. */
struct slow_place slow_array_match(struct slow_array *array, uint64_t va, uint64_t tag);

/* The slot of a page in the entry that has its group already, under its tag; of several the lowest
 * way. The page itself may be there or not. */
struct slow_place slow_array_join(struct slow_array *array,
                                  const struct slow_translation *translation);

/* True if both are the same page of the same ASID; a global page is the same under every ASID, and
 * never the same as one that is not global. What they translate to does not matter. */
bool slow_page_is_same(const struct slow_translation *left, const struct slow_translation *right);

/* The same page; of several the lowest way. */
struct slow_place slow_array_find(struct slow_array *array,
                                  const struct slow_translation *translation);

/* Takes a new entry for a page: the lowest way that holds nothing, or the policy's victim. The page
 * is not there before it is stored. */
struct slow_place slow_array_take(struct slow_array *array,
                                  const struct slow_translation *translation,
                                  struct slow_evicted *evicted);

/* Stores a page in its slot, whatever is there. It is a use. The tag is left alone. */
void slow_place_store(struct slow_place place, const struct slow_translation *translation);

void slow_place_use(struct slow_place place);

struct slow_entry *slow_place_entry(struct slow_place place);
struct slow_page *slow_place_page(struct slow_place place);
struct slow_translation slow_place_translation(struct slow_place place);

/* True if the entry holds other pages than this one. */
bool slow_place_has_others(struct slow_place place);

/* Shows every page to a function, with the number of its bank, and removes those for which it
 * returns true. */
typedef bool slow_visitor(void *ctx, const struct slow_translation *translation, unsigned bank);
void slow_array_visit(struct slow_array *array, slow_visitor *is_removed, void *ctx);

#endif
