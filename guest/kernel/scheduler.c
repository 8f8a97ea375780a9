#include "guest/kernel/scheduler.h"

#include <stddef.h>

#include "guest/include/csr.h"
#include "guest/kernel/asid.h"
#include "guest/kernel/end.h"
#include "guest/kernel/event.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/trap.h"

static struct process *current;
static struct context idle; /* the loop's, while a process runs */

/* Who sleeps on what, in the order of falling asleep. */
static struct {
    struct {
        struct process *process;
        const void *channel;
    } of[PROCESSES_MOST];
    uint32_t count;
} sleepers;

/* Who is ready, in the order of becoming so: a ring, large enough for all. */
static struct {
    struct process *process[PROCESSES_MOST];
    uint32_t first, count;
} queue;

struct process *process_current(void)
{
    return current;
}

void scheduler_make_ready(struct process *process)
{
    process->state = PROCESS_READY;
    queue.process[(queue.first + queue.count) % PROCESSES_MOST] = process;
    queue.count++;
}

static struct process *take_ready(void)
{
    struct process *process;

    if (queue.count == 0) {
        return NULL;
    }
    process = queue.process[queue.first];
    queue.first = (queue.first + 1) % PROCESSES_MOST;
    queue.count--;
    return process;
}

/* Lets a process run until it gives the hart back. */
static void run(struct process *process)
{
    process->state = PROCESS_RUNNING;
    current = process;
    asid_use(process->space);
    event_process_runs(process->pid);
    float_restore(&process->floats);
    timer_begin_slice();
    switch_context(&idle, &process->context);
    event_process_runs(0);
    current = NULL;
}

/* Interrupts are off: WFI ends all the same when one is pending. Priv. [norm:wfi] */
static void wait(void)
{
    timer_stop();
    __asm__ volatile("wfi" : : : "memory");
    trap_serve_interrupts();
}

void scheduler_run(void)
{
    for (;;) {
        struct process *process = take_ready();

        if (process == NULL) {
            wait();
            continue;
        }
        run(process);
        if (process->state == PROCESS_ENDED && process->parent == NULL) {
            process_end_run(process);
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
    sleepers.of[sleepers.count].process = current;
    sleepers.of[sleepers.count].channel = channel;
    sleepers.count++;
    current->is_interruptible = is_interruptible;
    current->state = PROCESS_SLEEPING;
    give_hart_away();
}

void scheduler_sleep(const void *channel)
{
    sleep_on(channel, false);
}

bool scheduler_sleep_interruptibly(const void *channel)
{
    if (current->killed_by == SIGNAL_NONE) {
        sleep_on(channel, true);
    }
    return current->killed_by == SIGNAL_NONE;
}

/* Makes those ready who sleep on the channel, or the one process; the others stay in their order.
 */
static void wake(const void *channel, const struct process *process)
{
    uint32_t left = 0;

    for (uint32_t i = 0; i < sleepers.count; i++) {
        if (sleepers.of[i].channel == channel || sleepers.of[i].process == process) {
            scheduler_make_ready(sleepers.of[i].process);
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

void scheduler_interrupt(struct process *process)
{
    if (process->state == PROCESS_SLEEPING && process->is_interruptible) {
        wake(NULL, process);
    }
}

void scheduler_leave(void)
{
    switch_context(&current->context, &idle);
    __builtin_unreachable();
}
