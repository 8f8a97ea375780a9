/*
 * pipe.h - a ring of bytes with an end to read and one to write.
 *
 * The ring's pages are there while it is fuller than a page; one always is. They go with the last
 * end. A writer without a reader gets SIGPIPE and ERROR_BROKEN_PIPE; a reader of an empty pipe
 * without a writer is at the end. Without memory for another page a pipe is full earlier.
 */
#ifndef GUEST_KERNEL_PIPE_H
#define GUEST_KERNEL_PIPE_H

#include <stdint.h>

#include "guest/kernel/open_file.h"

enum {
    PIPES_MOST = 128,
    PIPE_SIZE = 65536, /* bytes of a full one */
    PIPE_ATOMIC = 4096 /* a write of so much is never mixed with another's */
};

/* Makes one, with OPEN_NO_WAIT or 0 for both ends. 0, ERROR_FILE_TABLE_FULL or ERROR_NO_MEMORY. May
 * sleep. */
int64_t pipe_create(uint32_t flags, struct open_file **reader, struct open_file **writer);

/* Is it an end of a pipe? */
bool pipe_is_end(const struct open_file *file);

#endif
