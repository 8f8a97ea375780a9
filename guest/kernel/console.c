#include "guest/kernel/console.h"

#include <stdbool.h>

#include "guest/include/platform.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/error.h"
#include "guest/kernel/plic.h"
#include "guest/kernel/scheduler.h"

/* The registers of a 16550, a byte each. */
enum { UART_DATA = 0, UART_IER = 1, UART_FCR = 2, UART_LCR = 3, UART_LSR = 5 };

enum { IER_RECEIVED = 0x01, FCR_FIFO_ENABLE = 0x01, LCR_8_BITS = 0x03 };
enum { LSR_DATA_READY = 0x01, LSR_THR_EMPTY = 0x20 };

enum { CONTROL_D = 4 };

static bool is_at_end; /* control-D was seen */

/* Until the device tree is read, machine() is all zeroes. */
static volatile uint8_t *uart(void)
{
    uint64_t pa = machine()->uart_pa;

    return direct_map(pa != 0 ? pa : UART_BASE);
}

void console_start(void)
{
    uart()[UART_IER] = 0;
    uart()[UART_LCR] = LCR_8_BITS;
    uart()[UART_FCR] = FCR_FIFO_ENABLE;
}

void console_put_byte(uint8_t byte)
{
    while ((uart()[UART_LSR] & LSR_THR_EMPTY) == 0) {
    }
    uart()[UART_DATA] = byte;
}

/* Something was typed: the reader takes it from the UART. The interrupt is a level, so it would
 * come again and again until then; the reader turns it on when there is nothing left. */
static void serve(void *context)
{
    uart()[UART_IER] = 0;
    scheduler_wake(context);
}

void console_start_input(void)
{
    plic_attach(machine()->uart_irq, serve, &is_at_end);
}

/* Takes what is there, up to a control-D. The return key of a raw terminal sends a carriage return,
 * and programs wait for a line's end. */
static size_t take(uint8_t *bytes, size_t length)
{
    size_t taken = 0;

    while (taken < length && !is_at_end && (uart()[UART_LSR] & LSR_DATA_READY) != 0) {
        uint8_t byte = uart()[UART_DATA];

        if (byte == CONTROL_D) {
            is_at_end = true;
        } else {
            bytes[taken++] = byte == '\r' ? '\n' : byte;
        }
    }
    return taken;
}

int64_t console_read(uint8_t *bytes, size_t length)
{
    for (;;) {
        size_t taken = take(bytes, length);

        if (taken > 0 || is_at_end) {
            return (int64_t)taken;
        }
        uart()[UART_IER] = IER_RECEIVED;
        if (!scheduler_sleep_interruptibly(&is_at_end)) {
            return ERROR_INTERRUPTED;
        }
    }
}
