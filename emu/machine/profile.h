/*
 * profile.h - TLB misses and walks by the function whose instruction made them.
 *
 * It stands between the MMU, which tells of misses but knows no hart, and the symbols, which know
 * no time: the machine, which owns all three, calls profile_count with the pc of the instruction
 * being executed. Of a system the mode tells whose pc it is: a program of the guest's may lie at
 * the addresses of firmware. The regions of interest have a second set of shares, counted at the
 * same time: to open and to close one costs the same however many functions there are.
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
    const struct profile_share *share; /* [profile_rows(symbols)] */
};

struct profile {
    const struct symbols *symbols;
    struct profile_share *total;          /* [profile_rows(symbols)] */
    struct profile_share *region;         /* the same for the regions of interest */
    size_t row;                           /* of the last miss; */
    enum mmu_privilege privilege;         /* in this mode, */
    uint64_t first;                       /* every pc from here */
    uint64_t last;                        /* to here, included, has the same row */
    bool is_in_region;                    /* the last miss was */
    uint64_t misses[1 << PROFILE_EVENTS]; /* of that row, not yet counted: by their events */
};

/* How many shares there are: one for each symbol, then one for what no symbol covers, of a system
 * one for each privilege, by number. */
size_t profile_rows(const struct symbols *symbols);

/* The symbols must stay as they are until profile_finish. Returns false if there is no memory. */
bool profile_init(struct profile *profile, const struct symbols *symbols);

/* Frees what it holds. A profile of zeroes is allowed. */
void profile_finish(struct profile *profile);

/* An instruction that missed. */
struct profile_miss {
    uint64_t pc;
    enum mmu_privilege privilege; /* of the hart, whatever MPRV makes of it */
    unsigned events;              /* a bit (1 << event) for each */
    bool is_in_region;
};

/* Turns to the function that pc lies in, in or outside of a region. */
void profile_turn(struct profile *profile, const struct profile_miss *miss);

/* Counts the events for the function that pc lies in. */
static inline void profile_count(struct profile *profile, const struct profile_miss *miss)
{
    if (miss->pc < profile->first || miss->pc > profile->last ||
        miss->privilege != profile->privilege || miss->is_in_region != profile->is_in_region) {
        profile_turn(profile, miss);
    }
    profile->misses[miss->events]++;
}

/* Forgets what was counted in regions. A profile of zeroes is allowed. */
void profile_forget_region(struct profile *profile);

/* The counts of the whole run, or of the regions; they point into the profile. */
struct profile_counts profile_of_run(struct profile *profile);
struct profile_counts profile_of_region(struct profile *profile);

#endif
