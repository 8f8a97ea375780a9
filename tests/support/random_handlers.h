/*
 * random_handlers.h - trap handlers that keep a random guest going.
 *
 * That of M-mode steps over what trapped, or begins anew at one of the entries, as its random
 * numbers decide. It sets the timers to times that come soon. That of S-mode steps over exceptions
 * and touches no memory; sooner or later it leaves a fetch that faults to M-mode. They use x28 to
 * x31.
 */
#ifndef TESTS_SUPPORT_RANDOM_HANDLERS_H
#define TESTS_SUPPORT_RANDOM_HANDLERS_H

#include <stdint.h>

/* Pages of RAM. */
enum {
    HANDLERS_MACHINE = 0, /* mtvec: its beginning */
    HANDLERS_STATE = 1,
    HANDLERS_ENTRIES = 2, /* and 3 */
    HANDLERS_SUPERVISOR = 4,
};

enum {
    HANDLERS_RESTART = 0x200, /* in the first page: goes on at an entry, whatever was going on */
    HANDLERS_RANDOM = 30,     /* the register that decides at which */
};

/* An entry: what the handler loads, in words of 8 bytes. */
enum {
    ENTRY_PC,
    ENTRY_SATP,
    ENTRY_STATUS,
    ENTRY_MIE,
    ENTRY_PMPADDR,
    ENTRY_PMPCFG,
    ENTRY_X1,
    ENTRY_REGISTERS = 27,
    ENTRY_SHIFT = 9,
    ENTRY_COUNT = 16,
};

/* Writes the handlers, and the seed of their random numbers, to the beginning of RAM. */
void random_handlers(uint8_t *ram, uint64_t seed);

#endif
