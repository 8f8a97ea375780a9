#include "mmu/tlb.h"

#include <stdlib.h>

#include "mmu/walk.h"

#define TLB_NONE UINT32_MAX

bool tlb_init(struct tlb *tlb, const struct mmu_array_geometry *geometry,
              struct mmu_array_counters *counters)
{
    unsigned entries = mmu_array_entries(geometry);

    *tlb = (struct tlb){.sets = geometry->sets, .ways = geometry->ways, .counters = counters};
    if (entries == 0) {
        return true;
    }
    do {
        tlb->bucket_bits++; /* one at least: bucket_of cannot shift by 64 */
    } while ((1u << tlb->bucket_bits) < entries);
    size_t buckets = (size_t)1 << tlb->bucket_bits;

    tlb->entry = calloc(entries, sizeof *tlb->entry);
    tlb->set = calloc(tlb->sets, sizeof *tlb->set);
    tlb->bucket = malloc(buckets * sizeof *tlb->bucket);
    bool has_order = replacement_init(&tlb->replacement, tlb->sets, tlb->ways);

    if (tlb->entry == NULL || tlb->set == NULL || tlb->bucket == NULL || !has_order) {
        tlb_finish(tlb);
        return false;
    }
    for (size_t i = 0; i < buckets; i++) {
        tlb->bucket[i] = TLB_NONE;
    }
    return true;
}

void tlb_finish(struct tlb *tlb)
{
    free(tlb->entry);
    free(tlb->set);
    free(tlb->bucket);
    replacement_finish(&tlb->replacement);
}

static uint32_t *bucket_of(const struct tlb *tlb, uint64_t page, unsigned size)
{
    /* Fibonacci hashing: the high bits of the product depend on all bits of the key. */
    uint64_t product = (page ^ ((uint64_t)size << 56)) * UINT64_C(0x9e3779b97f4a7c15);

    return &tlb->bucket[product >> (64 - tlb->bucket_bits)];
}

/* An entry serves its own ASID, a global one every ASID. [norm:sfence_vma_asid_effect] */
static bool serves(const struct tlb_entry *entry, unsigned asid)
{
    return entry->is_global || entry->asid == asid;
}

/* The lowest entry for this page that serves the ASID. */
static struct tlb_entry *find_page(const struct tlb *tlb, uint64_t page, unsigned size,
                                   unsigned asid)
{
    uint32_t lowest = TLB_NONE;

    for (uint32_t i = *bucket_of(tlb, page, size); i != TLB_NONE; i = tlb->entry[i].next) {
        const struct tlb_entry *entry = &tlb->entry[i];

        if (entry->page == page && entry->size == size && serves(entry, asid) && i < lowest) {
            lowest = i;
        }
    }
    return lowest == TLB_NONE ? NULL : &tlb->entry[lowest];
}

struct tlb_entry *tlb_find(const struct tlb *tlb, uint64_t va, unsigned asid)
{
    for (unsigned size = 0; size < MMU_PAGE_SIZES; size++) {
        if (tlb->valid_by_size[size] == 0) {
            continue;
        }
        struct tlb_entry *entry = find_page(tlb, va >> walk_page_shift(size), size, asid);

        if (entry != NULL) {
            return entry;
        }
    }
    return NULL;
}

static uint32_t index_of(const struct tlb *tlb, const struct tlb_entry *entry)
{
    return (uint32_t)(entry - tlb->entry);
}

void tlb_use(struct tlb *tlb, const struct tlb_entry *entry)
{
    replacement_use(&tlb->replacement, index_of(tlb, entry));
}

static void take_out_of_bucket(struct tlb *tlb, uint32_t index)
{
    const struct tlb_entry *entry = &tlb->entry[index];
    uint32_t *link = bucket_of(tlb, entry->page, entry->size);

    while (*link != index) {
        link = &tlb->entry[*link].next;
    }
    *link = entry->next;
}

static void remove_entry(struct tlb *tlb, uint32_t index)
{
    struct tlb_entry *entry = &tlb->entry[index];
    struct tlb_set *set = &tlb->set[index / tlb->ways];
    uint32_t way = index % tlb->ways;

    take_out_of_bucket(tlb, index);
    entry->is_valid = false;
    tlb->valid_by_size[entry->size]--;
    set->valid--;
    if (way < set->first_free) {
        set->first_free = way;
    }
}

static void evict(struct tlb *tlb, uint32_t index)
{
    remove_entry(tlb, index);
    tlb->counters->evictions++;
}

