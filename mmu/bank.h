/*
 * bank.h - one bank of a TLB array: cached PTEs found by page and address space, in sets of ways.
 *
 * An entry holds one page, or an aligned group of neighbouring pages of one size, each with its own
 * PTE. It is indexed by the low bits of its group's number, and its tag is the whole number, sign
 * extension included, so an address that is not canonical never matches. Where a set has a few ways
 * they are looked through; else a hash over (group, size) finds the entry at a cost that does not
 * grow with the bank.
 *
 * Shadows of an array and the walk cache are made of banks, too: a space is an ASID there or
 * whatever else keeps pages apart.
 *
 * Spec: Priv. [sv32algorithm] on caching, [sfence.vma].
 */
#ifndef MMU_BANK_H
#define MMU_BANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/counters.h"
#include "mmu/geometry.h"
#include "mmu/mmu.h"
#include "mmu/replacement.h"
#include "mmu/walk.h"

#define BANK_NONE UINT32_MAX

/* What a bank holds of one page. */
struct translation {
    uint64_t page; /* va >> page shift of size */
    uint64_t pte;
    enum mmu_page_size size;
    enum mmu_page_size leaf; /* of the page that this is a piece of; size if it is whole */
    uint32_t space;
    bool is_global;
};

struct bank_entry {
    uint64_t key;     /* bank_key of its group, page >> group_shift, and size */
    uint32_t bucket;  /* hashed: that the entry is in */
    uint32_t next;    /* in the same bucket or set; BANK_NONE ends the chain */
    uint32_t space;   /* its pages serve this one, global ones every one */
    uint16_t held;    /* a bit for each page of the group; 0: the entry is free */
    uint16_t globals; /* those that are global */
    uint16_t pieces;  /* those whose leaf is not their size */
    uint16_t reached; /* those that there may be shortcuts to: the watch must know if they change */
    bool was_taken;   /* it has been hit by way of a region since it came */
};

struct bank_page {
    uint64_t pte;
    uint8_t leaf; /* enum mmu_page_size */
};

struct bank_set {
    uint32_t used;       /* entries that hold something */
    uint32_t first_free; /* no way below this one is free */
};

/* Translations by the size they cover, in all banks of an array. */
struct bank_census {
    uint32_t count[MMU_PAGE_SIZES];
    unsigned sizes; /* a bit for each that is not zero */
};

struct bank {
    unsigned sets;
    unsigned ways;
    unsigned group_shift;     /* 1 << group_shift pages are a group */
    unsigned place_mask;      /* one less than that */
    struct bank_entry *entry; /* [sets * ways] */
    struct bank_page *page;   /* [sets * ways << group_shift] */
    struct bank_set *set;     /* [sets] */
    bool is_hashed;           /* else the chains are those of sets, with their free entries */
    uint32_t *bucket;         /* a power of two of them: first entry of the chain */
    uint64_t bucket_factor;   /* see bank_bucket */
    unsigned bucket_shift;    /* 64 less the bits of a bucket's number */
    struct replacement replacement;
    uint32_t used;   /* entries that hold something */
    uint32_t pieces; /* translations whose leaf is not their size */
    struct bank_census *census;
    struct mmu_array_counters *counters; /* fills, evictions and invalidations are counted here */
    struct mmu_bank_counters *share;     /* for who looks up to count in; not touched here */
    const struct bank_watch *watch;      /* NULL: nobody */
};

/* Told of every page with shortcuts that is about to go, to change in place, or to be overtaken. */
struct bank_watch {
    /* va is that of the page's first byte, entry the page's. */
    void (*changed)(void *ctx, enum mmu_array array, uint64_t va, enum mmu_page_size size,
                    uint32_t entry);
    void *ctx;
    enum mmu_array array;
};

/* Translations that a fill pushed out; on request also one that it refilled as another page. */
struct bank_lost {
    bool wants_replaced;
    unsigned count;
    struct translation page[MMU_MAX_SECTOR];
};

/* Returns false if there is not enough memory. census and counters must outlive the bank, which is
 * number index of its array. */
