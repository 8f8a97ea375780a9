#include <stddef.h>

#include "guest/kernel/process.h"
#include "guest/kernel/signal.h"
#include "guest/kernel/signal_default.h"
#include "guest/kernel/thread.h"

bool signal_is_ignored(const struct process *process, enum signal signal)
{
    uint64_t handler_va = process->signals.actions[signal].handler_va;

    return handler_va == HANDLER_IGNORE ||
           (handler_va == HANDLER_DEFAULT && (SIGNAL_BIT(signal) & SIGNALS_IGNORED) != 0);
}

void signal_set_action(struct process *process, enum signal signal,
                       const struct signal_action *action)
{
    struct signal_action *kept = &process->signals.actions[signal];

    *kept = *action;
    kept->mask &= ~SIGNALS_UNBLOCKABLE;
    if (!signal_is_ignored(process, signal)) {
        return;
    }
    signal_queue_drop(&process->signals.pending, SIGNAL_BIT(signal));
    for (struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
        signal_queue_drop(&thread->signals.pending, SIGNAL_BIT(signal));
    }
}

/* Mask and alternate stack stay what they were. */
void signal_fork(struct process *copy)
{
    const struct process_signals *parent = &copy->parent->signals;
    struct thread *thread = copy->threads;

    for (unsigned signal = 1; signal < SIGNALS; signal++) {
        copy->signals.actions[signal] = parent->actions[signal];
    }
    thread->signals.pending = (struct signal_queue){.set = 0};
    thread->signals.is_call = false;
    thread->signals.has_saved_mask = false;
}

void signal_exec(struct process *process)
{
    for (unsigned signal = 1; signal < SIGNALS; signal++) {
        struct signal_action *action = &process->signals.actions[signal];

        if (action->handler_va != HANDLER_IGNORE) {
            action->handler_va = HANDLER_DEFAULT;
        }
        action->flags = 0;
        action->mask = 0;
    }
    thread_current()->signals.stack = (struct signal_stack){.length = 0};
}

void signal_end_thread(struct thread *thread)
{
    signal_queue_drop(&thread->signals.pending, ~UINT64_C(0));
}

void signal_end(struct process *process)
{
    signal_queue_drop(&process->signals.pending, ~UINT64_C(0));
}
