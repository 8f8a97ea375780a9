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

/* Levels of page table that satp.MODE names; the mode must be supported and not Bare. */
unsigned walk_levels(uint64_t satp);

/* True if the bits above the virtual address width all equal its top bit. [norm:Sv39_va_signext] */
bool walk_is_canonical(uint64_t satp, uint64_t va);

/* Bytes of a page as a power of two, such as 12 for MMU_4K. size is not MMU_NO_SIZE. */
unsigned walk_page_shift(enum mmu_page_size size);

/* Step 10: the physical address that a leaf of this size gives va. */
uint64_t walk_leaf_pa(uint64_t pte, enum mmu_page_size size, uint64_t va);

/* Runs the algorithm for walk->va, access and mode, which the caller has set; va is canonical.
 * Fills in the rest of *walk. With updates false, step 9 notes what it would set and writes
 * nothing. */
void walk_run(const struct mmu_memory *memory, bool updates, struct mmu_walk *walk);

#endif
