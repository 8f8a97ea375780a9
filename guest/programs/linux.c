/*
 * linux.c - what picolibc must be told about Linux: how a program begins, and its system calls.
 *
 * Add it to a program's sources in place of picolibc's start code; docs/programs.md has the whole
 * command. The program is in memory as it should be when it begins, .bss and thread-local variables
 * too: the kernel has read its segments.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio-bufio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

enum { CALL_LSEEK = 62, CALL_READ = 63, CALL_WRITE = 64, CALL_EXIT_GROUP = 94, CALL_BRK = 214 };

enum { ERRORS = 4096 }; /* results from -4095 to -1 are errors */

int main(int argc, char **argv, char **environment);

static long system_call(long number, long first, long second, long third)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = first;
    register long a1 __asm__("a1") = second;
    register long a2 __asm__("a2") = third;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

/* Turns an error into errno and -1. */
static long result(long value)
{
    if (value < 0 && value > -ERRORS) {
        errno = (int)-value;
        return -1;
    }
    return value;
}

ssize_t write(int file, const void *bytes, size_t length)
{
    return result(system_call(CALL_WRITE, file, (long)bytes, (long)length));
}

ssize_t read(int file, void *bytes, size_t length)
{
    return result(system_call(CALL_READ, file, (long)bytes, (long)length));
}

off_t lseek(int file, off_t offset, int from)
{
    return result(system_call(CALL_LSEEK, file, offset, from));
}

void *sbrk(ptrdiff_t increment); /* picolibc declares it only for programs that ask for more */

/* malloc's memory: brk answers with where the break is, moved or not. */
void *sbrk(ptrdiff_t increment)
{
    long old = system_call(CALL_BRK, 0, 0, 0);

    if (system_call(CALL_BRK, old + increment, 0, 0) != old + increment) {
        errno = ENOMEM;
        return (void *)-1;
    }
    return (void *)old;
}

static char input_bytes[BUFSIZ], output_bytes[BUFSIZ], error_byte[1];
static struct __file_bufio input =
    FDEV_SETUP_BUFIO(0, input_bytes, sizeof input_bytes, read, write, lseek, NULL, __SRD, 0);
static struct __file_bufio output =
    FDEV_SETUP_BUFIO(1, output_bytes, sizeof output_bytes, read, write, lseek, NULL, __SWR, __BLBF);
static struct __file_bufio error =
    FDEV_SETUP_BUFIO(2, error_byte, sizeof error_byte, read, write, lseek, NULL, __SWR, 0);
FILE *const stdin = &input.xfile.cfile.file;
FILE *const stdout = &output.xfile.cfile.file;
FILE *const stderr = &error.xfile.cfile.file;

static void flush(void)
{
    (void)fflush(stdout);
}

/* exit() ends here. */
_Noreturn void _exit(int status)
{
    for (;;) {
        (void)system_call(CALL_EXIT_GROUP, status, 0, 0);
    }
}

/* The stack begins with argc; argv is behind it, and the environment behind argv's NULL. */
__attribute__((used, noreturn)) static void begin(long *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);

    (void)atexit(flush);
    exit(main(argc, argv, argv + argc + 1));
}

void _start(void);

/* tp is where thread-local variables are, and errno is one. */
__attribute__((naked, used, section(".text.init.enter"))) void _start(void)
{
    __asm__ volatile(".option push\n\t"
                     ".option norelax\n\t"
                     "la gp, __global_pointer$\n\t"
                     ".option pop\n\t"
                     "la tp, __tls_base\n\t"
                     "mv a0, sp\n\t"
                     "tail begin");
}
