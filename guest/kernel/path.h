/*
 * path.h - from names to files.
 *
 * A path is walked from the root or a directory, name by name, symbolic links replaced by what they
 * hold. There is nothing above the root, and nothing in the tree that is not in the kernel's
 * memory: so no path leads to anything of the host.
 */
#ifndef GUEST_KERNEL_PATH_H
#define GUEST_KERNEL_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/directory.h"
#include "guest/kernel/inode.h"

enum { PATH_SIZE = 512, PATH_LINKS_MOST = 40 };

/* Where a process is. */
struct working_directory {
    struct inode *inode; /* has a reference */
    uint32_t mask;       /* umask: permissions that new files do not get */
};

/* For the first process, for a fork, at the end. Never sleep. */
void working_directory_start(struct working_directory *directory);
void working_directory_copy(struct working_directory *copy,
                            const struct working_directory *directory);
void working_directory_end(struct working_directory *directory);

enum {
    WALK_NO_FOLLOW = 1, /* the last name may be a link, and then is what was asked for */
    WALK_EMPTY = 2,     /* an empty path is the directory itself (AT_EMPTY_PATH) */
    WALK_NAME = 4,      /* the last name itself is asked for, a link or not, also before a '/' */
};

/* Where a walk ended: the last name, its directory, and what it stands for, with references to
 * both. For "/", "." and ".." the name is empty. */
struct walk {
    struct inode *directory;
    struct inode *inode;  /* NULL: there is no such name yet */
    bool wants_directory; /* the path ended in '/' */
    char name[NAME_MOST + 1];
};

/* Walks a path of the current process's memory from the directory that is open as `descriptor`, or
 * AT_FDCWD. 0, or an error, after which there is nothing to give back. Without a last name
 * walk->inode is NULL, and that is no error. May sleep. */
int64_t path_walk(int64_t descriptor, uint64_t path_va, unsigned flags, struct walk *walk);

/* The same for a path of the kernel's. Never sleeps. */
int64_t path_walk_text(struct inode *from, const char *path, unsigned flags, struct walk *walk);

/* The references go. Never sleeps. */
void walk_end(struct walk *walk);

/* The file of a path, with a reference, or an error, ERROR_NO_FILE if there is none; for exec and
 * boot. A process that is NULL is at the root. Never sleeps. */
int64_t path_find(const char *path, struct inode **inode);

/* The text of a symbolic link, without a NUL, and its length; or ERROR_INVALID: it is none. Never
 * sleeps. */
int64_t path_read_link(const struct inode *link, char text[PATH_SIZE]);

/* The absolute path of a directory, and its length with the NUL; or ERROR_NO_FILE if it was
 * removed, or ERROR_RANGE. size is at least 2. */
int64_t path_of_directory(const struct inode *directory, char *path, size_t size);

#endif
