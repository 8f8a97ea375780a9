/*
 * lock.h - a lock for what must stay as it is while its holder sleeps.
 *
 * One hart and a kernel that is not preempted need none where nobody sleeps. The holder may sleep,
 * and must not end. Who holds several took them in this order: a file's, then an address space's.
 */
#ifndef GUEST_KERNEL_LOCK_H
#define GUEST_KERNEL_LOCK_H

#include <stdbool.h>

struct lock {
    bool is_taken;
};

/* Waits until it is free, whatever signal comes, and takes it. May sleep. */
void lock_take(struct lock *lock);

/* The same; false: a signal came first, and the lock is not the caller's. */
bool lock_take_interruptibly(struct lock *lock);

void lock_give(struct lock *lock);

#endif
