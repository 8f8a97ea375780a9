/*
 * What is written to files: holes, ends, removal while open, programs that run; compared with a
 * plain array, so that each line says how much was the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "own_folder.h"

enum { LARGEST = 1 << 18, STEPS = 200 };

static char model[LARGEST];
static char content[LARGEST];
static size_t model_length;

static void tell(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static unsigned next_number(void)
{
    static unsigned long state = 88172645463325252;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 16);
}

static int is_as_model(int fd)
{
    struct stat status;

    memset(content, 1, sizeof content);
    return fstat(fd, &status) == 0 && (size_t)status.st_size == model_length &&
           pread(fd, content, sizeof content, 0) == (ssize_t)model_length &&
           memcmp(content, model, model_length) == 0;
}

static void set_model_length(size_t length)
{
    if (length < model_length) {
        memset(model + length, 0, model_length - length);
    }
    model_length = length;
}

/* One write or one cut at a place by chance, to the file and to the model. */
static int step(int fd)
{
    size_t place = next_number() % (next_number() % 4 == 0 ? LARGEST : LARGEST / 16);
    size_t length = next_number() % 9000;

    if (next_number() % 5 == 0) {
        set_model_length(place);
        return ftruncate(fd, (off_t)place) == 0;
    }
    if (length > LARGEST - place) {
        length = LARGEST - place;
    }
    if (length > 0 && place + length > model_length) {
        model_length = place + length;
    }
    memset(model + place, (int)('a' + next_number() % 26), length);
    return pwrite(fd, model + place, length, (off_t)place) == (ssize_t)length;
}

/* `before` is what the file holds at first. */
static void change_by_chance(const char *path, const char *before)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    unsigned good = 0;

    if (write(fd, before, strlen(before)) < 0) {
        perror(path);
    }
    memset(model, 0, sizeof model);
    memcpy(model, before, strlen(before));
    model_length = strlen(before);
    for (unsigned i = 0; i < STEPS; i++) {
        good += step(fd) && (i % 20 != 0 || is_as_model(fd));
    }
    printf("%s: %u of %d steps, same at the end: %d\n", path, good, STEPS, is_as_model(fd));
    close(fd);
}

static void append(void)
{
    int fd = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    int other = open("log", O_RDWR | O_APPEND);

    tell("append", write(fd, "one ", 4));
    tell("append by the other", write(other, "two ", 4));
    tell("to the start", lseek(fd, 0, SEEK_SET));
    tell("append", write(fd, "three\n", 6));
    tell("where", lseek(fd, 0, SEEK_CUR));
    memset(content, 0, 20);
    tell("read", pread(other, content, 19, 0));
    printf("%s", content);
    tell("read of what is open for writing", read(fd, content, 1));
    close(fd);
    close(other);
}

static void remove_while_open(void)
{
    int fd = open("open", O_RDWR | O_CREAT, 0600);
    struct stat status;

    tell("write", write(fd, "still here\n", 11));
    tell("unlink", unlink("open"));
    tell("open again", open("open", O_RDONLY));
    memset(content, 0, 20);
    tell("read", pread(fd, content, 19, 0));
    printf("%s", content);
    fstat(fd, &status);
    printf("links: %ld\n", (long)status.st_nlink);
    tell("written again", pwrite(fd, "x", 1, 100000));
    close(fd);
}

static void share_over_fork(void)
{
    int fd = open("shared", O_RDWR | O_CREAT | O_TRUNC, 0600);
    char part[8] = "";

    if (fork() == 0) {
        if (write(fd, "child ", 6) != 6) {
            _exit(1);
        }
        _exit(0);
    }
    wait(NULL);
    tell("write behind the child's", write(fd, "parent", 6));
    tell("read", pread(fd, part, 7, 4));
    printf("%s\n", part);
    tell("cut by another open", truncate("shared", 2));
    tell("behind the end", pread(fd, part, 7, 4));
    tell("write behind the end", write(fd, "!", 1));
    memset(part, 'x', sizeof part);
    tell("the hole", pread(fd, part, 7, 1));
    printf("%d %d %d\n", part[0], part[1], part[6]);
    close(fd);
}

static void limits(void)
{
    char *volatile nowhere = (char *)8;
    int fd = open("long", O_RDWR | O_CREAT, 0600);

    tell("a hole of 512 MiB", ftruncate(fd, 512 << 20));
    tell("a byte at its end", pwrite(fd, "x", 1, (512 << 20) - 1));
    memset(content, 1, 10);
    tell("read", pread(fd, content, 10, (512 << 20) - 5));
    printf("%d %d\n", content[0], content[4]);
    tell("a wrong place", pwrite(fd, "x", 1, -1));
    tell("a wrong address", write(fd, nowhere, 10));
    tell("a wrong address to read to", read(fd, nowhere, 10));
    close(fd);
    tell("unlink", unlink("long"));
}

int main(void)
{
    char folder[] = "/tmp/writtenXXXXXX";

    own_folder_enter(folder);
    setvbuf(stdout, NULL, _IOLBF, 0);
    change_by_chance("chance", "");
    change_by_chance("chance2", "what was there before");
    append();
    remove_while_open();
    share_over_fork();
    limits();
    return own_folder_remove(folder);
}
