/*
 * console.h - the UART: the kernel's own messages, and everything if there is no virtio-console.
 */
#ifndef GUEST_KERNEL_CONSOLE_H
#define GUEST_KERNEL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before this, the UART is taken to be where platform.h says: a message is possible at any time. */
void console_start(void);

/* Lets it interrupt for input; needs the PLIC. */
void console_start_input(void);

/* Sends a byte. Never sleeps: waits for the UART. */
void console_put_byte(uint8_t byte);

/* As in stream.h; control-D is the end of the input. */
bool console_has_input(void);
bool console_has_ended(void);
size_t console_take(uint8_t *bytes, size_t length);

#endif
