/* descriptors.c - numbers for open files: copies, flags, what a fork shares and an execve closes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not known to the compiler, who would warn. */
static volatile uintptr_t nowhere = 8;
static volatile int none = -1;

static const char *error(long result)
{
    return result == -1 ? strerror(errno) : "done";
}

static void numbers(void)
{
    int first = dup(1), second = fcntl(1, F_DUPFD, 20), third = fcntl(1, F_DUPFD_CLOEXEC, 20);

    printf("lowest: %d, from 20: %d, %d\n", first, second, third);
    printf("close at exec: %d %d\n", fcntl(second, F_GETFD), fcntl(third, F_GETFD));
    printf("over itself: %d, %s\n", dup2(first, first), error(dup3(first, first, 0)));
    printf("over another: %d", dup2(first, second));
    printf(", %d\n", dup3(first, 30, O_CLOEXEC));
    printf("not open: %s", error(dup(40)));
    printf(", %s", error(dup2(40, 3)));
    printf(", %s", error(fcntl(40, F_GETFD)));
    printf(", %s\n", error(close(40)));
    printf("beyond: %s", error(dup2(1, 1 << 20)));
    printf(", %s", error(fcntl(1, F_DUPFD, 1 << 20)));
    printf(", %s\n", error(dup2(1, -1)));
    printf("unknown: %s\n", error(fcntl(1, 77)));
    close(first);
    printf("free again: %d\n", dup(1));
    printf("range: %s", error(syscall(SYS_close_range, 3, ~0U, 0)));
    printf(", %s", error(close(20)));
    printf(", %s\n", error(syscall(SYS_close_range, 4, 3, 0)));
    printf("the first again: %d\n", dup(1));
    close(3);
}

/* A fork and its parent have one offset; whoever opens again has his own. */
static void offsets(const char *name)
{
    int file = open(name, O_RDONLY), copy = dup(file), other = open(name, O_RDONLY);
    char byte[4] = "";
    struct iovec parts[] = {{byte, 1}, {byte + 1, 2}};

    lseek(file, 10, SEEK_SET);
    printf("copy: %ld, other: %ld\n", (long)lseek(copy, 0, SEEK_CUR),
           (long)lseek(other, 0, SEEK_CUR));
    fflush(stdout);
    if (fork() == 0) {
        _exit(read(copy, byte, 3) == 3 ? 0 : 1);
    }
    wait(NULL);
    printf("after a fork that read: %ld\n", (long)lseek(file, 0, SEEK_CUR));
    printf("at another place: %zd", pread(file, byte, 3, 1));
    printf(" %.3s", byte);
    printf(", %zd %.3s", preadv(file, parts, 2, 1), byte);
    printf(", then: %ld\n", (long)lseek(file, 0, SEEK_CUR));
    printf("wrong place: %s\n", error(pread(file, byte, 1, -1)));
    printf("writing what is read: %s\n", error(write(file, byte, 1)));
    printf("pieces: %s", error(readv(file, parts, none)));
    printf(", %s\n", error(readv(file, (struct iovec *)nowhere, 1)));
    printf("from the end: %d\n", lseek(file, -1, SEEK_END) > 0);
    close(file);
    close(copy);
    close(other);
}

static void flags(void)
{
    int ends[2];

    if (pipe(ends) != 0) {
        exit(9);
    }
    int copy = dup(ends[1]);

    fcntl(copy, F_SETFL, O_NONBLOCK | O_WRONLY);
    printf("flags are shared: %d\n", fcntl(ends[1], F_GETFL) == (O_NONBLOCK | O_WRONLY));
    fcntl(copy, F_SETFD, FD_CLOEXEC);
    printf("those of a number are not: %d\n", fcntl(ends[1], F_GETFD));
    fcntl(copy, F_SETFL, 0);
    printf("and again: %d\n", fcntl(ends[1], F_GETFL) == O_WRONLY);
}

/* In a program begun anew: which of the numbers are open. */
static int tell_open(void)
{
    for (int number = 3; number < 12; number++) {
        printf("%d: %s\n", number, fcntl(number, F_GETFD) == -1 ? "closed" : "open");
    }
    return 0;
}

static void begin_anew(const char *name)
{
    char *const arguments[] = {"descriptors", "open", NULL};

    syscall(SYS_close_range, 3, ~0U, 0);
    dup2(1, 4);
    dup3(1, 5, O_CLOEXEC);
    fcntl(1, F_DUPFD_CLOEXEC, 7);
    dup2(1, 9);
    syscall(SYS_close_range, 8, 9, 4);
    dup2(1, 10);
    fflush(stdout);
    if (fork() == 0) {
        execv(name, arguments);
        _exit(127);
    }
    wait(NULL);
}

static void too_many(void)
{
    int last = -1, number;

    while ((number = dup(1)) != -1 && number < 1000) {
        last = number;
    }
    printf("too many: %d\n", last == 999 || errno == EMFILE);
    syscall(SYS_close_range, 3, ~0U, 0);
}

/* What another process is told that would write from byte 14 on. */
static void ask_another(const char *what, int file)
{
    struct flock asked = {.l_type = F_WRLCK, .l_start = 14};

    fflush(stdout);
    if (fork() != 0) {
        wait(NULL);
        return;
    }
    fcntl(file, F_GETLK, &asked);
    printf("%s: ", what);
    if (asked.l_type != F_UNLCK) {
        printf("%d, %ld and %ld, by the parent: %d\n", asked.l_type, (long)asked.l_start,
               (long)asked.l_len, asked.l_pid == getppid());
    } else {
        printf("nothing\n");
    }
    fflush(stdout);
    _exit(0);
}

/* Locks of open files and of processes. */
static void locks(const char *name)
{
    int file = open(name, O_RDONLY), other = open(name, O_RDONLY);
    struct flock range = {.l_type = F_RDLCK, .l_start = 10, .l_len = 10};

    printf("lock: %s", error(flock(file, LOCK_EX)));
    printf(", other: %s", error(flock(other, LOCK_SH | LOCK_NB)));
    printf(", down: %s", error(flock(file, LOCK_SH)));
    printf(", both: %s", error(flock(other, LOCK_SH | LOCK_NB)));
    printf(", up: %s", error(flock(file, LOCK_EX | LOCK_NB)));
    close(other);
    printf(", alone: %s\n", error(flock(file, LOCK_EX | LOCK_NB)));
    printf("range: %s\n", error(fcntl(file, F_SETLK, &range)));
    ask_another("held", file);
    range.l_type = F_UNLCK;
    range.l_start = 14;
    range.l_len = 1;
    fcntl(file, F_SETLK, &range);
    ask_another("with a hole", file);
    close(open(name, O_RDONLY));
    ask_another("after a close", file);
    range.l_type = F_WRLCK;
    printf("to write: %s\n", error(fcntl(file, F_SETLK, &range)));
    close(file);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        return tell_open();
    }
    numbers();
    offsets("/proc/self/exe");
    flags();
    begin_anew("/proc/self/exe");
    too_many();
    locks("/proc/self/exe");
    return 0;
}
