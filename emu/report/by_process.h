/*
 * by_process.h - the processes that the guest's kernel told of, as JSON and as rows of the table.
 *
 * What they share adds up to the whole run: pid 0 stands for what belongs to no process.
 */
#ifndef EMU_REPORT_BY_PROCESS_H
#define EMU_REPORT_BY_PROCESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "emu/machine/processes.h"

/* A list in the order of pids; empty where no process was told of. Returns NULL if there is no
 * memory. */
json_t *processes_as_json(const struct processes *processes, bool has_l2);

/* Prints a table of those with the most instructions, none wider than 100 columns; nothing where
 * no process was told of. */
void processes_as_text(FILE *file, const struct processes *processes);

#endif
