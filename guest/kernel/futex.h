/*
 * futex.h - threads that wait for a word of memory to change.
 *
 * A word is known by its address space and address, and in a shared mapping by the file and the
 * place in it. To look at the word and to fall asleep is one step, for nobody else runs between.
 */
#ifndef GUEST_KERNEL_FUTEX_H
#define GUEST_KERNEL_FUTEX_H

#include <stdint.h>

#include "guest/kernel/address_space.h"

#define FUTEX_ANY_BIT UINT32_MAX

/* Sleeps if the word at va still has that value, until a wake with a bit in common, the deadline
 * (timeout.h) or a signal. 0, ERROR_AGAIN (another value), ERROR_TIMED_OUT, ERROR_INTERRUPTED,
 * ERROR_BAD_ADDRESS, ERROR_INVALID (unaligned). */
int64_t futex_wait(uint64_t va, uint32_t value, uint32_t bits, uint64_t deadline);

/* Wakes at most `count` who wait for the word, those first that came first: how many, or an error.
 * Never sleeps. */
int64_t futex_wake(struct address_space *space, uint64_t va, uint64_t count, uint32_t bits);

/* Wakes as many, and moves at most `moved` of the others to the word at to_va. How many both were.
 * Never sleeps. */
int64_t futex_requeue(uint64_t va, uint64_t count, uint64_t to_va, uint64_t moved);

/* A thread ends: the word at clear_tid_va becomes 0 and is woken, and the locks of its robust list
 * are marked as left by the dead. May sleep. */
void futex_leave(void);

#endif
