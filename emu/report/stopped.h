/*
 * stopped.h - one line about a run that did not end by itself: where it was, and what kept it
 * there.
 */
#ifndef EMU_REPORT_STOPPED_H
#define EMU_REPORT_STOPPED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/hart/hart.h"
#include "emu/machine/symbols.h"

/* Prints the line. is_asleep: the hart waits for an interrupt that can never come. */
void report_stopped(FILE *file, const struct hart *hart, const struct symbols *symbols,
                    bool is_asleep);

enum { PLACE_LENGTH = 256 };

/* Writes "0xADDRESS", with " (SYMBOL+OFFSET)" if a symbol covers it that is of the mode in which a
 * hart was there; returns text. */
const char *place_words(char text[PLACE_LENGTH], const struct symbols *symbols, uint64_t address,
                        enum mmu_privilege privilege);

#endif
