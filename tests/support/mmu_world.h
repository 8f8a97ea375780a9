/*
 * mmu_world.h - an MMU, its page tables and a few address spaces, for tests of caching.
 *
 * ASID n has its own root table, in satp[n]. Nothing is mapped at first. Unless a test says
 * otherwise, accesses are S-mode's, with SUM=0, MXR=0, PBMTE=1 and A and D set by hardware. Too
 * large for the stack.
 */
#ifndef TESTS_SUPPORT_MMU_WORLD_H
#define TESTS_SUPPORT_MMU_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "tests/support/pte_memory.h"

enum { MMU_WORLD_SPACES = 4 };

struct mmu_world {
    struct mmu *mmu;
    struct pte_memory memory;
    uint64_t satp[MMU_WORLD_SPACES];
};

/* Makes an MMU of this geometry for Sv39, and the empty root tables. */
void mmu_world_init(struct mmu_world *world, const char *geometry);

/* The same for another mode, which is the widest that the MMU has. */
void mmu_world_init_mode(struct mmu_world *world, const char *geometry, enum sv_mode mode);

/* Frees the MMU, after its counts have passed the conservation laws. */
void mmu_world_finish(struct mmu_world *world);

/* Stores pte as the entry of va at this level in an address space. */
void mmu_world_map(struct mmu_world *world, unsigned asid, uint64_t va, int level, uint64_t pte);

/* The PTE that maps va at this level in an address space. */
uint64_t *mmu_world_pte(struct mmu_world *world, unsigned asid, uint64_t va, int level);

/* S-mode in this address space. */
struct mmu_mode mmu_world_mode(const struct mmu_world *world, unsigned asid);

/* The status of an access in S-mode. */
enum mmu_status mmu_world_try(struct mmu_world *world, unsigned asid, uint64_t va,
                              enum mmu_access access);

/* The physical address of an access in S-mode that must be allowed. */
uint64_t mmu_world_pa(struct mmu_world *world, unsigned asid, uint64_t va, enum mmu_access access);

/* True if this array holds an entry that such an access would find there. */
bool mmu_world_holds(const struct mmu_world *world, unsigned asid, uint64_t va,
                     enum mmu_access access, enum mmu_array array);

/* The number of valid entries of an array. */
uint64_t mmu_world_valid(const struct mmu_world *world, enum mmu_array array);

#endif
