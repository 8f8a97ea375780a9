/*
 * timer.h - time, the end of a time slice, and the first deadline of timeout.h. Without Sstc no
 * interrupt comes: then a thread runs until it sleeps or ends, and deadlines are looked at in each
 * trap and by the idle loop, which does not wait for an interrupt while there is one.
 */
#ifndef GUEST_KERNEL_TIMER_H
#define GUEST_KERNEL_TIMER_H

#include <stdbool.h>
#include <stdint.h>

enum { TIMER_SLICES_PER_SECOND = 100 };

void timer_start(void);

/* Ticks of the time CSR, machine()->timebase_hz a second. */
uint64_t timer_now(void);

/* A new slice begins: the interrupt comes at its end. */
void timer_begin_slice(void);

/* Nobody runs: the interrupt comes at the first deadline only. */
void timer_stop(void);

/* The first deadline is another. For timeout.c. */
void timer_adjust(void);

/* Is a WFI sure to end at the first deadline? */
bool timer_can_wait(void);

/* Looks at the time, after an interrupt or without one: notes whether the slice is over, and serves
 * the deadlines that have come. */
void timer_serve(void);

/* Is the slice over? */
bool timer_slice_is_over(void);

#endif
