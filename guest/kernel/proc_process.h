/*
 * proc_process.h - /proc/N: a directory of texts for each process, known by its number as long as
 * there is one; its parent has not asked for one that has ended, so that is there, too.
 *
 * Names and inodes are made up when asked: an inode for each slot of the process table, which is
 * always there. A file stays open when its process is gone; then it reads as ERROR_NO_PROCESS.
 */
#ifndef GUEST_KERNEL_PROC_PROCESS_H
#define GUEST_KERNEL_PROC_PROCESS_H

#include <stdbool.h>

#include "guest/kernel/open_file.h"
#include "guest/kernel/proc_text.h"

/* What /proc itself does: its own entries, and processes. */
extern const struct file_operations proc_directory_operations;

/* Is the inode one of these? If not, the others are not to be called with it. */
bool proc_process_has(const struct inode *inode);

/* Writes the text of such an inode: 0 or ERROR_NO_PROCESS. Never sleeps, unless it is the current
 * process's. */
int64_t proc_process_write(const struct inode *inode, struct text *text);

#endif
