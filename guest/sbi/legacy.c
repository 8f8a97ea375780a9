/*
 * legacy.c - what the first SBI had for a console and for the end. There the extension is the
 * function. Choice: the others, which take virtual addresses, are not there.
 *
 * Spec: SBI 2.0, Legacy Extensions (EIDs #0x00 - #0x0F).
 */
#include "guest/include/finisher.h"
#include "guest/sbi/call.h"
#include "guest/sbi/uart.h"

enum { CONSOLE_PUTCHAR = 1, CONSOLE_GETCHAR = 2 };

/* The byte, or -1. */
static struct sbi_result get(void)
{
    uint8_t byte;

    return (struct sbi_result){.error = uart_get(&byte) ? byte : -1};
}

struct sbi_result legacy_call(struct trap_frame *frame)
{
    if (frame->a7 == CONSOLE_PUTCHAR) {
        console_put((char)frame->a0);
        return sbi_value(0);
    }
    if (frame->a7 == CONSOLE_GETCHAR) {
        return get();
    }
    finisher_exit(0);
}
