/*
 * finisher.h - how a guest ends the run: one 32-bit register ("sifive,test1").
 *
 *   31..16 | 15..0
 *    code  | 0x5555 passed, 0x3333 failed with this code, 0x7777 begin again
 */
#ifndef GUEST_FINISHER_H
#define GUEST_FINISHER_H

#include <stdint.h>

#include "guest/include/platform.h"

enum {
    FINISHER_PASS = 0x5555,
    FINISHER_FAIL = 0x3333,
    FINISHER_RESET = 0x7777,
    FINISHER_CODE_SHIFT = 16,
};

/* Ends the run: the host sees 0 as success, 1 to 65535 as failure with that code. */
__attribute__((noreturn)) static inline void finisher_exit(uint16_t code)
{
    volatile uint32_t *finisher = (volatile uint32_t *)FINISHER_BASE;

    *finisher = code == 0 ? FINISHER_PASS : (uint32_t)code << FINISHER_CODE_SHIFT | FINISHER_FAIL;
    for (;;) {
    }
}

/* Begins the run again. */
__attribute__((noreturn)) static inline void finisher_reset(void)
{
    volatile uint32_t *finisher = (volatile uint32_t *)FINISHER_BASE;

    *finisher = FINISHER_RESET;
    for (;;) {
    }
}

#endif
