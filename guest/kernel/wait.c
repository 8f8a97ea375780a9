#include "guest/kernel/wait.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/group.h"
#include "guest/kernel/scheduler.h"

enum { STATUS_SIGNAL = 0x7f, STATUS_STOPPED = 0x7f, STATUS_CONTINUED = 0xffff };

void wait_tell_parent(struct process *process, enum signal_code code, uint32_t status)
{
    struct process *parent = process->parent;
    const struct signal_information information = {
        .signal = SIGNAL_CHILD, .code = (int32_t)code, .value = {process->pid, status}};

    if (parent == NULL) {
        return;
    }

    bool is_end = code == CODE_CHILD_EXITED || code == CODE_CHILD_KILLED;

    if (is_end || (parent->signals.actions[SIGNAL_CHILD].flags & ACTION_NO_STOPS) == 0) {
        (void)signal_send_information(parent, NULL, &information);
    }
    scheduler_wake(parent);
}

static bool was_killed(const struct process *process)
{
    return (process->status & STATUS_SIGNAL) != 0;
}

/* Does the parent never ask? */
static bool is_not_awaited(const struct process *process)
{
    const struct signal_action *action = &process->parent->signals.actions[SIGNAL_CHILD];

    return action->handler_va == HANDLER_IGNORE || (action->flags & ACTION_NO_CHILD) != 0;
}

void wait_tell_end(struct process *process)
{
    if (was_killed(process)) {
        wait_tell_parent(process, CODE_CHILD_KILLED, (uint32_t)process->status & STATUS_SIGNAL);
    } else {
        wait_tell_parent(process, CODE_CHILD_EXITED, (uint32_t)process->status >> 8);
    }
    if (process->parent != NULL && is_not_awaited(process)) {
        process->state = PROCESS_UNUSED;
    }
}

/* Has the child something to tell? Then *result is it, and it is not told again. */
static bool tell(struct process *child, uint64_t options, struct wait_result *result)
{
    struct process_signals *signals = &child->signals;

    if (child->state == PROCESS_ENDED && (options & WAIT_ENDED) != 0) {
        result->code = was_killed(child) ? CODE_CHILD_KILLED : CODE_CHILD_EXITED;
        result->status = child->status;
    } else if (signals->stop_is_news && (options & WAIT_STOPPED) != 0) {
        result->code = CODE_CHILD_STOPPED;
        result->status = (int32_t)(signals->stopped_by << 8 | STATUS_STOPPED);
        signals->stop_is_news = (options & WAIT_LEAVE) != 0;
    } else if (signals->continue_is_news && (options & WAIT_CONTINUED) != 0) {
        result->code = CODE_CHILD_CONTINUED;
        result->status = STATUS_CONTINUED;
        signals->continue_is_news = (options & WAIT_LEAVE) != 0;
    } else {
        return false;
    }
    result->pid = child->pid;
    return true;
}

static void add_usage(struct process *parent, const struct process *child,
                      struct wait_result *result)
{
    result->run_ticks = child->run_ticks + child->children_ticks;
    result->touched_pages = child->children_touched_pages > child->touched_pages
                                ? child->children_touched_pages
                                : child->touched_pages;
    parent->children_ticks += result->run_ticks;
    if (parent->children_touched_pages < result->touched_pages) {
        parent->children_touched_pages = result->touched_pages;
    }
}

/* Is there a child that is meant? One that has something to tell tells it. */
static bool ask(struct process *parent, int64_t pid, uint64_t options, struct wait_result *result)
{
    bool has_child = false;

    for (uint32_t slot = 0; slot < process_slots() && result->pid == 0; slot++) {
        struct process *child = process_in_slot(slot);

        if (child->state == PROCESS_UNUSED || child->parent != parent ||
            !group_is_meant(child, pid)) {
            continue;
        }
        has_child = true;
        if (tell(child, options, result) && child->state == PROCESS_ENDED &&
            (options & WAIT_LEAVE) == 0) {
            add_usage(parent, child, result);
            child->state = PROCESS_UNUSED;
        }
    }
    return has_child;
}

int64_t wait_for_child(int64_t pid, uint64_t options, struct wait_result *result)
{
    struct process *parent = process_current();

    for (;;) {
        *result = (struct wait_result){.pid = 0};
        if (!ask(parent, pid, options, result)) {
            return ERROR_NO_CHILD;
        }
        if (result->pid != 0 || (options & WAIT_NO_HANG) != 0) {
            return 0;
        }
        if (!scheduler_sleep_interruptibly(parent)) {
            return ERROR_INTERRUPTED;
        }
    }
}
