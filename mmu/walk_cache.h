/*
 * walk_cache.h - what the walker remembers of the pointers it has followed, so that it need not
 * read them again.
 *
 * A pointer is a valid PTE that is no leaf. What is remembered may be stale, as it may be in
 * hardware, until a fence removes it.
 *
 * Spec: Priv. [sv32algorithm] on caching, [sfence.vma]. Model: docs/tlb.md.
 */
#ifndef MMU_WALK_CACHE_H
#define MMU_WALK_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/geometry.h"
#include "mmu/mmu.h"
#include "mmu/tlb.h"

struct walk_cache {
    enum mmu_walk_cache kind;
    bool is_strict;
    struct tlb pointers; /* by PTE: a page number is that of the 8 bytes in memory */
    struct mmu_array_counters uncounted; /* its fills and evictions are nobody's business */
    uint64_t *hits;                      /* counted where the cache is asked */
};

/* A pointer, and what is known of it. */
struct walk_pointer {
    uint64_t pa; /* of its PTE; 0 where that is not known */
    uint64_t pte;
    unsigned level;
    bool is_global; /* G in it or in a pointer above it */
};

/* Returns false if there is not enough memory. hits must outlive the cache, which must not move. */
bool walk_cache_init(struct walk_cache *cache, const struct mmu_walk_cache_geometry *geometry,
                     uint64_t seed, uint64_t *hits);

/* Safe for a cache that is all zero. */
void walk_cache_finish(struct walk_cache *cache);

/* By VA: the deepest pointer known on the way to walk->va. Returns false if there is none, or the
 * cache is of another kind. Without use it changes and counts nothing. */
bool walk_cache_find_start(struct walk_cache *cache, const struct mmu_walk *walk, bool use,
                           struct walk_pointer *pointer);

/* By PTE: the pointer at pa. Returns false if it is not known, or the cache is of another kind.
 * Without use it changes and counts nothing. */
bool walk_cache_find_pte(struct walk_cache *cache, uint64_t pa, bool use, uint64_t *pte);

/* The walk has read this pointer, which was not known. */
void walk_cache_learn(struct walk_cache *cache, const struct mmu_walk *walk,
                      const struct walk_pointer *pointer);

/* Removes what the fence names. Returns how many pointers. */
uint64_t walk_cache_fence(struct walk_cache *cache, const struct mmu_fence *fence);

#endif
