/*
 * directory.h - names in a directory, each with a reference to an inode.
 *
 * Entries keep the order in which they came, and each a number that is never used again: so a
 * program that reads a directory while it changes misses no entry that stays and sees none twice.
 * "." and ".." are no entries: a directory knows its parent, and the root is its own.
 */
#ifndef GUEST_KERNEL_DIRECTORY_H
#define GUEST_KERNEL_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/inode.h"

enum { NAME_MOST = 255 }; /* bytes, without the NUL */

struct directory_entry {
    struct directory_entry *next;
    struct inode *inode;
    uint64_t number;
    char name[];
};

/* The inode of that name, "." and ".." too, without a reference for the caller; NULL: none. Never
 * sleeps. */
struct inode *directory_find(const struct inode *directory, const char *name);

/* Adds a name; a directory gets this one for its parent. 0, ERROR_EXISTS, ERROR_NO_FILE (the
 * directory was removed meanwhile) or ERROR_NO_MEMORY. May sleep. */
int64_t directory_add(struct inode *directory, const char *name, struct inode *inode);

/* Takes the name out, if it is there, and its reference with it. Never sleeps. */
void directory_remove(struct inode *directory, const char *name);

/* The name, which is there, stands for this inode from now on: in one step, and never fails or
 * sleeps. */
void directory_replace(struct inode *directory, const char *name, struct inode *inode);

bool directory_is_empty(const struct inode *directory);

/* The first entry whose number is not below this one; NULL: none. Until the caller sleeps. */
const struct directory_entry *directory_next(const struct inode *directory, uint64_t number);

/* The name by which the parent knows this directory; NULL: it is the root, was removed, or the name
 * is made up. */
const char *directory_name(const struct inode *directory);

#endif
