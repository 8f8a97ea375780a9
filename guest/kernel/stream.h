/*
 * stream.h - standard input, output and error: ports of a virtio-console, or the UART without one.
 */
#ifndef GUEST_KERNEL_STREAM_H
#define GUEST_KERNEL_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/virtio_console.h"

/* All of it is written; at most a page, from memory as virtio_console_write() wants. May sleep. */
void stream_write(enum virtio_port port, const uint8_t *bytes, size_t length);

/* Is there input, or is it at its end? If neither, so many bytes are asked for. Never sleeps. */
bool stream_has_input(size_t length);

/* Is all read, and nothing to come? */
bool stream_has_ended(void);

/* Sleeps until there is input, or its end. False: a signal came. */
bool stream_await_input(size_t length);

/* Takes what there is, at most `length`: how many bytes. Never sleeps. */
size_t stream_take(uint8_t *bytes, size_t length);

/* stream_has_input() may say something else now. For the drivers, also from an interrupt. */
void stream_input_changed(void);

#endif
