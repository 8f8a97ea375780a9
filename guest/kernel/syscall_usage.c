#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/kernel/device_tree.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/usage.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { USAGE_SELF = 0, USAGE_CHILDREN = -1, USAGE_THREAD = 1, CLOCK_TICKS = 100 };

static int64_t sys_getrusage(const uint64_t arguments[6])
{
    const struct process *process = process_current();
    struct usage usage;

    switch ((int32_t)arguments[0]) {
    case USAGE_SELF:
    case USAGE_THREAD:
        usage = usage_of(usage_run_ticks(process), process->space->touched_pages);
        break;
    case USAGE_CHILDREN:
        usage = usage_of(process->children_ticks, process->children_touched_pages);
        break;
    default: return ERROR_INVALID;
    }
    return user_write(process->space, arguments[1], &usage, sizeof usage);
}

static int64_t in_clock_ticks(uint64_t ticks)
{
    return (int64_t)(ticks / (machine()->timebase_hz / CLOCK_TICKS));
}

static int64_t sys_times(const uint64_t arguments[6])
{
    const struct process *process = process_current();
    const int64_t times[] = {in_clock_ticks(usage_run_ticks(process)), 0,
                             in_clock_ticks(process->children_ticks), 0};
    int64_t error =
        arguments[0] != 0 ? user_write(process->space, arguments[0], times, sizeof times) : 0;

    return error != 0 ? error : in_clock_ticks(timer_now());
}

const struct syscall syscalls_usage[] = {
    {153, "times", sys_times},
    {165, "getrusage", sys_getrusage},
    {0, NULL, NULL},
};
