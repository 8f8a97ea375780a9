#include "tests/support/slow_fill.h"

#include <stddef.h>

struct slow_identity {
    const struct slow_translation *page;
    uint64_t removed;
};

static bool is_identical(void *ctx, const struct slow_translation *translation, unsigned bank)
{
    struct slow_identity *identity = ctx;
    bool is_it = slow_page_is_same(translation, identity->page);

    (void)bank;
    identity->removed += is_it;
    return is_it;
}

/* What has left an inclusive L2 leaves the L1s. */
static void leave_l1s(struct slow_tlb *tlb, enum mmu_array left,
                      const struct slow_translation *page)
{
    if (left != MMU_L2 || tlb->geometry.inclusion != MMU_INCLUSIVE) {
        return;
    }
    for (enum mmu_array i = MMU_L1I; i <= MMU_L1D; i++) {
        struct slow_identity identity = {.page = page};
        slow_array_visit(&tlb->array[i], is_identical, &identity);
        tlb->counters.array[i].invalidations += identity.removed;
        tlb->counters.array[i].back_invalidations += identity.removed;
    }
}

/* Stores a page in a slot that holds it already, or holds what it replaces. */
static void refill(struct slow_tlb *tlb, enum mmu_array array, struct slow_place place,
                   const struct slow_translation *page)
{
    struct slow_translation old = slow_place_translation(place);

    if (!slow_place_has_others(place)) {
        slow_place_entry(place)->tag = page->tag;
    }
    slow_place_store(place, page);
    struct slow_translation now = slow_place_translation(place);
    tlb->notes.retags += now.tag != old.tag;
    if (!slow_page_is_same(&now, &old)) {
        leave_l1s(tlb, array, &old);
    }
}

static void fill(struct slow_tlb *tlb, enum mmu_array array, const struct slow_translation *page);

/* What an L1 evicts goes into an exclusive L2. */
static void hand_down(struct slow_tlb *tlb, const struct slow_translation *page)
{
    struct slow_place place = slow_array_find(&tlb->array[MMU_L2], page);

    if (place.bank != NULL) {
        refill(tlb, MMU_L2, place, page);
    } else {
        fill(tlb, MMU_L2, page);
    }
}

/* Sees to the pages of an entry that another took. */
static void evict(struct slow_tlb *tlb, enum mmu_array array, const struct slow_evicted *evicted)
{
    tlb->counters.array[array].evictions += evicted->count;
    tlb->notes.whole_evicted += evicted->count > 1;
    for (unsigned i = 0; i < evicted->count; i++) {
        leave_l1s(tlb, array, &evicted->page[i]);
        if (array != MMU_L2 && tlb->geometry.inclusion == MMU_EXCLUSIVE) {
            hand_down(tlb, &evicted->page[i]);
        }
    }
}

/* Puts a page, which a bank keeps, into an array. */
static void fill(struct slow_tlb *tlb, enum mmu_array array, const struct slow_translation *page)
{
    struct slow_place place = slow_array_join(&tlb->array[array], page);
    struct slow_evicted evicted = {.count = 0};

    if (place.bank != NULL && slow_place_page(place)->is_there) {
        tlb->notes.taken_slots++;
        refill(tlb, array, place, page);
        return;
    }
    tlb->notes.joins += place.bank != NULL;
    if (place.bank == NULL) {
        place = slow_array_take(&tlb->array[array], page, &evicted);
    }
    slow_place_store(place, page);
    tlb->counters.array[array].fills++;
    evict(tlb, array, &evicted);
}

/* True if what the array keeps of a new translation may take the place of an old one. */
static bool fits(struct slow_place stuck, const struct slow_translation *kept)
{
    const struct slow_entry *entry = slow_place_entry(stuck);

    return entry->size == kept->size &&
           (entry->tag == kept->tag || kept->is_global || !slow_place_has_others(stuck));
}

void slow_fill_array(struct slow_tlb *tlb, enum mmu_array array, struct slow_place stuck,
                     const struct slow_translation *found, uint64_t va)
{
    struct slow_translation kept = *found;
    bool is_kept = slow_array_cut(&tlb->array[array], &kept, va) != NULL;
    bool is_stuck = stuck.bank != NULL && slow_place_page(stuck)->is_there;

    if (is_stuck && is_kept && fits(stuck, &kept)) {
        refill(tlb, array, stuck, &kept);
        return;
    }
    if (is_stuck) {
        struct slow_evicted evicted = {.count = 1, .page = {slow_place_translation(stuck)}};
        slow_place_page(stuck)->is_there = false;
        tlb->counters.array[array].evictions++;
        tlb->notes.misfits++;
        leave_l1s(tlb, array, &evicted.page[0]);
    }
    if (is_kept) {
        fill(tlb, array, &kept);
    }
}

void slow_fill_move_out(struct slow_tlb *tlb, struct slow_place place)
{
    slow_place_page(place)->is_there = false;
    tlb->counters.array[MMU_L2].moves++;
}
