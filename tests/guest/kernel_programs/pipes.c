/* pipes.c - bytes through pipes: in order, none lost, writes in one piece, ends that are closed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONG = 65536 + 777, WRITERS = 4, RECORDS = 100, RECORD = 256 };

/* Not known to the compiler, who would warn. */
static volatile uintptr_t nowhere = 8;

static const char *error(long result)
{
    return result == -1 ? strerror(errno) : "done";
}

static void make(int ends[2])
{
    if (pipe(ends) != 0) {
        perror("pipe");
        exit(9);
    }
}

static pid_t begin(void)
{
    fflush(stdout);
    return fork();
}

static int wait_for(pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    return status;
}

/* Each process adds one to what it passes on. */
static void pass_on(int from, int to)
{
    uint8_t bytes[1000];

    for (ssize_t count; (count = read(from, bytes, sizeof bytes)) > 0;) {
        for (ssize_t i = 0; i < count; i++) {
            bytes[i]++;
        }
        if (write(to, bytes, (size_t)count) != count) {
            _exit(4);
        }
    }
    _exit(0);
}

static void write_all(int to)
{
    static uint8_t bytes[LONG];

    for (size_t i = 0; i < LONG; i++) {
        bytes[i] = (uint8_t)(i * 31 + i / 256);
    }
    _exit(write(to, bytes, LONG) == LONG ? 0 : 4);
}

static void three_processes(void)
{
    int first[2], second[2];
    size_t length = 0, wrong = 0;
    uint8_t bytes[3000];

    make(first);
    make(second);
    if (begin() == 0) {
        write_all(first[1]);
    }
    close(first[1]);
    if (begin() == 0) {
        close(second[0]);
        pass_on(first[0], second[1]);
    }
    close(first[0]);
    close(second[1]);
    for (ssize_t count; (count = read(second[0], bytes, sizeof bytes)) > 0; length += count) {
        for (size_t i = length; i < length + count; i++) {
            wrong += bytes[i - length] != (uint8_t)(i * 31 + i / 256 + 1);
        }
    }
    close(second[0]);
    printf("three processes: %zu bytes, %zu wrong", length, wrong);
    printf(", ends: %d", wait_for(-1));
    printf(" %d\n", wait_for(-1));
}

/* More writers than readers: records stay whole, and those of one writer in order. */
static void writers(void)
{
    int ends[2];
    int next[WRITERS] = {0}, torn = 0, disordered = 0, count = 0;
    uint8_t record[RECORD];

    make(ends);
    for (int i = 0; i < WRITERS; i++) {
        if (begin() == 0) {
            for (int turn = 0; turn < RECORDS; turn++) {
                memset(record, i * RECORDS / 2 + turn % 50, RECORD);
                record[0] = (uint8_t)i;
                record[1] = (uint8_t)turn;
                struct iovec parts[] = {{record, 100}, {record + 100, RECORD - 100}};

                if (writev(ends[1], parts, 2) != RECORD) {
                    _exit(4);
                }
            }
            _exit(0);
        }
    }
    close(ends[1]);
    for (ssize_t got; (got = read(ends[0], record, RECORD)) > 0; count++) {
        while (got < RECORD) {
            got += read(ends[0], record + got, (size_t)(RECORD - got));
        }
        for (int i = 3; i < RECORD; i++) {
            torn += record[i] != record[2];
        }
        disordered += record[0] >= WRITERS || next[record[0]]++ != record[1];
    }
    close(ends[0]);
    for (int i = 0; i < WRITERS; i++) {
        wait_for(-1);
    }
    printf("writers: %d records, %d torn, %d out of order\n", count, torn, disordered);
}

static void no_reader(void)
{
    int ends[2];
    pid_t child;

    make(ends);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    printf("nobody reads, ignored: %s\n", error(write(ends[1], "x", 1)));
    printf("nothing for nobody: %s\n", error(write(ends[1], "x", 0)));
    signal(SIGPIPE, SIG_DFL);
    child = begin();
    if (child == 0) {
        write(ends[1], "x", 1);
        _exit(0);
    }
    int status = wait_for(child);

    printf("nobody reads: by a signal %d, %d\n", WIFSIGNALED(status), WTERMSIG(status));
    close(ends[1]);
}

/* A reader that goes away while the writer waits. */
static void reader_leaves(void)
{
    int ends[2];
    pid_t child;
    char byte;

    make(ends);
    child = begin();
    if (child == 0) {
        close(ends[0]);
        write_all(ends[1]);
    }
    close(ends[1]);
    read(ends[0], &byte, 1);
    close(ends[0]);
    printf("the reader leaves: %d\n", WTERMSIG(wait_for(child)));
}