bool bank_init(struct bank *bank, const struct mmu_bank_geometry *geometry, uint64_t seed,
               struct bank_census *census, struct mmu_array_counters *counters, unsigned index);

/* Safe for a bank that is all zero, and after a failed init. */
void bank_finish(struct bank *bank);

/* A group, which has fewer bits, and the size of its pages in one number. */
enum { BANK_SIZE_SHIFT = 56 };

static inline uint64_t bank_key(uint64_t group, enum mmu_page_size size)
{
    return group | (uint64_t)size << BANK_SIZE_SHIFT;
}

static inline uint64_t bank_entry_group(const struct bank_entry *entry)
{
    return entry->key & ((UINT64_C(1) << BANK_SIZE_SHIFT) - 1);
}

static inline enum mmu_page_size bank_entry_size(const struct bank_entry *entry)
{
    return (enum mmu_page_size)(entry->key >> BANK_SIZE_SHIFT);
}

/* The bucket of a key. Hashed, it depends on all bits of that; else it is that of the group's set,
 * which the factor shifts to the top. */
static inline uint32_t bank_bucket(const struct bank *bank, uint64_t key)
{
    return (uint32_t)(key * bank->bucket_factor >> bank->bucket_shift);
}

/* The first entry of a key's bucket. */
static inline uint32_t bank_first(const struct bank *bank, uint64_t key)
{
    return bank->bucket[bank_bucket(bank, key)];
}

/* Which page of its group this is: page is its number, or its index. */
static inline unsigned bank_place(const struct bank *bank, uint64_t page)
{
    return (unsigned)page & bank->place_mask;
}

/* True if the entry holds this page of its group for this space or globally. */
static inline bool bank_serves(const struct bank_entry *entry, unsigned place, uint32_t space)
{
    return (entry->held >> place & 1) != 0 &&
           (entry->space == space || (entry->globals >> place & 1) != 0);
}

/* True if the entry has this key, and holds the page at this place for this space or globally. */
static inline bool bank_is_match(const struct bank_entry *entry, uint64_t key, unsigned place,
                                 uint32_t space)
{
    return entry->key == key && bank_serves(entry, place, space);
}

/* The lowest entry that matches, or BANK_NONE; those of a set are in order. */
static inline uint32_t bank_find_in_set(const struct bank *bank, uint64_t key, unsigned place,
                                        uint32_t space)
{
    uint32_t first = bank_first(bank, key);
    const struct bank_entry *entry = &bank->entry[first];

    for (unsigned way = 0; way < bank->ways; way++) {
        if (bank_is_match(&entry[way], key, place, space)) {
            return first + way;
        }
    }
    return BANK_NONE;
}

static inline uint32_t bank_find_in_bucket(const struct bank *bank, uint64_t key, unsigned place,
                                           uint32_t space)
{
    uint32_t lowest = BANK_NONE;

    for (uint32_t i = bank_first(bank, key); i != BANK_NONE; i = bank->entry[i].next) {
        if (i < lowest && bank_is_match(&bank->entry[i], key, place, space)) {
            lowest = i;
        }
    }
    return lowest;
}

static inline uint32_t bank_find_entry(const struct bank *bank, uint64_t key, unsigned place,
                                       uint32_t space)
{
    return bank->is_hashed ? bank_find_in_bucket(bank, key, place, space)
                           : bank_find_in_set(bank, key, place, space);
}

/* The page that matches in this space or globally, as an index into bank->page, of several that in
 * the lowest way; BANK_NONE if there is none. Changes nothing. */
static inline uint32_t bank_find(const struct bank *bank, uint64_t page, enum mmu_page_size size,
                                 uint32_t space)
{
    if (bank->group_shift == 0) {
        return bank_find_entry(bank, bank_key(page, size), 0, space);
    }
    unsigned place = bank_place(bank, page);
    uint32_t index = bank_find_entry(bank, bank_key(page >> bank->group_shift, size), place, space);

    return index == BANK_NONE ? BANK_NONE : (index << bank->group_shift) + place;
}

