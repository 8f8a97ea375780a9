/*
 * poll.h - waiting for any of several open files.
 *
 * Who waits sleeps on one channel for all, and looks at its files again whenever one changes
 * anywhere: no lists to keep, and few ever wait.
 */
#ifndef GUEST_KERNEL_POLL_H
#define GUEST_KERNEL_POLL_H

#include <stdint.h>

/* Something that a poll operation answers may be another now. Also from an interrupt. */
void poll_changed(void);

/* What ppoll is given, Linux's layout. */
struct poll_entry {
    int32_t descriptor;
    int16_t wanted, ready;
};

/* Waits until one of the entries is ready, whose `ready` are set, or the deadline (timeout.h). How
 * many are ready; 0: it is late; ERROR_INTERRUPTED_FOR_GOOD. Sleeps. */
int64_t poll_wait(struct poll_entry *entries, uint32_t count, uint64_t deadline);

#endif
