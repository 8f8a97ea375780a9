#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/report/diff.h"
#include "emu/report/names.h"

__extension__ typedef unsigned __int128 uint128;

/* A table is at most so wide, unless a number is too long; a name that is has a line of its own. */
enum { TABLE_WIDTH = 100, GAP = 2, CELL_LENGTH = 40 };

enum { MOST_PERCENT = 1000000 }; /* that is shown exactly */

enum column { COLUMN_OLD, COLUMN_NEW, COLUMN_DIFFERENCE, COLUMN_PERCENT, COLUMNS };

static const char *const column_names[COLUMNS] = {"old", "new", "difference", "percent"};

struct row {
    char cell[COLUMNS][CELL_LENGTH];
};

struct widths {
    int name;
    int column[COLUMNS];
};

static void print_grouped(FILE *file, uint64_t number)
{
    char text[GROUPED_LENGTH];

    fputs(number_grouped(text, number), file);
}

static void write_number(char cell[CELL_LENGTH], const char *sign, uint64_t number)
{
    char text[GROUPED_LENGTH];

    snprintf(cell, CELL_LENGTH, "%s%s", sign, number_grouped(text, number));
}

/* In hundredths of a percent, rounded half up. */
static void write_percent(char cell[CELL_LENGTH], const char *sign, uint64_t distance, uint64_t old)
{
    uint128 hundredths = ((uint128)distance * 10000 + old / 2) / old;
    char text[GROUPED_LENGTH];

    if (hundredths > (uint128)MOST_PERCENT * 100) {
        snprintf(cell, CELL_LENGTH, ">%s%%", number_grouped(text, MOST_PERCENT));
    } else {
        snprintf(cell, CELL_LENGTH, "%s%s.%02u%%", sign,
                 number_grouped(text, (uint64_t)(hundredths / 100)), (unsigned)(hundredths % 100));
    }
}

static void fill_row(struct row *row, const struct diff_item *item)
{
    uint64_t number[DIFF_SIDES] = {0, 0};
    bool grows;
    uint64_t distance;

    (void)diff_numbers(item, number);
    grows = number[DIFF_NEW] > number[DIFF_OLD];
    distance = grows ? number[DIFF_NEW] - number[DIFF_OLD] : number[DIFF_OLD] - number[DIFF_NEW];
    for (size_t side = 0; side < DIFF_SIDES; side++) {
        if (item->value[side] == NULL) {
            snprintf(row->cell[side], CELL_LENGTH, "-");
        } else {
            write_number(row->cell[side], "", number[side]);
        }
    }
    write_number(row->cell[COLUMN_DIFFERENCE], grows ? "+" : "-", distance);
    if (number[DIFF_OLD] == 0) {
        snprintf(row->cell[COLUMN_PERCENT], CELL_LENGTH, "from 0");
    } else {
        write_percent(row->cell[COLUMN_PERCENT], grows ? "+" : "-", distance, number[DIFF_OLD]);
    }
}

static int longer(int width, const char *text)
{
    int length = (int)strlen(text);

    return length > width ? length : width;
}

static struct widths measure(const struct diff *diff)
{
    struct widths widths = {.name = (int)strlen("name")};
    int room = TABLE_WIDTH;
    struct row row;

    for (size_t column = 0; column < COLUMNS; column++) {
        widths.column[column] = (int)strlen(column_names[column]);
    }
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->items[i].part != DIFF_COUNTS) {
            continue;
        }
        fill_row(&row, &diff->items[i]);
        widths.name = longer(widths.name, diff->items[i].name);
        for (size_t column = 0; column < COLUMNS; column++) {
            widths.column[column] = longer(widths.column[column], row.cell[column]);
        }
    }
    for (size_t column = 0; column < COLUMNS; column++) {
        room -= GAP + widths.column[column];
    }
    if (widths.name > room) {
        widths.name = room > 0 ? room : 0;
    }
    return widths;
}

