/*
 * paging.c - the page tables: one address space, 4 KiB pages, every page mapped to itself.
 *
 * Because virtual and physical addresses are equal, switching translation on moves nothing: the
 * next instruction is found where it was. The tables come from a pool that is itself mapped for the
 * supervisor, so the same code can add pages before and after the switch.
 *
 * A and D are set in every leaf. An MMU that wants software to set them would otherwise fault
 * (Svade, Priv. [norm:svade_access_ad_bit_clear]), and one that sets them itself would write to the
 * tables: this way programs behave and count the same on both.
 */
#include "guest/include/supervisor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/include/csr.h"
#include "guest/include/platform.h"
#include "guest/include/sv39.h"

static uint64_t *root_table;
static uint64_t next_table; /* the pool from here to page_tables_end is free */
static uint64_t arena_end;
static uint64_t arena_limit;

/* An empty table, or NULL if the pool is used up. */
static uint64_t *take_table(void)
{
    if (next_table == (uint64_t)page_tables_end) {
        return NULL;
    }

    uint64_t *table = (uint64_t *)next_table;

    next_table += PAGE_SIZE;
    for (unsigned i = 0; i < PTE_PER_TABLE; i++) {
        table[i] = 0;
    }
    return table;
}

/* The table that a non-leaf PTE points to, new if there was none; NULL if none is left. */
static uint64_t *table_below(uint64_t *pte)
{
    if (*pte != 0) {
        return (uint64_t *)pte_pa(*pte);
    }

    uint64_t *table = take_table();

    if (table != NULL) {
        *pte = pte_make((uint64_t)table, PTE_V); /* no R, W or X: a pointer */
    }
    return table;
}

/* The level-0 PTE of va. Makes the tables above it as needed; NULL if none is left. */
static uint64_t *leaf_of(uint64_t va)
{
    uint64_t *table = root_table;

    for (unsigned level = SV39_LEVELS - 1; level > 0; level--) {
        table = table_below(&table[vpn_index(va, level)]);
        if (table == NULL) {
            return NULL;
        }
    }
    return &table[vpn_index(va, 0)];
}

/* Maps the pages from start to end to themselves. */
static bool map(uint64_t start, uint64_t end, uint64_t permissions)
{
    for (uint64_t page = start; page < end; page += PAGE_SIZE) {
        uint64_t *pte = leaf_of(page);

        if (pte == NULL) {
            return false;
        }
        *pte = pte_make(page, permissions | PTE_V | PTE_A | PTE_D);
    }
    return true;
}

void paging_start(uint64_t ram_end)
{
    static const struct {
        const char *start;
        const char *end;
        uint64_t permissions;
    } parts[] = {
        {text_start, text_end, PTE_R | PTE_X},
        {rodata_start, rodata_end, PTE_R},
        {data_start, data_end, PTE_R | PTE_W},
        {stack_start, stack_end, PTE_R | PTE_W},
        {page_tables_start, page_tables_end, PTE_R | PTE_W},
        {user_text_start, user_text_end, PTE_R | PTE_X | PTE_U},
        {user_rodata_start, user_rodata_end, PTE_R | PTE_U},
        {user_data_start, user_data_end, PTE_R | PTE_W | PTE_U},
        {user_stack_start, user_stack_end, PTE_R | PTE_W | PTE_U},
    };

    next_table = (uint64_t)page_tables_start;
    root_table = take_table();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        map((uint64_t)parts[i].start, (uint64_t)parts[i].end, parts[i].permissions);
    }
    map(UART_BASE, UART_BASE + PAGE_SIZE, PTE_R | PTE_W);
    map(FINISHER_BASE, FINISHER_BASE + PAGE_SIZE, PTE_R | PTE_W);
    arena_end = (uint64_t)arena_start;
    arena_limit = ram_end;

    /* The tables must have reached memory before the MMU may read them, which is from the very next
     * fetch on: a change from Bare needs no fence of its own. Priv. [norm:sfence_vma_ordering],
     * [norm:sfence_vma_mode_effect] */
    sfence_vma_all();
    csr_write(CSR_SATP, SATP_SV39 | ((uint64_t)root_table >> PAGE_SHIFT));
}

uint64_t paging_find(uint64_t va)
{
    const uint64_t *table = root_table;

    if (va >= SV39_LOWER_HALF) {
        return 0; /* nothing is mapped there, canonical or not */
    }
    for (unsigned level = SV39_LEVELS - 1; level > 0; level--) {
        uint64_t pte = table[vpn_index(va, level)];

        if (pte == 0) {
            return 0;
        }
        table = (const uint64_t *)pte_pa(pte);
    }
    return table[vpn_index(va, 0)];
}

uint64_t paging_grow_arena(uint64_t pages)
{
    uint64_t start = arena_end;

    if (start > arena_limit || pages > (arena_limit - start) / PAGE_SIZE) {
        return 0;
    }
    if (!map(start, start + pages * PAGE_SIZE, PTE_R | PTE_W | PTE_U)) {
        return 0;
    }
    arena_end = start + pages * PAGE_SIZE;
    sfence_vma_all(); /* an MMU may remember that a page was not there. Priv. [sfence.vma] */
    return start;
}
