#include "mmu/bank.h"

#include <stdlib.h>
#include <string.h>

#include "mmu/bank_add.h"
#include "mmu/pte.h"
#include "mmu/walk.h"

static unsigned log2_of(unsigned power)
{
    return (unsigned)__builtin_ctz(power);
}

/* Ways of a set that it is quicker to look through than to hash. */
enum { FEW_WAYS = 4 };

/* Fibonacci hashing: the high bits of the product depend on all bits of the key. */
#define HASH_FACTOR UINT64_C(0x9e3779b97f4a7c15)

static size_t bucket_count(const struct bank *bank)
{
    return (size_t)1 << (64 - bank->bucket_shift);
}

/* All of them are empty. */
static void make_buckets(struct bank *bank)
{
    size_t wanted = bank->is_hashed ? (size_t)8 * bank->sets * bank->ways : bank->sets;
    size_t buckets = 2; /* at least: bank_bucket cannot shift by 64 */

    while (buckets < wanted) {
        buckets *= 2;
    }
    bank->bucket_shift = 64 - (unsigned)__builtin_ctzll(buckets);
    bank->bucket_factor = bank->is_hashed ? HASH_FACTOR : UINT64_C(1) << bank->bucket_shift;
    bank->bucket = malloc(buckets * sizeof *bank->bucket);
    for (size_t i = 0; bank->bucket != NULL && i < buckets; i++) {
        bank->bucket[i] = bank->is_hashed ? BANK_NONE : (uint32_t)(i % bank->sets * bank->ways);
    }
}

/* Has each way of a set lead to the next, where that is how they are found. */
static void link_sets(struct bank *bank)
{
    for (uint32_t i = 0; !bank->is_hashed && i < bank->sets * bank->ways; i++) {
        bank->entry[i].next = (i + 1) % bank->ways == 0 ? BANK_NONE : i + 1;
    }
}

bool bank_init(struct bank *bank, const struct mmu_bank_geometry *geometry, uint64_t seed,
               struct bank_census *census, struct mmu_array_counters *counters, unsigned index)
{
    size_t entries = (size_t)geometry->sets * geometry->ways;

    *bank = (struct bank){
        .sets = geometry->sets,
        .ways = geometry->ways,
        .group_shift = log2_of(geometry->pages),
        .place_mask = geometry->pages - 1,
        .is_hashed = geometry->ways > FEW_WAYS,
        .census = census,
        .counters = counters,
        .share = &counters->bank[index],
    };
    bank->entry = calloc(entries, sizeof *bank->entry);
    bank->page = calloc(entries << bank->group_shift, sizeof *bank->page);
    bank->set = calloc(bank->sets, sizeof *bank->set);
    make_buckets(bank);
    bool has_order = replacement_init(&bank->replacement, geometry, seed);

    if (bank->entry == NULL || bank->page == NULL || bank->set == NULL || bank->bucket == NULL ||
        !has_order) {
        bank_finish(bank);
        return false;
    }
    link_sets(bank);
    return true;
}

void bank_finish(struct bank *bank)
{
    free(bank->entry);
    free(bank->page);
    free(bank->set);
    free(bank->bucket);
    replacement_finish(&bank->replacement);
    *bank = (struct bank){.sets = 0};
}

/* The bit of a page in the masks of its entry. */
static unsigned bit_of(const struct bank *bank, uint64_t page)
{
    return 1u << bank_place(bank, page);
}

bool translation_is_same(const struct translation *a, const struct translation *b)
{
    return a->page == b->page && a->size == b->size && a->is_global == b->is_global &&
           (a->is_global || a->space == b->space);
}

uint32_t bank_find_copy(const struct bank *bank, const struct translation *of)
{
    uint64_t group = of->page >> bank->group_shift;
    unsigned bit = bit_of(bank, of->page);
    uint32_t lowest = BANK_NONE;

    uint32_t i = bank_first(bank, bank_key(group, of->size));

    for (; i != BANK_NONE; i = bank->entry[i].next) {
        uint32_t page = (i << bank->group_shift) + log2_of(bit);

        if ((bank->entry[i].held & bit) == 0 || page >= lowest) {
            continue;
        }
        struct translation held = bank_translation(bank, page);

        if (translation_is_same(&held, of)) {
            lowest = page;
        }
    }
    return lowest;
}

/* An entry that holds nothing any more. */
static void free_entry(struct bank *bank, uint32_t index)
{
    struct bank_set *set = &bank->set[index / bank->ways];
    uint32_t way = index % bank->ways;

    set->used--;
    bank->used--;
    if (way < set->first_free) {
        set->first_free = way;
    }
}

