/*
 * machine_clock.h - the time of a machine: ticks that follow the hart's cycles or the host's clock,
 * what is due at which of them, and the sleep of a hart that waits.
 *
 * Input that is not live is waited for when the guest seems to wait for it: it has the UART's
 * receive interrupt enabled, no disk is at work, and nothing was sent or received for a second of
 * mtime (or received for ten), or would be, as the hart sleeps and no event is due sooner. A hart
 * that never sleeps only has to let that time pass. So when input comes depends on the guest alone.
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

/* The time since the run began in cycles, HART_CYCLES_PER_TICK a tick: those of the hart, or, where
 * time follows the host, what they would be. */
uint64_t machine_clock_cycles(const struct machine *machine);

/* The date for the RTC: nanoseconds since 1970. */
uint64_t machine_clock_date(void *machine);

/* The mtime that the hart reads. */
uint64_t machine_clock_mtime(void *machine);

/* Does what is due now and finds out when something is next. */
void machine_clock_event(void *machine);

/* Moves time to the next event that can wake the hart, or waits for input, or for the host's time.
 * Returns false if nothing will ever come. */
bool machine_clock_sleep(struct machine *machine);

#endif
