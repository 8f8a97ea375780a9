#include "guest/kernel/signal.h"

#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/signal_default.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/wait.h"

static bool takes(const struct thread *thread, uint64_t bit)
{
    return (bit & ~thread->signals.mask) != 0;
}

static bool is_meant(const struct thread *thread, const struct thread *to)
{
    return to == NULL || thread == to;
}

/* Is there a thread that it could be for, and that neither blocks nor asks for it? */
static bool is_open_to(const struct process *process, const struct thread *to, enum signal signal)
{
    for (const struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
        if (is_meant(thread, to) && takes(thread, SIGNAL_BIT(signal)) &&
            (thread->signals.awaited & SIGNAL_BIT(signal)) == 0) {
            return true;
        }
    }
    return false;
}

/* One that every thread blocks that it could be for pends, even if it is ignored: it may be asked
 * for, or get a handler. */
static bool is_dropped(const struct process *process, const struct thread *to, enum signal signal)
{
    return signal_is_ignored(process, signal) && is_open_to(process, to, signal);
}

/* Does it end the process as it is sent? Then nothing that is begun is ended first, be it the wait
 * for a vfork's child. Those that tell of a mistake go the usual way; one that is stopped waits. */
static bool is_end(const struct process *process, const struct thread *to, enum signal signal)
{
    return (SIGNAL_BIT(signal) & (SIGNALS_IGNORED | SIGNALS_STOPPING | SIGNALS_DUMPING)) == 0 &&
           process->signals.actions[signal].handler_va == HANDLER_DEFAULT &&
           process->signals.stopped_by == SIGNAL_NONE && is_open_to(process, to, signal);
}

static void interrupt(const struct process *process, const struct thread *to, uint64_t bit)
{
    for (struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
        if (is_meant(thread, to) && (takes(thread, bit) || (thread->signals.awaited & bit) != 0)) {
            scheduler_interrupt(thread);
        }
    }
}

static void drop(struct process *process, uint64_t set)
{
    signal_queue_drop(&process->signals.pending, set);
    for (struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
        signal_queue_drop(&thread->signals.pending, set);
    }
}

static void go_on(struct process *process)
{
    if (process->signals.stopped_by != SIGNAL_NONE) {
        process->signals.stopped_by = SIGNAL_NONE;
        process->signals.stop_is_news = false;
        process->signals.continue_is_news = true;
        scheduler_wake(&process->signals);
        wait_tell_parent(process, CODE_CHILD_CONTINUED, SIGNAL_CONTINUE);
    }
}

/* What a signal does as it is sent, whoever blocks or ignores it: SIGCONT and the signals that stop
 * annul each other, and SIGKILL ends it. */
static void act_at_once(struct process *process, enum signal signal)
{
    if (signal == SIGNAL_CONTINUE) {
        drop(process, SIGNALS_STOPPING);
        go_on(process);
    } else if ((SIGNAL_BIT(signal) & SIGNALS_STOPPING) != 0) {
        drop(process, SIGNAL_BIT(SIGNAL_CONTINUE));
    } else if (signal == SIGNAL_KILL) {
        process_note_end(process, process_status_of_signal(signal));
    }
}

int64_t signal_send_information(struct process *process, struct thread *thread,
                                const struct signal_information *information)
{
    enum signal signal = (enum signal)information->signal;

    if (signal == SIGNAL_NONE || process->state != PROCESS_ALIVE || process->is_ending) {
        return 0;
    }
    act_at_once(process, signal);
    if (process->is_ending || is_dropped(process, thread, signal)) {
        return 0;
    }
    if (is_end(process, thread, signal)) {
        process_note_end(process, process_status_of_signal(signal));
        return 0;
    }
    if (!signal_queue_add(thread != NULL ? &thread->signals.pending : &process->signals.pending,
                          information)) {
        return ERROR_AGAIN;
    }
    interrupt(process, thread, SIGNAL_BIT(signal));
    return 0;
}

void signal_send(struct process *process, enum signal signal)
{
    const struct signal_information information = {.signal = (int32_t)signal, .code = CODE_KERNEL};

    (void)signal_send_information(process, NULL, &information);
}

bool signal_force(struct thread *thread, enum signal signal, int32_t code, uint64_t value)
{
    const struct signal_information information = {
        .signal = (int32_t)signal, .code = code, .value = {value}};
    struct signal_action *action = &thread->process->signals.actions[signal];
    bool is_handled = takes(thread, SIGNAL_BIT(signal)) && action->handler_va > HANDLER_IGNORE;

    if (!is_handled) {
        action->handler_va = HANDLER_DEFAULT;
        thread->signals.mask &= ~SIGNAL_BIT(signal);
    }
    (void)signal_queue_add(&thread->signals.pending, &information);
    return is_handled;
}

static uint64_t pending(const struct thread *thread)
{
    return thread->signals.pending.set | thread->process->signals.pending.set;
}

bool signal_is_pending(const struct thread *thread)
{
    const struct thread_signals *signals = &thread->signals;

    return thread_must_end(thread) || thread->process->signals.stopped_by != SIGNAL_NONE ||
           (pending(thread) & ~signals->mask) != 0;
}

bool signal_take(struct thread *thread, uint64_t set, struct signal_information *information)
{
    return signal_queue_take(&thread->signals.pending, set, information) ||
           signal_queue_take(&thread->process->signals.pending, set, information);
}

void signal_begin_call(struct thread *thread, uint64_t first_argument)
{
    struct thread_signals *signals = &thread->signals;

    if (!signals->goes_on) {
        signals->deadline = 0;
    }
    signals->goes_on = false;
    signals->is_call = true;
    signals->first_argument = first_argument;
}

void signal_set_mask(struct thread *thread, uint64_t mask)
{
    thread->signals.mask = mask & ~SIGNALS_UNBLOCKABLE;
}

void signal_mask_while_waiting(uint64_t mask)
{
    struct thread *thread = thread_current();

    thread->signals.saved_mask = thread->signals.mask;
    thread->signals.has_saved_mask = true;
    signal_set_mask(thread, mask);
}
