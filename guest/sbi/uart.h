/*
 * uart.h - what guest/include/console.h leaves out: whether a byte has come, and which.
 */
#ifndef GUEST_SBI_UART_H
#define GUEST_SBI_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/include/console.h"

enum { UART_RBR = 0, UART_LSR_DATA_READY = 1 << 0 };

/* Takes a byte that has come; returns false if there is none. */
static inline bool uart_get(uint8_t *byte)
{
    volatile uint8_t *uart = (volatile uint8_t *)UART_BASE;

    if ((uart[UART_LSR] & UART_LSR_DATA_READY) == 0) {
        return false;
    }
    *byte = uart[UART_RBR];
    return true;
}

#endif
