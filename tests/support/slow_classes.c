#include "tests/support/slow_classes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void slow_classes_init(struct slow_classes *classes, const struct mmu_array_geometry *shape,
                       uint64_t first_random)
{
    slow_array_init(&classes->shadow, shape, first_random);
    classes->entries = mmu_array_entries(shape);
}

void slow_classes_finish(struct slow_classes *classes)
{
    free(classes->seen.page);
    free(classes->recent.page);
    slow_array_finish(&classes->shadow);
    *classes = (struct slow_classes){0};
}

static bool is_same(const struct slow_translation *left, const struct slow_translation *right)
{
    return left->tag == right->tag && left->size == right->size && left->number == right->number;
}

/* The index of a page in the list; its count if it is not there. */
static size_t position(const struct slow_page_list *list, const struct slow_translation *page)
{
    size_t i = 0;

    while (i < list->count && !is_same(&list->page[i], page)) {
        i++;
    }
    return i;
}

static void append(struct slow_page_list *list, const struct slow_translation *page)
{
    if (list->count == list->room) {
        list->room = list->room == 0 ? 16 : 2 * list->room;
        list->page = realloc(list->page, list->room * sizeof *list->page);
        assert(list->page != NULL);
    }
    list->page[list->count++] = *page;
}

static bool is_in_shadow(struct slow_array *shadow, const struct slow_translation *page)
{
    return slow_array_find(shadow, page).bank != NULL;
}

enum mmu_miss_class slow_classes_of(struct slow_classes *classes,
                                    const struct slow_translation *page, bool is_kept)
{
    if (position(&classes->seen, page) == classes->seen.count) {
        return MMU_MISS_COMPULSORY;
    }
    if (is_kept && is_in_shadow(&classes->shadow, page)) {
        return MMU_MISS_FLUSH;
    }
    return position(&classes->recent, page) < classes->recent.count ? MMU_MISS_CONFLICT
                                                                    : MMU_MISS_CAPACITY;
}

static void settle_in_shadow(struct slow_array *shadow, const struct slow_translation *page)
{
    struct slow_place place = slow_array_find(shadow, page);
    struct slow_evicted evicted;

    if (place.bank == NULL) {
        place = slow_array_join(shadow, page);
    }
    if (place.bank == NULL) {
        place = slow_array_take(shadow, page, &evicted);
    }
    slow_place_store(place, page);
}

static void settle_in_recent(struct slow_classes *classes, const struct slow_translation *page)
{
    struct slow_page_list *recent = &classes->recent;
    size_t i = position(recent, page);

    if (i == recent->count && recent->count < classes->entries) {
        append(recent, page);
    } else if (i == recent->count) {
        i--; /* the least recent goes */
    }
    memmove(&recent->page[1], &recent->page[0], i * sizeof recent->page[0]);
    recent->page[0] = *page;
}

void slow_classes_settle(struct slow_classes *classes, const struct slow_translation *page,
                         bool is_kept)
{
    if (position(&classes->seen, page) == classes->seen.count) {
        append(&classes->seen, page);
    }
    if (is_kept) {
        settle_in_shadow(&classes->shadow, page);
    }
    settle_in_recent(classes, page);
}
