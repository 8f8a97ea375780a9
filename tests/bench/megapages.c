/*
 * megapages.c - the supervisor of a program whose arena is made of 2 MiB pages. Linked with
 * --wrap=paging_start and --wrap=paging_grow_arena, so that guest/boot calls these instead.
 *
 * The arena begins at a multiple of 2 MiB, and in the same GiB as the program, so the table for its
 * leaves is there. Code, constants, data and stacks stay on pages of 4 KiB.
 *
 * Spec: Priv. [sv39].
 */
#include <stdint.h>

#include "guest/include/csr.h"
#include "guest/include/supervisor.h"
#include "guest/include/sv39.h"

#define MEGAPAGE_SIZE (PAGE_SIZE << SV39_VPN_BITS)

static uint64_t arena_limit;
static uint64_t next_megapage;

void __real_paging_start(uint64_t ram_end);
void __wrap_paging_start(uint64_t ram_end);
uint64_t __wrap_paging_grow_arena(uint64_t pages);

void __wrap_paging_start(uint64_t ram_end)
{
    __real_paging_start(ram_end);
    arena_limit = ram_end;
    next_megapage = (uint64_t)arena_start;
}

uint64_t __wrap_paging_grow_arena(uint64_t pages)
{
    const uint64_t *root = (const uint64_t *)((csr_read(CSR_SATP) << PAGE_SHIFT));
    uint64_t *table = (uint64_t *)pte_pa(root[vpn_index((uint64_t)arena_start, 2)]);
    uint64_t start = next_megapage;

    if (pages > (arena_limit - start) / PAGE_SIZE) {
        return 0;
    }
    for (; next_megapage < start + pages * PAGE_SIZE; next_megapage += MEGAPAGE_SIZE) {
        table[vpn_index(next_megapage, 1)] =
            pte_make(next_megapage, PTE_V | PTE_R | PTE_W | PTE_U | PTE_A | PTE_D);
    }
    sfence_vma_all(); /* an MMU may remember that a page was not there */
    return start;
}
