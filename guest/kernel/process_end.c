#include <stddef.h>

#include "guest/kernel/alarm.h"
#include "guest/kernel/asid.h"
#include "guest/kernel/end.h"
#include "guest/kernel/event.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/wait.h"

enum { FIRST_PID = 1 };

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

static void give_children_away(const struct process *parent)
{
    struct process *first = find_first();

    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        struct process *child = process_in_slot(slot);

        if (exists(child) && child->parent == parent) {
            child->parent = first;
            if (child->state == PROCESS_ENDED) {
                wait_tell_end(child);
            }
        }
    }
}

/* Frees the slots of those that have ended. Is there none left? Pid 1 is the last to go, so the
 * others need not be asked whose children they are. */
static bool are_all_others_gone(const struct process *first)
{
    bool are_gone = true;

    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        struct process *process = process_in_slot(slot);

        if (process->state == PROCESS_ENDED) {
            process->state = PROCESS_UNUSED;
        } else if (process->state == PROCESS_ALIVE && process != first) {
            are_gone = false;
        }
    }
    return are_gone;
}

/* Killed again after each end: one that dies may just have made a child. */
static void end_all_others(struct process *first)
{
    while (!are_all_others_gone(first)) {
        for (uint32_t slot = 0; slot < process_slots(); slot++) {
            if (process_in_slot(slot) != first) {
                signal_send(process_in_slot(slot), SIGNAL_KILL);
            }
        }
        scheduler_sleep(first);
    }
}

void process_end(void)
{
    struct process *process = process_current();
    struct address_space *space = process->space;
    bool is_own = space->pid == process->pid; /* and not that of a parent who waits: vfork */

    if (process->pid == FIRST_PID) {
        end_all_others(process);
    } else {
        give_children_away(process);
    }
    alarm_set(process, (struct alarm_setting){.rest = 0});
    descriptors_end(&process->descriptors);
    working_directory_end(&process->directory);
    event_process_end(process->pid, process->status, is_own ? space->resident_pages : 0,
                      is_own ? space->touched_pages : 0);
    process->touched_pages = space->touched_pages;
    asid_use_kernel();
    process->space = NULL;
    address_space_drop(space);
    process_end_vfork(process);
    signal_end(process);
    process->state = PROCESS_ENDED;
    wait_tell_end(process);
}

/* Those that are stopped wait for nothing but SIGCONT, and this. */
void process_note_end(struct process *process, int32_t status)
{
    if (!process->is_ending) {
        process->is_ending = true;
        process->status = status;
        process_interrupt(process);
        scheduler_wake(&process->signals);
    }
}

void process_exit(int32_t status)
{
    struct process *process = process_current();

    process_note_end(process, status);
    thread_exit(process->status);
}

void process_end_run(const struct process *first)
{
    end_check_memory();
    end_run_with_status(first->status);
}
