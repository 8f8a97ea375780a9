/*
 * clock.h - time as programs have it: seconds and nanoseconds since boot, of every clock.
 */
#ifndef GUEST_KERNEL_CLOCK_H
#define GUEST_KERNEL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { NANOSECONDS = 1000000000, MICROSECONDS = 1000000 };

struct timespec {
    int64_t seconds, nanoseconds;
};

/* Of ticks of the time CSR (timer.h); never more than was. */
struct timespec clock_of_ticks(uint64_t ticks);

/* Ticks of a time, rounded up; TIMEOUT_NEVER if that is beyond reach. */
uint64_t clock_ticks(struct timespec time);

/* Reads a struct timespec of the current process as a deadline: va 0 is TIMEOUT_NEVER, else the
 * time is from now on, or absolute. In a call that is begun anew (signal.h) it is the deadline
 * of before. 0, ERROR_BAD_ADDRESS or ERROR_INVALID. May sleep. */
int64_t clock_read_deadline(uint64_t va, bool is_absolute, uint64_t *deadline);

#endif
