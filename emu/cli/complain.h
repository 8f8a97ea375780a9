/*
 * complain.h - the one sentence on standard error that says what was wrong.
 */
#ifndef EMU_CLI_COMPLAIN_H
#define EMU_CLI_COMPLAIN_H

#include "emu/machine/error.h"

/* Prints the sentence and returns STATUS_ERROR for the caller to return. */
int complain(const struct error *error);

#endif
