/*
 * process.h - processes: what threads share, and how they begin, end and are waited for.
 *
 * A process is one thread or more with one address space, one set of descriptors and one parent. It
 * lives while a thread of it does, and then, ended, until its parent has asked for its status.
 */
#ifndef GUEST_KERNEL_PROCESS_H
#define GUEST_KERNEL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/path.h"
#include "guest/kernel/signal.h"

enum { PROCESSES_MOST = 64, PROCESS_NAME_SIZE = 17 };

struct exec_program;

enum process_state {
    PROCESS_UNUSED,
    PROCESS_ALIVE,
    PROCESS_ENDED, /* its parent has not asked yet; all but its status is gone */
};

struct process {
    uint32_t pid;  /* 1 to 65535 */
    uint32_t slot; /* its place in the table */
    enum process_state state;
    char name[PROCESS_NAME_SIZE];
    struct process *parent;      /* NULL: pid 1 */
    struct address_space *space; /* NULL once ended; shared until a vfork's child has its own */
    struct thread *threads;      /* all that have not ended; the first of the list is the newest */
    uint32_t thread_count;
    bool is_ending;       /* process_exit() was called: all its threads end, with this status */
    struct thread *keeps; /* executes a program, so all others end; NULL: none */
    struct thread *vforked_by;       /* waits until we have an address space of our own, or none */
    int32_t status;                  /* as wait4 tells it; valid if it is ending or ended */
    uint32_t group, session;         /* pids of who leads them */
    uint64_t run_ticks;              /* how long its threads ran */
    uint64_t touched_pages;          /* of its address space, once ended */
    uint64_t children_ticks;         /* how long those ran that it has waited for, and theirs */
    uint64_t children_touched_pages; /* the most that one of them had */
    char executable[PATH_SIZE];      /* the path of its program, absolute: /proc/self/exe */
    struct descriptors descriptors;
    struct working_directory directory;
    struct process_signals signals;
};

/* Of the thread that runs; NULL in boot and in the idle loop. */
struct process *process_current(void);

/* A process with pid and one thread, which has that tid and is not ready; no address space, nothing
 * open. NULL: no slot, or no memory. May sleep. */
struct process *process_create(const char *name);

/* The first one, pid 1: standard streams are opened, and the program is where it begins. Only for
 * boot. */
void process_begin(struct process *process, const struct exec_program *program);

/* The name that the report has. Never sleeps. */
void process_set_name(struct process *process, const char *name);

/* How a new thread begins: where the current one is, but for the result of its call, 0, and this.
 */
struct thread_start {
    uint64_t sp; /* 0: the same */
    uint64_t tp; /* if sets_tp */
    bool sets_tp;
    bool shares_space; /* of a fork: the child has the parent's address space, not a copy */
};

/* A copy of the current process with a copy of the current thread alone. It is not ready yet: the
 * caller may still write to its memory before it runs, and makes it ready. Returns its pid, or
 * ERROR_AGAIN or ERROR_NO_MEMORY. May sleep. */
int64_t process_fork(const struct thread_start *start, struct thread **child);

/* Another thread of the current process, not ready yet either. Returns its tid, or ERROR_AGAIN. May
 * sleep. */
int64_t process_add_thread(const struct thread_start *start, struct thread **thread);

/* The current thread waits until its child, that shares its address space, has another or ends, or
 * until it must end itself. */
void process_wait_for_vfork(struct process *child);

/* The process uses the address space of who waits for that no longer. Never sleeps. */
void process_end_vfork(struct process *process);

/* The current process, of one thread, gets another program: address space, name, registers (zeroes,
 * but for pc and sp) and float state. The old address space is dropped. Never fails, never sleeps.
 */
void process_replace(const struct exec_program *program, const char *name);

/* Ends every interruptible sleep of its threads, so that they look what there is to do. Never
 * sleeps. */
void process_interrupt(struct process *process);

/* Notes that the process ends with that status, unless it does already: all its threads will. Never
 * sleeps. */
void process_note_end(struct process *process, int32_t status);

/* Ends the current process with a status as wait4 tells it (process_status_*): notes it, unless
 * another thread was first, makes the other threads end, and ends this one. The last one to go
 * gives the children to pid 1. When pid 1 ends, all others are killed, waited for, memory is
 * counted and the run ended (end.h). */
__attribute__((noreturn)) void process_exit(int32_t status);

/* The last thread of the current process is about to end: gives back all that it has. May sleep.
 * For thread_exit(). */
void process_end(void);

/* What is left to do when pid 1 has ended and all others are gone, on the boot stack: memory is
 * counted, the run ended. For the scheduler. */
__attribute__((noreturn)) void process_end_run(const struct process *first);

static inline int32_t process_status_of_exit(uint64_t code)
{
    return (int32_t)((code & 0xff) << 8);
}

static inline int32_t process_status_of_signal(enum signal signal)
{
    return (int32_t)signal;
}

/* Takes back a process that process_create() made and that never ran nor got an address space or
 * descriptors. */
void process_discard(struct process *process);

/* A number that is no pid and no tid. Each comes again only when all have been used. */
uint32_t process_new_id(void);

/* For those who look at every process: a slot, and how many there are that have ever been used. A
 * process gets the first one that is free, so these are few. */
struct process *process_in_slot(uint32_t slot);
uint32_t process_slots(void);

#endif
