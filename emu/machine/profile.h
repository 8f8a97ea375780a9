/*
 * profile.h - TLB misses and walks by the function whose instruction made them.
 *
 * It stands between the MMU, which tells of misses but knows no hart, and the symbols, which know
 * no time: the machine, which owns all three, calls profile_count with the pc of the instruction
 * being executed. The regions of interest have a second set of shares, counted at the same time:
 * to open and to close one costs the same however many functions there are.
 */
#ifndef EMU_MACHINE_PROFILE_H
#define EMU_MACHINE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/machine/symbols.h"
#include "mmu/mmu.h"

enum { PROFILE_EVENTS = MMU_WALK_MADE + 1 };

/* The share of one function: how often each event happened in it. */
struct profile_share {
    uint64_t count[PROFILE_EVENTS];
};

/* What was counted, for reports. All zero: nothing was profiled. */
struct profile_counts {
    const struct symbols *symbols;
    const struct profile_share *share; /* [symbols->count + 1], by symbol; the last is of what no
                                          symbol covers */
};

struct profile {
    const struct symbols *symbols;
    struct profile_share *total;  /* [symbols->count + 1] */
    struct profile_share *region; /* the same for the regions of interest */
    size_t row;                   /* of the last event; */
    uint64_t first;               /* every pc from here */
    uint64_t last;                /* to here, included, has the same row */
};

/* The symbols must stay as they are until profile_finish. Returns false if there is no memory. */
bool profile_init(struct profile *profile, const struct symbols *symbols);

/* Frees what it holds. A profile of zeroes is allowed. */
void profile_finish(struct profile *profile);

/* Counts events, a bit (1 << event) for each, for the function that pc lies in. */
void profile_count(struct profile *profile, uint64_t pc, unsigned events, bool is_in_region);

/* Forgets what was counted in regions. A profile of zeroes is allowed. */
void profile_forget_region(struct profile *profile);

/* The counts of the whole run, or of the regions; they point into the profile. */
struct profile_counts profile_of_run(const struct profile *profile);
struct profile_counts profile_of_region(const struct profile *profile);

#endif
