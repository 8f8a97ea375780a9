/*
 * trap.h - from the user to the kernel and back.
 *
 * The kernel runs with sstatus.SIE = 0 always, and sstatus.SUM = 0: user memory is reached through
 * the direct map only (user_memory.h). So no trap from S-mode is ever right: each panics.
 * trap_entry.S takes sp from sscratch, which is the top of the process's kernel stack in U-mode and
 * 0 in the kernel; a trap from S-mode with bit KERNEL_STACK_BIT of sp clear is a stack overflow,
 * and told on a stack of its own.
 */
#ifndef GUEST_KERNEL_TRAP_H
#define GUEST_KERNEL_TRAP_H

#include <stdint.h>

/* The registers of the user program, at the top of the kernel stack while the kernel works. */
struct trap_frame {
    uint64_t pc; /* where SRET goes; x0 has no need of its place */
    uint64_t ra, sp, gp, tp;
    uint64_t t0, t1, t2;
    uint64_t s0, s1;
    uint64_t a0, a1, a2, a3, a4, a5, a6, a7;
    uint64_t s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
    uint64_t t3, t4, t5, t6;
};

/* Sets stvec and sie (external and timer). */
void trap_start(void);

/* trap_entry.S: where stvec points. */
void trap_entry(void);

/* trap_entry.S: goes to U-mode with these registers. The frame is at the top of the kernel stack:
 * sscratch becomes its end. */
__attribute__((noreturn)) void trap_return(const struct trap_frame *frame);

/* Called by trap_entry.S for a trap from U-mode; may sleep, may not come back (exit). Page faults
 * go to fault_resolve(), ECALL to syscall_handle(), all else that is no interrupt is refused by its
 * signal. Before it returns it obeys what signals have come. */
void trap_from_user(struct trap_frame *frame);

/* Called by trap_entry.S for a trap from S-mode, on a sound stack. */
__attribute__((noreturn)) void trap_from_kernel(uint64_t pc, uint64_t sp);

/* Serves the interrupts that are pending (sip), without waiting: drivers, and the timer's tick. For
 * a trap from U-mode and for the idle loop after WFI. */
void trap_serve_interrupts(void);

#endif
