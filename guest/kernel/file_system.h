/*
 * file_system.h - the tree of files: made at boot of the archive, /dev, /proc and /tmp, and taken
 * down at the end.
 */
#ifndef GUEST_KERNEL_FILE_SYSTEM_H
#define GUEST_KERNEL_FILE_SYSTEM_H

#include "guest/kernel/inode.h"

/* Makes the tree: root, what the archive has (archive.h), and what is always there. After
 * end_note_memory(), and before the first process. */
void file_system_start(void);

/* Takes every name out, so that all inodes and pages go, for the last process is gone and nothing
 * is open. What then is still referenced shows in end_check_memory(). */
void file_system_end(void);

struct inode *file_system_root(void);

/* A file with operations of its own, for /dev and /proc, at an absolute path whose directories are
 * made if need be, without a reference for the caller; panics without memory. For boot. */
struct inode *file_system_add(const char *path, uint32_t mode,
                              const struct file_operations *operations);

#endif
