/*
 * diff.h - what changed between two reports of run or stat, and whether it is too much.
 *
 * Values are compared that have the same dotted name (dotted.h). A function or ASID that only one
 * report has counts 0 in the other; anything else that only one has cannot be compared.
 *
 * The names of a report are described in docs/counters.md; what is shown of two, in docs/cli.md.
 */
#ifndef EMU_REPORT_DIFF_H
#define EMU_REPORT_DIFF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/machine/error.h"
#include "emu/report/limit.h"

enum diff_side { DIFF_OLD, DIFF_NEW, DIFF_SIDES };

/* Where a difference is shown. */
enum diff_part {
    DIFF_TLB,    /* the geometries differ: the counts do not compare */
    DIFF_EXIT,   /* the runs did not end alike */
    DIFF_OTHER,  /* texts, and what only one report has */
    DIFF_COUNTS, /* numbers of both, or of one that stand against 0 */
    DIFF_SILENT, /* equal, or inside something that only one report has */
};

/* A value of one report or of both. */
struct diff_item {
    char *name;
    json_t *value[DIFF_SIDES]; /* NULL: not in this report */
    bool absent_is_zero;
    enum diff_part part;
};

/* A document with the name of its file. */
struct diff_document {
    const char *file;
    json_t *root;
};

/* All values, those of a part together. Counts stand in the order of their change in percent,
 * what was 0 before all others, then of the difference, then of the name; the rest by name. */
struct diff {
    const struct diff_document *document;
    struct diff_item *items;
    size_t count;
    size_t capacity;
};

/* One limit and what it says. */
struct diff_check {
    struct limit limit;
    struct limit_verdict verdict;
};

/* Returns true if the document is a report that can be compared, or sets *error. */
bool diff_is_report(const struct diff_document *document, struct error *error);

/* Compares two reports, which must outlive the diff. Returns false and sets *error if a count is
 * none, or without memory. diff_finish is due either way. */
bool diff_compare(struct diff *diff, const struct diff_document document[DIFF_SIDES],
                  struct error *error);

void diff_finish(struct diff *diff);

/* True if the item has a number on both sides; writes the numbers. */
bool diff_numbers(const struct diff_item *item, uint64_t number[DIFF_SIDES]);

/* Writes the verdict of a check's limit. Returns false and sets *error if there is none: no report
 * has such a number, or only one has. */
bool diff_judge(const struct diff *diff, struct diff_check *check, struct error *error);

/* Prints what differs, then the limits that are exceeded. */
void diff_text(FILE *file, const struct diff *diff, const struct diff_check *checks, size_t count);

/* Writes the same as JSON, with a final newline. Returns false if there is no memory or the write
 * fails. */
bool diff_json(FILE *file, const struct diff *diff, const struct diff_check *checks, size_t count);

#endif
