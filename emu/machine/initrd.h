/*
 * initrd.h - the files that the bundled kernel finds in memory: an archive with a program and how
 * to start it.
 *
 * The archive is of the newc kind of cpio, as kernels take it, and made by libarchive. The same
 * input gives the same bytes: owners and times are 0, inode numbers count the files. Where a name
 * comes twice, the kernel has what comes last.
 *
 *   ...                  the host's files that the program is given
 *   bin/NAME             the program under the last part of its path
 *   etc/pagewalk/start   strings that end in NUL: /bin/NAME, in decimal digits how many arguments
 *                        there are, these, argv[0] first, and the environment
 */
#ifndef EMU_MACHINE_INITRD_H
#define EMU_MACHINE_INITRD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/machine/error.h"
#include "emu/machine/host_files.h"

/* Arguments and environment may have so many bytes together, the NULs included. */
enum { INITRD_MOST_ARGUMENTS = 128 << 10 };

struct initrd_program {
    const char *path; /* as given; for its last part and for messages */
    const uint8_t *bytes;
    size_t length;
    char *const *arguments; /* argv[0] first */
    size_t argument_count;
    const struct host_files *files; /* NULL: none */
};

struct initrd {
    uint8_t *bytes; /* the archive */
    size_t length;
};

/* Makes the archive. Returns false and sets *error if there are too many arguments, or no memory;
 * there is nothing to free then. */
bool initrd_create(struct initrd *initrd, const struct initrd_program *program,
                   struct error *error);

/* Frees it. One of zeroes is allowed. */
void initrd_finish(struct initrd *initrd);

#endif
