/*
 * trampoline.S - where a signal handler returns to. Not run here: these bytes are the content of the
 * page USER_TRAMPOLINE of every program (signal_frame.c).
 */
#define SYSCALL_RT_SIGRETURN 139

        .section .rodata.trampoline, "a"
        .option norvc
        .globl  trampoline, trampoline_end
trampoline:
        li      a7, SYSCALL_RT_SIGRETURN
        ecall
trampoline_end:
