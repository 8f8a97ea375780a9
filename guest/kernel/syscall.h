/*
 * syscall.h - system calls by Linux's numbers.
 */
#ifndef GUEST_KERNEL_SYSCALL_H
#define GUEST_KERNEL_SYSCALL_H

#include <stdint.h>

#include "guest/kernel/trap.h"

/* Does the call of the current process: a0 to a5, result or negative error in a0. The arguments are
 * all that a call may believe of itself. May sleep or end the process. */
typedef int64_t (*syscall_function)(const uint64_t arguments[6]);

/* Advances pc past the ECALL, calls by a7 and stores the result, unless the call was an execve that
 * succeeded, whose frame is new. Unknown: ERROR_NO_CALL, told once per number by a log line if the
 * arguments of boot have the word "verbose". */
void syscall_handle(struct trap_frame *frame);

/* syscall_memory.c */
int64_t sys_brk(const uint64_t arguments[6]);
int64_t sys_mmap(const uint64_t arguments[6]);
int64_t sys_munmap(const uint64_t arguments[6]);
int64_t sys_mprotect(const uint64_t arguments[6]);
int64_t sys_madvise(const uint64_t arguments[6]);
int64_t sys_riscv_flush_icache(const uint64_t arguments[6]);

/* syscall_process.c */
int64_t sys_exit(const uint64_t arguments[6]);
int64_t sys_exit_group(const uint64_t arguments[6]);
int64_t sys_clone(const uint64_t arguments[6]); /* as fork and vfork use it: no shared memory */
int64_t sys_execve(const uint64_t arguments[6]);
int64_t sys_wait4(const uint64_t arguments[6]);
int64_t sys_kill(const uint64_t arguments[6]);
int64_t sys_tgkill(const uint64_t arguments[6]);
int64_t sys_sched_yield(const uint64_t arguments[6]);
int64_t sys_getpid(const uint64_t arguments[6]);
int64_t sys_getppid(const uint64_t arguments[6]);
int64_t sys_get_no_id(const uint64_t arguments[6]); /* getuid, geteuid, getgid, getegid: 0 */
int64_t sys_set_tid_address(const uint64_t arguments[6]);

/* syscall_system.c: what start-up code asks, with answers that are true and never change a thing */
int64_t sys_set_robust_list(const uint64_t arguments[6]);
int64_t sys_prlimit64(const uint64_t arguments[6]);
int64_t sys_getrandom(const uint64_t arguments[6]); /* repeatable: the same numbers in each run */
int64_t sys_rt_sigaction(const uint64_t arguments[6]);
int64_t sys_rt_sigprocmask(const uint64_t arguments[6]);
int64_t sys_uname(const uint64_t arguments[6]);
int64_t sys_clock_gettime(const uint64_t arguments[6]); /* since boot, every clock */
int64_t sys_gettimeofday(const uint64_t arguments[6]);

/* syscall_file.c */
int64_t sys_openat(const uint64_t arguments[6]);
int64_t sys_close(const uint64_t arguments[6]);
int64_t sys_read(const uint64_t arguments[6]);
int64_t sys_write(const uint64_t arguments[6]);
int64_t sys_readv(const uint64_t arguments[6]);
int64_t sys_writev(const uint64_t arguments[6]);
int64_t sys_lseek(const uint64_t arguments[6]);
int64_t sys_fstat(const uint64_t arguments[6]);
int64_t sys_newfstatat(const uint64_t arguments[6]);
int64_t sys_readlinkat(const uint64_t arguments[6]);
int64_t sys_ioctl(const uint64_t arguments[6]);

#endif