static void without_waiting(void)
{
    static char page[4096];
    char bytes[10];
    int ends[2], ready;
    long total = 0;

    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) {
        exit(9);
    }
    printf("close at exec: %d %d", fcntl(ends[0], F_GETFD), fcntl(ends[1], F_GETFD));
    printf(", flags: %o %o\n", fcntl(ends[0], F_GETFL), fcntl(ends[1], F_GETFL));
    printf("empty: %s\n", error(read(ends[0], bytes, sizeof bytes)));
    for (ssize_t done; (done = write(ends[1], page, sizeof page)) > 0;) {
        total += done;
    }
    printf("full: %s, after %ld of %d\n", strerror(errno), total, fcntl(ends[1], F_GETPIPE_SZ));
    read(ends[0], page, 100);
    printf("not in one piece: %s\n", error(write(ends[1], page, sizeof page)));
    ioctl(ends[0], FIONREAD, &ready);
    printf("to be read: %d\n", ready);
    fcntl(ends[0], F_SETFL, 0);
    close(ends[1]);
    while (total > 0) {
        ssize_t count = read(ends[0], page, sizeof page);

        if (count <= 0) {
            break;
        }
        total -= count;
    }
    printf("left out: %ld, at the end: %zd\n", total, read(ends[0], bytes, 5));
    close(ends[0]);
}

/* Round a ring that is full most of the time, at places that fit no page. */
static void around(void)
{
    enum { TURNS = 60, PIECE = 9000 };

    static uint8_t bytes[PIECE];
    uint32_t place = 0, wrong = 0;
    int ends[2];

    make(ends);
    if (begin() == 0) {
        for (int turn = 0; turn < TURNS; turn++) {
            for (size_t i = 0; i < PIECE; i++) {
                bytes[i] = (uint8_t)(place * 7 + place / 256);
                place++;
            }
            write(ends[1], bytes, PIECE);
        }
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t count; (count = read(ends[0], bytes, 5001)) > 0;) {
        for (ssize_t i = 0; i < count; i++) {
            wrong += bytes[i] != (uint8_t)(place * 7 + place / 256);
            place++;
        }
    }
    printf("around: %u bytes, %u wrong\n", place, wrong);
    close(ends[0]);
    wait_for(-1);
}

/* Writes pieces of a row of bytes until the pipe is full. */
static void fill(int to, size_t piece, uint32_t *place)
{
    uint8_t bytes[4096];

    for (;;) {
        for (size_t i = 0; i < piece; i++) {
            bytes[i] = (uint8_t)((*place + i) * 7 + (*place + i) / 256);
        }
        if (write(to, bytes, piece) <= 0) {
            return;
        }
        *place += (uint32_t)piece;
    }
}

/* So full that the end is on the page where the start is. */
static void wrapped(void)
{
    static uint8_t bytes[5000];
    uint32_t sent = 0, place = 0, wrong = 0;
    int ends[2];

    if (pipe2(ends, O_NONBLOCK) != 0) {
        exit(9);
    }
    fill(ends[1], 4096, &sent);
    for (ssize_t count; (count = read(ends[0], bytes, sizeof bytes)) > 0;) {
        for (ssize_t i = 0; i < count; i++, place++) {
            wrong += bytes[i] != (uint8_t)(place * 7 + place / 256);
        }
        if (place == sizeof bytes) {
            fill(ends[1], 100, &sent);
        }
    }
    printf("wrapped: all %d, %u wrong\n", place == sent, wrong);
    close(ends[0]);
    close(ends[1]);
}

static void refusals(void)
{
    int ends[2];
    struct stat status;

    make(ends);
    printf("wrong end: %s", error(read(ends[1], &status, 1)));
    printf(", %s\n", error(write(ends[0], "x", 1)));
    printf("seek: %s", error(lseek(ends[0], 0, SEEK_SET)));
    printf(", %s\n", error(pread(ends[0], &status, 1, 0)));
    printf("terminal: %d\n", isatty(ends[0]));
    fstat(ends[0], &status);
    printf("kind: %o\n", status.st_mode);
    printf("to nowhere: %s\n", error(write(ends[1], (void *)nowhere, 10)));
    printf("flags: %s\n", error(pipe2(ends, 0x40000000)));
    printf("ends nowhere: %s\n", error(pipe2((int *)nowhere, 0)));
    printf("the next: %d\n", dup(0) - ends[1]);
}

int main(void)
{
    three_processes();
    writers();
    no_reader();
    reader_leaves();
    without_waiting();
    around();
    wrapped();
    refusals();
    return 0;
}
