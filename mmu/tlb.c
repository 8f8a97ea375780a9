#include "mmu/tlb.h"

#include <stdlib.h>

#include "mmu/walk.h"

/* The bank that holds pages of this size, or pieces of them with wants_pieces; bank_count if none
 * does. */
static unsigned bank_for(const struct mmu_array_geometry *geometry, unsigned size,
                         bool wants_pieces)
{
    unsigned i = 0;

    while (i < geometry->bank_count && ((geometry->bank[i].sizes >> size & 1) == 0 ||
                                        (wants_pieces && !geometry->bank[i].has_pieces))) {
        i++;
    }
    return i;
}

/* The size in which pages of this size are kept; MMU_NO_SIZE if they are not. */
static unsigned size_kept(const struct mmu_array_geometry *geometry, unsigned size)
{
    if (bank_for(geometry, size, false) < geometry->bank_count) {
        return size;
    }
    while (size-- > 0) {
        if (bank_for(geometry, size, true) < geometry->bank_count) {
            return size;
        }
    }
    return MMU_NO_SIZE;
}

bool tlb_init(struct tlb *tlb, const struct mmu_array_geometry *geometry, uint64_t seed,
              struct mmu_array_counters *counters)
{
    *tlb = (struct tlb){.bank_count = geometry->bank_count};
    if (geometry->bank_count == 0) {
        return true;
    }
    tlb->bank = calloc(geometry->bank_count, sizeof *tlb->bank);
    bool is_made = tlb->bank != NULL;

    for (unsigned i = 0; is_made && i < geometry->bank_count; i++) {
        is_made = bank_init(&tlb->bank[i], &geometry->bank[i], seed + i, &tlb->census, counters, i);
    }
    if (!is_made) {
        tlb_finish(tlb);
        return false;
    }
    for (unsigned size = 0; size < MMU_PAGE_SIZES; size++) {
        unsigned holder = bank_for(geometry, size, false);

        tlb->keeps_as[size] = (uint8_t)size_kept(geometry, size);
        tlb->bank_of[size] = holder == geometry->bank_count ? NULL : &tlb->bank[holder];
    }
    return true;
}

void tlb_finish(struct tlb *tlb)
{
    for (unsigned i = 0; tlb->bank != NULL && i < tlb->bank_count; i++) {
        bank_finish(&tlb->bank[i]);
    }
    free(tlb->bank);
    *tlb = (struct tlb){.bank_count = 0};
}

const struct translation *tlb_piece(const struct tlb *tlb, const struct translation *translation,
                                    uint64_t va, struct translation *piece)
{
    enum mmu_page_size size = tlb->keeps_as[translation->size];

    *piece = *translation;
    piece->size = size;
    if (size != MMU_NO_SIZE) {
        piece->page = va >> walk_page_shift(size);
    }
    return piece;
}

/* Of several that match the smallest page is found, and of one size the lowest way. So a global
 * page may come before one of its size or a larger one, which only some address space sees. */
void tlb_tell_of_overtaken(const struct tlb *tlb, uint64_t page, enum mmu_page_size size)
{
    if (size == MMU_NO_SIZE || tlb->bank[0].watch == NULL) {
        return;
    }
    uint64_t va = page << walk_page_shift(size);

    for (unsigned sizes = tlb->census.sizes >> size << size; sizes != 0; sizes &= sizes - 1) {
        enum mmu_page_size other = (enum mmu_page_size)__builtin_ctz(sizes);

        bank_tell_of(tlb->bank_of[other], va >> walk_page_shift(other), other);
    }
}

void tlb_fill(struct tlb *tlb, const struct translation *kept, struct tlb_match stale,
              struct bank_lost *lost)
{
    if (kept->is_global) {
        tlb_tell_of_overtaken(tlb, kept->page, kept->size);
    }
    if (tlb_has(stale)) {
        if (tlb_size(stale) == kept->size && bank_can_refill(stale.bank, stale.page, kept)) {
            bank_refill(stale.bank, stale.page, kept);
            return;
        }
        /* The page tables changed without a fence, and it would go on answering. */
        bank_remove(stale.bank, stale.page);
        stale.bank->counters->evictions++;
    }
    if (kept->size != MMU_NO_SIZE) {
        bank_fill(tlb->bank_of[kept->size], kept, lost);
    }
}

void tlb_watch(struct tlb *tlb, const struct bank_watch *watch, uint64_t *clock)
{
    for (unsigned i = 0; i < tlb->bank_count; i++) {
        tlb->bank[i].watch = watch;
        replacement_lend_clock(&tlb->bank[i].replacement, clock);
    }
}

void tlb_tell_of_all(const struct tlb *tlb)
{
    for (unsigned i = 0; i < tlb->bank_count; i++) {
        bank_tell_of_all(&tlb->bank[i]);
    }
}

void tlb_copy(struct tlb *tlb, const struct tlb *from, uint32_t space)
{
    tlb->census = from->census;
    for (unsigned i = 0; i < from->bank_count; i++) {
        bank_copy(&tlb->bank[i], &from->bank[i], space);
    }
}

uint64_t tlb_fence(struct tlb *tlb, const struct mmu_fence *fence)
{
    uint64_t killed = 0;

    for (unsigned i = 0; i < tlb->bank_count; i++) {
        killed += bank_fence(&tlb->bank[i], fence);
    }
    return killed;
}

struct tlb_match tlb_find_copy(const struct tlb *tlb, const struct translation *of)
{
    struct bank *bank = tlb->bank_of[of->size];
    uint32_t page = bank_find_copy(bank, of);

    return (struct tlb_match){.bank = page == BANK_NONE ? NULL : bank, .page = page};
}

uint64_t tlb_count(const struct tlb *tlb, uint64_t by_size[MMU_PAGE_SIZES + 1],
                   uint64_t by_bank[MMU_MAX_BANKS])
{
    uint64_t total = 0;

    for (unsigned i = 0; i < tlb->bank_count; i++) {
        by_bank[i] = bank_count(&tlb->bank[i], by_size);
        total += by_bank[i];
    }
    return total;
}
