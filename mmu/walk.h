/*
 * walk.h - the virtual address translation process: from satp through the page tables to a leaf.
 *
 * It knows nothing of the TLB and counts nothing but what it notes in the mmu_walk it fills.
 *
 * Spec: Priv. [sv32algorithm], [sv39]. Version: docs/spec.md.
 */
#ifndef MMU_WALK_H
#define MMU_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "mmu/pte.h"

struct walk_cache;

/* Levels of page table that satp.MODE names; the mode must be supported and not Bare. */
static inline unsigned walk_levels(uint64_t satp)
{
    return (unsigned)(satp >> SATP_MODE_SHIFT) - SATP_MODE_SV39 + SV39_LEVELS;
}

/* True if the bits above the virtual address width all equal its top bit. [norm:Sv39_va_signext] */
static inline bool walk_is_canonical(uint64_t satp, uint64_t va)
{
    unsigned width = PAGE_SHIFT + walk_levels(satp) * VPN_BITS;

    /* Half of the space added, what is canonical begins at zero. */
    return (va + (UINT64_C(1) << (width - 1))) >> width == 0;
}

/* Bytes of a page as a power of two, such as 12 for MMU_4K. size is not MMU_NO_SIZE. */
static inline unsigned walk_page_shift(enum mmu_page_size size)
{
    static const unsigned char shift[MMU_PAGE_SIZES] = {
        [MMU_4K] = 12, [MMU_64K] = 16,  [MMU_2M] = 21,
        [MMU_1G] = 30, [MMU_512G] = 39, [MMU_256T] = 48,
    };
    return shift[size];
}

/* Step 10: the physical address that a leaf of this size gives va. */
static inline uint64_t walk_leaf_pa(uint64_t pte, enum mmu_page_size size, uint64_t va)
{
    uint64_t offset_mask = (UINT64_C(1) << walk_page_shift(size)) - 1;

    return ((pte_ppn(pte) << PAGE_SHIFT) & ~offset_mask) | (va & offset_mask);
}

/* The size of a leaf at this level, N aside, which is also what a pointer there leads to. */
enum mmu_page_size walk_leaf_size(unsigned level);

/* What a walker works with. */
struct walker {
    struct mmu_memory memory;
    struct walk_cache *cache; /* NULL: there is none */
    uint64_t *pte_reads;      /* counts what is asked of the memory; NULL: nobody does */
    bool updates;             /* memory and cache may change; else step 9 notes what it would set */
};

/* Runs the algorithm for walk->va, access, mode and asid, which the caller has set; va is
 * canonical. Fills in the rest of *walk. */
void walk_run(const struct walker *walker, struct mmu_walk *walk);

#endif
