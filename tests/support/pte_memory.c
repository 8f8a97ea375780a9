#include "tests/support/pte_memory.h"

#include <assert.h>

/* True if a PTE lies at pa; *page and *index tell where. */
static bool locate(uint64_t pa, unsigned *page, unsigned *index)
{
    uint64_t offset = pa - PTE_MEMORY_BASE;
    assert(pa % 8 == 0);
    if (offset >= PTE_MEMORY_PAGES * UINT64_C(4096)) {
        return false;
    }
    *page = (unsigned)(offset / 4096);
    *index = (unsigned)(offset % 4096 / 8);
    return true;
}

uint64_t *pte_memory_at(struct pte_memory *memory, uint64_t pa)
{
    unsigned page = 0;
    unsigned index = 0;
    bool is_there = locate(pa, &page, &index);
    assert(is_there);
    (void)is_there;
    return &memory->page[page][index];
}

uint64_t pte_memory_new_table(struct pte_memory *memory)
{
    assert(memory->pages_used < PTE_MEMORY_PAGES);
    return pte_memory_pa(memory->pages_used++);
}

uint64_t *pte_memory_slot(struct pte_memory *memory, uint64_t satp, uint64_t va, int level)
{
    uint64_t table = sv_root(satp);

    for (int above = sv_levels(satp) - 1;; above--) {
        uint64_t *slot = pte_memory_at(memory, table + sv_index(va, above) * 8);
        if (above == level) {
            return slot;
        }
        assert((*slot & (SV_V | SV_R | SV_X)) == SV_V);
        table = sv_ppn(*slot) << 12;
    }
}

void pte_memory_map(struct pte_memory *memory, uint64_t satp, uint64_t va, int level, uint64_t pte)
{
    for (int above = sv_levels(satp) - 1; above > level; above--) {
        uint64_t *slot = pte_memory_slot(memory, satp, va, above);
        if (*slot == 0) {
            *slot = sv_pte(pte_memory_new_table(memory) >> 12, SV_V);
        }
    }
    *pte_memory_slot(memory, satp, va, level) = pte;
}

bool pte_memory_peek(const struct pte_memory *memory, uint64_t pa, uint64_t *pte)
{
    unsigned page = 0;
    unsigned index = 0;

    if (!locate(pa, &page, &index) || memory->is_unreadable[page]) {
        return false;
    }
    *pte = memory->page[page][index];
    return true;
}

bool pte_memory_may_write(const struct pte_memory *memory, uint64_t pa)
{
    unsigned page = 0;
    unsigned index = 0;

    return locate(pa, &page, &index) && !memory->is_unwritable[page];
}

static bool read_pte(void *ctx, uint64_t pa, uint64_t *pte)
{
    struct pte_memory *memory = ctx;

    memory->reads++;
    return pte_memory_peek(memory, pa, pte);
}

static bool may_write_pte(void *ctx, uint64_t pa)
{
    struct pte_memory *memory = ctx;

    memory->may_write_calls++;
    return pte_memory_may_write(memory, pa);
}

static void write_pte(void *ctx, uint64_t pa, uint64_t pte)
{
    struct pte_memory *memory = ctx;
    uint64_t *slot = pte_memory_at(memory, pa);

    memory->writes++;
    memory->a_sets += (pte & ~*slot & SV_A) != 0;
    memory->d_sets += (pte & ~*slot & SV_D) != 0;
    memory->last_write_pa = pa;
    *slot = pte;
}

static bool swap_pte(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired)
{
    struct pte_memory *memory = ctx;

    assert(pte_memory_may_write(memory, pa) && "a swap where the PTE may not be written");
    if (memory->swaps < memory->races) {
        *pte_memory_at(memory, memory->race[memory->swaps].pa) = memory->race[memory->swaps].pte;
    }
    memory->swaps++;
    if (*pte_memory_at(memory, pa) != expected) {
        return false;
    }
    write_pte(memory, pa, desired);
    return true;
}

static const uint8_t *reach(void *ctx, uint64_t pa, uint64_t length)
{
    struct pte_memory *memory = ctx;
    uint64_t pte;

    (void)length; /* within a page */
    return pte_memory_peek(memory, pa, &pte) ? (const uint8_t *)pte_memory_at(memory, pa) : NULL;
}

struct mmu_memory pte_memory_for_mmu(struct pte_memory *memory)
{
    return (struct mmu_memory){.read_pte = read_pte,
                               .may_write_pte = may_write_pte,
                               .swap_pte = swap_pte,
                               .reach = reach,
                               .ctx = memory};
}

struct sv_memory pte_memory_for_model(struct pte_memory *memory)
{
    return (struct sv_memory){
        .read = read_pte, .may_write = may_write_pte, .write = write_pte, .ctx = memory};
}
