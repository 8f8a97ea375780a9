#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/log.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/signal.h"
#include "guest/kernel/signal_default.h"
#include "guest/kernel/signal_frame.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/wait.h"

enum { ECALL_SIZE = 4 };

static bool was_interrupted(const struct thread *thread)
{
    int64_t result = (int64_t)thread->frame->a0;

    return thread->signals.is_call &&
           (result == ERROR_INTERRUPTED || result == ERROR_INTERRUPTED_FOR_GOOD);
}

/* The ECALL is to be done again, with a0 as it was; the other arguments still are. */
static void begin_call_anew(struct thread *thread)
{
    thread->frame->pc -= ECALL_SIZE;
    thread->frame->a0 = thread->signals.first_argument;
    thread->signals.is_call = false;
}

/* What a handler returns to: the call begun anew, or its answer. */
static void finish_call(struct thread *thread, bool may_restart)
{
    thread->signals.goes_on = false;
    if (!was_interrupted(thread)) {
        return;
    }
    if (may_restart && (int64_t)thread->frame->a0 == ERROR_INTERRUPTED) {
        begin_call_anew(thread);
        return;
    }
    thread->frame->a0 = (uint64_t)ERROR_INTERRUPTED;
    thread->signals.is_call = false;
}

static void restore_mask(struct thread *thread)
{
    if (thread->signals.has_saved_mask) {
        thread->signals.mask = thread->signals.saved_mask;
        thread->signals.has_saved_mask = false;
    }
}

/* The handler finds no room on its stack. That is a fault of its own. */
static void tell_no_room(struct thread *thread, enum signal signal)
{
    const struct process *process = thread->process;

    if (signal == SIGNAL_SEGMENT) {
        thread->process->signals.actions[signal].handler_va = HANDLER_DEFAULT;
    }
    if (!signal_force(thread, SIGNAL_SEGMENT, CODE_KERNEL, 0)) {
        log_line("%s (pid %u): no room on the stack at 0x%lx for the handler of signal %u; killed "
                 "by signal %u",
                 process->name, process->pid, thread->frame->sp, signal, SIGNAL_SEGMENT);
    }
}

static void run_handler(struct thread *thread, const struct signal_information *information)
{
    struct thread_signals *signals = &thread->signals;
    struct signal_action *kept = &thread->process->signals.actions[information->signal];
    const struct signal_action action = *kept;
    uint64_t mask = signals->mask | action.mask;

    if ((action.flags & ACTION_ONCE) != 0) {
        kept->handler_va = HANDLER_DEFAULT;
    }
    if ((action.flags & ACTION_NO_DEFER) == 0) {
        mask |= SIGNAL_BIT(information->signal);
    }
    finish_call(thread, (action.flags & ACTION_RESTART) != 0);
    restore_mask(thread);
    if (signal_frame_push(thread, information, &action)) {
        signal_set_mask(thread, mask);
    } else {
        tell_no_room(thread, (enum signal)information->signal);
    }
}

/* Every thread of the process comes here and stays until SIGCONT or its end. */
static void stay_stopped(const struct thread *thread)
{
    const struct process *process = thread->process;

    while (process->signals.stopped_by != SIGNAL_NONE && !thread_must_end(thread)) {
        scheduler_sleep(&process->signals);
    }
}

static void stop(struct process *process, enum signal signal)
{
    process->signals.stopped_by = signal;
    process->signals.stop_is_news = true;
    process->signals.continue_is_news = false;
    process_interrupt(process);
    wait_tell_parent(process, CODE_CHILD_STOPPED, signal);
}

static void do_default(struct process *process, enum signal signal)
{
    if ((SIGNAL_BIT(signal) & SIGNALS_STOPPING) != 0) {
        stop(process, signal);
    } else if (!signal_is_ignored(process, signal)) {
        process_exit(process_status_of_signal(signal));
    }
}

static void obey(struct thread *thread, const struct signal_information *information)
{
    enum signal signal = (enum signal)information->signal;

    switch (thread->process->signals.actions[signal].handler_va) {
    case HANDLER_DEFAULT: do_default(thread->process, signal); break;
    case HANDLER_IGNORE: break;
    default: run_handler(thread, information); break;
    }
}

/* A call that a signal ended without a handler is begun anew: it was another thread's signal, or a
 * stop, or one that is ignored by now. */
void signal_obey(struct thread *thread)
{
    struct signal_information information;

    if (!was_interrupted(thread)) {
        restore_mask(thread);
    }
    while (signal_is_pending(thread)) {
        thread_end_if_told(thread);
        if (thread->process->signals.stopped_by != SIGNAL_NONE) {
            stay_stopped(thread);
        } else if (signal_take(thread, ~thread->signals.mask, &information)) {
            obey(thread, &information);
        }
    }
    if (was_interrupted(thread)) {
        begin_call_anew(thread);
        thread->signals.goes_on = true;
    }
    restore_mask(thread);
    thread->signals.is_call = false;
}
