#include "guest/kernel/group.h"

#include <stddef.h>

#include "guest/kernel/error.h"

enum { FIRST_PID = 1 };

bool group_is_meant(const struct process *process, int64_t pid)
{
    if (pid > 0) {
        return process->pid == pid;
    }
    if (pid == GROUP_ANY) {
        return true;
    }
    return process->group == (pid == 0 ? process_current()->group : -pid);
}

int64_t group_kill(int64_t pid, const struct signal_information *information)
{
    const struct process *current = process_current();
    int64_t result = ERROR_NO_PROCESS;

    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        struct process *process = process_in_slot(slot);
        bool is_spared = pid == GROUP_ANY && (process->pid == FIRST_PID || process == current);

        if (process->state != PROCESS_UNUSED && group_is_meant(process, pid) && !is_spared) {
            result = signal_send_information(process, NULL, information);
        }
    }
    return result;
}

/* Is there one of the session with that group? */
static bool exists(int64_t group, uint32_t session)
{
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        const struct process *process = process_in_slot(slot);

        if (process->state != PROCESS_UNUSED && process->group == group &&
            process->session == session) {
            return true;
        }
    }
    return false;
}

/* The current process or a child of it, or NULL. */
static struct process *find_own(int64_t pid)
{
    struct process *current = process_current();

    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        struct process *process = process_in_slot(slot);

        if (process->state == PROCESS_ALIVE && process->pid == pid &&
            (process == current || process->parent == current)) {
            return process;
        }
    }
    return NULL;
}

int64_t group_set(int64_t pid, int64_t group)
{
    const struct process *current = process_current();
    struct process *process = find_own(pid == 0 ? current->pid : pid);

    if (group < 0) {
        return ERROR_INVALID;
    }
    if (process == NULL) {
        return ERROR_NO_PROCESS;
    }
    if (group == 0) {
        group = process->pid;
    }
    if (process->session != current->session || process->session == process->pid ||
        (group != process->pid && !exists(group, process->session))) {
        return ERROR_NOT_PERMITTED;
    }
    process->group = (uint32_t)group;
    return 0;
}

int64_t group_begin_session(void)
{
    struct process *process = process_current();

    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        if (process_in_slot(slot)->state != PROCESS_UNUSED &&
            process_in_slot(slot)->group == process->pid) {
            return ERROR_NOT_PERMITTED;
        }
    }
    process->group = process->pid;
    process->session = process->pid;
    return process->session;
}
