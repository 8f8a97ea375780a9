#include "emu/report/by_asid.h"

#include <stddef.h>
#include <stdint.h>

#include "emu/report/names.h"
#include "emu/report/table.h"

enum { MOST_ROWS = 8, LABEL = 33 };

struct row {
    size_t asid;
    uint64_t misses[MMU_ARRAYS];
    uint64_t all; /* misses over the arrays */
};

struct rows {
    struct row row[MOST_ROWS]; /* the most misses first */
    size_t count;
    struct row others; /* added up; of no ASID */
    size_t other_count;
};

static struct row row_of(const struct mmu_counts *counts, size_t asid)
{
    struct row row = {.asid = asid};

    for (size_t array = 0; array < MMU_ARRAYS; array++) {
        row.misses[array] = counts->asid[asid].array[array].misses;
        row.all += row.misses[array];
    }
    return row;
}

static void add_to_others(struct rows *rows, const struct row *row)
{
    for (size_t array = 0; array < MMU_ARRAYS; array++) {
        rows->others.misses[array] += row->misses[array];
    }
    rows->others.all += row->all;
    rows->other_count++;
}

/* Puts a row behind those that missed as much or more; what then has no place is one of the others.
 */
static void insert(struct rows *rows, const struct row *row)
{
    size_t place = rows->count;

    while (place > 0 && rows->row[place - 1].all < row->all) {
        place--;
    }
    if (place == MOST_ROWS) {
        add_to_others(rows, row);
        return;
    }
    if (rows->count == MOST_ROWS) {
        add_to_others(rows, &rows->row[MOST_ROWS - 1]);
        rows->count--;
    }
    for (size_t i = rows->count; i > place; i--) {
        rows->row[i] = rows->row[i - 1];
    }
    rows->row[place] = *row;
    rows->count++;
}

static void print_row(FILE *file, const char *label, const struct row *row, uint64_t all)
{
    fprintf(file, "%-*s", LABEL, label);
    table_ratio(file, row->all, all, 100, "%");
    for (size_t array = 0; array < MMU_ARRAYS; array++) {
        table_count(file, row->misses[array]);
    }
    fprintf(file, "\n");
}

static void print_rows(FILE *file, const struct rows *rows, uint64_t all)
{
    char number[GROUPED_LENGTH];
    char label[LABEL];

    fprintf(file, "%-*s%*s%*s%*s%*s\n", LABEL, "ASID", TABLE_RATIO, "of all misses", TABLE_COUNT,
            "L1I misses", TABLE_COUNT, "L1D misses", TABLE_COUNT, "L2 misses");
    for (size_t i = 0; i < rows->count; i++) {
        snprintf(label, sizeof label, "%zu", rows->row[i].asid);
        print_row(file, label, &rows->row[i], all);
    }
    if (rows->other_count != 0) {
        snprintf(label, sizeof label, "%s others", number_grouped(number, rows->other_count));
        print_row(file, label, &rows->others, all);
    }
}

void asids_as_text(FILE *file, const struct mmu_counts *counts)
{
    struct rows rows = {.count = 0};
    uint64_t all = 0;

    for (size_t asid = 0; asid < counts->asid_count; asid++) {
        const struct row row = row_of(counts, asid);

        if (row.all != 0) {
            insert(&rows, &row);
            all += row.all;
        }
    }
    if (rows.count > 1) {
        print_rows(file, &rows, all);
    }
}
