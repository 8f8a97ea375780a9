/*
 * file_stream.h - the standard streams, open.
 */
#ifndef GUEST_KERNEL_FILE_STREAM_H
#define GUEST_KERNEL_FILE_STREAM_H

#include "guest/kernel/open_file.h"
#include "guest/kernel/virtio_console.h"

/* An open file of the stream, which is told to be a pipe: what a program does with its output then
 * never depends on the host. NULL: too many files are open. */
struct open_file *file_stream_open(enum virtio_port port);

/* What its operations do, for a terminal, which is both: reading by the flags of `file`, writing to
 * a port, POLL_* of the input. */
int64_t file_stream_read(struct open_file *file, struct transfer *to);
int64_t file_stream_write(enum virtio_port port, struct transfer *from);
unsigned file_stream_poll_input(void);

#endif
