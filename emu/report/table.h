/*
 * table.h - the columns of the table for people: a label, then counts and ratios.
 */
#ifndef EMU_REPORT_TABLE_H
#define EMU_REPORT_TABLE_H

#include <stdint.h>
#include <stdio.h>

#include "emu/report/wrap.h"

enum {
    TABLE_LABEL = 14, /* columns of each */
    TABLE_COUNT = 18,
    TABLE_RATIO = 13,
};

void table_label(FILE *file, const char *label);

void table_count(FILE *file, uint64_t count);

/* part / whole times scale, with a unit; "-" where there is no whole. */
void table_ratio(FILE *file, uint64_t part, uint64_t whole, double scale, const char *unit);

/* Begins a row whose count has something to say: the caller goes on with prose. */
struct wrap table_row(FILE *file, const char *label, uint64_t count);

enum { LENGTH_LENGTH = 32 };

/* Writes a length in the largest unit that leaves no rest, such as "128 KiB"; returns text. */
const char *length_words(char text[LENGTH_LENGTH], uint64_t kibibytes);

#endif
