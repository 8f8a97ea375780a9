#include "emu/report/diff.h"

enum { DIFF_SCHEMA = 1 };

/* What is not there is null. */
static json_t *shared(json_t *value)
{
    return value == NULL ? json_null() : json_incref(value);
}

static json_t *item_as_json(const struct diff_item *item)
{
    json_t *old = shared(item->value[DIFF_OLD]);
    json_t *new = shared(item->value[DIFF_NEW]);
    uint64_t number[DIFF_SIDES];

    if (item->part != DIFF_COUNTS || !diff_numbers(item, number)) {
        return json_pack("{s:s, s:o, s:o}", "name", item->name, "old", old, "new", new);
    }
    return json_pack("{s:s, s:o, s:o, s:I}", "name", item->name, "old", old, "new", new,
                     "difference", (json_int_t)number[DIFF_NEW] - (json_int_t)number[DIFF_OLD]);
}

static json_t *part_as_json(const struct diff *diff, enum diff_part part)
{
    json_t *list = json_array();

    for (size_t i = 0; i < diff->count; i++) {
        if (diff->items[i].part == part &&
            json_array_append_new(list, item_as_json(&diff->items[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *check_as_json(const struct diff_check *check)
{
    const struct limit_verdict *verdict = &check->verdict;

    return json_pack("{s:s, s:I, s:I, s:I, s:b}", "limit", check->limit.text, "old",
                     (json_int_t)verdict->before, "new", (json_int_t)verdict->after, "most",
                     (json_int_t)verdict->most, "exceeded", limit_is_exceeded(verdict));
}

static json_t *checks_as_json(const struct diff_check *checks, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(list, check_as_json(&checks[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

bool diff_json(FILE *file, const struct diff *diff, const struct diff_check *checks, size_t count)
{
    json_t *root =
        json_pack("{s:i, s:o, s:o, s:o, s:o, s:o}", "schema", DIFF_SCHEMA, "tlb",
                  part_as_json(diff, DIFF_TLB), "exit", part_as_json(diff, DIFF_EXIT), "other",
                  part_as_json(diff, DIFF_OTHER), "counts", part_as_json(diff, DIFF_COUNTS),
                  "limits", checks_as_json(checks, count));
    bool is_written =
        root != NULL && json_dumpf(root, file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF;

    json_decref(root);
    return is_written && !ferror(file);
}
