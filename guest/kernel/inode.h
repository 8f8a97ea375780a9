/*
 * inode.h - a file without its name: kind, permissions, content.
 *
 * Who keeps a pointer to an inode has a reference: a name in a directory, an open file, an area of
 * an address space, a program that runs, a working directory, a directory in another. The last one
 * frees it with all its pages. What the archive brought is read where the archive lies.
 */
#ifndef GUEST_KERNEL_INODE_H
#define GUEST_KERNEL_INODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/lock.h"

struct directory_entry;
struct file_operations;
struct inode_table;

/* Of `mode`, as Linux numbers them. */
enum {
    MODE_TYPE = 0170000,
    MODE_PIPE = 0010000,
    MODE_CHARACTER_DEVICE = 0020000,
    MODE_DIRECTORY = 0040000,
    MODE_REGULAR = 0100000,
    MODE_LINK = 0120000,
    MODE_PERMISSIONS = 07777,
    MODE_MAY_READ = 0400, /* the owner's: every program is treated as that, not as root */
    MODE_MAY_WRITE = 0200,
    MODE_MAY_EXECUTE = 0100, /* and of a directory: its names may be looked up */
    MODE_ANY_MAY_EXECUTE = 0111,
};

/* A moment, since boot; what the archive brought has zeroes. */
struct inode_time {
    int64_t seconds, nanoseconds;
};

struct inode {
    uint64_t number; /* unlike that of any other inode */
    uint32_t mode;   /* type and permissions */
    uint32_t references;
    uint32_t names;                               /* how many directory entries it has */
    uint32_t writers;                             /* open files that may write to it */
    uint32_t runs;                                /* address spaces whose program it is */
    bool is_fixed;                                /* its permissions stay: it is the kernel's */
    const struct file_operations *operations;     /* what an open file of it does */
    uint64_t length;                              /* bytes of content */
    const uint8_t *bytes;                         /* content in the archive; a link's text */
    uint64_t archive_length;                      /* how much of `bytes` is still content */
    uint64_t special_device;                      /* a device's major << 8 | minor; for stat */
    struct lock lock;                             /* who reads or changes content has it */
    struct inode_time accessed, written, changed; /* content, content, anything */
    union {
        struct {                         /* inode_pages.c's */
            struct inode_table **tables; /* pages of its own; NULL: none */
            uint64_t frames;             /* how many frames those and their tables have */
        };
        struct { /* directory.c's */
            struct directory_entry *first, *last;
            struct inode *parent; /* has a reference, but for the root's, which is its own */
            uint64_t next_number;
        };
    };
};

/* A new inode of that type and permissions with one reference, no name, and the operations of a
 * regular file, directory or link, by its type; NULL without memory. May sleep. */
struct inode *inode_create(uint32_t mode);

/* A new link's text is a copy of this one, shorter than HEAP_MOST. 0 or ERROR_NO_MEMORY. May sleep.
 */
int64_t inode_set_text(struct inode *inode, const char *text, size_t length);

/* One reference more. NULL is allowed. */
void inode_hold(struct inode *inode);

/* One less; the last one gives back what the inode has. NULL is allowed. Never sleeps. */
void inode_drop(struct inode *inode);

/* The same for who has it as a program that runs: while one does, nobody may write to it. */
void inode_hold_program(struct inode *inode);
void inode_drop_program(struct inode *inode);

bool inode_is(const struct inode *inode, uint32_t type);

/* May a program do this, one of MODE_MAY_*? */
bool inode_allows(const struct inode *inode, uint32_t permission);

/* Its content, or all but that, changes now. */
void inode_note_write(struct inode *inode);
void inode_note_change(struct inode *inode);

/* Copies content to the kernel's memory: as much of [offset, offset + length) as there is. How many
 * bytes that are. Never sleeps. */
uint64_t inode_read(const struct inode *inode, uint64_t offset, void *to, uint64_t length);

#endif
