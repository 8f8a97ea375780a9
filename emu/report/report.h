/*
 * report.h - what a run is reported from, and its two forms: a table for people, JSON for machines.
 *
 * Names and meanings: docs/counters.md. Nothing in the JSON depends on the host or on time.
 */
#ifndef EMU_REPORT_REPORT_H
#define EMU_REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/machine/counts.h"
#include "emu/machine/machine.h"
#include "mmu/mmu.h"

/* exit.reason of the JSON. */
enum report_reason { REPORT_GUEST, REPORT_LIMIT, REPORT_IDLE, REPORT_SIGNAL, REPORT_LAW };

struct report {
    enum report_reason reason;
    uint64_t code;   /* the guest's own exit code, 0 if it gave none */
    unsigned status; /* what pagewalk exits with */
    struct mmu_geometry geometry;
    enum hart_ad ad;
    uint64_t ram_length;
    struct counts total;
    const struct counts *roi; /* NULL: no region was opened */
    struct marker_counts markers;
    double host_seconds; /* of the run, for the table's MIPS only */
};

/* Prints the table. */
void report_text(FILE *file, const struct report *report);

/* Writes the JSON document and a final newline; returns false if there is no memory or the write
 * fails. */
bool report_json(FILE *file, const struct report *report);

#endif
