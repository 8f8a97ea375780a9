#include "tests/support/slow_array.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

static const unsigned shift_of[MMU_PAGE_SIZES] = {12, 16, 21, 30, 39, 48};

uint64_t slow_page_number(uint64_t va, enum mmu_page_size size)
{
    return va >> shift_of[size];
}

bool slow_page_holds(const struct slow_translation *translation, uint64_t va)
{
    uint64_t first_byte = translation->number << shift_of[translation->size];
    return slow_page_number(first_byte, translation->leaf) ==
           slow_page_number(va, translation->leaf);
}

static void *zeroes(size_t count, size_t size)
{
    void *array = calloc(count, size);
    assert(array != NULL);
    return array;
}

void slow_array_init(struct slow_array *array, const struct mmu_array_geometry *shape,
                     uint64_t first_random)
{
    array->bank_count = shape->bank_count;
    for (unsigned i = 0; i < shape->bank_count; i++) {
        struct slow_bank *bank = &array->bank[i];
        size_t entries = (size_t)shape->bank[i].sets * shape->bank[i].ways;

        bank->shape = shape->bank[i];
        bank->entry = zeroes(entries, sizeof *bank->entry);
        bank->page = zeroes(entries * bank->shape.pages, sizeof *bank->page);
        bank->ways_tried = zeroes(bank->shape.sets, sizeof *bank->ways_tried);
        slow_policy_init(&bank->policy, &bank->shape, first_random + i);
    }
}

void slow_array_finish(struct slow_array *array)
{
    for (unsigned i = 0; i < array->bank_count; i++) {
        free(array->bank[i].entry);
        free(array->bank[i].page);
        free(array->bank[i].ways_tried);
        slow_policy_finish(&array->bank[i].policy);
    }
    *array = (struct slow_array){0};
}

/* The bank that holds pages of this size, or NULL. */
static struct slow_bank *bank_for(struct slow_array *array, enum mmu_page_size size)
{
    for (unsigned i = 0; i < array->bank_count; i++) {
        if ((array->bank[i].shape.sizes >> size & 1) != 0) {
            return &array->bank[i];
        }
    }
    return NULL;
}

struct slow_bank *slow_array_cut(struct slow_array *array, struct slow_translation *translation,
                                 uint64_t va)
{
    struct slow_bank *bank = bank_for(array, translation->size);

    if (bank != NULL) {
        return bank;
    }
    for (unsigned size = translation->size; size-- > MMU_4K;) {
        bank = bank_for(array, (enum mmu_page_size)size);
        if (bank != NULL && bank->shape.has_pieces) {
            translation->size = (enum mmu_page_size)size;
            translation->number = slow_page_number(va, translation->size);
            return bank;
        }
    }
    return NULL;
}

struct slow_entry *slow_place_entry(struct slow_place place)
{
    return &place.bank->entry[(size_t)place.set * place.bank->shape.ways + place.way];
}

struct slow_page *slow_place_page(struct slow_place place)
{
    size_t entry = (size_t)place.set * place.bank->shape.ways + place.way;
    return &place.bank->page[entry * place.bank->shape.pages + place.slot];
}

struct slow_translation slow_place_translation(struct slow_place place)
{
    const struct slow_entry *entry = slow_place_entry(place);
    const struct slow_page *page = slow_place_page(place);

    return (struct slow_translation){
        .size = entry->size,
        .leaf = page->leaf,
        .number = entry->group * place.bank->shape.pages + place.slot,
        .tag = entry->tag,
        .is_global = page->is_global,
        .pte = page->pte,
    };
}

static unsigned pages_there(struct slow_place place)
{
    unsigned count = 0;

    for (place.slot = 0; place.slot < place.bank->shape.pages; place.slot++) {
        count += slow_place_page(place)->is_there;
    }
    return count;
}

bool slow_place_has_others(struct slow_place place)
{
    return pages_there(place) > slow_place_page(place)->is_there;
}

/* The slot that a page of this size and number has, in way 0 of its set. */
static struct slow_place slot_of(struct slow_bank *bank, uint64_t number)
{
    uint64_t group = number / bank->shape.pages;

    return (struct slow_place){
        .bank = bank,
        .set = (unsigned)(group % bank->shape.sets),
        .slot = (unsigned)(number % bank->shape.pages),
    };
}

/* True if the entry is of the group that a page of this size and number belongs to. */
static bool is_group(struct slow_place place, enum mmu_page_size size, uint64_t number)
{
    const struct slow_entry *entry = slow_place_entry(place);

    return pages_there(place) > 0 && entry->size == size &&
           entry->group == number / place.bank->shape.pages;
}

