/*
 * versus.h - an MMU and the model of the manual, each with its own copy of one page table.
 *
 * Both are given the same accesses. After each one their answers must agree, and so must their
 * memories: A and D are set in the same PTE, or nowhere. The MMU has a TLB and the model has none,
 * so that a PTE may be changed only together with a fence. Too large for the stack.
 */
#ifndef TESTS_SUPPORT_VERSUS_H
#define TESTS_SUPPORT_VERSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "tests/support/pte_memory.h"
#include "tests/support/sv_model.h"

struct versus {
    struct mmu *mmu;
    struct pte_memory memory; /* what the MMU sees */
    struct pte_memory twin;   /* what the model sees */
    struct sv_answer answer;  /* the model's last one */
    uint64_t allowed;         /* accesses that the model allowed so far */
    uint64_t refused;         /* accesses that it refused */
    char mismatch[1024];      /* the last disagreement, in words */
};

/* Makes an MMU of this geometry, whose widest mode has so many levels, and empty memories. */
void versus_init(struct versus *versus, const char *geometry, int levels);
void versus_finish(struct versus *versus);

/* Stores a PTE in both memories. */
void versus_poke(struct versus *versus, uint64_t pa, uint64_t pte);

/* Executes SFENCE.VMA x0, x0 on the MMU. */
void versus_fence(struct versus *versus);

/* Does the access on both sides. Returns whether they agree, or explains it in mismatch. */
bool versus_agree(struct versus *versus, const struct mmu_mode *mode, uint64_t va,
                  enum mmu_access access);

/* As versus_agree, but asks mmu_probe first: it must foretell the answer and leave no trace. */
bool versus_agree_with_probe(struct versus *versus, const struct mmu_mode *mode, uint64_t va,
                             enum mmu_access access);

/* True if the two memories hold the same PTEs, all of them. */
bool versus_same_memory(const struct versus *versus);

#endif
