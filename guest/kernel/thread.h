/*
 * thread.h - threads: what runs. A table of them, each with a kernel stack of its slot.
 *
 * A thread belongs to one process (process.h) all its life; what threads of one process share is
 * there. The kernel is not preempted: what a function does that does not sleep, it does alone. But
 * while a thread sleeps, others of its process run: whatever they share is old after any function
 * that may sleep, unless a lock was held (lock.h).
 *
 * A thread ends itself only, in thread_exit(), on its own stack, which the idle loop then frees.
 */
#ifndef GUEST_KERNEL_THREAD_H
#define GUEST_KERNEL_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/signal.h"
#include "guest/kernel/timeout.h"
#include "guest/kernel/trap.h"

/* So many kernel stacks fit under one leaf table. */
enum { THREADS_MOST = 128 };

enum thread_state {
    THREAD_UNUSED,
    THREAD_READY,
    THREAD_RUNNING,
    THREAD_SLEEPING,
    THREAD_ENDED, /* its stack is still to be freed */
};

/* What the kernel keeps of itself while another thread runs: what a C function must preserve. The
 * order is switch.S's. */
struct context {
    uint64_t ra, sp;
    uint64_t s[12];
};

/* f0 to f31 and fcsr, in switch.S's order; the kernel itself uses none of them. */
struct float_state {
    uint64_t f[32];
    uint64_t fcsr;
};

struct thread {
    uint32_t tid;  /* 1 to 65535; of the first thread of a process the pid */
    uint32_t slot; /* its place in the table and its kernel stack's */
    enum thread_state state;
    struct process *process;
    struct thread *next;         /* of the same process */
    struct trap_frame *frame;    /* at the top of its kernel stack */
    struct context context;      /* valid unless it runs */
    struct float_state floats;   /* valid unless it runs */
    bool is_interruptible;       /* if it sleeps: a signal ends that */
    bool has_timed_out;          /* what its last sleep with a deadline ended by */
    struct timeout timeout;      /* of such a sleep */
    uint64_t clear_tid_va;       /* set to 0, and its futex woken, when it ends; 0: none */
    uint64_t robust_list_va;     /* set_robust_list; 0: none */
    struct process *vfork_child; /* that has our address space, and we wait; NULL: none */
    struct thread_signals signals;
};

/* The one that runs; NULL in boot and in the idle loop. */
struct thread *thread_current(void);

/* Another thread of the process, with a kernel stack and a frame of zeroes, asleep on nothing: the
 * caller fills its frame and makes it ready. Its first run goes to U-mode by its frame, with float
 * state of zeroes. NULL: no slot, or no memory. May sleep. */
struct thread *thread_create(struct process *process);

/* Takes back one that never ran, or that has ended and stands on its stack no more. It leaves its
 * process's list if it is in it. Never sleeps. */
void thread_free(struct thread *thread);

/* Ends the current thread. The last of a process ends the process, with the status that
 * process_exit() noted or, if none did, with this one of exit(). */
__attribute__((noreturn)) void thread_exit(int32_t status);

/* Is it to end, for its process does, or another thread of it executes a program? It then does not
 * go back to U-mode, and no interruptible sleep of it lasts. */
bool thread_must_end(const struct thread *thread);

/* Ends the current thread if it must. For signal_obey(). */
void thread_end_if_told(struct thread *thread);

/* Ends all other threads of the current process; then the current one has the tid that the pid is.
 * False: it must end itself. May sleep. For execve. */
bool thread_end_others(void);

/* All slots: 0 to THREADS_MOST - 1. */
struct thread *thread_in_slot(uint32_t slot);

/* Is there a free slot? Then thread_create() can fail for want of memory only. */
bool thread_is_left(void);

#endif
