#include "emu/report/functions.h"

#include <stdlib.h>
#include <string.h>

#include "emu/report/json_put.h"
#include "emu/report/names.h"
#include "emu/report/table.h"

/* What no symbol covers: of a system, by mode. */
static const char nowhere[] = "?";
static const char *const nobodys[] = {
    [MMU_USER] = "(user)",
    [MMU_SUPERVISOR] = "(kernel)",
    [MMU_MACHINE] = "(firmware)",
};

/* Rows of the table. A system has so many functions that a few would not tell much. */
enum { MOST = 5, MOST_OF_SYSTEM = 15 };

struct row {
    const char *name;
    struct profile_share share;
};

struct rows {
    struct row *row;
    size_t count;
};

static bool is_zero(const struct profile_share *share)
{
    for (size_t event = 0; event < PROFILE_EVENTS; event++) {
        if (share->count[event] != 0) {
            return false;
        }
    }
    return true;
}

static uint64_t misses(const struct profile_share *share)
{
    return share->count[MMU_L1I_MISS] + share->count[MMU_L1D_MISS] + share->count[MMU_L2_MISS];
}

static int compare_names(const void *left, const void *right)
{
    const struct row *a = left;
    const struct row *b = right;

    return strcmp(a->name, b->name);
}

static int compare_misses(const void *left, const void *right)
{
    const struct row *a = left;
    const struct row *b = right;
    uint64_t of_a = misses(&a->share);
    uint64_t of_b = misses(&b->share);

    return of_a != of_b ? (of_a < of_b) - (of_a > of_b) : strcmp(a->name, b->name);
}

static void add_share(struct profile_share *sum, const struct profile_share *share)
{
    for (size_t event = 0; event < PROFILE_EVENTS; event++) {
        sum->count[event] += share->count[event];
    }
}

/* Adds up rows of one name, which are neighbours. */
static void merge(struct rows *rows)
{
    size_t kept = 0;

    for (size_t i = 1; i < rows->count; i++) {
        if (strcmp(rows->row[kept].name, rows->row[i].name) != 0) {
            rows->row[++kept] = rows->row[i];
            continue;
        }
        add_share(&rows->row[kept].share, &rows->row[i].share);
    }
    rows->count = kept + 1;
}

static const char *name_of_row(const struct symbols *symbols, size_t row)
{
    if (row < symbols->count) {
        return symbols->all[row].name;
    }
    return symbols->is_system ? nobodys[row - symbols->count] : nowhere;
}

/* The functions with anything to tell. */
static void gather(struct rows *rows, const struct profile_counts *functions)
{
    for (size_t i = 0; i < profile_rows(functions->symbols); i++) {
        if (!is_zero(&functions->share[i])) {
            rows->row[rows->count++] = (struct row){
                .name = name_of_row(functions->symbols, i),
                .share = functions->share[i],
            };
        }
    }
}

/* Makes the rows in their order; rows->row is to be freed. Returns false if there is no memory. */
static bool make_rows(struct rows *rows, const struct profile_counts *functions)
{
    *rows = (struct rows){.count = 0};
    if (functions->share == NULL) {
        return true;
    }
    rows->row = calloc(profile_rows(functions->symbols), sizeof *rows->row);
    if (rows->row == NULL) {
        return false;
    }
    gather(rows, functions);
    if (rows->count != 0) {
        qsort(rows->row, rows->count, sizeof *rows->row, compare_names);
        merge(rows);
        qsort(rows->row, rows->count, sizeof *rows->row, compare_misses);
    }
    return true;
}

static json_t *row_as_json(const struct row *row)
{
    const uint64_t *count = row->share.count;
    json_t *object = json_object();

    return json_whole(object, json_put(object, "symbol", json_name(row->name)) &&
                                  json_put_number(object, "l1i_misses", count[MMU_L1I_MISS]) &&
                                  json_put_number(object, "l1d_misses", count[MMU_L1D_MISS]) &&
                                  json_put_number(object, "l2_misses", count[MMU_L2_MISS]) &&
                                  json_put_number(object, "walks", count[MMU_WALK_MADE]));
}

json_t *functions_as_json(const struct counts *counts)
{
    struct rows rows;
    json_t *list = json_array();
    bool is_whole = make_rows(&rows, &counts->functions);

    for (size_t i = 0; i < rows.count && is_whole; i++) {
        is_whole = json_add(list, row_as_json(&rows.row[i]));
    }
    free(rows.row);
    return json_whole(list, is_whole);
}

/* A name is cut where it would not fit. */
static void print_name(FILE *file, const char *name)
{
    enum { NAME = 33 };
    char *copy = name_printable(name);
    const char *text = copy == NULL ? nowhere : copy;
    bool fits = strlen(text) < NAME;

    fprintf(file, "%-*.*s%s", fits ? NAME : NAME - 4, fits ? NAME : NAME - 4, text,
            fits ? "" : "... ");
    free(copy);
}

static void print_row(FILE *file, const struct row *row, uint64_t all)
{
    print_name(file, row->name);
    table_ratio(file, misses(&row->share), all, 100, "%");
    table_count(file, row->share.count[MMU_L1I_MISS]);
    table_count(file, row->share.count[MMU_L1D_MISS]);
    table_count(file, row->share.count[MMU_L2_MISS]);
    fprintf(file, "\n");
}

static bool is_of_system(const struct counts *counts)
{
    return counts->functions.symbols != NULL && counts->functions.symbols->is_system;
}

/* Those behind the first rows that missed at all, of a system. */
static void print_others(FILE *file, const struct rows *rows, size_t first, uint64_t all)
{
    struct row others = {.name = NULL};
    size_t count = 0;
    char number[GROUPED_LENGTH];
    char label[GROUPED_LENGTH + 8];

    for (size_t i = first; i < rows->count && misses(&rows->row[i].share) != 0; i++) {
        add_share(&others.share, &rows->row[i].share);
        count++;
    }
    if (count != 0) {
        snprintf(label, sizeof label, "%s others", number_grouped(number, count));
        others.name = label;
        print_row(file, &others, all);
    }
}

void functions_as_text(FILE *file, const struct counts *counts)
{
    size_t most = is_of_system(counts) ? MOST_OF_SYSTEM : MOST;
    struct rows rows;
    uint64_t all = 0;

    (void)make_rows(&rows, &counts->functions);
    for (size_t i = 0; i < rows.count; i++) {
        all += misses(&rows.row[i].share);
    }
    if (all != 0) {
        print_name(file, "function");
        fprintf(file, "%*s%*s%*s%*s\n", TABLE_RATIO, "of all misses", TABLE_COUNT, "L1I misses",
                TABLE_COUNT, "L1D misses", TABLE_COUNT, "L2 misses");
    }
    for (size_t i = 0; i < rows.count && i < most && all != 0; i++) {
        print_row(file, &rows.row[i], all);
    }
    if (is_of_system(counts)) {
        print_others(file, &rows, most, all);
    }
    free(rows.row);
}
