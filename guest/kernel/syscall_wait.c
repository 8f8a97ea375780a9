#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/usage.h"
#include "guest/kernel/user_memory.h"
#include "guest/kernel/wait.h"

/* Linux's numbers. The last two ask for children of every kind and of this thread only, which here
 * are all. */
#define OPTIONS_IGNORED UINT64_C(0x60000000)

enum { WHICH_ANY = 0, WHICH_PID = 1, WHICH_GROUP = 2, INFORMATION_SIZE = 128 };

static int64_t tell_usage(const struct wait_result *result, uint64_t va)
{
    const struct usage usage = usage_of(result->run_ticks, result->touched_pages);

    return va != 0 ? user_write(process_current()->space, va, &usage, sizeof usage) : 0;
}

static int64_t sys_wait4(const uint64_t arguments[6])
{
    uint64_t status_va = arguments[1], options = arguments[2] & ~OPTIONS_IGNORED;
    struct wait_result result;
    int64_t error;

    if ((options & ~(uint64_t)(WAIT_NO_HANG | WAIT_STOPPED | WAIT_CONTINUED)) != 0) {
        return ERROR_INVALID;
    }
    error = wait_for_child((int32_t)arguments[0], options | WAIT_ENDED, &result);
    if (error != 0 || result.pid == 0) {
        return error;
    }
    if (status_va != 0) {
        error =
            user_write(process_current()->space, status_va, &result.status, sizeof result.status);
    }
    if (error == 0) {
        error = tell_usage(&result, arguments[3]);
    }
    return error != 0 ? error : result.pid;
}

/* As wait4 names children; below -1 are groups. ERROR_INVALID is none of these. */
static int64_t pid_of(uint64_t which, int32_t id)
{
    switch (which) {
    case WHICH_ANY: return -1;
    case WHICH_PID: return id > 0 ? id : INT64_MIN;
    case WHICH_GROUP:
        if ((uint32_t)id == process_current()->group) {
            return 0; /* which may be group 1, and -1 is another matter */
        }
        return id >= 0 ? -(int64_t)id : INT64_MIN;
    default: return INT64_MIN;
    }
}

/* An exit code, or a signal. */
static uint64_t short_status(const struct wait_result *result)
{
    if (result->code == CODE_CHILD_CONTINUED) {
        return SIGNAL_CONTINUE;
    }
    return (uint64_t)(result->code == CODE_CHILD_KILLED ? result->status : result->status >> 8);
}

static int64_t tell_information(const struct wait_result *result, uint64_t va)
{
    struct address_space *space = process_current()->space;
    struct signal_information information = {.signal = 0};

    if (result->pid != 0) {
        information =
            (struct signal_information){.signal = SIGNAL_CHILD, .code = (int32_t)result->code};
        information.value[0] = result->pid;
        information.value[1] = short_status(result);
    }
    if (va == 0) {
        return 0;
    }

    int64_t error = user_write(space, va, &information, sizeof information);

    return error != 0
               ? error
               : user_clear(space, va + sizeof information, INFORMATION_SIZE - sizeof information);
}

static int64_t sys_waitid(const uint64_t arguments[6])
{
    uint64_t options = arguments[3] & ~OPTIONS_IGNORED;
    uint64_t wanted = options & (WAIT_ENDED | WAIT_STOPPED | WAIT_CONTINUED);
    int64_t pid = pid_of(arguments[0], (int32_t)arguments[1]);
    struct wait_result result;
    int64_t error;

    if (wanted == 0 || (options & ~(wanted | WAIT_NO_HANG | WAIT_LEAVE)) != 0 || pid == INT64_MIN) {
        return ERROR_INVALID;
    }
    error = wait_for_child(pid, options, &result);
    if (error == 0) {
        error = tell_information(&result, arguments[2]);
    }
    return error != 0 ? error : tell_usage(&result, arguments[4]);
}

const struct syscall syscalls_wait[] = {
    {95, "waitid", sys_waitid},
    {260, "wait4", sys_wait4},
    {0, NULL, NULL},
};
