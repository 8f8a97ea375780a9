#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/exec.h"
#include "guest/kernel/log.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { SIGNAL_CHILD = 17, SIGNAL_CONTINUE = 18, SIGNAL_STOP = 19, SIGNAL_STOP_LAST = 22 };
enum { SIGNAL_URGENT = 23, SIGNAL_WINDOW = 28 };
enum {
    CLONE_EXIT_SIGNAL = 0xff,
    CLONE_MEMORY = 0x100,
    CLONE_WAIT = 0x4000, /* CLONE_VFORK */
    CLONE_PARENT_SET_TID = 0x100000,
    CLONE_CHILD_CLEAR_TID = 0x200000,
    CLONE_CHILD_SET_TID = 0x1000000,
    CLONE_KNOWN = CLONE_EXIT_SIGNAL | CLONE_MEMORY | CLONE_WAIT | CLONE_PARENT_SET_TID |
                  CLONE_CHILD_CLEAR_TID | CLONE_CHILD_SET_TID,
};
enum { WAIT_NO_HANG = 1, WAIT_STOPPED = 2, WAIT_CONTINUED = 8 };

enum { PATH_SIZE = 256, USAGE_SIZE = 144 /* struct rusage */ };

int64_t sys_exit(const uint64_t arguments[6])
{
    process_exit(process_status_of_exit(arguments[0]));
}

/* Without threads it is the same. */
int64_t sys_exit_group(const uint64_t arguments[6])
{
    return sys_exit(arguments);
}

/* Memory that parent and child would share is copied instead. For vfork() and posix_spawn(), which
 * ask for both, that is right: the child only gets ready to execve or exit. A thread it is not. */
static bool is_fork(uint64_t flags)
{
    return (flags & ~(uint64_t)CLONE_KNOWN) == 0 &&
           ((flags & CLONE_MEMORY) == 0 || (flags & CLONE_WAIT) != 0);
}

int64_t sys_clone(const uint64_t arguments[6])
{
    uint64_t flags = arguments[0], parent_tid_va = arguments[2], child_tid_va = arguments[4];
    struct process *child;

    if (!is_fork(flags)) {
        return ERROR_INVALID;
    }

    int64_t pid = process_fork(arguments[1], &child);

    if (pid < 0) {
        return pid;
    }

    /* As on Linux, an address that is not good is the program's own loss. */
    uint32_t tid = (uint32_t)pid;

    if ((flags & CLONE_PARENT_SET_TID) != 0) {
        (void)user_write(process_current()->space, parent_tid_va, &tid, sizeof tid);
    }
    if ((flags & CLONE_CHILD_SET_TID) != 0) {
        (void)user_write(child->space, child_tid_va, &tid, sizeof tid);
    }
    child->clear_tid_va = (flags & CLONE_CHILD_CLEAR_TID) != 0 ? child_tid_va : 0;
    scheduler_make_ready(child);
    return pid;
}

/* Adds the strings that an array of pointers, with NULL at its end, names. */
static int64_t add_strings(struct exec_strings *strings, uint64_t array_va, size_t *count)
{
    struct address_space *space = process_current()->space;

    for (*count = 0; array_va != 0; array_va += sizeof(uint64_t)) {
        uint64_t text_va;
        int64_t error = user_read(space, &text_va, array_va, sizeof text_va);

        if (error == 0 && text_va == 0) {
            return 0;
        }
        if (error == 0) {
            error = exec_strings_add_user(strings, space, text_va);
        }
        if (error != 0) {
            return error;
        }
        ++*count;
    }
    return 0;
}

static int64_t prepare(const char *path, const uint64_t arguments[6], struct exec_program *program)
{
    struct exec_strings strings = {.length = 0};
    const char *why = NULL;
    int64_t error = add_strings(&strings, arguments[1], &strings.arguments);

    if (error == 0) {
        error = add_strings(&strings, arguments[2], &strings.environment);
    }
    if (error == 0) {
        error = exec_prepare(process_current()->pid, path, &strings, program, &why);
    }
    exec_strings_free(&strings);
    if (why != NULL) {
        log_line("%s: %s", path, why);
    }
    return error;
}

int64_t sys_execve(const uint64_t arguments[6])
{
    struct process *process = process_current();
    struct exec_program program;
    char path[PATH_SIZE];
    int64_t error = user_read_text(process->space, path, sizeof path, arguments[0]);

    if (error == 0) {
        error = prepare(path, arguments, &program);
    }
    if (error != 0) {
        return error;
    }
    descriptors_exec(&process->descriptors);
    process->clear_tid_va = 0;
    process_replace(program.space, exec_name(path), program.entry, program.sp);
    return 0;
}

int64_t sys_wait4(const uint64_t arguments[6])
{
    struct address_space *space = process_current()->space;
    int64_t pid = (int32_t)arguments[0];
    uint64_t status_va = arguments[1], options = arguments[2], usage_va = arguments[3];
    int32_t status;

    if ((options & ~(uint64_t)(WAIT_NO_HANG | WAIT_STOPPED | WAIT_CONTINUED)) != 0) {
        return ERROR_INVALID;
    }
    if (pid < -1) {
        return ERROR_NO_CHILD; /* all processes are in one group, so only 0 names it */
    }

    int64_t child = process_wait(pid == 0 ? -1 : pid, (options & WAIT_NO_HANG) == 0, &status);
    int64_t error = 0;

    if (child <= 0) {
        return child;
    }
    if (status_va != 0) {
        error = user_write(space, status_va, &status, sizeof status);
    }
    if (error == 0 && usage_va != 0) {
        error = user_clear(space, usage_va, USAGE_SIZE);
    }
    return error != 0 ? error : child;
}

/* Nobody has a handler, so a signal does what it does by default. */
static int64_t send_signal(int64_t pid, uint64_t signal)
{
    if (signal >= SIGNALS || (signal >= SIGNAL_STOP && signal <= SIGNAL_STOP_LAST)) {
        return ERROR_INVALID; /* nobody can be stopped */
    }
    if (pid < -1 || pid == 0) {
        return ERROR_NO_PROCESS; /* there are no groups */
    }

    bool is_ignored = signal == SIGNAL_CHILD || signal == SIGNAL_CONTINUE ||
                      signal == SIGNAL_URGENT || signal == SIGNAL_WINDOW;

    return process_kill(pid, is_ignored ? SIGNAL_NONE : (enum signal)signal);
}

int64_t sys_kill(const uint64_t arguments[6])
{
    return send_signal((int32_t)arguments[0], arguments[1]);
}

/* The only thread of a process has its pid. */
int64_t sys_tgkill(const uint64_t arguments[6])
{
    int32_t group = (int32_t)arguments[0], thread = (int32_t)arguments[1];

    if (group <= 0 || thread <= 0) {
        return ERROR_INVALID;
    }
    return group == thread ? send_signal(thread, arguments[2]) : ERROR_NO_PROCESS;
}

int64_t sys_sched_yield(const uint64_t arguments[6])
{
    (void)arguments;
    scheduler_yield();
    return 0;
}

int64_t sys_getpid(const uint64_t arguments[6])
{
    (void)arguments;
    return process_current()->pid;
}

int64_t sys_getppid(const uint64_t arguments[6])
{
    const struct process *parent = process_current()->parent;

    (void)arguments;
    return parent != NULL ? parent->pid : 0;
}

int64_t sys_get_no_id(const uint64_t arguments[6])
{
    (void)arguments;
    return 0;
}

int64_t sys_set_tid_address(const uint64_t arguments[6])
{
    process_current()->clear_tid_va = arguments[0];
    return process_current()->pid;
}
