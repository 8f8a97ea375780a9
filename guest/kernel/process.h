/*
 * process.h - processes: a table of them, and how they begin, end and are waited for.
 *
 * The kernel is not preempted: what a function does that does not sleep, it does alone. Functions
 * that may sleep say so. A process ends itself only, in process_exit(): to kill another is to note
 * the signal and to wake it if it sleeps where that is allowed.
 */
#ifndef GUEST_KERNEL_PROCESS_H
#define GUEST_KERNEL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/trap.h"

enum { PROCESSES_MOST = 64, PROCESS_NAME_SIZE = 17 };

enum signal {
    SIGNAL_NONE = 0,
    SIGNAL_ILLEGAL = 4,
    SIGNAL_TRAP = 5,
    SIGNAL_ABORT = 6,
    SIGNAL_BUS = 7,
    SIGNAL_KILL = 9,
    SIGNAL_SEGMENT = 11,
    SIGNAL_TERMINATE = 15,
    SIGNALS = 65,
};

enum process_state {
    PROCESS_UNUSED,
    PROCESS_READY,
    PROCESS_RUNNING,
    PROCESS_SLEEPING,
    PROCESS_ENDED, /* its parent has not asked yet; address space and descriptors are gone */
};

/* What the kernel keeps of itself while another process runs: what a C function must preserve. The
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

struct process {
    uint32_t pid;  /* 1 to 65535 */
    uint32_t slot; /* its place in the table and its kernel stack's */
    enum process_state state;
    char name[PROCESS_NAME_SIZE];
    struct process *parent;      /* NULL: pid 1 */
    struct address_space *space; /* NULL once ended */
    struct trap_frame *frame;    /* at the top of its kernel stack */
    struct context context;      /* valid unless it runs */
    struct float_state floats;   /* valid unless it runs */
    bool is_interruptible;       /* if it sleeps: a signal ends that */
    uint32_t killed_by;          /* enum signal: it ends before it sees U-mode again */
    int32_t status;              /* as wait4 tells it; valid once ended */
    uint64_t clear_tid_va;       /* set_tid_address; 0: none */
    struct descriptors descriptors;
};

/* The one that runs; NULL in boot and in the idle loop. */
struct process *process_current(void);

/* A process with pid, kernel stack and standard streams, not ready, with no address space and a
 * frame of zeroes; NULL: no slot, or no memory. May sleep. Its first run goes to U-mode by its
 * frame, with float state of zeroes. */
struct process *process_create(const char *name);

/* The first one, pid 1: `space` and `entry` and `sp` are where it begins. Only for boot. */
void process_begin(struct process *process, struct address_space *space, uint64_t entry,
                   uint64_t sp);

/* A copy of the current process that returns 0 from its system call, with stack pointer sp if that
 * is not 0. It is not ready yet: the caller may still write to its memory before it runs, and makes
 * it ready. Returns its pid, or ERROR_AGAIN or ERROR_NO_MEMORY. May sleep. */
int64_t process_fork(uint64_t sp, struct process **child);

/* The current process gets another program: address space, name, registers (zeroes, but for pc and
 * sp) and float state. The old address space is dropped. Never fails, never sleeps. */
void process_replace(struct address_space *space, const char *name, uint64_t entry, uint64_t sp);

/* Ends the current process with a status as wait4 tells it (process_status_*). Its children go to
 * pid 1. When pid 1 ends, all others are killed, waited for, memory is counted and the run ended
 * (end.h). */
__attribute__((noreturn)) void process_exit(int32_t status);

/* What is left to do when pid 1 has ended and all others are gone, on the boot stack: its kernel
 * stack is given back, memory is counted, the run ended. For the scheduler. */
__attribute__((noreturn)) void process_end_run(const struct process *first);

static inline int32_t process_status_of_exit(uint64_t code)
{
    return (int32_t)((code & 0xff) << 8);
}

static inline int32_t process_status_of_signal(enum signal signal)
{
    return (int32_t)signal;
}

/* Ends every process with this pid or, pid -1, all but pid 1 and the current one. 0, or
 * ERROR_NO_PROCESS. signal 0 only asks. Never sleeps; one's own end comes before the next return to
 * U-mode. */
int64_t process_kill(int64_t pid, enum signal signal);

/* Waits for a child (pid > 0: that one; -1: any) to end and frees its slot. Returns its pid, with
 * its status; 0 if none has ended and may_sleep is false; ERROR_NO_CHILD; ERROR_INTERRUPTED. */
int64_t process_wait(int64_t pid, bool may_sleep, int32_t *status);

/* Takes back a process that process_create() made and that never ran nor got an address space. */
void process_discard(struct process *process);

/* All slots, for those who look at every process: 0 to PROCESSES_MOST - 1. */
struct process *process_in_slot(uint32_t slot);

#endif
