/*
 * file_lock.h - locks that programs put on files, for programs that ask for them too: nothing is
 * refused to one who does not.
 *
 * There are two kinds that know nothing of each other: of a whole file, held by an open file
 * (flock), and of a range of its bytes, held by a process (fcntl), which loses all it has on a file
 * when it closes any descriptor of that. Waiting in a circle is not detected.
 */
#ifndef GUEST_KERNEL_FILE_LOCK_H
#define GUEST_KERNEL_FILE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/open_file.h"

enum { FILE_LOCKS_MOST = 128 }; /* of both kinds, in all files */

/* The numbers of fcntl. */
enum file_lock_kind { LOCK_SHARED = 0, LOCK_EXCLUSIVE = 1, LOCK_NONE = 2 };

/* flock(): 0, ERROR_AGAIN, ERROR_INTERRUPTED or ERROR_NO_LOCKS. Sleeps only if it may wait. */
int64_t file_lock_whole(struct open_file *file, enum file_lock_kind kind, bool may_wait);

/* F_SETLK and F_SETLKW, F_GETLK, with a struct flock of the current process. May sleep. */
int64_t file_lock_change(struct open_file *file, uint64_t va, bool may_wait);
int64_t file_lock_tell(struct open_file *file, uint64_t va);

/* Whatever the owner, an open file or a process, has on the inode, which may be NULL, goes. Never
 * sleeps. */
void file_lock_forget(const struct inode *inode, const void *owner);

#endif
