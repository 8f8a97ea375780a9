#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/device_tree.h"
#include "guest/kernel/error.h"
#include "guest/kernel/log.h"
#include "guest/kernel/process.h"

enum { ECALL_SIZE = 4 };

/* By Linux's number for 64-bit RISC-V. */
static const syscall_function calls[] = {
    [29] = sys_ioctl,
    [56] = sys_openat,
    [57] = sys_close,
    [62] = sys_lseek,
    [63] = sys_read,
    [64] = sys_write,
    [65] = sys_readv,
    [66] = sys_writev,
    [78] = sys_readlinkat,
    [79] = sys_newfstatat,
    [80] = sys_fstat,
    [93] = sys_exit,
    [94] = sys_exit_group,
    [96] = sys_set_tid_address,
    [99] = sys_set_robust_list,
    [113] = sys_clock_gettime,
    [124] = sys_sched_yield,
    [129] = sys_kill,
    [131] = sys_tgkill,
    [134] = sys_rt_sigaction,
    [135] = sys_rt_sigprocmask,
    [160] = sys_uname,
    [169] = sys_gettimeofday,
    [172] = sys_getpid,
    [173] = sys_getppid,
    [174] = sys_get_no_id, /* getuid */
    [175] = sys_get_no_id, /* geteuid */
    [176] = sys_get_no_id, /* getgid */
    [177] = sys_get_no_id, /* getegid */
    [178] = sys_getpid,    /* gettid: there are no threads */
    [214] = sys_brk,
    [215] = sys_munmap,
    [220] = sys_clone,
    [221] = sys_execve,
    [222] = sys_mmap,
    [226] = sys_mprotect,
    [233] = sys_madvise,
    [259] = sys_riscv_flush_icache,
    [260] = sys_wait4,
    [261] = sys_prlimit64,
    [278] = sys_getrandom,
};

/* Tells of an unknown number once; those from NUMBERS - 1 on, which Linux does not have, together
 * once. */
static void tell_unknown(uint64_t number)
{
    enum { NUMBERS = 512 };

    static bool is_told[NUMBERS];
    bool *told = &is_told[number < NUMBERS ? number : NUMBERS - 1];

    if (machine_has_argument("verbose") && !*told) {
        const struct process *process = process_current();

        *told = true;
        log_line("%s (pid %u): unknown system call %lu, answered with ENOSYS", process->name,
                 process->pid, number);
    }
}

/* An execve that succeeded returns 0 as well: a0 of a new program is 0 anyway, and it has no use
 * for the old pc. */
void syscall_handle(struct trap_frame *frame)
{
    const uint64_t arguments[6] = {frame->a0, frame->a1, frame->a2,
                                   frame->a3, frame->a4, frame->a5};
    uint64_t number = frame->a7;

    frame->pc += ECALL_SIZE;
    if (number >= sizeof calls / sizeof *calls || calls[number] == NULL) {
        tell_unknown(number);
        frame->a0 = (uint64_t)ERROR_NO_CALL;
        return;
    }
    frame->a0 = (uint64_t)calls[number](arguments);
}
