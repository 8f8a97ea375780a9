/*
 * stale_world.h - an MMU whose page tables change behind its back, against all answers allowed.
 *
 * Each step is one decision of a chooser: an access, a PTE stored without a fence, another satp, a
 * fence, another A/D scheme. Every answer to an access must be one that allowed_tlb.h allows, and
 * every PTE that the MMU reads one that a walk of this address can come to. It needs no test
 * framework, so that a fuzzer can drive it. Too large for the stack.
 */
#ifndef TESTS_SUPPORT_STALE_WORLD_H
#define TESTS_SUPPORT_STALE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "tests/support/allowed_tlb.h"
#include "tests/support/chooser.h"
#include "tests/support/pte_memory.h"

enum { STALE_READS = 16 };

struct stale_world {
    struct mmu *mmu;
    struct pte_memory memory;
    struct allowed_tlb tlb;
    struct allowed_set set; /* of the last access */
    struct chooser chooser;
    struct mmu_mode mode;
    unsigned page; /* the one that all is about for a while */

    /* What the MMU has done for the last access. */
    unsigned reads;
    uint64_t read_pa[STALE_READS];
    unsigned stores;
    struct allowed_answer answer;

    uint64_t accesses; /* translated ones */
    uint64_t allowed;  /* accesses that the MMU allowed */
    uint64_t decided;  /* accesses that had one answer only */
    uint64_t stale;    /* answers that memory alone would not have given */
    uint64_t stale_pa; /* those of them that allowed the access */
    uint64_t lost;     /* accesses about which the model could say nothing */
    char mismatch[4096];
};

/* Fills the page tables and makes an MMU with all modes. Returns false if the geometry is wrong or
 * memory is short. */
bool stale_world_init(struct stale_world *world, const char *geometry, struct chooser chooser);
void stale_world_finish(struct stale_world *world);

/* Does the next step. Returns whether the answer was allowed, or explains it in mismatch. */
bool stale_world_step(struct stale_world *world);

#endif