/* The pages of a mask of an entry; mostly it is one. */
static unsigned count_of(unsigned pages)
{
    return (pages & (pages - 1)) == 0 ? pages != 0 : (unsigned)__builtin_popcount(pages);
}

/* Tells of those of these pages of an entry that there may be shortcuts to: after that there are
 * none. */
static void tell_of(const struct bank *bank, uint32_t index, unsigned pages)
{
    struct bank_entry *entry = &bank->entry[index];
    unsigned reached = entry->reached & pages;

    entry->reached &= (uint16_t)~pages;
    for (; bank->watch != NULL && reached != 0; reached &= reached - 1) {
        uint64_t page = bank_page_number(bank, entry, log2_of(reached & -reached));
        enum mmu_page_size size = bank_entry_size(entry);

        bank->watch->changed(bank->watch->ctx, bank->watch->array, page << walk_page_shift(size),
                             size, index);
    }
}

void bank_tell_of(const struct bank *bank, uint64_t page, enum mmu_page_size size)
{
    uint64_t key = bank_key(page >> bank->group_shift, size);

    for (uint32_t i = bank_first(bank, key); i != BANK_NONE; i = bank->entry[i].next) {
        const struct bank_entry *entry = &bank->entry[i];

        if (entry->key == key) {
            tell_of(bank, i, entry->held & bit_of(bank, page));
        }
    }
}

void bank_tell_of_all(const struct bank *bank)
{
    for (uint32_t i = 0; i < bank->sets * bank->ways; i++) {
        tell_of(bank, i, bank->entry[i].held);
    }
}

/* These pages of an entry are about to go: tells of them, and counts them off. Returns how many. */
static inline unsigned release(struct bank *bank, uint32_t index, unsigned pages)
{
    const struct bank_entry *entry = &bank->entry[index];
    enum mmu_page_size size = bank_entry_size(entry);
    struct bank_census *census = bank->census;
    unsigned count = count_of(pages);

    if ((entry->reached & pages) != 0) {
        tell_of(bank, index, pages);
    }
    bank->pieces -= count_of(entry->pieces & pages);
    census->count[size] -= count;
    if (census->count[size] == 0) {
        census->sizes &= ~(1u << size);
    }
    return count;
}

/* Takes these pages out of an entry, which leaves its bucket with the last one. Returns how many.
 */
static unsigned remove_pages(struct bank *bank, uint32_t index, unsigned pages)
{
    struct bank_entry *entry = &bank->entry[index];
    unsigned count = release(bank, index, pages);

    entry->held &= (uint16_t)~pages;
    entry->pieces &= (uint16_t)~pages;
    if (entry->held == 0) {
        bank_unlink(bank, index);
    }
    return count;
}

void bank_remove(struct bank *bank, uint32_t page)
{
    (void)remove_pages(bank, page >> bank->group_shift, bit_of(bank, page));
    if (bank_entry_of(bank, page)->held == 0) {
        free_entry(bank, page >> bank->group_shift);
    }
}

static void note_lost(const struct bank *bank, uint32_t index, struct bank_lost *lost)
{
    for (unsigned left = bank->entry[index].held; left != 0; left &= left - 1) {
        uint32_t page = (index << bank->group_shift) + log2_of(left & -left);

        lost->page[lost->count++] = bank_translation(bank, page);
    }
}

/* Evicts all pages of an entry, which is not free then but about to be overwritten. */
static void evict(struct bank *bank, uint32_t index, struct bank_lost *lost)
{
    if (lost != NULL) {
        note_lost(bank, index, lost);
    }
    bank->counters->evictions += release(bank, index, bank->entry[index].held);
    bank_unlink(bank, index);
}

/* The lowest free way of a set that has one. */
static uint32_t take_free_way(struct bank *bank, uint32_t set_index)
{
    struct bank_set *set = &bank->set[set_index];
    uint32_t first = set_index * bank->ways;

    while (bank->entry[first + set->first_free].held != 0) {
        set->first_free++;
    }
    set->used++;
    bank->used++;
    return first + set->first_free++;
}

/* An entry of this set to put something into. */
static uint32_t make_room(struct bank *bank, uint32_t set_index, struct bank_lost *lost)
{
    if (!bank_is_full(bank, set_index)) {
        return take_free_way(bank, set_index);
    }
    uint32_t index = replacement_victim(&bank->replacement, set_index);

    evict(bank, index, lost);
    return index;
}

/* The lowest entry of this key and space, or BANK_NONE. */
static uint32_t find_group(const struct bank *bank, uint64_t key, uint32_t space)
{
    uint32_t lowest = BANK_NONE;

    for (uint32_t i = bank_first(bank, key); i != BANK_NONE; i = bank->entry[i].next) {
        const struct bank_entry *entry = &bank->entry[i];

        if (entry->held != 0 && entry->key == key && entry->space == space && i < lowest) {
            lowest = i;
        }
    }
    return lowest;
}

