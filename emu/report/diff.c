#include "emu/report/diff.h"

#include <stdlib.h>
#include <string.h>

#include "emu/report/dotted.h"
#include "emu/report/version.h"

__extension__ typedef unsigned __int128 uint128;

enum { NAME_LENGTH = 4096 /* at most */ };

/* Numbers that every report has, and few other documents. */
static const struct {
    const char *object; /* NULL: the whole document */
    const char *key;
} needed[] = {
    {NULL, "instructions"}, {"exit", "status"},  {"tlb", "asid_bits"}, {"l1i", "accesses"},
    {"l1i", "misses"},      {"l1d", "accesses"}, {"l1d", "misses"},    {"walks", "count"},
};

bool diff_is_report(const struct diff_document *document, struct error *error)
{
    const json_t *schema = json_object_get(document->root, "schema");

    if (!json_is_integer(schema)) {
        return error_set(error, "%s: is no report of pagewalk: it has no number schema",
                         document->file);
    }
    if (json_integer_value(schema) != REPORT_SCHEMA) {
        return error_set(error,
                         "%s: has schema %" JSON_INTEGER_FORMAT
                         ", and this pagewalk knows schema %d only",
                         document->file, json_integer_value(schema), REPORT_SCHEMA);
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        const char *object = needed[i].object;
        const json_t *owner =
            object == NULL ? document->root : json_object_get(document->root, object);

        if (!json_is_integer(json_object_get(owner, needed[i].key))) {
            return error_set(error, "%s: is no report of pagewalk: it has no number %s%s%s",
                             document->file, object == NULL ? "" : object,
                             object == NULL ? "" : ".", needed[i].key);
        }
    }
    return true;
}

static bool no_memory(struct error *error)
{
    return error_set(error, "out of memory");
}

static bool is_container(const json_t *value)
{
    return json_is_object(value) || json_is_array(value);
}

