#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/group.h"

/* 0 is the current process. */
static const struct process *find(int64_t pid)
{
    if (pid == 0) {
        return process_current();
    }
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        const struct process *process = process_in_slot(slot);

        if (process->state != PROCESS_UNUSED && process->pid == pid) {
            return process;
        }
    }
    return NULL;
}

static int64_t sys_setpgid(const uint64_t arguments[6])
{
    return group_set((int32_t)arguments[0], (int32_t)arguments[1]);
}

static int64_t sys_getpgid(const uint64_t arguments[6])
{
    const struct process *process = find((int32_t)arguments[0]);

    return process != NULL ? (int64_t)process->group : ERROR_NO_PROCESS;
}

static int64_t sys_getsid(const uint64_t arguments[6])
{
    const struct process *process = find((int32_t)arguments[0]);

    return process != NULL ? (int64_t)process->session : ERROR_NO_PROCESS;
}

static int64_t sys_setsid(const uint64_t arguments[6])
{
    (void)arguments;
    return group_begin_session();
}

const struct syscall syscalls_group[] = {
    {154, "setpgid", sys_setpgid},
    {155, "getpgid", sys_getpgid},
    {156, "getsid", sys_getsid},
    {157, "setsid", sys_setsid},
    {0, NULL, NULL},
};
