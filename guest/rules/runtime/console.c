/*
 * console.c - where lines go, and how the run ends.
 *
 * An NS16550A and a finisher if the device tree has them; for each that it has not, HTIF: a word
 * `tohost` that the host watches (device 1, command 1: a character; device 0, odd: the exit code,
 * shifted by one).
 */
#include "guest/rules/runtime/runtime.h"

#include "guest/include/finisher.h"

enum { UART_THR = 0, UART_LSR = 5, UART_LSR_THR_EMPTY = 1 << 5 };

#define HTIF_PUT_CHARACTER UINT64_C(0x0101000000000000)

/* By these names the host finds them. */
volatile uint64_t tohost __attribute__((section(".tohost"), aligned(64)));
volatile uint64_t fromhost __attribute__((section(".tohost"), aligned(64)));

static volatile uint8_t *console_uart;
static volatile uint32_t *console_finisher;

void console_start(uint64_t uart, uint64_t finisher)
{
    console_uart = (volatile uint8_t *)uart;
    console_finisher = (volatile uint32_t *)finisher;
}

/* The host clears tohost when it has read it, and may answer. */
static void htif_send(uint64_t message)
{
    while (tohost != 0) {
        fromhost = 0;
    }
    tohost = message;
}

static void put(char character)
{
    if (console_uart == NULL) {
        htif_send(HTIF_PUT_CHARACTER | (uint8_t)character);
        return;
    }
    while ((console_uart[UART_LSR] & UART_LSR_THR_EMPTY) == 0) {
    }
    console_uart[UART_THR] = (uint8_t)character;
}

void console_write(const char *text)
{
    for (; *text != '\0'; text++) {
        put(*text);
    }
}

void console_exit(bool ok)
{
    if (console_finisher != NULL) {
        *console_finisher = ok ? FINISHER_PASS : UINT32_C(1) << FINISHER_CODE_SHIFT | FINISHER_FAIL;
    } else {
        htif_send(ok ? 1 : 3);
    }
    for (;;) {
    }
}
