/*
 * twin_machines.h - two machines that differ in nothing but their engines, one running after the
 * other.
 */
#ifndef TESTS_SUPPORT_TWIN_MACHINES_H
#define TESTS_SUPPORT_TWIN_MACHINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/machine/machine.h"

enum { TWIN_SYMBOLS = 5 };

/* What the fast and the reference machine each have. */
struct twin {
    struct machine *machine;
    struct machine_exit exit; /* of the last run */
    uint64_t console;         /* a hash of what it printed */
};

struct twin_machines {
    struct twin fast;
    struct twin reference;
    struct elf_segment segment;
    struct elf_program program;
    struct symbol symbols[TWIN_SYMBOLS];
    uint64_t memory;      /* bytes of RAM */
    char difference[400]; /* what differed, in words */
};

/* Makes both, with a program of length bytes at the beginning of RAM. Watches for HTIF at
 * tohost. Fails the test if that fails. */
void twins_init(struct twin_machines *twins, const struct machine_config *config,
                const uint8_t *bytes, size_t length, uint64_t tohost);

void twins_finish(struct twin_machines *twins);

/* Runs both until this goal. */
void twins_run(struct twin_machines *twins, const struct engine_goal *goal,
               const struct engine_observer *observer);

/* True if registers, CSRs, PMP and the hart's counters are the same. Otherwise *difference says
 * what is not. */
bool twins_same_harts(struct twin_machines *twins);

/* The same of every count of the MMU, of functions and of regions. */
bool twins_same_counts(struct twin_machines *twins);

/* The same of RAM. */
bool twins_same_memory(struct twin_machines *twins);

/* Direct loads and stores of the fast machine that its MMU has not counted yet. */
uint64_t twins_uncounted(const struct twin_machines *twins);

#endif
