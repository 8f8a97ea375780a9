/*
 * uart.h - a UART of the NS16550A kind: eight byte registers, a 16-byte receive FIFO in the guest's
 * eyes, output that is always ready.
 *
 * Characters reach the host through callbacks. Input is asked for only when the guest wants it:
 * when it polls the line status (looks at it many times in a row), or, while it has the receive
 * interrupt enabled, when the owner thinks that it waits: see uart_poll. A line that has begun goes
 * on as fast as the guest reads it. So a host that waits for input holds up only a guest that waits
 * for it too, a run with the same input does the same whatever the host's timing, and there is
 * never more input than the guest has room for.
 */
#ifndef DEVICES_UART_H
#define DEVICES_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/device.h"

/* After so many looks at the line status in a row the guest waits for input: for a line, and for
 * what follows in it. */
enum { UART_LOOKS = 16, UART_LOOKS_IN_LINE = 2 };

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
    bool is_from_host; /* and that one is the host's, not the guest's own in loopback */
    bool has_returned; /* the guest dropped it; it comes again */
    uint8_t returned;
    bool is_in_line;        /* the last character from the host did not end a line */
    unsigned looks;         /* at the line status, with nothing in between */
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

/* True if the guest has the receive interrupt enabled and has read what came before. */
bool uart_wants_input(const struct uart *uart);

/* Asks the host for input if the guest wants it: to begin a line, and for a host whose input comes
 * late. */
void uart_poll(struct uart *uart);

#endif
