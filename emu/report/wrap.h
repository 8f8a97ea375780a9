/*
 * wrap.h - a line of pieces that goes on below itself when it is full.
 *
 * A piece is never broken. What separates two pieces stands between them, and is cut of its blanks
 * where a new line begins instead of the second.
 */
#ifndef EMU_REPORT_WRAP_H
#define EMU_REPORT_WRAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { REPORT_COLUMNS = 100 };

struct wrap {
    FILE *file;
    int indent; /* of the lines below the first */
    int column;
    bool has_piece; /* in this line */
};

/* Begins a line with a label, and blanks up to the column indent if the label ends before it. */
struct wrap wrap_begin(FILE *file, const char *label, int indent);

/* Goes on with a line of so many columns, after blanks up to the column indent. */
struct wrap wrap_continue(FILE *file, int indent, int column);

/* Puts a piece behind the separator. */
void wrap_put(struct wrap *wrap, const char *separator, const char *piece);

/* The same for length bytes of text. */
void wrap_put_bytes(struct wrap *wrap, const char *separator, const char *piece, int length);

/* Puts words, which blanks separate, one by one. */
void wrap_put_words(struct wrap *wrap, const char *words);

/* Ends the line. */
void wrap_end(struct wrap *wrap);

#endif
