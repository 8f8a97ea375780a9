/*
 * alarm.h - the interval timer of a process: SIGALRM after a time, and again and again.
 */
#ifndef GUEST_KERNEL_ALARM_H
#define GUEST_KERNEL_ALARM_H

#include <stdint.h>

#include "guest/kernel/timeout.h"

struct process;

/* Zeroes: not set. In struct process_signals. */
struct alarm {
    struct timeout timeout;
    uint64_t interval; /* ticks; 0: once */
};

/* Ticks, as setitimer has them. */
struct alarm_setting {
    uint64_t rest; /* until it comes; 0: it is not set */
    uint64_t interval;
};

struct alarm_setting alarm_get(const struct process *process);
void alarm_set(struct process *process, struct alarm_setting setting);

#endif