/* Writes what the bank keeps of a page, beside its entry. */
static void write_page(struct bank *bank, uint32_t page, const struct translation *translation)
{
    bank->page[page] =
        (struct bank_page){.pte = translation->pte, .leaf = (uint8_t)translation->leaf};
}

/* Counts a page that has come. */
static void count_fill(struct bank *bank, const struct translation *translation)
{
    bank->census->count[translation->size]++;
    bank->census->sizes |= 1u << translation->size;
    bank->counters->fills++;
}

static uint16_t with_bit(uint16_t mask, unsigned bit, bool is_set)
{
    return (uint16_t)(is_set ? mask | bit : mask & ~bit);
}

/* Writes the page, and what its entry says of it. */
static void write_both(struct bank *bank, uint32_t page, const struct translation *translation)
{
    struct bank_entry *entry = bank_entry_of(bank, page);
    unsigned bit = bit_of(bank, page);

    bank->pieces -= count_of(entry->pieces & bit);
    bank->pieces += translation_is_piece(translation);
    entry->pieces = with_bit(entry->pieces, bit, translation_is_piece(translation));
    entry->globals = with_bit(entry->globals, bit, translation->is_global);
    write_page(bank, page, translation);
}

/* Puts a page into an entry of its group that does not hold it. */
static void add_page(struct bank *bank, uint32_t page, const struct translation *translation)
{
    bank_entry_of(bank, page)->held |= (uint16_t)bit_of(bank, page);
    write_both(bank, page, translation);
    count_fill(bank, translation);
}

/* Puts a page into an entry that is nobody's. */
static void move_in(struct bank *bank, uint32_t index, uint64_t key,
                    const struct translation *translation)
{
    struct bank_entry *entry = &bank->entry[index];
    unsigned bit = bit_of(bank, translation->page);

    bank_link(bank, index, key);
    *entry = (struct bank_entry){
        .key = key,
        .bucket = entry->bucket,
        .next = entry->next,
        .space = translation->space,
        .held = (uint16_t)bit,
        .globals = with_bit(0, bit, translation->is_global),
        .pieces = with_bit(0, bit, translation_is_piece(translation)),
    };
    write_page(bank, (index << bank->group_shift) + bank_place(bank, translation->page),
               translation);
    replacement_fill(&bank->replacement, index);
    bank->pieces += translation_is_piece(translation);
    count_fill(bank, translation);
}

static void note_replaced(const struct bank *bank, uint32_t page,
                          const struct translation *translation, struct bank_lost *lost)
{
    const struct translation old = bank_translation(bank, page);

    if (!translation_is_same(&old, translation)) {
        lost->page[lost->count++] = old;
    }
}

/* Puts a page into the entry that its group has already. The page itself is there only if the page
 * tables changed without a fence, or through G. */
static void join_group(struct bank *bank, uint32_t page, const struct translation *translation,
                       struct bank_lost *lost)
{
    if (bank_holds(bank, page)) {
        if (lost != NULL && lost->wants_replaced) {
            note_replaced(bank, page, translation, lost);
        }
        bank_refill(bank, page, translation);
        return;
    }
    add_page(bank, page, translation);
    bank_use(bank, page);
}

uint32_t bank_fill(struct bank *bank, const struct translation *translation, struct bank_lost *lost)
{
    uint64_t group = translation->page >> bank->group_shift;
    unsigned place = bank_place(bank, translation->page);
    uint64_t key = bank_key(group, translation->size);
    uint32_t index = find_group(bank, key, translation->space);

    if (index == BANK_NONE) {
        index = make_room(bank, bank_set_of(bank, group), lost);
        move_in(bank, index, key, translation);
    } else {
        join_group(bank, (index << bank->group_shift) + place, translation, lost);
    }
    return (index << bank->group_shift) + place;
}

void bank_replace(struct bank *bank, uint32_t index, const struct translation *translation)
{
    evict(bank, index, NULL);
    move_in(bank, index, bank_key(translation->page, translation->size), translation);
}

void bank_copy(struct bank *bank, const struct bank *from, uint32_t space)
{
    size_t entries = (size_t)from->sets * from->ways;

    memcpy(bank->entry, from->entry, entries * sizeof *bank->entry);
    memcpy(bank->page, from->page, entries * sizeof *bank->page);
    memcpy(bank->set, from->set, from->sets * sizeof *bank->set);
    memcpy(bank->bucket, from->bucket, bucket_count(from) * sizeof *bank->bucket);
    for (size_t i = 0; i < entries; i++) {
        struct bank_entry *entry = &bank->entry[i];

        entry->space = entry->globals != 0 ? 0 : space;
        entry->globals = 0;
        entry->reached = 0;
    }
    bank->used = from->used;
    bank->pieces = from->pieces;
    replacement_copy(&bank->replacement, &from->replacement, from->sets);
}

