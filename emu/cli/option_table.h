/*
 * option_table.h - every option: its name, its argument, the commands that take it, its help, and
 * the function that takes its argument.
 */
#ifndef EMU_CLI_OPTION_TABLE_H
#define EMU_CLI_OPTION_TABLE_H

#include <stdbool.h>

#include "emu/cli/options.h"

enum option_argument { WITHOUT_ARGUMENT, WITH_ARGUMENT, MAYBE_ARGUMENT };

/* Takes the argument. Returns true, or sets *error to why not, without naming the option. */
typedef bool apply_fn(struct options *options, const char *argument, struct error *error);

struct option_row {
    const char *name;
    enum option_argument has_argument;
    unsigned commands;    /* bits of enum command_bit */
    const char *argument; /* as --help shows it */
    const char *help;     /* lines, the first a phrase */
    apply_fn *apply;
};

extern const struct option_row option_rows[OPTION_ROWS];

#endif
