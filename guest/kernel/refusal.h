/*
 * refusal.h - a process is killed for what it did: the line that says why.
 */
#ifndef GUEST_KERNEL_REFUSAL_H
#define GUEST_KERNEL_REFUSAL_H

#include <stdint.h>

#include "guest/kernel/fault.h"
#include "guest/kernel/process.h"

/* Notes the signal that stands for the result (SEGMENT; BUS for an I/O error; KILL without memory),
 * says what was refused: address, access, the page's permissions, pc and function, and sends the
 * event. The process ends before the next return to U-mode. */
void refuse_access(struct process *process, uint64_t va, enum access access,
                   enum fault_result result);

/* The same for any other exception, by scause and stval. */
void refuse_exception(struct process *process, uint64_t cause, uint64_t value);

#endif