bool bank_can_refill(const struct bank *bank, uint32_t page, const struct translation *translation)
{
    const struct bank_entry *entry = bank_entry_of(bank, page);

    return entry->space == translation->space || translation->is_global ||
           entry->held == bit_of(bank, page);
}

void bank_refill(struct bank *bank, uint32_t page, const struct translation *translation)
{
    struct bank_entry *entry = bank_entry_of(bank, page);

    tell_of(bank, page >> bank->group_shift, bit_of(bank, page));
    if (entry->held == bit_of(bank, page)) {
        entry->space = translation->space;
    }
    write_both(bank, page, translation);
    bank_use(bank, page);
}

/* An ASID fence spares global mappings and other address spaces. [norm:sfence_vma_asid_only] */
static unsigned pages_in_space(const struct mmu_fence *fence, const struct bank_entry *entry)
{
    if (!fence->has_asid) {
        return entry->held;
    }
    return entry->space == fence->asid ? entry->held & ~(unsigned)entry->globals : 0;
}

static uint64_t invalidate(struct bank *bank, uint32_t index, unsigned pages)
{
    if (pages == 0) {
        return 0;
    }
    unsigned killed = remove_pages(bank, index, pages);

    if (bank->entry[index].held == 0) {
        free_entry(bank, index);
    }
    bank->counters->invalidations += killed;
    return killed;
}

/* The pages for one address and one size. */
static uint64_t fence_page(struct bank *bank, const struct mmu_fence *fence,
                           enum mmu_page_size size)
{
    uint64_t page = fence->va >> walk_page_shift(size);
    uint64_t key = bank_key(page >> bank->group_shift, size);
    uint64_t killed = 0;
    uint32_t i = bank_first(bank, key);

    while (i != BANK_NONE) {
        const struct bank_entry *entry = &bank->entry[i];
        uint32_t next = entry->next;

        if (entry->key == key) {
            killed += invalidate(bank, i, pages_in_space(fence, entry) & bit_of(bank, page));
        }
        i = next;
    }
    return killed;
}

/* The pages of an entry whose leaf holds the address: a piece is not the only one of its leaf. */
static unsigned pages_of_leaf(const struct bank *bank, uint32_t index, uint64_t va, unsigned pages)
{
    const struct bank_entry *entry = &bank->entry[index];
    unsigned named = 0;

    for (; pages != 0; pages &= pages - 1) {
        unsigned place = log2_of(pages & -pages);
        const struct bank_page *page = &bank->page[(index << bank->group_shift) + place];
        uint64_t start = bank_page_number(bank, entry, place)
                         << walk_page_shift(bank_entry_size(entry));

        if ((start ^ va) >> walk_page_shift(page->leaf) == 0) {
            named |= 1u << place;
        }
    }
    return named;
}

/* Goes through all entries: by address space, or by address where there are pieces. */
static uint64_t fence_all_entries(struct bank *bank, const struct mmu_fence *fence)
{
    uint64_t killed = 0;

    uint32_t unseen = bank->used;

    for (uint32_t i = 0; unseen > 0; i++) {
        unsigned pages = pages_in_space(fence, &bank->entry[i]);

        unseen -= bank->entry[i].held != 0;
        if (fence->has_va) {
            pages = pages_of_leaf(bank, i, fence->va, pages);
        }
        killed += invalidate(bank, i, pages);
    }
    return killed;
}

uint64_t bank_fence(struct bank *bank, const struct mmu_fence *fence)
{
    uint64_t killed = 0;

    if (!fence->has_va || bank->pieces != 0) {
        return fence_all_entries(bank, fence);
    }
    for (unsigned sizes = bank->census->sizes; sizes != 0; sizes &= sizes - 1) {
        killed += fence_page(bank, fence, log2_of(sizes & -sizes));
    }
    return killed;
}

uint64_t bank_count(const struct bank *bank, uint64_t by_size[MMU_PAGE_SIZES + 1])
{
    uint32_t pages = bank->sets * bank->ways << bank->group_shift;
    uint64_t count = 0;

    for (uint32_t page = 0; page < pages; page++) {
        if (bank_holds(bank, page)) {
            by_size[pte_is_valid(bank->page[page].pte) ? bank->page[page].leaf : MMU_NO_SIZE]++;
            count++;
        }
    }
    return count;
}
