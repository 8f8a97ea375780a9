/*
 * tlb.h - one array of the TLB: the banks that are looked up together, and which of them keeps
 * what.
 *
 * Spec: Priv. [sv32algorithm] on caching, [sfence.vma]. Model: docs/tlb.md.
 */
#ifndef MMU_TLB_H
#define MMU_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/bank.h"
#include "mmu/bank_add.h"
#include "mmu/counters.h"
#include "mmu/geometry.h"
#include "mmu/mmu.h"
#include "mmu/walk.h"

/* All of it is zero, and holds nothing, if the geometry has no such array. */
struct tlb {
    struct bank *bank; /* [bank_count] */
    unsigned bank_count;
    uint8_t keeps_as[MMU_PAGE_SIZES];     /* page size to size kept, or MMU_NO_SIZE */
    struct bank *bank_of[MMU_PAGE_SIZES]; /* size kept to the bank that keeps it */
    struct bank_census census;
};

/* A page that the array holds. */
struct tlb_match {
    struct bank *bank; /* NULL: there is none */
    uint32_t page;     /* as bank_find gives it */
};

/* Returns false if there is not enough memory. Random banks are seeded with seed, seed + 1 and so
 * on. counters must outlive the array, the array must not
 * move. */
bool tlb_init(struct tlb *tlb, const struct mmu_array_geometry *geometry, uint64_t seed,
              struct mmu_array_counters *counters);

void tlb_finish(struct tlb *tlb);

/* The same among pages of one size. */
static inline struct tlb_match tlb_find_of_size(const struct tlb *tlb, uint64_t va,
                                                enum mmu_page_size size, uint32_t space)
{
    struct bank *bank = tlb->bank_of[size];
    uint32_t page = bank_find(bank, va >> walk_page_shift(size), size, space);

    return (struct tlb_match){.bank = page == BANK_NONE ? NULL : bank, .page = page};
}

/* What matches va in this space or globally: of several the smallest page, of several of one size
 * the lowest way. Changes nothing. */
static inline struct tlb_match tlb_find(const struct tlb *tlb, uint64_t va, uint32_t space)
{
    struct tlb_match match = {.bank = NULL};
    unsigned sizes = tlb->census.sizes;

    /* Nearly always it is a page of 4 KiB: what is known of its size, the compiler knows, too. */
    if ((sizes >> MMU_4K & 1) != 0) {
        match = tlb_find_of_size(tlb, va, MMU_4K, space);
    }
    for (sizes &= ~(1u << MMU_4K); match.bank == NULL && sizes != 0; sizes &= sizes - 1) {
        match = tlb_find_of_size(tlb, va, (enum mmu_page_size)__builtin_ctz(sizes), space);
    }
    return match;
}

static inline bool tlb_has(struct tlb_match match)
{
    return match.bank != NULL;
}

/* True if what once matched is still there. */
static inline bool tlb_holds(struct tlb_match match)
{
    return tlb_has(match) && bank_holds(match.bank, match.page);
}

/* The PTE of a match. */
static inline uint64_t tlb_pte(struct tlb_match match)
{
    return match.bank->page[match.page].pte;
}

/* The size of the page that a match is, or is a piece of. */
static inline enum mmu_page_size tlb_leaf(struct tlb_match match)
{
    return match.bank->page[match.page].leaf;
}

/* The size that a match covers: of the page, or of the piece. */
static inline enum mmu_page_size tlb_size(struct tlb_match match)
{
    return bank_entry_size(bank_entry_of(match.bank, match.page));
}

/* All of a match. */
static inline struct translation tlb_translation(struct tlb_match match)
{
    return bank_translation(match.bank, match.page);
}

/* The match has been used. */
static inline void tlb_use(struct tlb_match match)
{
    bank_use(match.bank, match.page);
}

/* The piece of a page, which the array does not keep as it is, that holds va: written to *piece.
 * Its size is MMU_NO_SIZE if the array keeps nothing of the page. */
const struct translation *tlb_piece(const struct tlb *tlb, const struct translation *translation,
                                    uint64_t va, struct translation *piece);

/* What the array keeps of a translation for an access to va: all of it, or tlb_piece. */
static inline const struct translation *tlb_kept(const struct tlb *tlb,
                                                 const struct translation *translation, uint64_t va,
                                                 struct translation *piece)
{
    return tlb->keeps_as[translation->size] == translation->size
               ? translation
               : tlb_piece(tlb, translation, va, piece);
}

/* A global page is about to come: tells the watch, if there is one, of the pages that it may be
 * found before. */
void tlb_tell_of_overtaken(const struct tlb *tlb, uint64_t page, enum mmu_page_size size);

/* Puts a translation, as tlb_kept gave it, into the array. stale is a match that could not answer,
 * or none: it is refilled in place, or evicted where it cannot be. What goes to make room is added
 * to *lost, unless that is NULL. */
void tlb_fill(struct tlb *tlb, const struct translation *kept, struct tlb_match stale,
              struct bank_lost *lost);

/* tlb_fill after a look-up in the translation's space that found nothing, for nobody who wants what
 * goes. Returns where it is now, or nothing if it is not kept. */
static inline struct tlb_match tlb_add(struct tlb *tlb, const struct translation *kept)
{
    if (kept->is_global) {
        tlb_tell_of_overtaken(tlb, kept->page, kept->size);
    }
    if (kept->size == MMU_NO_SIZE) {
        return (struct tlb_match){.bank = NULL};
    }
    struct bank *bank = tlb->bank_of[kept->size];

    return (struct tlb_match){.bank = bank, .page = bank_add(bank, kept)};
}

/* Takes a match out; the caller counts it. */
static inline void tlb_remove(struct tlb_match match)
{
    bank_remove(match.bank, match.page);
}

/* Has all banks tell the watch, and take their stamps from the clock; NULL: nobody, and their own.
 * Both must outlive the array. */
void tlb_watch(struct tlb *tlb, const struct bank_watch *watch, uint64_t *clock);

/* Has the watch hear of all pages that there may be shortcuts to. */
void tlb_tell_of_all(const struct tlb *tlb);

/* Makes an array of the same geometry hold what another does, see bank_copy. */
void tlb_copy(struct tlb *tlb, const struct tlb *from, uint32_t space);

/* Removes what the fence names; its asid holds no bits above ASIDLEN. Returns how many
 * translations. */
uint64_t tlb_fence(struct tlb *tlb, const struct mmu_fence *fence);

/* The same page: of this number and size, and of the same space unless both are global. */
struct tlb_match tlb_find_copy(const struct tlb *tlb, const struct translation *of);

/* Counts what is there by looking at every entry. Returns the total, adds to by_size as bank_count
 * does, and writes by_bank for the banks that there are. */
uint64_t tlb_count(const struct tlb *tlb, uint64_t by_size[MMU_PAGE_SIZES + 1],
                   uint64_t by_bank[MMU_MAX_BANKS]);

#endif
