/*
 * transfer.h - bytes between a program and what it has open.
 */
#ifndef GUEST_KERNEL_TRANSFER_H
#define GUEST_KERNEL_TRANSFER_H

#include <stdint.h>

#include "guest/kernel/descriptor.h"

/* Read to, or write from, [va, va + length) of the current process: how many bytes, or an error if
 * it was none. Both may sleep. */
int64_t transfer_read(struct descriptor *descriptor, uint64_t va, uint64_t length);
int64_t transfer_write(struct descriptor *descriptor, uint64_t va, uint64_t length);

#endif
