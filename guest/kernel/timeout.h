/*
 * timeout.h - something is to happen at a time: a list of deadlines, the next one first.
 *
 * The timer's interrupt comes at the end of a slice or at the first deadline, whatever is sooner.
 * Time is that of the time CSR, in ticks; on a machine that counts instructions it is the same in
 * each run. Nothing in this file sleeps.
 */
#ifndef GUEST_KERNEL_TIMEOUT_H
#define GUEST_KERNEL_TIMEOUT_H

#include <stdint.h>

#define TIMEOUT_NEVER UINT64_MAX

/* Embedded in what it is for, by whose address `expire` finds that; zeroes: not started. */
struct timeout {
    uint64_t deadline; /* ticks */
    void (*expire)(struct timeout *timeout);
    struct timeout *next;
};

/* From now on in the list; of equal deadlines the one started first is served first. It is not in
 * the list yet. `expire` is called once, with the timeout out of the list again, perhaps in an
 * interrupt: it never sleeps, and may start the timeout anew. */
void timeout_start(struct timeout *timeout, uint64_t deadline);

/* Takes it out of the list, if it is there. */
void timeout_cancel(struct timeout *timeout);

/* Serves all whose deadline has come. */
void timeout_serve(void);

/* The first deadline, or TIMEOUT_NEVER. */
uint64_t timeout_next(void);

#endif