static void print_row(FILE *file, const struct widths *widths, const char *name,
                      const char *const cell[COLUMNS])
{
    fprintf(file, "%-*s", widths->name, name);
    if ((int)strlen(name) > widths->name) {
        fprintf(file, "\n%*s", widths->name, "");
    }
    for (size_t column = 0; column < COLUMNS; column++) {
        fprintf(file, "%*s", GAP + widths->column[column], cell[column]);
    }
    fputc('\n', file);
}

static void print_counts(FILE *file, const struct diff *diff)
{
    struct widths widths = measure(diff);
    bool has_head = false;
    struct row row;

    for (size_t i = 0; i < diff->count; i++) {
        const char *cell[COLUMNS];

        if (diff->items[i].part != DIFF_COUNTS) {
            continue;
        }
        if (!has_head) {
            print_row(file, &widths, "name", column_names);
            has_head = true;
        }
        fill_row(&row, &diff->items[i]);
        for (size_t column = 0; column < COLUMNS; column++) {
            cell[column] = row.cell[column];
        }
        print_row(file, &widths, diff->items[i].name, cell);
    }
}

/* As in the JSON, but without what is inside. */
static void print_value(FILE *file, const json_t *value)
{
    char *text;

    if (value == NULL) {
        fputc('-', file);
    } else if (json_is_object(value) || json_is_array(value)) {
        fputs(json_is_object(value) ? "{...}" : "[...]", file);
    } else {
        text = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
        fputs(text == NULL ? "?" : text, file);
        free(text);
    }
}

static void print_values(FILE *file, const struct diff *diff, enum diff_part part)
{
    enum { NAME_WIDTH = 60 /* at most */ };
    int width = 0;

    for (size_t i = 0; i < diff->count; i++) {
        if (diff->items[i].part == part) {
            width = longer(width, diff->items[i].name);
        }
    }
    width = width > NAME_WIDTH ? NAME_WIDTH : width;
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_item *item = &diff->items[i];

        if (item->part != part) {
            continue;
        }
        fprintf(file, "  %-*s  ", width, item->name);
        print_value(file, item->value[DIFF_OLD]);
        fputs(" -> ", file);
        print_value(file, item->value[DIFF_NEW]);
        fputc('\n', file);
    }
}

static bool has_part(const struct diff *diff, enum diff_part part)
{
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->items[i].part == part) {
            return true;
        }
    }
    return false;
}

static void print_checks(FILE *file, const struct diff_check *checks, size_t count)
{
    bool is_kept = true;

    for (size_t i = 0; i < count; i++) {
        const struct limit_verdict *verdict = &checks[i].verdict;

        if (limit_is_exceeded(verdict)) {
            fprintf(file, "LIMIT EXCEEDED: %s: from ", checks[i].limit.text);
            print_grouped(file, verdict->before);
            fputs(" to ", file);
            print_grouped(file, verdict->after);
            fputs(", at most ", file);
            print_grouped(file, verdict->most);
            fputs(" allowed\n", file);
            is_kept = false;
        }
    }
    if (is_kept) {
        fputs("All limits are kept.\n", file);
    }
}

void diff_text(FILE *file, const struct diff *diff, const struct diff_check *checks, size_t count)
{
    static const char *const headings[] = {
        [DIFF_TLB] = "THE TLB IS NOT THE SAME, so the counts do not compare:\n",
        [DIFF_EXIT] = "THE RUNS DID NOT END ALIKE, so the counts may not compare:\n",
        [DIFF_OTHER] = "Not counts:\n",
        [DIFF_COUNTS] = "",
    };
    bool is_first = true;

    for (int i = DIFF_TLB; i <= DIFF_COUNTS; i++) {
        enum diff_part part = (enum diff_part)i;

        if (!has_part(diff, part)) {
            continue;
        }
        fprintf(file, "%s%s", is_first ? "" : "\n", headings[part]);
        if (part == DIFF_COUNTS) {
            print_counts(file, diff);
        } else {
            print_values(file, diff, part);
        }
        is_first = false;
    }
    if (is_first) {
        fputs("no differences\n", file);
    }
    if (count > 0) {
        fputc('\n', file);
        print_checks(file, checks, count);
    }
}
