/*
 * timer.h - time, and the end of a time slice. Without Sstc there is no preemption: then a process
 * runs until it sleeps or ends.
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

/* Nothing is to be interrupted: stimecmp is as far away as can be. */
void timer_stop(void);

/* The interrupt: notes that the slice is over, and stops the timer. */
void timer_interrupt(void);

/* Is the slice over? */
bool timer_slice_is_over(void);

#endif
