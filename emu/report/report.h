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

#include "devices/virtio_block.h"
#include "emu/machine/counts.h"
#include "emu/machine/machine.h"
#include "emu/machine/processes.h"
#include "mmu/mmu.h"

/* exit.reason of the JSON. */
enum report_reason { REPORT_GUEST, REPORT_LIMIT, REPORT_IDLE, REPORT_SIGNAL, REPORT_LAW };

/* --cost: cycles that are assumed, for an estimate. */
struct report_cost {
    bool is_asked;
    uint64_t l2_hit;
    uint64_t pte_read;
};

/* A disk that the guest had. */
struct report_disk {
    char name[16]; /* "swap", or "drive" and its number */
    const struct virtio_block_counts *counts;
};

enum { REPORT_DISKS = 8 };

struct report {
    enum report_reason reason;
    uint64_t code;   /* the guest's own exit code, 0 if it gave none */
    unsigned status; /* what pagewalk exits with */
    struct mmu_geometry geometry;
    const char *spec;   /* of the TLB: as given, or the text of the file that was given */
    const char *preset; /* that the specification begins with; NULL: none */
    struct report_cost cost;
    enum hart_ad ad;
    uint64_t ram_length;
    struct counts total;
    const struct counts *roi; /* NULL: no region was opened */
    struct marker_counts markers;
    const struct processes *processes; /* of the whole run, settled; NULL: none */
    struct report_disk disk[REPORT_DISKS];
    size_t disk_count;
    double host_seconds; /* of the run, for the table's MIPS only */
};

/* The cycles that the costs make of some counts: L2 hits and PTE reads times theirs. Returns false
 * if they are 2^63 or more. */
bool report_cost_cycles(const struct report_cost *cost, const struct mmu_counters *counters,
                        uint64_t *cycles);

/* Prints the table. */
void report_text(FILE *file, const struct report *report);

/* Writes the JSON document and a final newline; returns false if there is no memory or the write
 * fails. */
bool report_json(FILE *file, const struct report *report);

#endif
