/*
 * disks.h - what was asked of the block devices, as JSON and as a row of the table.
 */
#ifndef EMU_REPORT_DISKS_H
#define EMU_REPORT_DISKS_H

#include <jansson.h>
#include <stdio.h>

#include "emu/report/report.h"

/* A list; empty where there is no disk. Returns NULL if there is no memory. */
json_t *disks_as_json(const struct report *report);

/* Prints a row for each disk that something was asked of. */
void disks_as_text(FILE *file, const struct report *report);

#endif
