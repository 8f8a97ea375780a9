/*
 * suite.h - runs the programs of the rule suite, some at a time, and tells the results in order.
 *
 * Each program has a process of its own: this emulator again, or what a command of the user's
 * starts. SIGHUP, SIGINT and SIGTERM end the suite; what was started is killed then, and what was
 * made is removed.
 */
#ifndef EMU_CHECK_SUITE_H
#define EMU_CHECK_SUITE_H

#include <stdbool.h>
#include <stddef.h>

#include "emu/check/programs.h"
#include "emu/check/result.h"
#include "emu/check/rules.h"
#include "emu/machine/error.h"

struct suite {
    const struct rule *const *rules; /* in the order they are told */
    size_t rule_count;
    struct programs programs;
    const char *command;        /* for sh, with {} for the path; NULL: this emulator */
    const char *const *options; /* for pagewalk run */
    size_t option_count;
    unsigned timeout; /* seconds for each program */
    /* Is told every result, in the order of the rules. Returns false to end the suite. */
    bool (*tell)(void *ctx, size_t index, const struct rule_result *result);
    void *ctx;
    /* Set by suite_run. */
    struct rule_result *results; /* of the rules that were told */
    size_t told;
    size_t count[OUTCOMES];
    int signal;     /* that ended the suite; 0 if none did */
    char cut[512];  /* why not all rules were told, printable; empty if all were */
    double seconds; /* that it took */
};

/* Runs it, until all rules are told or a signal comes. Returns false and sets *error if it cannot
 * go on; results that were told are there all the same. suite_finish is due either way. */
bool suite_run(struct suite *suite, struct error *error);

void suite_finish(struct suite *suite);

#endif
