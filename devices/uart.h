/*
 * uart.h - a UART of the NS16550A kind: eight byte registers, a 16-byte receive FIFO in the guest's
 * eyes, output that is always ready.
 *
 * Characters reach the host through callbacks. Input is asked for only when the guest wants it:
 * when it polls the line status (looks at it twice with nothing sent or read in between), when it
 * reads the data register, or while it has the receive interrupt enabled. So a host that waits for
 * input holds up only a guest that waits for it too, and a run with the same input does the same
 * whatever the host's timing.
 */
#ifndef DEVICES_UART_H
#define DEVICES_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/device.h"

/* The terminal or files at the other end of the line. */
struct uart_host {
    /* Takes one character. */
    void (*put)(void *ctx, uint8_t character);
    /* Writes the next character and returns true, or returns false: none now (or none ever). */
    bool (*get)(void *ctx, uint8_t *character);
    void *ctx;
};

struct uart {
    struct device device;
    struct uart_host host;
    struct irq_line irq;
    bool has_received; /* received holds a character that the guest has not read */
    uint8_t received;
    bool is_polled;         /* the line status was the last thing looked at */
    bool thr_empty_pending; /* the transmitter-empty interrupt has not been acknowledged */
    uint8_t ier;
    uint8_t fcr;
    uint8_t lcr;
    uint8_t mcr;
    uint8_t scr;
    uint8_t dll;
    uint8_t dlm;
};

/* host and irq are copied; their ctx must outlive the UART. */
void uart_init(struct uart *uart, const struct uart_host *host, const struct irq_line *irq);

/* Looks for input again if the receive interrupt is enabled: for a host whose input comes late. */
void uart_poll(struct uart *uart);

#endif
