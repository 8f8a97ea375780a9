/*
 * debug_console.c - the UART for S-mode, which names memory by physical address.
 *
 * Spec: SBI 2.0, Debug Console Extension (EID #0x4442434E "DBCN").
 */
#include "guest/sbi/call.h"
#include "guest/sbi/memory.h"
#include "guest/sbi/uart.h"

enum { CONSOLE_WRITE, CONSOLE_READ, CONSOLE_WRITE_BYTE };

static uint64_t write(const uint8_t *bytes, uint64_t length)
{
    for (uint64_t i = 0; i < length; i++) {
        console_put((char)bytes[i]);
    }
    return length;
}

/* What has come and fits; it does not wait for more. */
static uint64_t read(uint8_t *bytes, uint64_t length)
{
    uint64_t count = 0;

    while (count < length && uart_get(&bytes[count])) {
        count++;
    }
    return count;
}

/* a0 bytes at a1, of which a2 is the half above XLEN bits. */
static struct sbi_result transfer(const struct trap_frame *frame)
{
    if (frame->a2 != 0 || !memory_is_supervisors(frame->a1, frame->a0)) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    return sbi_value(frame->a6 == CONSOLE_WRITE ? write((const uint8_t *)frame->a1, frame->a0)
                                                : read((uint8_t *)frame->a1, frame->a0));
}

struct sbi_result debug_console_call(struct trap_frame *frame)
{
    switch (frame->a6) {
    case CONSOLE_WRITE:
    case CONSOLE_READ: return transfer(frame);
    case CONSOLE_WRITE_BYTE: console_put((char)frame->a0); return sbi_value(0);
    default: return sbi_error(SBI_NOT_SUPPORTED);
    }
}
