/*
 * slow_versus.h - an MMU and the slow TLB, each with its own copy of one page table.
 *
 * Both are given the same accesses, fences and changes of page tables. After each access the
 * answers, what was read and written of the page tables and all counters must agree; what the
 * arrays hold and the shares per ASID when slow_versus_same_contents is called. Too large for the
 * stack.
 */
#ifndef TESTS_SUPPORT_SLOW_VERSUS_H
#define TESTS_SUPPORT_SLOW_VERSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "tests/support/pte_memory.h"
#include "tests/support/slow_tlb.h"

struct slow_versus {
    struct mmu *mmu;
    struct slow_tlb slow;
    struct pte_memory memory; /* what the MMU sees */
    struct pte_memory twin;   /* what the slow TLB sees */
    enum sv_outcome outcome;  /* of the last access */
    char mismatch[1024];      /* the last disagreement, in words */
};

/* Starts with empty memories. Returns false if the MMU cannot be made. */
bool slow_versus_init(struct slow_versus *versus, const struct mmu_geometry *geometry);
void slow_versus_finish(struct slow_versus *versus);

/* Stores a PTE in both memories. */
void slow_versus_poke(struct slow_versus *versus, uint64_t pa, uint64_t pte);

/* Makes a page of both memories readable or not, writable or not. */
void slow_versus_protect(struct slow_versus *versus, unsigned page, bool is_unreadable,
                         bool is_unwritable);

void slow_versus_fence(struct slow_versus *versus, const struct mmu_fence *fence);

/* Does an access on both sides. Returns whether they agree, or explains it in mismatch. With
 * is_foretold, mmu_probe is asked first, which must be right and leave no trace. */
bool slow_versus_agree(struct slow_versus *versus, const struct mmu_mode *mode, uint64_t va,
                       enum mmu_access access, bool is_foretold);

/* Compares what the arrays hold, the shares of the ASIDs and the memories, and checks the laws.
 * Returns whether all is well, or explains it in mismatch. */
bool slow_versus_same_contents(struct slow_versus *versus);

#endif
