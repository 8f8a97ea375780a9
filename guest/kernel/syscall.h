/*
 * syscall.h - system calls by Linux's numbers.
 *
 * Each file of calls ends in its rows: number, name and function of each call, behind the last one
 * of zeroes. syscall.c makes one table of them all; the functions stay the files' own.
 */
#ifndef GUEST_KERNEL_SYSCALL_H
#define GUEST_KERNEL_SYSCALL_H

#include <stdint.h>

#include "guest/kernel/trap.h"

/* Does the call of the current thread: a0 to a5, result or negative error in a0. The arguments are
 * all that a call may believe of itself. May sleep or end the thread. */
typedef int64_t (*syscall_function)(const uint64_t arguments[6]);

struct syscall {
    uint16_t number; /* Linux's for 64-bit RISC-V, below SYSCALL_NUMBERS */
    const char *name;
    syscall_function function;
};

enum { SYSCALL_NUMBERS = 512 };

/* Makes the table. Panics if two rows have one number. */
void syscall_start(void);

/* Advances pc past the ECALL, calls by a7 and stores the result, unless the call was an execve that
 * succeeded, whose frame is new. Unknown: ERROR_NO_CALL, told once per number by a log line if the
 * arguments of boot have the word "verbose". */
void syscall_handle(struct trap_frame *frame);

extern const struct syscall syscalls_file[];     /* what is open, by descriptor */
extern const struct syscall syscalls_transfer[]; /* bytes in and out of it */
extern const struct syscall syscalls_descriptor[];
extern const struct syscall syscalls_poll[];
extern const struct syscall syscalls_memory[];    /* areas */
extern const struct syscall syscalls_attribute[]; /* permissions, times, lengths of files */
extern const struct syscall syscalls_directory[];
extern const struct syscall syscalls_name[];    /* new, other and removed names of files */
extern const struct syscall syscalls_path[];    /* names of files */
extern const struct syscall syscalls_process[]; /* processes: begin, run, end */
extern const struct syscall syscalls_remap[];   /* pages of areas */
extern const struct syscall syscalls_thread[];
extern const struct syscall syscalls_group[];  /* groups and sessions */
extern const struct syscall syscalls_kill[];   /* signals, as they are sent */
extern const struct syscall syscalls_signal[]; /* as they are met */
extern const struct syscall syscalls_usage[];
extern const struct syscall syscalls_system[]; /* who and where one is; what the limits are */
extern const struct syscall syscalls_time[];
extern const struct syscall syscalls_wait[]; /* the end of children */

#endif
