/*
 * by_asid.h - which address spaces the misses belong to, as rows of the table.
 *
 * The JSON has all of them. People see the ones with the most misses over all arrays, of several
 * the lowest first, and what the others come to together.
 */
#ifndef EMU_REPORT_BY_ASID_H
#define EMU_REPORT_BY_ASID_H

#include <stdio.h>

#include "mmu/mmu.h"

/* Prints a line of headings, at most 8 ASIDs and a row for the others, none wider than 100 columns,
 * with what share of all misses each has; nothing where fewer than two ASIDs missed. */
void asids_as_text(FILE *file, const struct mmu_counts *counts);

#endif
