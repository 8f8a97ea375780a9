/*
 * output_file.h - a file that is written whole or not at all.
 *
 * The text goes to a temporary file in the same folder, which takes the name asked for only when it
 * is complete. So opening one proves, before a long run, that it can be written, and leaves nothing
 * behind under that name. Devices and pipes are written directly; "-" is standard output.
 */
#ifndef EMU_CLI_OUTPUT_FILE_H
#define EMU_CLI_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "emu/machine/error.h"

struct output_file {
    FILE *stream;       /* to write to; NULL: there is no such output */
    const char *option; /* what stood before the name, for messages, such as "--json=" */
    const char *name;   /* the file as given */
    char *path;         /* the file it becomes; NULL: stream is what was asked for itself */
    char *temporary;    /* the file it is now */
};

/* Opens name. Both texts must outlive the file. Returns false and sets *error if it cannot be
 * written; there is then nothing to finish. */
bool output_file_open(struct output_file *file, const char *option, const char *name,
                      struct error *error);

/* Two that would become the same file. Not so for devices and pipes. */
bool output_file_is_same(const struct output_file *left, const struct output_file *right);

/* Everything is written: gives the file its name and closes it. Returns false and sets *error if
 * something of it could not be written, or if not all was before; the name is then left alone. */
bool output_file_finish(struct output_file *file, struct error *error);

/* Closes it and leaves nothing behind. Does nothing if it is not open. */
void output_file_abandon(struct output_file *file);

#endif
