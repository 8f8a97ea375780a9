/*
 * pte_memory.h - a few pages of physical memory for page tables, as the MMU and the model see it.
 *
 * It counts what is asked of it, can refuse to be read or written page by page, and can play the
 * other hart that changes a PTE between the walker's read and its swap. Everywhere else in the
 * physical address space nothing answers. It is too large for the stack: make it static.
 */
#ifndef TESTS_SUPPORT_PTE_MEMORY_H
#define TESTS_SUPPORT_PTE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "tests/support/sv_model.h"

/* The first page is aligned to 256 TiB, so that its number can stand in a leaf of any level. */
#define PTE_MEMORY_BASE UINT64_C(0x0050000000000000)

enum { PTE_MEMORY_PAGES = 64, PTE_MEMORY_RACES = 4 };

struct pte_memory {
    uint64_t page[PTE_MEMORY_PAGES][512];
    bool is_unreadable[PTE_MEMORY_PAGES];
    bool is_unwritable[PTE_MEMORY_PAGES];
    unsigned pages_used; /* by pte_memory_new_table */

    uint64_t reads; /* refused ones included */
    uint64_t may_write_calls;
    uint64_t swaps;  /* failed ones included */
    uint64_t writes; /* by the walker */
    uint64_t a_sets; /* writes that set A */
    uint64_t d_sets; /* writes that set D */
    uint64_t last_write_pa;

    /* The other hart: before the n-th swap compares, it stores pte at pa. */
    struct {
        uint64_t pa;
        uint64_t pte;
    } race[PTE_MEMORY_RACES];
    unsigned races; /* how many of them are set up */
};

/* The physical address of a page. */
static inline uint64_t pte_memory_pa(unsigned page)
{
    return PTE_MEMORY_BASE + (uint64_t)page * 4096;
}

/* The PTE at pa, which must lie in the memory. */
uint64_t *pte_memory_at(struct pte_memory *memory, uint64_t pa);

/* Takes the next unused page as an empty table and returns its physical address. */
uint64_t pte_memory_new_table(struct pte_memory *memory);

/* The PTE that a walk with satp reads for va at this level. The tables above it must exist. */
uint64_t *pte_memory_slot(struct pte_memory *memory, uint64_t satp, uint64_t va, int level);

/* Stores pte as va's entry at this level, making the tables above it where they are missing. */
void pte_memory_map(struct pte_memory *memory, uint64_t satp, uint64_t va, int level, uint64_t pte);

/* What a walker would be told, without counting that it was asked. */
bool pte_memory_peek(const struct pte_memory *memory, uint64_t pa, uint64_t *pte);
bool pte_memory_may_write(const struct pte_memory *memory, uint64_t pa);

/* The memory as the MMU wants it, and as the model does. Both keep a pointer to memory. */
struct mmu_memory pte_memory_for_mmu(struct pte_memory *memory);
struct sv_memory pte_memory_for_model(struct pte_memory *memory);

#endif
