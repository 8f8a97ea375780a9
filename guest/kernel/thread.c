#include "guest/kernel/thread.h"

#include <stddef.h>

#include "guest/kernel/futex.h"
#include "guest/kernel/kernel_table.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"

static struct thread threads[THREADS_MOST];

struct thread *thread_in_slot(uint32_t slot)
{
    return &threads[slot];
}

static struct thread *find_unused(void)
{
    for (uint32_t slot = 0; slot < THREADS_MOST; slot++) {
        if (threads[slot].state == THREAD_UNUSED) {
            threads[slot].slot = slot;
            return &threads[slot];
        }
    }
    return NULL;
}

bool thread_is_left(void)
{
    return find_unused() != NULL;
}

/* Where a thread begins that was never switched away from. */
static void begin_user(void)
{
    struct thread *thread = thread_current();

    signal_obey(thread);
    trap_return(thread->frame);
}

static void join_process(struct thread *thread, struct process *process)
{
    thread->process = process;
    thread->next = process->threads;
    process->threads = thread;
    process->thread_count++;
}

static void leave_process(const struct thread *thread)
{
    struct thread **place = &thread->process->threads;

    while (*place != NULL && *place != thread) {
        place = &(*place)->next;
    }
    if (*place != NULL) {
        *place = thread->next;
        thread->process->thread_count--;
    }
}

struct thread *thread_create(struct process *process)
{
    struct thread *thread = find_unused();
    uint64_t stack_top;

    if (thread == NULL) {
        return NULL;
    }
    /* Asleep on nothing: the slot is taken, and nobody wakes it. */
    *thread = (struct thread){.slot = thread->slot, .state = THREAD_SLEEPING};
    thread->tid = process->threads == NULL ? process->pid : process_new_id();
    stack_top = kernel_stack_map(thread->slot);
    if (stack_top == 0) {
        thread->state = THREAD_UNUSED;
        return NULL;
    }
    thread->frame = (struct trap_frame *)stack_top - 1;
    thread->context.ra = (uint64_t)begin_user;
    thread->context.sp = (uint64_t)thread->frame;
    join_process(thread, process);
    return thread;
}

void thread_free(struct thread *thread)
{
    leave_process(thread);
    kernel_stack_unmap(thread->slot);
    thread->state = THREAD_UNUSED;
}

bool thread_must_end(const struct thread *thread)
{
    const struct process *process = thread->process;

    return process->is_ending || (process->keeps != NULL && process->keeps != thread);
}

void thread_end_if_told(struct thread *thread)
{
    if (thread_must_end(thread)) {
        thread_exit(thread->process->status);
    }
}

bool thread_end_others(void)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;

    if (thread_must_end(thread)) {
        return false;
    }
    process->keeps = thread;
    process_interrupt(process);
    while (process->thread_count > 1) {
        scheduler_sleep(&process->thread_count);
    }
    process->keeps = NULL;
    if (process->is_ending) {
        return false;
    }
    thread->tid = process->pid;
    return true;
}

/* The process may be gone as soon as another thread runs: its parent may have asked. So the thread
 * has left it before. */
void thread_exit(int32_t status)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;

    futex_leave();
    if (process->thread_count == 1) {
        if (!process->is_ending) {
            process->is_ending = true;
            process->status = status;
        }
        process_end();
    }
    signal_end_thread(thread);
    leave_process(thread);
    scheduler_wake(&process->thread_count);
    thread->state = THREAD_ENDED;
    scheduler_leave();
}
