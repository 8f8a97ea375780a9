/*
 * refusal.h - a program did what it must not: its signal, and the line that says why it is
 * killed, where no handler takes that.
 */
#ifndef GUEST_KERNEL_REFUSAL_H
#define GUEST_KERNEL_REFUSAL_H

#include <stdint.h>

#include "guest/kernel/fault.h"
#include "guest/kernel/thread.h"

/* Sends the signal that stands for the result (SEGMENT; BUS for what cannot be read; KILL without
 * memory), and the event. Says what was refused, unless a handler takes the signal: address,
 * access, the page's permissions, pc and function; then the process ends before the next return to
 * U-mode.
 */
void refuse_access(struct thread *thread, uint64_t va, enum access access,
                   enum fault_result result);

/* The same for any other exception, by scause and stval. */
void refuse_exception(struct thread *thread, uint64_t cause, uint64_t value);

#endif
