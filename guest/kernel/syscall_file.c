#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/archive.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/transfer.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum {
    OPEN_ACCESS = 3, /* 0: for reading */
    OPEN_CREATE = 0100,
    OPEN_NEW = 0200,
    OPEN_TRUNCATE = 01000,
    OPEN_DIRECTORY = 0200000,
    OPEN_CLOSES_AT_EXEC = 02000000,
};
enum { SEEK_TO = 0, SEEK_BY = 1, SEEK_FROM_END = 2 };
enum { AT_EMPTY_PATH = 0x1000 };
enum { MODE_PIPE = 0010000, MODE_OWNER_READS_WRITES = 0600 };
enum { VECTORS_MOST = 1024 };

enum { PATH_SIZE = 256 };

/* Of stat, as programs for 64-bit RISC-V have it. */
struct file_status {
    uint64_t device, inode;
    uint32_t mode, links, user, group;
    uint64_t special_device, unused_1;
    int64_t size;
    int32_t block_size, unused_2;
    int64_t blocks;
    int64_t access_time[2], change_time[2], status_time[2];
    uint32_t unused_3[2];
};
_Static_assert(sizeof(struct file_status) == 128, "struct stat has 128 bytes");

/* Part of a readv or writev. */
struct vector {
    uint64_t va, length;
};

static struct address_space *space(void)
{
    return process_current()->space;
}

static struct descriptor *find(uint64_t number)
{
    return descriptor_find(&process_current()->descriptors, number);
}

/* Reads a path, made absolute: every process is at "/". An empty one stays empty. */
static int64_t read_path(uint64_t va, char path[PATH_SIZE])
{
    int64_t error = user_read_text(space(), path + 1, PATH_SIZE - 1, va);

    if (error != 0) {
        return error;
    }
    if (path[1] == '/' || path[1] == '\0') {
        memmove(path, path + 1, PATH_SIZE - 1);
    } else {
        path[0] = '/';
    }
    return 0;
}

/* What speaks against opening the file of that path (NULL: there is none) in this way. */
static int64_t refuse_open(const struct file *file, uint64_t flags)
{
    if (file == NULL) {
        return (flags & OPEN_CREATE) != 0 ? ERROR_READ_ONLY : ERROR_NO_FILE;
    }
    if ((flags & OPEN_CREATE) != 0 && (flags & OPEN_NEW) != 0) {
        return ERROR_EXISTS;
    }
    if ((flags & OPEN_DIRECTORY) != 0) {
        return ERROR_NOT_DIRECTORY;
    }
    return (flags & OPEN_ACCESS) != 0 || (flags & OPEN_TRUNCATE) != 0 ? ERROR_READ_ONLY : 0;
}

int64_t sys_openat(const uint64_t arguments[6])
{
    char path[PATH_SIZE];
    uint64_t flags = arguments[2];
    int64_t error = read_path(arguments[1], path);

    if (error != 0) {
        return error;
    }

    const struct file *file = archive_find(path);

    error = refuse_open(file, flags);
    if (error != 0) {
        return error;
    }

    int64_t number = descriptor_open(&process_current()->descriptors, file);

    if (number >= 0) {
        find((uint64_t)number)->closes_at_exec = (flags & OPEN_CLOSES_AT_EXEC) != 0;
    }
    return number;
}

int64_t sys_close(const uint64_t arguments[6])
{
    struct descriptor *descriptor = find(arguments[0]);

    if (descriptor == NULL) {
        return ERROR_BAD_FILE;
    }
    *descriptor = (struct descriptor){.kind = DESCRIPTOR_CLOSED};
    return 0;
}

int64_t sys_read(const uint64_t arguments[6])
{
    struct descriptor *descriptor = find(arguments[0]);

    return descriptor != NULL ? transfer_read(descriptor, arguments[1], arguments[2])
                              : ERROR_BAD_FILE;
}

int64_t sys_write(const uint64_t arguments[6])
{
    struct descriptor *descriptor = find(arguments[0]);

    return descriptor != NULL ? transfer_write(descriptor, arguments[1], arguments[2])
                              : ERROR_BAD_FILE;
}

