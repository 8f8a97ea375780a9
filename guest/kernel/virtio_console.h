/*
 * virtio_console.h - the ports of a virtio-console that carry the program's standard streams.
 */
#ifndef GUEST_KERNEL_VIRTIO_CONSOLE_H
#define GUEST_KERNEL_VIRTIO_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum virtio_port { PORT_INPUT, PORT_OUTPUT, PORT_ERROR, PORTS };

/* Looks for the console and its ports named pagewalk.stdin, pagewalk.stdout, pagewalk.stderr. Waits
 * for the device's answers by polling: boot has no process that could sleep. */
void virtio_console_start(void);

/* Is there a console with that port? */
bool virtio_console_has(enum virtio_port port);

/* Sends all bytes, from the kernel's memory in the direct map or the image (not a kernel stack);
 * sleeps while the queue is full or until the device took them. length is at most a page. */
void virtio_console_write(enum virtio_port port, const uint8_t *bytes, size_t length);

/* As in stream.h. The device is given room for so many bytes only when
 * asked: it takes no more from the host. */
bool virtio_console_has_input(size_t length);
bool virtio_console_has_ended(void);
size_t virtio_console_take(uint8_t *bytes, size_t length);

#endif