/* True if both are the same page: number and size, and the space unless both are global. */
bool translation_is_same(const struct translation *a, const struct translation *b);

/* The same page as *of, in the lowest way; BANK_NONE if there is none. */
uint32_t bank_find_copy(const struct bank *bank, const struct translation *of);

/* The entry of a page. */
static inline struct bank_entry *bank_entry_of(const struct bank *bank, uint32_t page)
{
    return &bank->entry[page >> bank->group_shift];
}

/* The number of the page that an entry has at this place of its group. */
static inline uint64_t bank_page_number(const struct bank *bank, const struct bank_entry *entry,
                                        unsigned place)
{
    return (bank_entry_group(entry) << bank->group_shift) + place;
}

/* True if there is something at this index. */
static inline bool bank_holds(const struct bank *bank, uint32_t page)
{
    return (bank_entry_of(bank, page)->held >> bank_place(bank, page) & 1) != 0;
}

/* True if there is something at this index that matches va in this space or globally. */
static inline bool bank_matches(const struct bank *bank, uint32_t page, uint64_t va, uint32_t space)
{
    const struct bank_entry *entry = bank_entry_of(bank, page);
    unsigned place = bank_place(bank, page);

    return bank_page_number(bank, entry, place) == va >> walk_page_shift(bank_entry_size(entry)) &&
           bank_serves(entry, place, space);
}

/* The page has been used. */
static inline void bank_use(struct bank *bank, uint32_t page)
{
    replacement_use(&bank->replacement, page >> bank->group_shift);
}

/* What the bank holds at this index. */
static inline struct translation bank_translation(const struct bank *bank, uint32_t page)
{
    const struct bank_entry *entry = bank_entry_of(bank, page);
    unsigned place = bank_place(bank, page);

    return (struct translation){
        .page = bank_page_number(bank, entry, place),
        .pte = bank->page[page].pte,
        .size = bank_entry_size(entry),
        .leaf = bank->page[page].leaf,
        .space = entry->space,
        .is_global = (entry->globals >> place & 1) != 0,
    };
}

/* There may be shortcuts to the page from now on. */
static inline void bank_reach(const struct bank *bank, uint32_t page)
{
    bank_entry_of(bank, page)->reached |= (uint16_t)(1u << bank_place(bank, page));
}

/* Puts a translation into its group's entry, where it refills the page if that is there, else into
 * the lowest free way of its set, or the place of the policy's victim, which is added to *lost
 * unless that is NULL. Returns where it is, as bank_find would. */
uint32_t bank_fill(struct bank *bank, const struct translation *translation,
                   struct bank_lost *lost);

/* True if the page can be refilled in place for this translation: the entry may need another space,
 * and then must hold nothing else. */
bool bank_can_refill(const struct bank *bank, uint32_t page, const struct translation *translation);

/* Gives the page a new PTE, and the space and G that come with it. Counts as a use. */
void bank_refill(struct bank *bank, uint32_t page, const struct translation *translation);

/* Tells the watch of whatever the bank holds of this page, in any space: something has come that
 * may be found before it. */
void bank_tell_of(const struct bank *bank, uint64_t page, enum mmu_page_size size);

/* Tells the watch of all pages that there may be shortcuts to. */
void bank_tell_of_all(const struct bank *bank);

/* Makes a bank of the same geometry, of single pages, hold what another does, in the same order of
 * use: global pages as those of space 0, all others as those of this one. */
void bank_copy(struct bank *bank, const struct bank *from, uint32_t space);

/* Takes a page out; the caller counts it. */
void bank_remove(struct bank *bank, uint32_t page);

/* Removes what the fence names; its asid is a space. Returns how many translations. */
uint64_t bank_fence(struct bank *bank, const struct mmu_fence *fence);

/* Counts the translations by looking at every entry. Returns how many, and adds to by_size: a piece
 * to the size of its page, an invalid PTE to [MMU_NO_SIZE]. */
uint64_t bank_count(const struct bank *bank, uint64_t by_size[MMU_PAGE_SIZES + 1]);

#endif
