/*
 * usage.h - what processes used, as programs are told.
 */
#ifndef GUEST_KERNEL_USAGE_H
#define GUEST_KERNEL_USAGE_H

#include <stdint.h>

struct process;

/* Linux's struct rusage; what the kernel does not count is 0. */
struct usage {
    int64_t user[2], system[2]; /* seconds and microseconds */
    int64_t most_resident;      /* KiB */
    int64_t rest[13];
};

struct usage usage_of(uint64_t run_ticks, uint64_t touched_pages);

/* How long the threads of a process ran, up to now. */
uint64_t usage_run_ticks(const struct process *process);

#endif