/* The lowest free way of a set that has one. */
static uint32_t take_free_way(struct tlb *tlb, uint32_t set_index)
{
    struct tlb_set *set = &tlb->set[set_index];
    uint32_t first = set_index * tlb->ways;

    while (tlb->entry[first + set->first_free].is_valid) {
        set->first_free++;
    }
    return first + set->first_free++;
}

static uint32_t make_room(struct tlb *tlb, uint32_t set_index)
{
    if (tlb->set[set_index].valid == tlb->ways) {
        evict(tlb, replacement_victim(&tlb->replacement, set_index));
    }
    return take_free_way(tlb, set_index);
}

void tlb_fill(struct tlb *tlb, const struct tlb_translation *translation, struct tlb_entry *stale)
{
    uint64_t page = translation->va >> walk_page_shift(translation->size);

    if (stale != NULL && stale->size == translation->size) {
        stale->pte = translation->pte;
        stale->asid = (uint16_t)translation->asid;
        stale->is_global = translation->is_global;
        tlb_use(tlb, stale);
        return;
    }
    if (stale != NULL) { /* the page tables changed without a fence: it would go on answering */
        evict(tlb, index_of(tlb, stale));
    }
    uint32_t index = make_room(tlb, (uint32_t)(page & (tlb->sets - 1)));

    uint32_t *bucket = bucket_of(tlb, page, translation->size);

    tlb->entry[index] = (struct tlb_entry){
        .page = page,
        .pte = translation->pte,
        .next = *bucket,
        .asid = (uint16_t)translation->asid,
        .size = (uint8_t)translation->size,
        .is_global = translation->is_global,
        .is_valid = true,
    };
    *bucket = index;
    tlb->valid_by_size[translation->size]++;
    tlb->set[index / tlb->ways].valid++;
    tlb->counters->fills++;
    replacement_use(&tlb->replacement, index);
}

/* An ASID fence spares global mappings and other address spaces. [norm:sfence_vma_asid_only] */
static bool fence_names_space(const struct mmu_fence *fence, const struct tlb_entry *entry)
{
    return !fence->has_asid || (!entry->is_global && entry->asid == fence->asid);
}

static uint64_t invalidate(struct tlb *tlb, uint32_t index)
{
    remove_entry(tlb, index);
    tlb->counters->invalidations++;
    return 1;
}

/* The entries for one page of one size. */
static uint64_t fence_page(struct tlb *tlb, const struct mmu_fence *fence, uint64_t page,
                           unsigned size)
{
    uint64_t killed = 0;
    uint32_t i = *bucket_of(tlb, page, size);

    while (i != TLB_NONE) {
        const struct tlb_entry *entry = &tlb->entry[i];
        uint32_t next = entry->next;

        if (entry->page == page && entry->size == size && fence_names_space(fence, entry)) {
            killed += invalidate(tlb, i);
        }
        i = next;
    }
    return killed;
}

/* Every entry whose page holds the address, whatever its size. [norm:sfence_vma_va_all_asid] */
static uint64_t fence_address(struct tlb *tlb, const struct mmu_fence *fence)
{
    uint64_t killed = 0;

    for (unsigned size = 0; size < MMU_PAGE_SIZES; size++) {
        if (tlb->valid_by_size[size] != 0) {
            killed += fence_page(tlb, fence, fence->va >> walk_page_shift(size), size);
        }
    }
    return killed;
}

static uint64_t total_valid(const struct tlb *tlb)
{
    uint64_t valid = 0;

    for (unsigned size = 0; size < MMU_PAGE_SIZES; size++) {
        valid += tlb->valid_by_size[size];
    }
    return valid;
}

/* Every entry of an address space, or of all. */
static uint64_t fence_space(struct tlb *tlb, const struct mmu_fence *fence)
{
    uint64_t unseen = total_valid(tlb);
    uint64_t killed = 0;

    for (uint32_t i = 0; unseen > 0; i++) {
        if (!tlb->entry[i].is_valid) {
            continue;
        }
        unseen--;
        if (fence_names_space(fence, &tlb->entry[i])) {
            killed += invalidate(tlb, i);
        }
    }
    return killed;
}

uint64_t tlb_fence(struct tlb *tlb, const struct mmu_fence *fence)
{
    return fence->has_va ? fence_address(tlb, fence) : fence_space(tlb, fence);
}

uint64_t tlb_count_valid(const struct tlb *tlb)
{
    uint64_t valid = 0;

    for (size_t i = 0; i < (size_t)tlb->sets * tlb->ways; i++) {
        valid += tlb->entry[i].is_valid;
    }
    return valid;
}
