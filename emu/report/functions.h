/*
 * functions.h - by_function: which functions the misses and walks belong to, as JSON and as rows of
 * the table.
 *
 * Functions of one name share a row. Rows are in the order of their misses over all arrays, the
 * most first, then of their names. What no symbol covers is called "?"; of a system "(user)",
 * "(kernel)" or "(firmware)", by the mode that it ran in.
 */
#ifndef EMU_REPORT_FUNCTIONS_H
#define EMU_REPORT_FUNCTIONS_H

#include <jansson.h>
#include <stdio.h>

#include "emu/machine/counts.h"

/* An array of {"symbol", "l1i_misses", "l1d_misses", "l2_misses", "walks"}, without functions that
 * have none of these; empty where counts has no profile. Returns NULL if there is no memory. */
json_t *functions_as_json(const struct counts *counts);

/* Prints a line of headings and at most 5 rows, or of a system 15 and one for the others, none
 * wider than 100 columns, with what share of all misses each function has; nothing where nothing
 * missed or there is no memory. */
void functions_as_text(FILE *file, const struct counts *counts);

#endif
