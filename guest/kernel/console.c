#include "guest/kernel/console.h"

#include "guest/include/platform.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/plic.h"
#include "guest/kernel/stream.h"

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
 * come again and again until then; who looks for input turns it on when there is none. */
static void serve(void *context)
{
    (void)context;
    uart()[UART_IER] = 0;
    stream_input_changed();
}

void console_start_input(void)
{
    plic_attach(machine()->uart_irq, serve, NULL);
}

static bool has_byte(void)
{
    return (uart()[UART_LSR] & LSR_DATA_READY) != 0;
}

bool console_has_input(void)
{
    if (is_at_end || has_byte()) {
        return true;
    }
    uart()[UART_IER] = IER_RECEIVED;
    return false;
}

bool console_has_ended(void)
{
    return is_at_end;
}

/* Up to a control-D, which counts as input that was there. The return key of a raw terminal sends a
 * carriage return, and programs wait for a line's end. */
size_t console_take(uint8_t *bytes, size_t length)
{
    size_t taken = 0;

    while (taken < length && !is_at_end && has_byte()) {
        uint8_t byte = uart()[UART_DATA];

        if (byte == CONTROL_D) {
            is_at_end = true;
        } else {
            bytes[taken++] = byte == '\r' ? '\n' : byte;
        }
    }
    return taken;
}