static struct slow_place match_in_bank(struct slow_bank *bank, enum mmu_page_size size, uint64_t va,
                                       uint64_t tag)
{
    uint64_t number = slow_page_number(va, size);
    struct slow_place place = slot_of(bank, number);

    for (place.way = 0; place.way < bank->ways_tried[place.set]; place.way++) {
        const struct slow_page *page = slow_place_page(place);
        bool is_tag = slow_place_entry(place)->tag == tag || page->is_global;
        if (page->is_there && is_tag && is_group(place, size, number)) {
            return place;
        }
    }
    return (struct slow_place){0};
}

struct slow_place slow_array_match(struct slow_array *array, uint64_t va, uint64_t tag)
{
    for (unsigned size = MMU_4K; size < MMU_PAGE_SIZES; size++) {
        struct slow_bank *bank = bank_for(array, (enum mmu_page_size)size);
        struct slow_place place = {0};

        if (bank != NULL) {
            place = match_in_bank(bank, (enum mmu_page_size)size, va, tag);
        }
        if (place.bank != NULL) {
            return place;
        }
    }
    return (struct slow_place){0};
}

struct slow_place slow_array_join(struct slow_array *array,
                                  const struct slow_translation *translation)
{
    struct slow_bank *bank = bank_for(array, translation->size);
    struct slow_place place = slot_of(bank, translation->number);

    for (place.way = 0; place.way < bank->ways_tried[place.set]; place.way++) {
        if (slow_place_entry(place)->tag == translation->tag &&
            is_group(place, translation->size, translation->number)) {
            return place;
        }
    }
    return (struct slow_place){0};
}

bool slow_page_is_same(const struct slow_translation *left, const struct slow_translation *right)
{
    return left->size == right->size && left->number == right->number &&
           left->is_global == right->is_global && (left->is_global || left->tag == right->tag);
}

struct slow_place slow_array_find(struct slow_array *array,
                                  const struct slow_translation *translation)
{
    struct slow_bank *bank = bank_for(array, translation->size);
    struct slow_place place = slot_of(bank, translation->number);

    for (place.way = 0; place.way < bank->ways_tried[place.set]; place.way++) {
        struct slow_translation other = slow_place_translation(place);
        if (slow_place_page(place)->is_there && slow_page_is_same(&other, translation)) {
            return place;
        }
    }
    return (struct slow_place){0};
}

static void evict_all(struct slow_place place, struct slow_evicted *evicted)
{
    for (place.slot = 0; place.slot < place.bank->shape.pages; place.slot++) {
        if (slow_place_page(place)->is_there) {
            evicted->page[evicted->count++] = slow_place_translation(place);
            slow_place_page(place)->is_there = false;
        }
    }
}

/* The lowest way of the set that holds nothing, or the number of ways. */
static unsigned empty_way(struct slow_place place)
{
    for (place.way = 0; place.way < place.bank->ways_tried[place.set]; place.way++) {
        if (pages_there(place) == 0) {
            break;
        }
    }
    return place.way;
}

struct slow_place slow_array_take(struct slow_array *array,
                                  const struct slow_translation *translation,
                                  struct slow_evicted *evicted)
{
    struct slow_bank *bank = bank_for(array, translation->size);
    struct slow_place place = slot_of(bank, translation->number);

    evicted->count = 0;
    place.way = empty_way(place);
    if (place.way == bank->shape.ways) {
        place.way = slow_policy_victim(&bank->policy, place.set);
        evict_all(place, evicted);
    } else if (place.way == bank->ways_tried[place.set]) {
        bank->ways_tried[place.set]++;
    }
    *slow_place_entry(place) = (struct slow_entry){
        .size = translation->size,
        .group = translation->number / bank->shape.pages,
        .tag = translation->tag,
    };
    slow_policy_fill(&bank->policy, place.set, place.way);
    return place;
}

void slow_place_use(struct slow_place place)
{
    slow_policy_use(&place.bank->policy, place.set, place.way);
}

void slow_place_store(struct slow_place place, const struct slow_translation *translation)
{
    *slow_place_page(place) = (struct slow_page){
        .is_there = true,
        .is_global = translation->is_global,
        .leaf = translation->leaf,
        .pte = translation->pte,
    };
    slow_place_use(place);
}

static void visit_entry(struct slow_place place, unsigned bank, slow_visitor *is_removed, void *ctx)
{
    for (place.slot = 0; place.slot < place.bank->shape.pages; place.slot++) {
        struct slow_page *page = slow_place_page(place);
        struct slow_translation seen = slow_place_translation(place);
        if (page->is_there && is_removed(ctx, &seen, bank)) {
            page->is_there = false;
        }
    }
}

void slow_array_visit(struct slow_array *array, slow_visitor *is_removed, void *ctx)
{
    for (unsigned i = 0; i < array->bank_count; i++) {
        struct slow_place place = {.bank = &array->bank[i]};
        for (place.set = 0; place.set < place.bank->shape.sets; place.set++) {
            for (place.way = 0; place.way < place.bank->ways_tried[place.set]; place.way++) {
                visit_entry(place, i, is_removed, ctx);
            }
        }
    }
}
