/*
 * counts.h - everything that is counted, for the whole run and for its regions of interest.
 *
 * A program marks regions with HINTs (hart_marker). A region holds what happens from after its
 * begin marker up to and including its end marker. A begin inside a region and an end outside one
 * are counted and otherwise ignored; a reset empties what the regions have gathered so far. The
 * machine may open and close regions too, between two instructions.
 */
#ifndef EMU_MACHINE_COUNTS_H
#define EMU_MACHINE_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/hart/hart.h"
#include "emu/machine/profile.h"
#include "mmu/mmu.h"

/* One set of counts. */
struct counts {
    struct hart_counters hart;
    struct mmu_counts mmu;
    struct profile_counts functions;
};

/* sum += now - base, number by number: structs of one type that hold nothing but uint64_t. */
void counts_add_difference(void *sum, const void *now, const void *base, size_t size);

/* Checks what the counts of a run and those of its regions have in common: over all functions, the
 * misses of each array and the walks add up to the MMU's. Returns true, also where nothing was
 * profiled, or writes the first broken law and returns false. */
bool counts_laws_hold(const struct counts *counts, struct mmu_law_broken *broken);

/* How often each marker was executed. */
struct marker_counts {
    uint64_t begin;
    uint64_t end;
    uint64_t reset;
    uint64_t event;
    uint64_t unknown;        /* other values of IMM */
    uint64_t ignored_begins; /* inside a region */
    uint64_t ignored_ends;   /* outside one */
};

struct region {
    bool is_open;
    bool was_opened; /* since the start or the last reset */
    struct marker_counts markers;
    struct counts sum;                   /* of the closed regions */
    struct counts base;                  /* counts when the open region began */
    struct mmu_share_counters *sum_asid; /* [asid_capacity]: what sum.mmu.asid points to */
    struct mmu_share_counters *base_asid;
    struct profile *profile; /* counts the regions' shares of functions */
};

/* asid_capacity is the number of ASIDs there can be. The profile must outlive the region; it need
 * not be initialised yet, but zero. Returns false if there is no memory. */
bool region_init(struct region *region, size_t asid_capacity, struct profile *profile);

void region_finish(struct region *region);

/* A marker has retired; now are the counts of the whole run, which an event does without: NULL. */
void region_mark(struct region *region, unsigned marker, const struct counts *now);

/* A region begins here, unless one is open. */
void region_open(struct region *region, const struct counts *now);

/* The open region, if there is one, ends here: at the end of the run if not before. */
void region_close(struct region *region, const struct counts *now);

#endif
