/*
 * open_file.h - what a descriptor stands for: a file, a stream, an end of a pipe; and where it is
 * in it.
 *
 * dup and fork share an open file, offset and flags and all: it counts who has it, and each
 * descriptor has one reference, as has a system call that sleeps in it. What it does is its
 * operations'; each kind of file is a table of these, and its name ends in _operations.
 */
#ifndef GUEST_KERNEL_OPEN_FILE_H
#define GUEST_KERNEL_OPEN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/file_status.h"
#include "guest/kernel/inode.h"
#include "guest/kernel/transfer.h"

enum { OPEN_FILES_MOST = 512 };

/* Flags of open, Linux's numbers; also those that F_GETFL tells. */
enum {
    OPEN_READ_ONLY = 0,
    OPEN_WRITE_ONLY = 1,
    OPEN_READ_WRITE = 2,
    OPEN_ACCESS = 3,
    OPEN_CREATE = 0100,
    OPEN_NEW = 0200,
    OPEN_TRUNCATE = 01000,
    OPEN_APPEND = 02000,
    OPEN_NO_WAIT = 04000, /* O_NONBLOCK */
    OPEN_LARGE = 0100000, /* O_LARGEFILE: told, never asked */
    OPEN_DIRECTORY = 0200000,
    OPEN_NO_FOLLOW = 0400000,
    OPEN_CLOSES_AT_EXEC = 02000000,
};

/* What poll asks and tells, Linux's numbers. */
enum {
    POLL_READ = 1,
    POLL_WRITE = 4,
    POLL_ERROR = 8,
    POLL_HANG_UP = 16,
    POLL_INVALID = 32,
    POLL_READ_NORMAL = 64,   /* the same as POLL_READ; poll.c answers it */
    POLL_WRITE_NORMAL = 256, /* the same as POLL_WRITE */
};

struct open_file;

/* NULL where it says so; else what is not there is answered with the error that it names. All but
 * poll and release may sleep. */
struct file_operations {
    /* What an open of the inode with these flags gives instead of a new open file of its own, with
     * a reference for the caller: 0 or an error. For open_file_open() only. NULL: a new one. */
    int64_t (*open)(struct inode *inode, uint32_t flags, struct open_file **file);

    /* As much as there is, up to what is left of the transfer: how many bytes, 0 at the end, or an
     * error if it was none. *offset is where, and moves on, for those who have offsets. NULL:
     * ERROR_BAD_FILE, as for a file not open for that. */
    int64_t (*read)(struct open_file *file, struct transfer *to, uint64_t *offset);
    int64_t (*write)(struct open_file *file, struct transfer *from, uint64_t *offset);

    /* POLL_* that hold now. A change is told by poll_changed(). NULL: always ready. Never sleeps.
     */
    unsigned (*poll)(struct open_file *file);

    /* Does it have offsets? lseek and pread answer ERROR_NO_SEEK if not. */
    bool has_offsets;

    /* Entries from file->offset on, as getdents64 has them. NULL: ERROR_NOT_DIRECTORY. */
    int64_t (*read_directory)(struct open_file *file, struct transfer *to);

    /* Of a directory with names that the kernel makes up: the inode of one that is not among its
     * entries, or NULL. Never sleeps. NULL: there are none. */
    struct inode *(*find)(const struct inode *directory, const char *name);

    /* NULL: ERROR_NO_TERMINAL. */
    int64_t (*control)(struct open_file *file, uint64_t request, uint64_t argument);

    /* Of a symbolic link that the kernel makes up when asked: its text for the current process,
     * with its length, or an error. NULL: the link has a text of its own. */
    int64_t (*read_link)(const struct inode *inode, char *text, size_t size);

    /* NULL: what its inode says. */
    void (*status)(const struct open_file *file, struct file_status *status);

    /* The last reference is about to go: gives back `object`. NULL: nothing to do. Never sleeps. */
    void (*release)(struct open_file *file);
};

struct open_file {
    const struct file_operations *operations; /* NULL: this place of the table is free */
    uint32_t references;
    uint32_t flags;      /* OPEN_ACCESS, OPEN_APPEND, OPEN_NO_WAIT */
    uint64_t offset;     /* the next byte to read or write */
    struct inode *inode; /* holds a reference; NULL: a pipe or a stream */
    void *object;        /* the operations' own */
};

/* A new one with one reference; it takes its own of the inode, which may be NULL. NULL: too many
 * are open (ERROR_FILE_TABLE_FULL). Never sleeps. */
struct open_file *open_file_create(const struct file_operations *operations, struct inode *inode,
                                   uint32_t flags);

/* Opens an inode, by its operations: *file has a reference for the caller. 0,
 * ERROR_FILE_TABLE_FULL, or what the operations say. Who may open it is asked by the caller. Never
 * sleeps. */
int64_t open_file_open(struct inode *inode, uint32_t flags, struct open_file **file);

/* How many there are, for the end of the run, when none must be left. */
uint32_t open_files_count(void);

void open_file_hold(struct open_file *file);

/* NULL is allowed. Never sleeps. */
void open_file_drop(struct open_file *file);

/* Do the flags allow it? */
bool open_file_can_read(const struct open_file *file);
bool open_file_can_write(const struct open_file *file);

/* read() and write(): by the operations, at the file's own offset. */
int64_t open_file_read(struct open_file *file, struct transfer *to);
int64_t open_file_write(struct open_file *file, struct transfer *from);

/* pread() and pwrite(): at another offset, which moves on. ERROR_NO_SEEK without offsets. */
int64_t open_file_read_at(struct open_file *file, struct transfer *to, uint64_t *offset);
int64_t open_file_write_at(struct open_file *file, struct transfer *from, uint64_t *offset);

/* POLL_* that hold now. Never sleeps. */
unsigned open_file_poll(struct open_file *file);

/* What fstat tells. */
struct file_status open_file_status(const struct open_file *file);

#endif
