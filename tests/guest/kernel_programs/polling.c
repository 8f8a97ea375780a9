/* polling.c - waiting for several files, and for a time. */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MILLISECOND = 1000000 };

static const char *error(long result)
{
    return result == -1 ? strerror(errno) : "done";
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void make(int ends[2])
{
    if (pipe(ends) != 0) {
        exit(9);
    }
}

static void tell(const char *what, int result, const struct pollfd *entries, int count)
{
    printf("%s: %d", what, result);
    for (int i = 0; i < count; i++) {
        printf(" %x", (unsigned)entries[i].revents);
    }
    printf("\n");
}

static void states(void)
{
    static char page[4096];
    int ends[2];

    make(ends);
    struct pollfd entries[] = {
        {ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}, {-1, POLLIN, 7}, {ends[0], POLLOUT, 0}};

    tell("empty", poll(entries, 4, 0), entries, 4);
    write(ends[1], "abc", 3);
    tell("with bytes", poll(entries, 4, 0), entries, 4);
    read(ends[0], page, 3);
    for (int i = 0; i < 16; i++) {
        tell("filling", poll(entries, 2, 0), entries, 2);
        write(ends[1], page, sizeof page);
    }
    tell("full", poll(entries, 2, 0), entries, 2);
    read(ends[0], page, 100);
    tell("too little room", poll(entries, 2, 0), entries, 2);
    entries[0].events = POLLIN | POLLRDNORM;
    close(ends[1]);
    tell("no writer", poll(entries, 2, 0), entries, 2);
    read(ends[0], page, 4096);
    make(ends);
    close(ends[0]);
    entries[1].fd = ends[1];
    tell("no reader", poll(entries + 1, 1, 0), entries + 1, 1);
    close(ends[1]);
    tell("closed", poll(entries + 1, 1, -1), entries + 1, 1);
}

/* Who comes first, ends the wait. */
static void waits(void)
{
    int first[2], second[2];
    int64_t start = now();

    make(first);
    make(second);
    struct pollfd entries[] = {{first[0], POLLIN, 0}, {second[0], POLLIN, 0}};

    tell("nobody comes", poll(entries, 2, 30), entries, 2);
    printf("long enough: %d\n", now() - start >= 30 * MILLISECOND);
    fflush(stdout);
    if (fork() == 0) {
        usleep(20000);
        write(second[1], "x", 1);
        usleep(200000);
        close(first[1]);
        _exit(0);
    }
    close(first[1]);
    tell("a byte", poll(entries, 2, -1), entries, 2);
    entries[1].fd = -1;
    tell("a hang-up", poll(entries, 2, 5000), entries, 2);
    wait(NULL);
}

static void sets(void)
{
    int ends[2];
    fd_set readers, writers;
    struct timeval soon = {.tv_usec = 20000}, none = {0};

    make(ends);
    FD_ZERO(&readers);
    FD_ZERO(&writers);
    FD_SET(ends[0], &readers);
    FD_SET(ends[1], &writers);
    printf("select: %d", select(ends[1] + 1, &readers, &writers, NULL, NULL));
    printf(" %d %d\n", FD_ISSET(ends[0], &readers) != 0, FD_ISSET(ends[1], &writers) != 0);
    FD_SET(ends[0], &readers);
    printf("late: %d", select(ends[1] + 1, &readers, NULL, NULL, &soon));
    printf(" %d, left: %ld\n", FD_ISSET(ends[0], &readers) != 0, (long)soon.tv_usec);
    write(ends[1], "x", 1);
    FD_SET(ends[0], &readers);
    FD_SET(ends[1], &writers);
    printf("both: %d\n", select(ends[1] + 1, &readers, &writers, NULL, &none));
    close(ends[1]);
    FD_SET(ends[0], &readers);
    FD_SET(ends[1], &readers);
    printf("closed: %s\n", error(select(ends[1] + 1, &readers, NULL, NULL, NULL)));
    FD_ZERO(&readers);
    FD_SET(ends[0], &readers);
    soon.tv_usec = 20000;
    printf("what does not count: %d\n", select(ends[0] + 1, NULL, &readers, NULL, &soon));
    printf("no sets: %d\n", select(0, NULL, NULL, NULL, &none));
    printf("negative: %s\n", error(select(-1, NULL, NULL, NULL, NULL)));
}

/* Not known to the compiler, who would warn. */
static volatile uintptr_t nowhere = 8, many = 1U << 30;

static void refusals(void)
{
    struct timespec wrong = {.tv_nsec = -1};
    struct pollfd entry = {0, POLLIN, 0};

    printf("time: %s\n", error(ppoll(&entry, 1, &wrong, NULL)));
    printf("too many: %s\n", error(poll(&entry, (nfds_t)many, 0)));
    printf("nowhere: %s\n", error(poll((struct pollfd *)nowhere, 1, 0)));
}

/* Standard input: bytes, then its end. */
static void input(void)
{
    struct pollfd entry = {0, POLLIN, 0};
    char bytes[100];
    int result = poll(&entry, 1, -1);

    printf("input: %d %d\n", result, (entry.revents & POLLIN) != 0);
    printf("read: %d\n", (int)read(0, bytes, 3));
    while (read(0, bytes, sizeof bytes) > 0) {
    }
    tell("at its end", poll(&entry, 1, -1), &entry, 1);
}

int main(void)
{
    states();
    waits();
    sets();
    refusals();
    input();
    return 0;
}
