/*
 * option_take.h - arguments of a kind that many options have.
 */
#ifndef EMU_CLI_OPTION_TAKE_H
#define EMU_CLI_OPTION_TAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "emu/machine/error.h"

/* A file, which is opened later, when it is known that there will be a run. Returns false and sets
 * *error if it has no name. */
bool take_file(const char **file, const char *argument, struct error *error);

/* A word out of a list. Writes its place in the list; returns false if it is none of them. */
bool take_word(const char *argument, const char *const words[], size_t count, size_t *index);

#endif