static bool is_count(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_below(const char *name, const char *object)
{
    size_t length = strlen(object);

    return strncmp(name, object, length) == 0 && name[length] == '.';
}

/* The objects and lists whose elements are what the program did: one that is not there did
 * nothing. */
static bool is_split(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *key = dot == NULL ? name : dot + 1;

    return strcmp(key, "by_asid") == 0 || strcmp(key, "by_function") == 0;
}

/* Takes the name, which may be NULL for want of memory. */
static bool append(struct diff *diff, struct diff_item item, struct error *error)
{
    if (item.name == NULL) {
        return no_memory(error);
    }
    if (diff->count == diff->capacity) {
        size_t capacity = diff->capacity == 0 ? 1024 : 2 * diff->capacity;
        struct diff_item *items = reallocarray(diff->items, capacity, sizeof *items);

        if (items == NULL) {
            free(item.name);
            return no_memory(error);
        }
        diff->items = items;
        diff->capacity = capacity;
    }
    json_incref(item.value[DIFF_OLD]);
    json_incref(item.value[DIFF_NEW]);
    diff->items[diff->count++] = item;
    return true;
}

/* Appends what is inside one side of an item, except, for the new side, what the old one has. */
static bool append_side(struct diff *diff, const struct diff_item *item,
                        json_t *const inside[DIFF_SIDES], enum diff_side side, struct error *error)
{
    const char *key;
    json_t *value;

    json_object_foreach(inside[side], key, value)
    {
        json_t *old = json_object_get(inside[DIFF_OLD], key);
        struct diff_item inner = {
            .value = {old, json_object_get(inside[DIFF_NEW], key)},
            .absent_is_zero = item->absent_is_zero,
            .part = item->part,
        };

        if (side == DIFF_NEW && old != NULL) {
            continue;
        }
        if (strlen(item->name) + strlen(key) >= NAME_LENGTH) {
            return error_set(error,
                             "%s: is no report of pagewalk: it has a name of more than %d "
                             "characters",
                             diff->document[side].file, NAME_LENGTH);
        }
        inner.name = dotted_join(item->name, key);
        if (!append(diff, inner, error)) {
            return false;
        }
    }
    return true;
}

/* Appends everything that is inside an item. */
static bool append_inside(struct diff *diff, struct diff_item item, struct error *error)
{
    json_t *inside[DIFF_SIDES] = {dotted_inside(item.value[DIFF_OLD]),
                                  dotted_inside(item.value[DIFF_NEW])};
    bool is_done;

    if (inside[DIFF_OLD] == NULL || inside[DIFF_NEW] == NULL) {
        is_done = no_memory(error);
    } else {
        is_done = append_side(diff, &item, inside, DIFF_OLD, error) &&
                  append_side(diff, &item, inside, DIFF_NEW, error);
    }
    json_decref(inside[DIFF_OLD]);
    json_decref(inside[DIFF_NEW]);
    return is_done;
}

/* A number outside the geometry counts something. */
static bool has_only_counts(const struct diff *diff, const struct diff_item *item,
                            struct error *error)
{
    for (size_t side = 0; side < DIFF_SIDES; side++) {
        const json_t *value = item->value[side];

        if (json_is_number(value) && !is_count(value) && !is_below(item->name, "tlb")) {
            return error_set(error, "%s: %s is no count, which is an integer from 0 to 2^63 - 1",
                             diff->document[side].file, item->name);
        }
    }
    return true;
}

bool diff_numbers(const struct diff_item *item, uint64_t number[DIFF_SIDES])
{
    uint64_t read[DIFF_SIDES];

    for (size_t side = 0; side < DIFF_SIDES; side++) {
        const json_t *value = item->value[side];

        if (!is_count(value) && !(value == NULL && item->absent_is_zero)) {
            return false;
        }
        read[side] = (uint64_t)json_integer_value(value); /* 0 if there is none */
    }
    memcpy(number, read, sizeof read);
    return true;
}

static bool is_equal(const struct diff_item *item)
{
    uint64_t number[DIFF_SIDES];

    if (diff_numbers(item, number)) {
        return number[DIFF_OLD] == number[DIFF_NEW];
    }
    return json_equal(item->value[DIFF_OLD], item->value[DIFF_NEW]);
}

/* Where the difference of two values that are no containers is shown. */
static enum diff_part part_of(const struct diff_item *item)
{
    uint64_t number[DIFF_SIDES];
    bool is_absent = item->value[DIFF_OLD] == NULL || item->value[DIFF_NEW] == NULL;
    bool is_wording = strcmp(item->name, "tlb.spec") == 0 || strcmp(item->name, "tlb.preset") == 0;

    if (is_equal(item)) {
        return DIFF_SILENT;
    }
    if (is_below(item->name, "tlb") && !is_wording) {
        return DIFF_TLB;
    }
    if (is_below(item->name, "exit")) {
        return DIFF_EXIT;
    }
    if (diff_numbers(item, number)) {
        return DIFF_COUNTS;
    }
    return is_absent && item->absent_is_zero ? DIFF_SILENT : DIFF_OTHER;
}

/* Finds where an item is shown, and appends what is inside it. */
static bool settle(struct diff *diff, size_t index, struct error *error)
{
    struct diff_item inner = diff->items[index]; /* a copy: the items move when they grow */
    bool has_inside[DIFF_SIDES] = {is_container(inner.value[DIFF_OLD]),
                                   is_container(inner.value[DIFF_NEW])};
    bool is_of_both = has_inside[DIFF_OLD] && has_inside[DIFF_NEW];
    bool is_shown = inner.part != DIFF_SILENT;
    bool goes_on = is_of_both || (inner.absent_is_zero &&
                                  (inner.value[DIFF_OLD] == NULL || inner.value[DIFF_NEW] == NULL));

    if (!has_inside[DIFF_OLD] && !has_inside[DIFF_NEW]) {
        diff->items[index].part = is_shown ? part_of(&inner) : DIFF_SILENT;
        return has_only_counts(diff, &inner, error);
    }
    diff->items[index].part = is_shown && !goes_on ? part_of(&inner) : DIFF_SILENT;
    inner.part = goes_on ? inner.part : DIFF_SILENT;
    inner.absent_is_zero |= is_of_both && is_split(inner.name);
    return append_inside(diff, inner, error);
}

static uint64_t distance(const uint64_t number[DIFF_SIDES])
{
    return number[DIFF_OLD] > number[DIFF_NEW] ? number[DIFF_OLD] - number[DIFF_NEW]
                                               : number[DIFF_NEW] - number[DIFF_OLD];
}

/* Below 0 if the left change comes first: the one that is larger for its old number, then the one
 * that is larger. Numbers are below 2^63, their products below 2^126. What was 0 makes the product
 * of the other 0, so it comes before all others. */
static int compare_changes(const uint64_t left[DIFF_SIDES], const uint64_t right[DIFF_SIDES])
{
    uint128 left_share = (uint128)distance(left) * right[DIFF_OLD];
    uint128 right_share = (uint128)distance(right) * left[DIFF_OLD];

    if (left_share != right_share) {
        return left_share > right_share ? -1 : 1;
    }
    return (distance(left) < distance(right)) - (distance(left) > distance(right));
}

static int compare_items(const void *left_item, const void *right_item)
{
    const struct diff_item *left = left_item;
    const struct diff_item *right = right_item;
    uint64_t left_number[DIFF_SIDES];
    uint64_t right_number[DIFF_SIDES];
    int order = (left->part > right->part) - (left->part < right->part);

    if (order == 0 && left->part == DIFF_COUNTS && diff_numbers(left, left_number) &&
        diff_numbers(right, right_number)) {
        order = compare_changes(left_number, right_number);
    }
    return order != 0 ? order : strcmp(left->name, right->name);
}

bool diff_compare(struct diff *diff, const struct diff_document document[DIFF_SIDES],
                  struct error *error)
{
    struct diff_item all = {
        .name = strdup(""),
        .value = {document[DIFF_OLD].root, document[DIFF_NEW].root},
        .part = DIFF_OTHER, /* of what is inside: shown */
    };

    *diff = (struct diff){.document = document};
    if (!append(diff, all, error)) {
        return false;
    }
    for (size_t i = 0; i < diff->count; i++) {
        if (!settle(diff, i, error)) {
            return false;
        }
    }
    qsort(diff->items, diff->count, sizeof *diff->items, compare_items);
    return true;
}

void diff_finish(struct diff *diff)
{
    for (size_t i = 0; i < diff->count; i++) {
        free(diff->items[i].name);
        json_decref(diff->items[i].value[DIFF_OLD]);
        json_decref(diff->items[i].value[DIFF_NEW]);
    }
    free(diff->items);
    *diff = (struct diff){.items = NULL};
}

/* The item with the name of a limit, before all one with numbers. NULL if there is none. */
static const struct diff_item *find(const struct diff *diff, const struct limit *limit)
{
    const struct diff_item *found = NULL;
    uint64_t number[DIFF_SIDES];

    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_item *item = &diff->items[i];

        if (strncmp(item->name, limit->text, limit->name_length) != 0 ||
            item->name[limit->name_length] != '\0') {
            continue;
        }
        if (diff_numbers(item, number)) {
            return item;
        }
        found = item;
    }
    return found;
}

bool diff_judge(const struct diff *diff, struct diff_check *check, struct error *error)
{
    const struct limit *limit = &check->limit;
    const struct diff_item *item = find(diff, limit);
    const char *old_file = diff->document[DIFF_OLD].file;
    const char *new_file = diff->document[DIFF_NEW].file;
    uint64_t number[DIFF_SIDES];

    if (item == NULL) {
        return error_set(error, "--max-increase=%s: neither %s nor %s has this name", limit->text,
                         old_file, new_file);
    }
    if (!diff_numbers(item, number)) {
        return error_set(error, "--max-increase=%s: %s has no count of this name", limit->text,
                         is_count(item->value[DIFF_OLD]) ? new_file : old_file);
    }
    check->verdict = limit_apply(limit, number[DIFF_OLD], number[DIFF_NEW]);
    return true;
}
