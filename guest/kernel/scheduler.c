#include "guest/kernel/scheduler.h"

#include <stddef.h>

#include "guest/include/csr.h"
#include "guest/kernel/asid.h"
#include "guest/kernel/end.h"
#include "guest/kernel/event.h"
#include "guest/kernel/process.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/trap.h"

static struct thread *current;
static uint64_t run_start;  /* ticks: since when it does */
static struct context idle; /* the loop's, while a process runs */

/* Who sleeps on what, in the order of falling asleep. */
static struct {
    struct {
        struct thread *thread;
        const void *channel;
    } of[THREADS_MOST];
    uint32_t count;
} sleepers;

/* Who is ready, in the order of becoming so: a ring, large enough for all. */
static struct {
    struct thread *thread[THREADS_MOST];
    uint32_t first, count;
} queue;

struct thread *thread_current(void)
{
    return current;
}

void scheduler_make_ready(struct thread *thread)
{
    thread->state = THREAD_READY;
    queue.thread[(queue.first + queue.count) % THREADS_MOST] = thread;
    queue.count++;
}

static struct thread *take_ready(void)
{
    struct thread *thread;

    if (queue.count == 0) {
        return NULL;
    }
    thread = queue.thread[queue.first];
    queue.first = (queue.first + 1) % THREADS_MOST;
    queue.count--;
    return thread;
}

/* Lets a process run until it gives the hart back. */
static void run(struct thread *thread)
{
    run_start = timer_now();
    thread->state = THREAD_RUNNING;
    current = thread;
    asid_use(thread->process->space);
    event_process_runs(thread->process->pid);
    float_restore(&thread->floats);
    timer_begin_slice();
    switch_context(&idle, &thread->context);
    thread->process->run_ticks += timer_now() - run_start;
    event_process_runs(0);
    current = NULL;
}

uint64_t scheduler_run_ticks(void)
{
    return timer_now() - run_start;
}

/* Interrupts are off: WFI ends all the same when one is pending. Priv. [norm:wfi] */
static void wait(void)
{
    timer_stop();
    if (timer_can_wait()) {
        __asm__ volatile("wfi" : : : "memory");
    }
    trap_serve_interrupts();
}

/* Its stack goes here, where nobody stands on it. A process without a parent and threads is the
 * first, at the end of all others. */
static void free_ended(struct thread *thread)
{
    const struct process *process = thread->process;

    thread_free(thread);
    if (process->state == PROCESS_ENDED && process->parent == NULL) {
        process_end_run(process);
    }
}

void scheduler_run(void)
{
    for (;;) {
        struct thread *thread = take_ready();

        if (thread == NULL) {
            wait();
            continue;
        }
        run(thread);
        if (thread->state == THREAD_ENDED) {
            free_ended(thread);
        }
    }
}

void scheduler_keep_floats(void)
{
    if ((csr_read(CSR_SSTATUS) & SSTATUS_FS) == SSTATUS_FS) { /* dirty */
        float_save(&current->floats);
    }
}

/* Comes back when the process runs again. */
static void give_hart_away(void)
{
    scheduler_keep_floats();
    switch_context(&current->context, &idle);
}

void scheduler_yield(void)
{
    if (queue.count == 0) {
        timer_begin_slice();
        return;
    }
    scheduler_make_ready(current);
    give_hart_away();
}

static void sleep_on(const void *channel, bool is_interruptible)
{
    if (current == NULL) {
        panic("something waits where no process is");
    }
    sleepers.of[sleepers.count].thread = current;
    sleepers.of[sleepers.count].channel = channel;
    sleepers.count++;
    current->is_interruptible = is_interruptible;
    current->state = THREAD_SLEEPING;
    give_hart_away();
}

void scheduler_sleep(const void *channel)
{
    sleep_on(channel, false);
}

bool scheduler_sleep_interruptibly(const void *channel)
{
    if (!signal_is_pending(current)) {
        sleep_on(channel, true);
    }
    return !signal_is_pending(current);
}

bool scheduler_sleep_killably(const void *channel)
{
    if (!thread_must_end(current)) {
        sleep_on(channel, true);
    }
    return !thread_must_end(current);
}

/* Makes those ready who sleep on the channel, or the one thread; the others stay in their order.
 */
static void wake(const void *channel, const struct thread *thread)
{
    uint32_t left = 0;

    for (uint32_t i = 0; i < sleepers.count; i++) {
        bool is_meant =
            thread != NULL ? sleepers.of[i].thread == thread : sleepers.of[i].channel == channel;

        if (is_meant) {
            scheduler_make_ready(sleepers.of[i].thread);
        } else {
            sleepers.of[left++] = sleepers.of[i];
        }
    }
    sleepers.count = left;
}

void scheduler_wake(const void *channel)
{
    wake(channel, NULL);
}

void scheduler_interrupt(struct thread *thread)
{
    if (thread->state == THREAD_SLEEPING && thread->is_interruptible) {
        wake(NULL, thread);
    }
}

/* A deadline came before anything else. */
static void wake_late(struct timeout *timeout)
{
    struct thread *thread =
        (struct thread *)((uint8_t *)timeout - offsetof(struct thread, timeout));

    thread->has_timed_out = true;
    wake(NULL, thread);
}

enum sleep_result scheduler_sleep_until(const void *channel, uint64_t deadline)
{
    if (signal_is_pending(current)) {
        return SLEEP_INTERRUPTED;
    }
    if (deadline <= timer_now()) {
        return SLEEP_TIMED_OUT;
    }
    current->has_timed_out = false;
    current->timeout.expire = wake_late;
    if (deadline != TIMEOUT_NEVER) {
        timeout_start(&current->timeout, deadline);
    }
    sleep_on(channel, true);
    timeout_cancel(&current->timeout);
    if (current->has_timed_out) {
        return SLEEP_TIMED_OUT;
    }
    return signal_is_pending(current) ? SLEEP_INTERRUPTED : SLEEP_WOKEN;
}

void scheduler_leave(void)
{
    switch_context(&current->context, &idle);
    __builtin_unreachable();
}
