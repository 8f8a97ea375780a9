#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/error.h"
#include "guest/kernel/futex.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum {
    FUTEX_WAIT = 0,
    FUTEX_WAKE = 1,
    FUTEX_REQUEUE = 3,
    FUTEX_COMPARE_REQUEUE = 4,
    FUTEX_WAIT_BITS = 9,
    FUTEX_WAKE_BITS = 10,
    FUTEX_PRIVATE = 128,   /* says what the areas say as well */
    FUTEX_REAL_TIME = 256, /* all clocks are one */
};
enum { PROCESS_SET_NAME = 15, PROCESS_GET_NAME = 16, THREAD_NAME_SIZE = 16 };
enum { ROBUST_LIST_SIZE = 24, AFFINITY_SIZE = 8 };

static struct address_space *space(void)
{
    return process_current()->space;
}

/* The time is from now on for FUTEX_WAIT, and absolute for FUTEX_WAIT_BITS. */
static int64_t wait(const uint64_t arguments[6], bool is_absolute, uint32_t bits)
{
    uint64_t deadline;
    int64_t error = clock_read_deadline(arguments[3], is_absolute, &deadline);

    if (error != 0) {
        return error;
    }
    return futex_wait(arguments[0], (uint32_t)arguments[2], bits, deadline);
}

/* A number of threads; as Linux, one at least. */
static uint64_t count_of(uint64_t argument)
{
    int32_t count = (int32_t)argument;

    return count > 0 ? (uint64_t)count : 1;
}

static int64_t requeue(const uint64_t arguments[6], bool compares)
{
    int32_t count = (int32_t)arguments[2], moved = (int32_t)arguments[3];
    uint32_t word;

    if (count < 0 || moved < 0) {
        return ERROR_INVALID;
    }
    if (compares) {
        int64_t error = user_read(space(), &word, arguments[0], sizeof word);

        if (error != 0) {
            return error;
        }
        if (word != (uint32_t)arguments[5]) {
            return ERROR_AGAIN;
        }
    }
    return futex_requeue(arguments[0], (uint64_t)count, arguments[4], (uint64_t)moved);
}

static int64_t sys_futex(const uint64_t arguments[6])
{
    uint64_t va = arguments[0];
    uint32_t bits = (uint32_t)arguments[5];

    switch (arguments[1] & ~(uint64_t)(FUTEX_PRIVATE | FUTEX_REAL_TIME)) {
    case FUTEX_WAIT: return wait(arguments, false, FUTEX_ANY_BIT);
    case FUTEX_WAIT_BITS: return wait(arguments, true, bits);
    case FUTEX_WAKE: return futex_wake(space(), va, count_of(arguments[2]), FUTEX_ANY_BIT);
    case FUTEX_WAKE_BITS: return futex_wake(space(), va, count_of(arguments[2]), bits);
    case FUTEX_REQUEUE: return requeue(arguments, false);
    case FUTEX_COMPARE_REQUEUE: return requeue(arguments, true);
    default: return ERROR_NO_CALL;
    }
}

static int64_t sys_gettid(const uint64_t arguments[6])
{
    (void)arguments;
    return thread_current()->tid;
}

static int64_t sys_set_tid_address(const uint64_t arguments[6])
{
    thread_current()->clear_tid_va = arguments[0];
    return thread_current()->tid;
}

static int64_t sys_set_robust_list(const uint64_t arguments[6])
{
    if (arguments[1] != ROBUST_LIST_SIZE) {
        return ERROR_INVALID;
    }
    thread_current()->robust_list_va = arguments[0];
    return 0;
}

/* The thread of that id, 0 being the current one; or NULL. */
static const struct thread *find_thread(uint64_t tid)
{
    if (tid == 0) {
        return thread_current();
    }
    for (uint32_t slot = 0; slot < THREADS_MOST; slot++) {
        const struct thread *thread = thread_in_slot(slot);

        if (thread->state != THREAD_UNUSED && thread->state != THREAD_ENDED && thread->tid == tid) {
            return thread;
        }
    }
    return NULL;
}

static int64_t sys_get_robust_list(const uint64_t arguments[6])
{
    const struct thread *thread = find_thread(arguments[0]);
    const uint64_t length = ROBUST_LIST_SIZE;
    int64_t error;

    if (thread == NULL) {
        return ERROR_NO_PROCESS;
    }
    error = user_write(space(), arguments[1], &thread->robust_list_va, sizeof(uint64_t));
    return error != 0 ? error : user_write(space(), arguments[2], &length, sizeof length);
}

static int64_t sys_sched_yield(const uint64_t arguments[6])
{
    (void)arguments;
    scheduler_yield();
    return 0;
}

/* One hart. */
static int64_t sys_sched_getaffinity(const uint64_t arguments[6])
{
    const uint64_t harts = 1;
    int64_t error;

    if (arguments[1] < AFFINITY_SIZE || arguments[1] % sizeof harts != 0) {
        return ERROR_INVALID;
    }
    if (find_thread(arguments[0]) == NULL) {
        return ERROR_NO_PROCESS;
    }
    error = user_write(space(), arguments[2], &harts, sizeof harts);
    return error != 0 ? error : AFFINITY_SIZE;
}

/* As much of the name as is allowed. That of the first thread is the process's, which the report
 * has; that of another has no reader. */
static int64_t set_name(uint64_t va)
{
    char name[THREAD_NAME_SIZE] = "";
    struct process *process = process_current();
    int64_t error = user_read_text(space(), name, sizeof name - 1, va);

    if (error != 0 && error != ERROR_NAME_TOO_LONG) {
        return error;
    }
    if (thread_current()->tid == process->pid) {
        process_set_name(process, name);
    }
    return 0;
}

static int64_t sys_prctl(const uint64_t arguments[6])
{
    char name[THREAD_NAME_SIZE] = "";
    const struct process *process = process_current();

    switch (arguments[0]) {
    case PROCESS_SET_NAME: return set_name(arguments[1]);
    case PROCESS_GET_NAME:
        text_copy(name, sizeof name, process->name);
        return user_write(space(), arguments[1], name, sizeof name);
    default: return ERROR_INVALID;
    }
}

/* What glibc asks for, and does without. */
static int64_t sys_not_there(const uint64_t arguments[6])
{
    (void)arguments;
    return ERROR_NO_CALL;
}

const struct syscall syscalls_thread[] = {
    {96, "set_tid_address", sys_set_tid_address},
    {98, "futex", sys_futex},
    {99, "set_robust_list", sys_set_robust_list},
    {100, "get_robust_list", sys_get_robust_list},
    {123, "sched_getaffinity", sys_sched_getaffinity},
    {124, "sched_yield", sys_sched_yield},
    {167, "prctl", sys_prctl},
    {178, "gettid", sys_gettid},
    {258, "riscv_hwprobe", sys_not_there},
    {283, "membarrier", sys_not_there},
    {293, "rseq", sys_not_there},
    {0, NULL, NULL},
};
