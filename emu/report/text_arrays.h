/*
 * text_arrays.h - the TLB's arrays in the table for people: look-ups, why they missed, what is
 * left.
 */
#ifndef EMU_REPORT_TEXT_ARRAYS_H
#define EMU_REPORT_TEXT_ARRAYS_H

#include <stdbool.h>
#include <stdio.h>

#include "emu/report/report.h"

/* "L1I", "L1D", "L2". */
const char *array_label(enum mmu_array array);

/* Look-ups over all kinds of access: hits, misses, accesses. */
uint64_t array_sum(const uint64_t count[MMU_ACCESSES]);

/* Prints a row for each array that was asked. With parts, also one for each page size and each mode
 * where there are several. */
void arrays_as_text(FILE *file, const struct counts *counts, bool with_parts);

/* Prints the misses by class, where they were classified and there are any. */
void classes_as_text(FILE *file, const struct mmu_counts *counts);

/* Prints what the arrays hold at the end, and how far that many entries reach. */
void valid_as_text(FILE *file, const struct mmu_counts *counts,
                   const struct mmu_geometry *geometry);

#endif
