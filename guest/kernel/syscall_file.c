#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { SEEK_TO = 0, SEEK_BY = 1, SEEK_FROM_END = 2 };

static struct address_space *space(void)
{
    return process_current()->space;
}

static struct open_file *find(uint64_t number)
{
    return descriptor_find(&process_current()->descriptors, number);
}

static int64_t sys_close(const uint64_t arguments[6])
{
    return descriptor_close(&process_current()->descriptors, arguments[0]);
}

static int64_t sys_lseek(const uint64_t arguments[6])
{
    struct open_file *file = find(arguments[0]);
    uint64_t from;

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    if (!file->operations->has_offsets) {
        return ERROR_NO_SEEK;
    }
    switch (arguments[2]) {
    case SEEK_TO: from = 0; break;
    case SEEK_BY: from = file->offset; break;
    case SEEK_FROM_END: from = file->inode->length; break;
    default: return ERROR_INVALID;
    }

    int64_t offset;

    if (__builtin_add_overflow((int64_t)from, (int64_t)arguments[1], &offset) || offset < 0) {
        return ERROR_INVALID;
    }
    file->offset = (uint64_t)offset;
    return offset;
}

static int64_t sys_fstat(const uint64_t arguments[6])
{
    const struct open_file *file = find(arguments[0]);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }

    struct file_status status = open_file_status(file);

    return user_write(space(), arguments[1], &status, sizeof status);
}

static int64_t sys_ioctl(const uint64_t arguments[6])
{
    struct open_file *file = find(arguments[0]);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    if (file->operations->control == NULL) {
        return ERROR_NO_TERMINAL;
    }
    return file->operations->control(file, arguments[1], arguments[2]);
}

const struct syscall syscalls_file[] = {
    {29, "ioctl", sys_ioctl}, {57, "close", sys_close}, {62, "lseek", sys_lseek},
    {80, "fstat", sys_fstat}, {0, NULL, NULL},
};
