#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/file_lock.h"
#include "guest/kernel/pipe.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum control {
    CONTROL_DUPLICATE = 0,
    CONTROL_DESCRIPTOR_FLAGS = 1,
    CONTROL_SET_DESCRIPTOR_FLAGS = 2,
    CONTROL_FILE_FLAGS = 3,
    CONTROL_SET_FILE_FLAGS = 4,
    CONTROL_TELL_LOCK = 5,
    CONTROL_LOCK = 6,
    CONTROL_LOCK_WAIT = 7,
    CONTROL_DUPLICATE_CLOSES_AT_EXEC = 1030,
    CONTROL_SET_PIPE_SIZE = 1031,
    CONTROL_PIPE_SIZE = 1032,
};

enum { FLAG_CLOSES_AT_EXEC = 1, RANGE_CLOSES_AT_EXEC = 4, RANGE_KNOWN = 6 };
enum { FLOCK_SHARED = 1, FLOCK_EXCLUSIVE = 2, FLOCK_NO_WAIT = 4, FLOCK_NONE = 8 };

static struct descriptors *own(void)
{
    return &process_current()->descriptors;
}

static struct open_file *find(uint64_t number)
{
    return descriptor_find(own(), number);
}

/* A descriptor more of the file. */
static int64_t duplicate(struct open_file *file, uint64_t least, bool closes_at_exec)
{
    int64_t number;

    open_file_hold(file);
    number = descriptor_open(own(), file, least, closes_at_exec);
    if (number < 0) {
        open_file_drop(file);
    }
    return number;
}

static int64_t sys_dup(const uint64_t arguments[6])
{
    struct open_file *file = find(arguments[0]);

    return file != NULL ? duplicate(file, 0, false) : ERROR_BAD_FILE;
}

static int64_t sys_dup3(const uint64_t arguments[6])
{
    uint64_t number = arguments[0], to = arguments[1], flags = arguments[2];

    if ((flags & ~(uint64_t)OPEN_CLOSES_AT_EXEC) != 0 || number == to) {
        return ERROR_INVALID;
    }
    if (find(number) == NULL || to >= DESCRIPTORS_MOST) {
        return ERROR_BAD_FILE;
    }
    open_file_hold(find(number));
    descriptor_replace(own(), to, find(number), flags != 0);
    return (int64_t)to;
}

static int64_t duplicate_from(struct open_file *file, uint64_t least, bool closes_at_exec)
{
    return least < DESCRIPTORS_MOST ? duplicate(file, least, closes_at_exec) : ERROR_INVALID;
}

static int64_t set_file_flags(struct open_file *file, uint64_t flags)
{
    enum { CHANGEABLE = OPEN_APPEND | OPEN_NO_WAIT };

    file->flags = (file->flags & ~(uint32_t)CHANGEABLE) | ((uint32_t)flags & CHANGEABLE);
    return 0;
}

static int64_t pipe_size(const struct open_file *file)
{
    return pipe_is_end(file) ? PIPE_SIZE : ERROR_BAD_FILE;
}

static int64_t set_pipe_size(const struct open_file *file, uint64_t size)
{
    return pipe_is_end(file) && size > PIPE_SIZE ? ERROR_NOT_PERMITTED : pipe_size(file);
}

static int64_t sys_fcntl(const uint64_t arguments[6])
{
    uint64_t number = arguments[0], argument = arguments[2];
    struct open_file *file = find(number);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    switch ((enum control)arguments[1]) {
    case CONTROL_DUPLICATE: return duplicate_from(file, argument, false);
    case CONTROL_DUPLICATE_CLOSES_AT_EXEC: return duplicate_from(file, argument, true);
    case CONTROL_DESCRIPTOR_FLAGS:
        return own()->of_number[number].closes_at_exec ? FLAG_CLOSES_AT_EXEC : 0;
    case CONTROL_SET_DESCRIPTOR_FLAGS:
        own()->of_number[number].closes_at_exec = (argument & FLAG_CLOSES_AT_EXEC) != 0;
        return 0;
    case CONTROL_FILE_FLAGS: return file->flags | (file->inode != NULL ? OPEN_LARGE : 0);
    case CONTROL_SET_FILE_FLAGS: return set_file_flags(file, argument);
    case CONTROL_TELL_LOCK: return file_lock_tell(file, argument);
    case CONTROL_LOCK: return file_lock_change(file, argument, false);
    case CONTROL_LOCK_WAIT: return file_lock_change(file, argument, true);
    case CONTROL_PIPE_SIZE: return pipe_size(file);
    case CONTROL_SET_PIPE_SIZE: return set_pipe_size(file, argument);
    }
    return ERROR_INVALID;
}

