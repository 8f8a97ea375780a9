/*
 * console.h - the UART for those who may touch it: M-mode, and S-mode where it is mapped.
 *
 * An NS16550A: a byte stored to the transmit holding register is sent; bit 5 of the line status
 * tells that there is room for it. User programs print through user.h.
 */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include <stdint.h>

#include "guest/include/format.h"
#include "guest/include/platform.h"

enum { UART_THR = 0, UART_LSR = 5, UART_LSR_THR_EMPTY = 1 << 5 };

static inline void console_put(char character)
{
    volatile uint8_t *uart = (volatile uint8_t *)UART_BASE;

    while ((uart[UART_LSR] & UART_LSR_THR_EMPTY) == 0) {
    }
    uart[UART_THR] = (uint8_t)character;
}

static inline void console_print(const char *text)
{
    for (; *text != '\0'; text++) {
        console_put(*text);
    }
}

static inline void console_decimal(uint64_t value)
{
    char text[FORMAT_LENGTH];

    console_print(format_decimal(text, value));
}

static inline void console_hex(uint64_t value)
{
    char text[FORMAT_LENGTH];

    console_print(format_hex(text, value));
}

#endif
