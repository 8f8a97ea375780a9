/*
 * archive.h - the files that came with the kernel: a cpio archive (newc) in memory, read in place.
 */
#ifndef GUEST_KERNEL_ARCHIVE_H
#define GUEST_KERNEL_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

/* How far it is read. */
struct archive {
    uint8_t *bytes;
    uint64_t length, offset;
};

struct archive_entry {
    const char *path; /* absolute, without "." and ".."; valid until the next one is read */
    const uint8_t *bytes;
    uint64_t length;
    uint32_t mode; /* a regular file, directory or link */
};

/* From the start. No archive: no entries. */
struct archive archive_open(void);

/* The next entry; false: it was the last. What is no file, directory or link, and what has ".." in
 * its name is passed over, with a message. A header that makes no sense or leads outside ends the
 * archive, with a message; what was read before stays. */
bool archive_read(struct archive *archive, struct archive_entry *entry);

#endif