/* Both ends get a number, or neither. */
static int64_t open_ends(struct open_file *const ends[2], bool closes_at_exec, int32_t numbers[2])
{
    for (unsigned i = 0; i < 2; i++) {
        int64_t number = descriptor_open(own(), ends[i], 0, closes_at_exec);

        if (number < 0) {
            for (unsigned j = 0; j < 2; j++) {
                if (j < i) {
                    descriptor_close(own(), (uint64_t)numbers[j]);
                } else {
                    open_file_drop(ends[j]);
                }
            }
            return number;
        }
        numbers[i] = (int32_t)number;
    }
    return 0;
}

static int64_t sys_pipe2(const uint64_t arguments[6])
{
    uint64_t va = arguments[0], flags = arguments[1];
    struct open_file *ends[2];
    int32_t numbers[2];

    if ((flags & ~(uint64_t)(OPEN_CLOSES_AT_EXEC | OPEN_NO_WAIT)) != 0) {
        return ERROR_INVALID;
    }

    int64_t error = pipe_create((uint32_t)flags & OPEN_NO_WAIT, &ends[0], &ends[1]);

    if (error == 0) {
        error = open_ends(ends, (flags & OPEN_CLOSES_AT_EXEC) != 0, numbers);
    }
    if (error != 0) {
        return error;
    }
    error = user_write(process_current()->space, va, numbers, sizeof numbers);
    if (error != 0) {
        descriptor_close(own(), (uint64_t)numbers[0]);
        descriptor_close(own(), (uint64_t)numbers[1]);
    }
    return error;
}

static int64_t sys_close_range(const uint64_t arguments[6])
{
    uint64_t first = (uint32_t)arguments[0], last = (uint32_t)arguments[1];

    if (first > last || (arguments[2] & ~(uint64_t)RANGE_KNOWN) != 0) {
        return ERROR_INVALID;
    }
    for (uint64_t number = first; number <= last && number < DESCRIPTORS_MOST; number++) {
        if ((arguments[2] & RANGE_CLOSES_AT_EXEC) != 0) {
            own()->of_number[number].closes_at_exec = find(number) != NULL;
        } else {
            descriptor_close(own(), number);
        }
    }
    return 0;
}

static int64_t sys_flock(const uint64_t arguments[6])
{
    struct open_file *file = find(arguments[0]);
    bool may_wait = (arguments[1] & FLOCK_NO_WAIT) == 0;

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    switch (arguments[1] & ~(uint64_t)FLOCK_NO_WAIT) {
    case FLOCK_NONE: return file_lock_whole(file, LOCK_NONE, false);
    case FLOCK_SHARED: return file_lock_whole(file, LOCK_SHARED, may_wait);
    case FLOCK_EXCLUSIVE: return file_lock_whole(file, LOCK_EXCLUSIVE, may_wait);
    }
    return ERROR_INVALID;
}

/* Files are in memory, and nowhere to be written to. */
static int64_t sys_fsync(const uint64_t arguments[6])
{
    const struct open_file *file = find(arguments[0]);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    return file->inode != NULL ? 0 : ERROR_INVALID;
}

static int64_t sys_sync(const uint64_t arguments[6])
{
    (void)arguments;
    return 0;
}

const struct syscall syscalls_descriptor[] = {
    {23, "dup", sys_dup},     {24, "dup3", sys_dup3},       {25, "fcntl", sys_fcntl},
    {32, "flock", sys_flock}, {59, "pipe2", sys_pipe2},     {81, "sync", sys_sync},
    {82, "fsync", sys_fsync}, {83, "fdatasync", sys_fsync}, {436, "close_range", sys_close_range},
    {0, NULL, NULL},
};
