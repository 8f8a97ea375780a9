#include "emu/report/table.h"

#include <inttypes.h>

#include "emu/report/names.h"

void table_label(FILE *file, const char *label)
{
    fprintf(file, "%-*s", TABLE_LABEL, label);
}

void table_count(FILE *file, uint64_t count)
{
    char text[GROUPED_LENGTH];

    fprintf(file, "%*s", TABLE_COUNT, number_grouped(text, count));
}

void table_ratio(FILE *file, uint64_t part, uint64_t whole, double scale, const char *unit)
{
    char text[48] = "-";

    if (whole != 0) {
        snprintf(text, sizeof text, "%.4f%s", scale * (double)part / (double)whole, unit);
    }
    fprintf(file, "%*s", TABLE_RATIO, text);
}

struct wrap table_row(FILE *file, const char *label, uint64_t count)
{
    enum { GAP = 3 };

    table_label(file, label);
    table_count(file, count);
    return wrap_continue(file, TABLE_LABEL + TABLE_COUNT + GAP, TABLE_LABEL + TABLE_COUNT);
}

const char *length_words(char text[LENGTH_LENGTH], uint64_t kibibytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;

    while (unit < 3 && kibibytes != 0 && kibibytes % 1024 == 0) {
        kibibytes /= 1024;
        unit++;
    }
    snprintf(text, LENGTH_LENGTH, "%" PRIu64 " %s", kibibytes, units[unit]);
    return text;
}
