/*
 * file_bytes.h - a whole file of the host in memory, and how it is refused.
 */
#ifndef EMU_MACHINE_FILE_BYTES_H
#define EMU_MACHINE_FILE_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/machine/error.h"

/* Where a file comes from, and what it should be. */
struct file_source {
    const char *name;
    const char *kind; /* as in "too large for KIND": "a program" */
    struct error *error;
};

struct file_bytes {
    uint8_t *bytes;
    uint64_t length;
};

/* Sets the error to "NAME REASON" and returns false. Of a very long name the end is told. */
bool file_refuse(const struct file_source *source, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads the file. Returns false with nothing to free if it is no regular file of a sane length, or
 * cannot be read. */
bool file_bytes_read(struct file_bytes *file, const struct file_source *source);

/* The same, but an empty file is refused, too. */
bool file_bytes_read_some(struct file_bytes *file, const struct file_source *source);

/* Frees it. One of zeroes is allowed. */
void file_bytes_finish(struct file_bytes *file);

#endif
