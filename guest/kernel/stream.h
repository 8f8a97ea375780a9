/*
 * stream.h - standard input, output and error: ports of a virtio-console, or the UART without one.
 */
#ifndef GUEST_KERNEL_STREAM_H
#define GUEST_KERNEL_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/virtio_console.h"

/* All of it is written; at most a page, from memory as virtio_console_write() wants. May sleep. */
void stream_write(enum virtio_port port, const uint8_t *bytes, size_t length);

/* As virtio_console_read(). */
int64_t stream_read(uint8_t *bytes, size_t length);

#endif
