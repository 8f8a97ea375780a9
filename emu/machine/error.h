/*
 * error.h - one sentence about what went wrong on the host's side, carried up to main.
 *
 * Functions that can fail for a reason people should read take a struct error and set it once,
 * where the fault is found. The sentence names the file or option and has no trailing newline.
 */
#ifndef EMU_MACHINE_ERROR_H
#define EMU_MACHINE_ERROR_H

#include <stdbool.h>

struct error {
    char text[512];
};

/* Writes the sentence, cut to what fits, and returns false for the caller to return. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
