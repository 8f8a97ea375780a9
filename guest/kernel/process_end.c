#include <stddef.h>

#include "guest/kernel/asid.h"
#include "guest/kernel/end.h"
#include "guest/kernel/error.h"
#include "guest/kernel/event.h"
#include "guest/kernel/kernel_table.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"

enum { FIRST_PID = 1, ANY_PID = -1 };

static bool exists(const struct process *process)
{
    return process->state != PROCESS_UNUSED;
}

static struct process *find_first(void)
{
    uint32_t slot = 0;

    while (!exists(process_in_slot(slot)) || process_in_slot(slot)->pid != FIRST_PID) {
        slot++; /* it is the last to go */
    }
    return process_in_slot(slot);
}

/* A parent waits on its own struct. */
static void tell_parent(const struct process *child)
{
    scheduler_wake(child->parent);
}

static void give_children_away(const struct process *parent)
{
    struct process *first = find_first();

    for (uint32_t slot = 0; slot < PROCESSES_MOST; slot++) {
        struct process *child = process_in_slot(slot);

        if (exists(child) && child->parent == parent) {
            child->parent = first;
            tell_parent(child);
        }
    }
}

/* A child that has ended; NULL: none has. *has_child: is there a child at all? */
static struct process *find_ended(const struct process *parent, int64_t pid, bool *has_child)
{
    *has_child = false;
    for (uint32_t slot = 0; slot < PROCESSES_MOST; slot++) {
        struct process *child = process_in_slot(slot);

        if (exists(child) && child->parent == parent && (pid == ANY_PID || pid == child->pid)) {
            *has_child = true;
            if (child->state == PROCESS_ENDED) {
                return child;
            }
        }
    }
    return NULL;
}

/* It stands on its stack no more. */
static void free_ended(struct process *process)
{
    kernel_stack_unmap(process->slot);
    process->state = PROCESS_UNUSED;
}

int64_t process_wait(int64_t pid, bool may_sleep, int32_t *status)
{
    struct process *parent = process_current();
    struct process *child;
    bool has_child;

    while ((child = find_ended(parent, pid, &has_child)) == NULL) {
        if (!has_child) {
            return ERROR_NO_CHILD;
        }
        if (!may_sleep) {
            return 0;
        }
        if (!scheduler_sleep_interruptibly(parent)) {
            return ERROR_INTERRUPTED;
        }
    }
    *status = child->status;
    free_ended(child);
    return child->pid;
}

/* Killed again after each end: one that dies may just have made a child. All others are children of
 * pid 1, or of its children. */
static void end_all_others(const struct process *first)
{
    struct process *child;
    bool has_child;

    for (;;) {
        process_kill(ANY_PID, SIGNAL_KILL);
        child = find_ended(first, ANY_PID, &has_child);
        if (child != NULL) {
            free_ended(child);
        } else if (has_child) {
            scheduler_sleep(first);
        } else {
            return;
        }
    }
}

void process_exit(int32_t status)
{
    struct process *process = process_current();
    struct address_space *space = process->space;

    if (process->pid == FIRST_PID) {
        end_all_others(process);
    } else {
        give_children_away(process);
    }
    event_process_end(process->pid, status, space->resident_pages, space->touched_pages);
    asid_use_kernel();
    process->space = NULL;
    address_space_drop(space);
    process->status = status;
    process->state = PROCESS_ENDED;
    if (process->pid != FIRST_PID) {
        tell_parent(process);
    }
    scheduler_leave();
}

void process_end_run(const struct process *first)
{
    kernel_stack_unmap(first->slot);
    end_check_memory();
    end_run_with_status(first->status);
}

static void note_signal(struct process *process, enum signal signal)
{
    if (signal != SIGNAL_NONE && process->killed_by == SIGNAL_NONE) {
        process->killed_by = signal;
        scheduler_interrupt(process);
    }
}

static bool is_meant(const struct process *process, int64_t pid)
{
    if (pid == ANY_PID) {
        return process->pid != FIRST_PID && process != process_current();
    }
    return process->pid == pid;
}

int64_t process_kill(int64_t pid, enum signal signal)
{
    int64_t result = ERROR_NO_PROCESS;

    for (uint32_t slot = 0; slot < PROCESSES_MOST; slot++) {
        struct process *process = process_in_slot(slot);

        if (exists(process) && is_meant(process, pid)) {
            note_signal(process, signal);
            result = 0;
        }
    }
    return result;
}
