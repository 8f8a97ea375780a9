#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/exec.h"
#include "guest/kernel/futex.h"
#include "guest/kernel/log.h"
#include "guest/kernel/path.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum {
    CLONE_EXIT_SIGNAL = 0xff,
    CLONE_MEMORY = 0x100,
    CLONE_DIRECTORY = 0x200,
    CLONE_FILES = 0x400,
    CLONE_SIGNALS = 0x800,
    CLONE_WAIT = 0x4000, /* CLONE_VFORK */
    CLONE_THREAD = 0x10000,
    CLONE_SEMAPHORES = 0x40000,
    CLONE_SET_TP = 0x80000,
    CLONE_PARENT_SET_TID = 0x100000,
    CLONE_CHILD_CLEAR_TID = 0x200000,
    CLONE_DETACHED = 0x400000, /* says nothing */
    CLONE_CHILD_SET_TID = 0x1000000,

    CLONE_ALL_SHARED = CLONE_MEMORY | CLONE_DIRECTORY | CLONE_FILES | CLONE_SIGNALS | CLONE_THREAD,
    CLONE_BEGINNING = CLONE_EXIT_SIGNAL | CLONE_SEMAPHORES | CLONE_SET_TP | CLONE_PARENT_SET_TID |
                      CLONE_CHILD_CLEAR_TID | CLONE_DETACHED | CLONE_CHILD_SET_TID,
};

static int64_t sys_exit(const uint64_t arguments[6])
{
    thread_exit(process_status_of_exit(arguments[0]));
}

static int64_t sys_exit_group(const uint64_t arguments[6])
{
    process_exit(process_status_of_exit(arguments[0]));
}

/* A thread shares all that it can share. */
static bool is_thread(uint64_t flags)
{
    return (flags & ~(uint64_t)CLONE_BEGINNING) == CLONE_ALL_SHARED;
}

/* A process shares nothing, or its memory with a parent that waits: vfork. */
static bool is_fork(uint64_t flags)
{
    uint64_t shared = flags & ~(uint64_t)CLONE_BEGINNING;

    return shared == 0 || shared == CLONE_WAIT || shared == (CLONE_WAIT | CLONE_MEMORY);
}

/* As on Linux, an address that is not good is the program's own loss. */
static void tell_tid(uint64_t flags, const uint64_t arguments[6], struct thread *child)
{
    if ((flags & CLONE_PARENT_SET_TID) != 0) {
        (void)user_write(process_current()->space, arguments[2], &child->tid, sizeof child->tid);
    }
    if ((flags & CLONE_CHILD_SET_TID) != 0) {
        (void)user_write(child->process->space, arguments[4], &child->tid, sizeof child->tid);
    }
    child->clear_tid_va = (flags & CLONE_CHILD_CLEAR_TID) != 0 ? arguments[4] : 0;
}

static int64_t sys_clone(const uint64_t arguments[6])
{
    uint64_t flags = arguments[0];
    const struct thread_start start = {
        .sp = arguments[1],
        .tp = arguments[3],
        .sets_tp = (flags & CLONE_SET_TP) != 0,
        .shares_space = (flags & CLONE_MEMORY) != 0,
    };
    struct thread *child;
    int64_t id;

    if (!is_thread(flags) && !is_fork(flags)) {
        return ERROR_INVALID;
    }
    id = is_thread(flags) ? process_add_thread(&start, &child) : process_fork(&start, &child);
    if (id < 0) {
        return id;
    }
    tell_tid(flags, arguments, child);
    scheduler_make_ready(child);
    if ((flags & CLONE_WAIT) != 0) {
        process_wait_for_vfork(child->process);
    }
    return id;
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

/* Arguments and environment, as execve has them: the first argument at least is there. */
static int64_t read_strings(const uint64_t arguments[6], struct exec_strings *strings)
{
    int64_t error = add_strings(strings, arguments[1], &strings->arguments);

    if (error == 0 && strings->arguments == 0) {
        error = exec_strings_add(strings, "");
        strings->arguments = 1;
    }
    if (error == 0) {
        error = add_strings(strings, arguments[2], &strings->environment);
    }
    return error;
}

/* A text is not worth a line: shells try to execute it, and read it themselves then. */
static int64_t prepare(const char *path, const uint64_t arguments[6], struct exec_program *program)
{
    struct exec_strings strings = {.length = 0};
    const char *why = NULL;
    int64_t error = read_strings(arguments, &strings);

    if (error == 0) {
        error = exec_prepare(process_current()->pid, path, &strings, program, &why);
    }
    exec_strings_free(&strings);
    if (why != NULL && program->is_elf) {
        log_line("%s: %s", path, why);
    }
    return error;
}

static int64_t sys_execve(const uint64_t arguments[6])
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
    if (!thread_end_others()) {
        address_space_drop(program.space);
        return ERROR_INTERRUPTED;
    }
    futex_leave();
    descriptors_exec(&process->descriptors);
    process_replace(&program, exec_name(path));
    return 0;
}

/* Where it is wanted, fexecve() of glibc finds the way by /proc/self/fd. */
static int64_t sys_not_there(const uint64_t arguments[6])
{
    (void)arguments;
    return ERROR_NO_CALL;
}

static int64_t sys_getpid(const uint64_t arguments[6])
{
    (void)arguments;
    return process_current()->pid;
}

static int64_t sys_getppid(const uint64_t arguments[6])
{
    const struct process *parent = process_current()->parent;

    (void)arguments;
    return parent != NULL ? parent->pid : 0;
}

/* Only Linux's own numbers are there, and no randomness to turn off: 0xffffffff asks. */
static int64_t sys_personality(const uint64_t arguments[6])
{
    return arguments[0] == 0 || arguments[0] == UINT32_MAX ? 0 : ERROR_INVALID;
}

const struct syscall syscalls_process[] = {
    {92, "personality", sys_personality}, {93, "exit", sys_exit},
    {94, "exit_group", sys_exit_group},   {172, "getpid", sys_getpid},
    {173, "getppid", sys_getppid},        {220, "clone", sys_clone},
    {221, "execve", sys_execve},          {281, "execveat", sys_not_there},
    {435, "clone3", sys_not_there},       {0, NULL, NULL},
};
