/*
 * archive.h - the files that came with the kernel: a cpio archive (newc) in memory, read in place.
 */
#ifndef GUEST_KERNEL_ARCHIVE_H
#define GUEST_KERNEL_ARCHIVE_H

#include <stdint.h>

enum { ARCHIVE_FILES_MOST = 64 };

/* A regular file. */
struct file {
    const char *path; /* as in the archive with one leading '/', without NULs */
    const uint8_t *bytes;
    uint64_t length;
    uint32_t mode; /* as in the archive, with the type */
};

/* Reads the archive's directory. A header that makes no sense or leads outside ends it, with a
 * message; what was read before stays. No archive: no files. */
void archive_start(void);

/* The file of this absolute path, or NULL. */
const struct file *archive_find(const char *path);

#endif
