#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/clock.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/signal_default.h"
#include "guest/kernel/signal_frame.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum {
    SET_SIZE = 8,
    MASK_BLOCK = 0,
    MASK_UNBLOCK = 1,
    MASK_SET = 2,
    INFORMATION_SIZE = 128,
};

static struct address_space *space(void)
{
    return process_current()->space;
}

static int64_t sys_rt_sigaction(const uint64_t arguments[6])
{
    uint64_t signal = arguments[0], new_va = arguments[1], old_va = arguments[2];
    struct signal_action action;
    int64_t error = 0;

    if (signal == 0 || signal >= SIGNALS || arguments[3] != SET_SIZE ||
        (new_va != 0 && (SIGNAL_BIT(signal) & SIGNALS_UNBLOCKABLE) != 0)) {
        return ERROR_INVALID;
    }
    if (new_va != 0) {
        error = user_read(space(), &action, new_va, sizeof action);
    }

    const struct signal_action old = process_current()->signals.actions[signal];

    if (error == 0 && new_va != 0) {
        signal_set_action(process_current(), (enum signal)signal, &action);
    }
    if (error == 0 && old_va != 0) {
        error = user_write(space(), old_va, &old, sizeof old);
    }
    return error;
}

/* False: there is no such way. */
static bool combine(uint64_t how, uint64_t mask, uint64_t set, uint64_t *result)
{
    switch (how) {
    case MASK_BLOCK: *result = mask | set; return true;
    case MASK_UNBLOCK: *result = mask & ~set; return true;
    case MASK_SET: *result = set; return true;
    default: return false;
    }
}

static int64_t sys_rt_sigprocmask(const uint64_t arguments[6])
{
    uint64_t new_va = arguments[1], old_va = arguments[2];
    struct thread *thread = thread_current();
    uint64_t old = thread->signals.mask, set, mask = old;
    int64_t error = 0;

    if (arguments[3] != SET_SIZE) {
        return ERROR_INVALID;
    }
    if (new_va != 0) {
        error = user_read(space(), &set, new_va, sizeof set);
        if (error == 0 && !combine(arguments[0], old, set, &mask)) {
            error = ERROR_INVALID;
        }
    }
    if (error != 0) {
        return error;
    }
    signal_set_mask(thread, mask);
    return old_va != 0 ? user_write(space(), old_va, &old, sizeof old) : 0;
}

static int64_t sys_rt_sigpending(const uint64_t arguments[6])
{
    const struct thread *thread = thread_current();
    uint64_t set =
        (thread->signals.pending.set | thread->process->signals.pending.set) & thread->signals.mask;

    return arguments[1] <= SET_SIZE ? user_write(space(), arguments[0], &set, arguments[1])
                                    : ERROR_INVALID;
}

static int64_t sys_rt_sigsuspend(const uint64_t arguments[6])
{
    uint64_t mask;
    int64_t error;

    if (arguments[1] != SET_SIZE) {
        return ERROR_INVALID;
    }
    error = user_read(space(), &mask, arguments[0], sizeof mask);
    if (error != 0) {
        return error;
    }
    signal_mask_while_waiting(mask);
    while (scheduler_sleep_interruptibly(&thread_current()->signals)) {
    }
    return ERROR_INTERRUPTED_FOR_GOOD;
}

static int64_t tell_information(const struct signal_information *information, uint64_t va)
{
    int64_t error = 0;

    if (va != 0) {
        error = user_write(space(), va, information, sizeof *information);
    }
    if (va != 0 && error == 0) {
        error =
            user_clear(space(), va + sizeof *information, INFORMATION_SIZE - sizeof *information);
    }
    return error != 0 ? error : information->signal;
}

static int64_t sys_rt_sigtimedwait(const uint64_t arguments[6])
{
    struct thread *thread = thread_current();
    struct signal_information information;
    enum sleep_result result = SLEEP_WOKEN;
    uint64_t set, deadline;
    int64_t error;

    if (arguments[3] != SET_SIZE) {
        return ERROR_INVALID;
    }
    error = user_read(space(), &set, arguments[0], sizeof set);
    if (error == 0) {
        error = clock_read_deadline(arguments[2], false, &deadline);
    }
    if (error != 0) {
        return error;
    }
    set &= ~SIGNALS_UNBLOCKABLE;
    while (!signal_take(thread, set, &information)) {
        if (result != SLEEP_WOKEN) {
            return result == SLEEP_TIMED_OUT ? ERROR_AGAIN : ERROR_INTERRUPTED_FOR_GOOD;
        }
        thread->signals.awaited = set;
        result = scheduler_sleep_until(&thread->signals, deadline);
        thread->signals.awaited = 0;
    }
    return tell_information(&information, arguments[1]);
}

/* What it returns is a0 of before, which is no result of a call. */
static int64_t sys_rt_sigreturn(const uint64_t arguments[6])
{
    struct thread *thread = thread_current();

    (void)arguments;
    if (!signal_frame_pop(thread)) {
        (void)signal_force(thread, SIGNAL_SEGMENT, CODE_KERNEL, 0);
    }
    thread->signals.is_call = false;
    return (int64_t)thread->frame->a0;
}

static int64_t sys_sigaltstack(const uint64_t arguments[6])
{
    struct thread *thread = thread_current();
    const struct signal_stack old = signal_frame_stack(thread);
    struct signal_stack stack;
    int64_t error = 0;

    if (arguments[0] != 0) {
        error = user_read(space(), &stack, arguments[0], sizeof stack);
        if (error == 0) {
            error = signal_frame_set_stack(thread, &stack);
        }
    }
    if (error == 0 && arguments[1] != 0) {
        error = user_write(space(), arguments[1], &old, sizeof old);
    }
    return error;
}

const struct syscall syscalls_signal[] = {
    {132, "sigaltstack", sys_sigaltstack},     {133, "rt_sigsuspend", sys_rt_sigsuspend},
    {134, "rt_sigaction", sys_rt_sigaction},   {135, "rt_sigprocmask", sys_rt_sigprocmask},
    {136, "rt_sigpending", sys_rt_sigpending}, {137, "rt_sigtimedwait", sys_rt_sigtimedwait},
    {139, "rt_sigreturn", sys_rt_sigreturn},   {0, NULL, NULL},
};
