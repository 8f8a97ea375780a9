/*
 * signal.h - signals: noted by whoever sends them, obeyed by the thread that gets them on its way
 * back to U-mode. Numbers and layouts are Linux's.
 *
 * A signal pends for a process, and then any thread that does not block it takes it, or for one
 * thread. A sleep that is interruptible ends when a signal pends that its thread does not block;
 * one that is ignored does not pend. A stop and the end of the process, at once by SIGKILL, always
 * count. What the thread then does, signal_obey() finds out; nobody else acts on a signal.
 *
 * A system call that a signal ended is done anew, or answers EINTR: signal_obey() decides that,
 * too, by whether a handler ran. So a call passes on ERROR_INTERRUPTED and knows no more of it.
 */
#ifndef GUEST_KERNEL_SIGNAL_H
#define GUEST_KERNEL_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/alarm.h"
#include "guest/kernel/signal_queue.h"

enum signal {
    SIGNAL_NONE = 0,
    SIGNAL_HANGUP = 1,
    SIGNAL_INTERRUPT = 2,
    SIGNAL_QUIT = 3,
    SIGNAL_ILLEGAL = 4,
    SIGNAL_TRAP = 5,
    SIGNAL_ABORT = 6,
    SIGNAL_BUS = 7,
    SIGNAL_FLOAT = 8,
    SIGNAL_KILL = 9,
    SIGNAL_USER_1 = 10,
    SIGNAL_SEGMENT = 11,
    SIGNAL_USER_2 = 12,
    SIGNAL_PIPE = 13,
    SIGNAL_ALARM = 14,
    SIGNAL_TERMINATE = 15,
    SIGNAL_CHILD = 17,
    SIGNAL_CONTINUE = 18,
    SIGNAL_STOP = 19,
    SIGNAL_TERMINAL_STOP = 20,
    SIGNAL_TERMINAL_INPUT = 21,
    SIGNAL_TERMINAL_OUTPUT = 22,
    SIGNAL_URGENT = 23,
    SIGNAL_WINDOW = 28,
    SIGNAL_SYSTEM_CALL = 31,
    SIGNALS = 65, /* 1 to 64 are signals */
};

/* Why it was sent: `code` of signal_information. Those of faults are greater than 0, and each
 * signal's own. */
enum signal_code {
    CODE_USER = 0, /* kill() */
    CODE_THREAD = -6,
    CODE_KERNEL = 128,
    CODE_CHILD_EXITED = 1,
    CODE_CHILD_KILLED = 2,
    CODE_CHILD_STOPPED = 5,
    CODE_CHILD_CONTINUED = 6,
};

/* What a handler may be instead of an address. */
enum { HANDLER_DEFAULT = 0, HANDLER_IGNORE = 1 };

#define ACTION_NO_STOPS UINT64_C(1) /* SA_NOCLDSTOP */
#define ACTION_NO_CHILD UINT64_C(2) /* SA_NOCLDWAIT: children leave without being waited for */
#define ACTION_ON_STACK (UINT64_C(1) << 27)
#define ACTION_RESTART (UINT64_C(1) << 28)
#define ACTION_NO_DEFER (UINT64_C(1) << 30)
#define ACTION_ONCE (UINT64_C(1) << 31) /* SA_RESETHAND */

/* What is done about a signal, as rt_sigaction has it. */
struct signal_action {
    uint64_t handler_va; /* or HANDLER_* */
    uint64_t flags;      /* ACTION_* */
    uint64_t mask;       /* what waits while the handler runs, besides the signal itself */
};

/* An alternate stack for handlers, as sigaltstack has it. */
struct signal_stack {
    uint64_t start;
    uint32_t flags; /* as sigaltstack was told */
    uint32_t unused;
    uint64_t length; /* 0: none */
};

struct process;
struct thread;

/* What the threads of a process share. */
struct process_signals {
    struct signal_queue pending;
    struct signal_action actions[SIGNALS];
    uint32_t stopped_by; /* enum signal; its threads wait, on this struct; SIGNAL_NONE: it runs */
    bool stop_is_news, continue_is_news; /* the parent has not been told by wait4 */
    struct alarm alarm;
};

/* What a thread has of its own. */
struct thread_signals {
    struct signal_queue pending;
    uint64_t mask;       /* bit n - 1: signal n waits */
    uint64_t saved_mask; /* if has_saved_mask: what mask is to be after this system call */
    uint64_t awaited;    /* what a sleep is for: wakes it, though it be blocked */
    struct signal_stack stack;
    bool has_saved_mask;
    bool is_call;            /* it is in a system call */
    bool goes_on;            /* its next system call is the last one, begun anew */
    uint64_t first_argument; /* of the call: a0 holds its result by now */
    uint64_t deadline;       /* of the call, kept if it is begun anew; 0: it had none */
};

/* Sends the signal of the kernel itself to a process: one in any state that may be the current one.
 * Never sleeps; also from an interrupt. */
void signal_send(struct process *process, enum signal signal);

/* Sends a signal to a thread of the process or, NULL, to all of it. 0, or ERROR_AGAIN: too many
 * pend. Never sleeps; also from an interrupt. */
int64_t signal_send_information(struct process *process, struct thread *thread,
                                const struct signal_information *information);

/* The signal for what the current thread itself just did: a fault, by its code and address. It can
 * be neither blocked nor ignored: where it would be, it ends the process. Is there a handler that
 * takes it? Never sleeps. */
bool signal_force(struct thread *thread, enum signal signal, int32_t code, uint64_t value);

/* Must an interruptible sleep of the thread end? A system call that sees this gives back what it
 * holds and returns ERROR_INTERRUPTED. */
bool signal_is_pending(const struct thread *thread);

/* A pending signal of the set, if there is one, pends no more. */
bool signal_take(struct thread *thread, uint64_t set, struct signal_information *information);

/* Does what the pending signals of the current thread ask for, before it returns to U-mode: changes
 * its frame, or stops, or ends it. May sleep. */
void signal_obey(struct thread *thread);

/* The current thread begins a system call. */
void signal_begin_call(struct thread *thread, uint64_t first_argument);

/* The current thread's mask until its call returns to U-mode; a handler that runs then is told the
 * mask of before, which is set again after it, or at once if none runs. */
void signal_mask_while_waiting(uint64_t mask);

/* Sets the current thread's mask; SIGKILL and SIGSTOP are never blocked. */
void signal_set_mask(struct thread *thread, uint64_t mask);

/* Is it ignored, by wish or by default? */
bool signal_is_ignored(const struct process *process, enum signal signal);

/* Sets what is done about a signal; what pends of it is dropped if it is ignored now. */
void signal_set_action(struct process *process, enum signal signal,
                       const struct signal_action *action);

/* A new process with a copy of the current thread: it has the actions of its parent, and nothing
 * pends for it. */
void signal_fork(struct process *copy);

/* The current process has another program: no handlers, no alternate stack. */
void signal_exec(struct process *process);

/* What pends is given back: at the end of a thread, or of a process. */
void signal_end_thread(struct thread *thread);
void signal_end(struct process *process);

#endif
