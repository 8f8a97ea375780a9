#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/group.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/user_memory.h"

/* From the current process, by kill and its like. */
static struct signal_information information_of(uint64_t signal, enum signal_code code)
{
    return (struct signal_information){
        .signal = (int32_t)signal, .code = (int32_t)code, .value = {process_current()->pid}};
}

static int64_t sys_kill(const uint64_t arguments[6])
{
    const struct signal_information information = information_of(arguments[1], CODE_USER);

    return arguments[1] < SIGNALS ? group_kill((int32_t)arguments[0], &information) : ERROR_INVALID;
}

static struct thread *find_thread(int64_t tid)
{
    for (uint32_t slot = 0; slot < THREADS_MOST; slot++) {
        struct thread *thread = thread_in_slot(slot);

        if (thread->state != THREAD_UNUSED && thread->state != THREAD_ENDED && thread->tid == tid) {
            return thread;
        }
    }
    return NULL;
}

/* pid -1: of any process. */
static int64_t send_to_thread(int64_t pid, int64_t tid,
                              const struct signal_information *information)
{
    struct thread *thread = find_thread(tid);

    if (tid <= 0 || information->signal < 0 || information->signal >= SIGNALS) {
        return ERROR_INVALID;
    }
    if (thread == NULL || (pid != GROUP_ANY && thread->process->pid != pid)) {
        return ERROR_NO_PROCESS;
    }
    return signal_send_information(thread->process, thread, information);
}

static int64_t sys_tkill(const uint64_t arguments[6])
{
    const struct signal_information information = information_of(arguments[1], CODE_THREAD);

    return send_to_thread(GROUP_ANY, (int32_t)arguments[0], &information);
}

static int64_t sys_tgkill(const uint64_t arguments[6])
{
    const struct signal_information information = information_of(arguments[2], CODE_THREAD);

    if ((int32_t)arguments[0] <= 0) {
        return ERROR_INVALID;
    }
    return send_to_thread((int32_t)arguments[0], (int32_t)arguments[1], &information);
}

/* What a process says of itself to others must not look like the kernel's word or kill()'s. */
static int64_t read_information(uint64_t va, uint64_t signal, int64_t pid,
                                struct signal_information *information)
{
    int64_t error = user_read(process_current()->space, information, va, sizeof *information);

    if (error != 0) {
        return error;
    }
    information->signal = (int32_t)signal;
    if ((information->code >= 0 || information->code == CODE_THREAD) &&
        pid != process_current()->pid) {
        return ERROR_NOT_PERMITTED;
    }
    return 0;
}

static int64_t sys_rt_sigqueueinfo(const uint64_t arguments[6])
{
    struct signal_information information;
    int64_t pid = (int32_t)arguments[0];
    int64_t error = read_information(arguments[2], arguments[1], pid, &information);

    if (error != 0) {
        return error;
    }
    if (arguments[1] >= SIGNALS) {
        return ERROR_INVALID;
    }
    return pid > 0 ? group_kill(pid, &information) : ERROR_NO_PROCESS;
}

static int64_t sys_rt_tgsigqueueinfo(const uint64_t arguments[6])
{
    struct signal_information information;
    int64_t pid = (int32_t)arguments[0];
    int64_t error = read_information(arguments[3], arguments[2], pid, &information);

    return error != 0 ? error : send_to_thread(pid, (int32_t)arguments[1], &information);
}

const struct syscall syscalls_kill[] = {
    {129, "kill", sys_kill},
    {130, "tkill", sys_tkill},
    {131, "tgkill", sys_tgkill},
    {138, "rt_sigqueueinfo", sys_rt_sigqueueinfo},
    {240, "rt_tgsigqueueinfo", sys_rt_tgsigqueueinfo},
    {0, NULL, NULL},
};
