/*
 * tlb.h - one TLB array: cached leaf PTEs found by page and address space, in sets of ways.
 *
 * An entry holds a page of any size. It is indexed by the low bits of its own page number, and its
 * tag is the whole page number, sign extension included, so an address that is not canonical never
 * matches. A hash over (page, size) finds it at a cost that does not grow with the array.
 *
 * Spec: Priv. [sv32algorithm] on caching, [sfence.vma].
 */
#ifndef MMU_TLB_H
#define MMU_TLB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/counters.h"
#include "mmu/geometry.h"
#include "mmu/mmu.h"
#include "mmu/replacement.h"

struct tlb_entry {
    uint64_t page; /* va >> page shift */
    uint64_t pte;
    uint32_t next; /* in the same bucket; TLB_NONE ends the chain */
    uint16_t asid;
    uint8_t size; /* enum mmu_page_size */
    bool is_global;
    bool is_valid;
};

struct tlb_set {
    uint32_t valid;      /* ways in use */
    uint32_t first_free; /* no way below this one is free */
};

/* All of it is zero, and usable for nothing but tlb_finish, if the geometry has no such array. */
struct tlb {
    unsigned sets;
    unsigned ways;
    struct tlb_entry *entry; /* [sets * ways] */
    struct tlb_set *set;     /* [sets] */
    uint32_t *bucket;        /* [1 << bucket_bits]: first entry of the chain */
    unsigned bucket_bits;
    struct replacement replacement;
    uint32_t valid_by_size[MMU_PAGE_SIZES];
    struct mmu_array_counters *counters; /* fills, evictions and invalidations are counted here */
};

/* What a fill puts into the array. */
struct tlb_translation {
    uint64_t va;
    uint64_t pte;
    enum mmu_page_size size;
    unsigned asid;
    bool is_global;
};

/* Returns false if there is not enough memory. counters must outlive the array. */
bool tlb_init(struct tlb *tlb, const struct mmu_array_geometry *geometry,
              struct mmu_array_counters *counters);

void tlb_finish(struct tlb *tlb);

/* The entry that matches va in this address space or globally, NULL if there is none. Of several
 * the smallest page answers, and of several of one size the lowest way. Changes nothing. */
struct tlb_entry *tlb_find(const struct tlb *tlb, uint64_t va, unsigned asid);

/* The entry has been used. */
void tlb_use(struct tlb *tlb, const struct tlb_entry *entry);

/* Puts a translation into the lowest free way of its set, or in the place of the policy's victim.
 * stale is an entry that matched but could not answer, or NULL: one of the same size is refilled in
 * place, another is evicted first. */
void tlb_fill(struct tlb *tlb, const struct tlb_translation *translation, struct tlb_entry *stale);

/* Removes what the fence names; its asid holds no bits above ASIDLEN. Returns how many entries. */
uint64_t tlb_fence(struct tlb *tlb, const struct mmu_fence *fence);

/* The number of valid entries, found by looking at each. */
uint64_t tlb_count_valid(const struct tlb *tlb);

#endif
