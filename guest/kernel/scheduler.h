/*
 * scheduler.h - who runs next: round robin, one hart.
 *
 * A thread gives up the hart in scheduler_sleep(), scheduler_yield() and at its end, by a switch
 * to the idle loop's stack, which is boot's. The loop takes the next one that is ready, in the
 * order of becoming ready, or WFIs with interrupts off (a pending one wakes it all the same, Priv.
 * [norm:wfi]) and serves them.
 */
#ifndef GUEST_KERNEL_SCHEDULER_H
#define GUEST_KERNEL_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/thread.h"

/* The idle loop, from the end of boot on. */
__attribute__((noreturn)) void scheduler_run(void);

/* The thread joins the end of the queue. */
void scheduler_make_ready(struct thread *thread);

/* The current thread goes to the end of the queue. Others run. */
void scheduler_yield(void);

/* The current thread sleeps until someone wakes the channel, any address. The condition must be
 * looked at again afterwards: a loop. */
void scheduler_sleep(const void *channel);

/* The same, ended also by a signal: false, then the caller fails with ERROR_INTERRUPTED. */
bool scheduler_sleep_interruptibly(const void *channel);

/* The same, ended only where the thread must end: false. */
bool scheduler_sleep_killably(const void *channel);

enum sleep_result { SLEEP_WOKEN, SLEEP_TIMED_OUT, SLEEP_INTERRUPTED };

/* The same, ended also by a time (timeout.h; TIMEOUT_NEVER: none). The channel may be NULL: nobody
 * wakes that. */
enum sleep_result scheduler_sleep_until(const void *channel, uint64_t deadline);

/* All that sleep on the channel become ready. Also from an interrupt. */
void scheduler_wake(const void *channel);

/* Ends an interruptible sleep, whatever it is for. */
void scheduler_interrupt(struct thread *thread);

/* For how long the current thread has had the hart; not in its process's run_ticks yet. */
uint64_t scheduler_run_ticks(void);

/* The last switch away of the current thread, whose state is THREAD_ENDED. */
__attribute__((noreturn)) void scheduler_leave(void);

/* The float state of the current thread is in its struct, too, after this: before a copy is made.
 */
void scheduler_keep_floats(void);

/* switch.S: keeps the registers in *from and goes on where *to was kept. */
void switch_context(struct context *from, const struct context *to);

/* switch.S: only where sstatus.FS says there is something; FS is Clean afterwards. */
void float_save(struct float_state *floats);
void float_restore(const struct float_state *floats);

#endif
