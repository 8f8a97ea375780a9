/*
 * parse.h - numbers, sizes and places as people write them on a command line.
 *
 * Every function takes the whole text or nothing: no blanks, no signs, no trailing letters.
 */
#ifndef EMU_CLI_PARSE_H
#define EMU_CLI_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/machine/symbols.h"
#include "emu/report/report.h"

/* A decimal number, or a hexadecimal one after 0x, that fits 64 bits. */
bool parse_number(const char *text, uint64_t *number);

/* A number of bytes with nothing or one of K, M, G behind it. */
bool parse_size(const char *text, uint64_t *size);

/* An address: a number, or SYMBOL, or SYMBOL+NUMBER. */
bool parse_place(const char *text, const struct symbols *symbols, uint64_t *address);

/* Costs: l2=N, pte=N or both, in any order, with a comma between; what is not named costs nothing.
 * No cost is above a million cycles. */
bool parse_cost(const char *text, struct report_cost *cost);

#endif