/* Transfers one part after the other until one is not done in full. */
static int64_t transfer_vectors(const uint64_t arguments[6],
                                int64_t (*transfer)(struct descriptor *, uint64_t, uint64_t))
{
    struct descriptor *descriptor = find(arguments[0]);
    uint64_t va = arguments[1], count = arguments[2];
    int64_t total = 0;

    if (descriptor == NULL) {
        return ERROR_BAD_FILE;
    }
    if (count > VECTORS_MOST) {
        return ERROR_INVALID;
    }
    for (; count > 0; count--, va += sizeof(struct vector)) {
        struct vector vector;
        int64_t done = user_read(space(), &vector, va, sizeof vector);

        if (done == 0) {
            done = transfer(descriptor, vector.va, vector.length);
        }
        if (done < 0) {
            return total > 0 ? total : done;
        }
        total += done;
        if ((uint64_t)done < vector.length) {
            break;
        }
    }
    return total;
}

int64_t sys_readv(const uint64_t arguments[6])
{
    return transfer_vectors(arguments, transfer_read);
}

int64_t sys_writev(const uint64_t arguments[6])
{
    return transfer_vectors(arguments, transfer_write);
}

int64_t sys_lseek(const uint64_t arguments[6])
{
    struct descriptor *descriptor = find(arguments[0]);
    uint64_t from;

    if (descriptor == NULL) {
        return ERROR_BAD_FILE;
    }
    if (descriptor->kind != DESCRIPTOR_FILE) {
        return ERROR_NO_SEEK;
    }
    switch (arguments[2]) {
    case SEEK_TO: from = 0; break;
    case SEEK_BY: from = descriptor->offset; break;
    case SEEK_FROM_END: from = descriptor->file->length; break;
    default: return ERROR_INVALID;
    }

    int64_t offset;

    if (__builtin_add_overflow((int64_t)from, (int64_t)arguments[1], &offset) || offset < 0) {
        return ERROR_INVALID;
    }
    descriptor->offset = (uint64_t)offset;
    return offset;
}

/* Where its bytes lie tells a file from all others. */
static struct file_status status_of_file(const struct file *file)
{
    enum { BLOCK_SIZE = 512 };

    return (struct file_status){
        .inode = direct_map_pa(file->bytes),
        .mode = file->mode,
        .links = 1,
        .size = (int64_t)file->length,
        .block_size = (int32_t)PAGE_SIZE,
        .blocks = (int64_t)(file->length + BLOCK_SIZE - 1) / BLOCK_SIZE,
    };
}

/* A stream is told to be a pipe, whatever the host has: what a program does with its output then
 * never depends on that. */
static int64_t tell_status(const struct descriptor *descriptor, uint64_t va)
{
    struct file_status status = {
        .inode = descriptor->kind,
        .mode = MODE_PIPE | MODE_OWNER_READS_WRITES,
        .links = 1,
        .block_size = (int32_t)PAGE_SIZE,
    };

    if (descriptor->kind == DESCRIPTOR_FILE) {
        status = status_of_file(descriptor->file);
    }
    return user_write(space(), va, &status, sizeof status);
}

int64_t sys_fstat(const uint64_t arguments[6])
{
    const struct descriptor *descriptor = find(arguments[0]);

    return descriptor != NULL ? tell_status(descriptor, arguments[1]) : ERROR_BAD_FILE;
}

int64_t sys_newfstatat(const uint64_t arguments[6])
{
    char path[PATH_SIZE];
    int64_t error = read_path(arguments[1], path);

    if (error != 0) {
        return error;
    }
    if (path[0] == '\0' && (arguments[3] & AT_EMPTY_PATH) != 0) {
        return sys_fstat((const uint64_t[6]){arguments[0], arguments[2]});
    }

    const struct file *file = archive_find(path);

    if (file == NULL) {
        return ERROR_NO_FILE;
    }

    struct file_status status = status_of_file(file);

    return user_write(space(), arguments[2], &status, sizeof status);
}

/* No file is a symbolic link. */
int64_t sys_readlinkat(const uint64_t arguments[6])
{
    char path[PATH_SIZE];
    int64_t error = read_path(arguments[1], path);

    if (error != 0) {
        return error;
    }
    return archive_find(path) != NULL ? ERROR_INVALID : ERROR_NO_FILE;
}

/* All that is asked of a standard stream is whether it is a terminal. */
int64_t sys_ioctl(const uint64_t arguments[6])
{
    return find(arguments[0]) != NULL ? ERROR_NO_TERMINAL : ERROR_BAD_FILE;
}
