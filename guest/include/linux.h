/*
 * linux.h - the system calls of Linux that the programs of guest/user make: RISC-V's numbers, the
 * number in a7, arguments from a0 on, the result in a0; a negative one is an error.
 */
#ifndef GUEST_LINUX_H
#define GUEST_LINUX_H

#include <stddef.h>
#include <stdint.h>

enum linux_number {
    LINUX_WRITE = 64,
    LINUX_EXIT_GROUP = 94,
    LINUX_SCHED_YIELD = 124,
    LINUX_KILL = 129,
    LINUX_GETPID = 172,
    LINUX_MUNMAP = 215,
    LINUX_CLONE = 220,
    LINUX_EXECVE = 221,
    LINUX_MMAP = 222,
    LINUX_MPROTECT = 226,
    LINUX_WAIT4 = 260,
};

enum { LINUX_SIGKILL = 9, LINUX_SIGCHLD = 17 };
enum { LINUX_PROT_READ = 1, LINUX_PROT_WRITE = 2, LINUX_PROT_EXEC = 4 };
enum { LINUX_MAP_PRIVATE = 0x02, LINUX_MAP_FIXED = 0x10, LINUX_MAP_ANONYMOUS = 0x20 };

static inline int64_t linux_call(enum linux_number number, uint64_t first, uint64_t second,
                                 uint64_t third, uint64_t fourth)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = first;
    register uint64_t a1 __asm__("a1") = second;
    register uint64_t a2 __asm__("a2") = third;
    register uint64_t a3 __asm__("a3") = fourth;
    register uint64_t a4 __asm__("a4") = UINT64_MAX; /* mmap: no file */
    register uint64_t a5 __asm__("a5") = 0;

    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                     : "memory");
    return (int64_t)a0;
}

static inline int64_t linux_write(int descriptor, const void *bytes, size_t length)
{
    return linux_call(LINUX_WRITE, (uint64_t)descriptor, (uint64_t)bytes, length, 0);
}

/* Ends the process. */
__attribute__((noreturn)) static inline void linux_exit(int code)
{
    for (;;) {
        linux_call(LINUX_EXIT_GROUP, (uint64_t)code, 0, 0, 0);
    }
}

static inline int64_t linux_pid(void)
{
    return linux_call(LINUX_GETPID, 0, 0, 0, 0);
}

/* Lets others run first. */
static inline void linux_yield(void)
{
    linux_call(LINUX_SCHED_YIELD, 0, 0, 0, 0);
}

/* Makes a copy of this process. Returns 0 in the copy, and its pid in the original. */
static inline int64_t linux_fork(void)
{
    return linux_call(LINUX_CLONE, LINUX_SIGCHLD, 0, 0, 0);
}

/* Replaces the program of this process; both lists end with NULL. Returns only an error. */
static inline int64_t linux_exec(const char *path, const char *const *arguments,
                                 const char *const *environment)
{
    return linux_call(LINUX_EXECVE, (uint64_t)path, (uint64_t)arguments, (uint64_t)environment, 0);
}

/* Waits until a child ends; pid -1 stands for any. Returns its pid; *status as linux_exit_code and
 * linux_signal understand it. */
static inline int64_t linux_wait(int64_t pid, int *status)
{
    return linux_call(LINUX_WAIT4, (uint64_t)pid, (uint64_t)status, 0, 0);
}

/* The signal that killed it, or 0. */
static inline int linux_signal(int status)
{
    return status & 0x7f;
}

static inline int linux_exit_code(int status)
{
    return status >> 8 & 0xff;
}

static inline int64_t linux_kill(int64_t pid, int signal)
{
    return linux_call(LINUX_KILL, (uint64_t)pid, (uint64_t)signal, 0, 0);
}

/* Maps zeroed memory that can be read and written: at va, in place of what is there, or for 0 where
 * the kernel likes. Returns its address, or an error. */
static inline int64_t linux_map(uint64_t va, uint64_t length)
{
    uint64_t flags = LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS;

    return linux_call(LINUX_MMAP, va, length, LINUX_PROT_READ | LINUX_PROT_WRITE,
                      va == 0 ? flags : flags | LINUX_MAP_FIXED);
}

static inline int64_t linux_unmap(uint64_t va, uint64_t length)
{
    return linux_call(LINUX_MUNMAP, va, length, 0, 0);
}

/* protection: the sum of LINUX_PROT_READ and so on. */
static inline int64_t linux_protect(uint64_t va, uint64_t length, uint64_t protection)
{
    return linux_call(LINUX_MPROTECT, va, length, protection, 0);
}

#endif
