/*
 * machine_clock.h - the time of a machine: ticks that follow the hart's cycles, what is due at
 * which of them, and the sleep of a hart that waits.
 */
#ifndef EMU_MACHINE_MACHINE_CLOCK_H
#define EMU_MACHINE_MACHINE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

/* For devices and hart, whose ctx is the machine. */

/* Ticks since the run began. */
uint64_t machine_clock_ticks(void *machine);

/* Something may be due sooner than was thought: it is looked at before the next instruction. */
void machine_clock_rearmed(void *machine);

/* The mtime that the hart reads. */
uint64_t machine_clock_mtime(void *machine);

/* Does what is due now and finds out when something is next. */
void machine_clock_event(void *machine);

/* Moves time to the next event that can wake the hart. Returns false if there will never be one. */
bool machine_clock_sleep(struct machine *machine);

#endif
