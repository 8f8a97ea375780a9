/* remapping.c - mremap: growing, shrinking and moving, with what is there. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char *map(size_t pages, int flags)
{
    char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED) {
        printf("mmap: %s\n", strerror(errno));
        exit(1);
    }
    return at;
}

/* A number on every second page. */
static void fill(char *at, size_t pages, int number)
{
    for (size_t i = 0; i < pages; i += 2) {
        at[i * PAGE] = (char)(number + (int)i % 50);
    }
}

static int is_filled(const char *at, size_t pages, int number)
{
    for (size_t i = 0; i < pages; i++) {
        if (at[i * PAGE] != (i % 2 == 0 ? (char)(number + (int)i % 50) : 0)) {
            return 0;
        }
    }
    return 1;
}

static void grow_and_shrink(void)
{
    char *at = map(16, MAP_PRIVATE);

    fill(at, 8, 1);
    printf("shrunk: %d\n", mremap(at, 16 * PAGE, 8 * PAGE, 0) == at);
    printf("grown: %d\n", mremap(at, 8 * PAGE, 12 * PAGE, 0) == at);
    printf("filled: %d, %d\n", is_filled(at, 8, 1), at[9 * PAGE]);
    printf("the same: %d\n", mremap(at, 12 * PAGE, 12 * PAGE, 0) == at);
    munmap(at, 12 * PAGE);
}

/* Where there is no room it moves, or does not. */
static void move(int flags)
{
    char *at = map(9, flags);
    char *moved;

    fill(at, 6, 2);
    munmap(at + 8 * PAGE, PAGE);
    (void)mmap(at + 8 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    moved = mremap(at, 8 * PAGE, 10 * PAGE, 0);
    printf("no room: %s\n", moved == MAP_FAILED ? strerror(errno) : "grown");
    moved = mremap(at, 8 * PAGE, 10 * PAGE, MREMAP_MAYMOVE);
    printf("moved: %d, filled: %d\n", moved != MAP_FAILED && moved != at, is_filled(moved, 8, 2));
    printf("left: %s\n", msync(at, 8 * PAGE, MS_ASYNC) == 0 ? "all" : strerror(errno));
    munmap(moved, 10 * PAGE);
    munmap(at + 8 * PAGE, PAGE);
}

/* A fork has the same pages, and keeps them where they were. */
static void move_in_child(void)
{
    enum { PAGES = 60 };
    char *at = map(PAGES, MAP_PRIVATE);
    int status;

    fill(at, PAGES, 3);
    mprotect(at + 4 * PAGE, 2 * PAGE, PROT_NONE);
    fflush(stdout);
    pid_t pid = fork();

    if (pid == 0) {
        char *to = map(PAGES, MAP_PRIVATE);
        char *moved = mremap(at, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
        int is_right = moved == to && is_filled(moved, 4, 3);

        moved = mremap(at + 6 * PAGE, (PAGES - 6) * PAGE, (PAGES - 6) * PAGE,
                       MREMAP_MAYMOVE | MREMAP_FIXED, to + 4 * PAGE);
        is_right += moved == to + 4 * PAGE && is_filled(moved, PAGES - 6, 9);
        moved = mremap(at + 4 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at);
        mprotect(at, 2 * PAGE, PROT_READ);
        is_right += moved == at && is_filled(at, 2, 7);
        fill(to, 4, 40);
        _exit(is_right);
    }
    waitpid(pid, &status, 0);
    mprotect(at + 4 * PAGE, 2 * PAGE, PROT_READ);
    printf("in a child: %d of 3; the parent's: %d\n", WEXITSTATUS(status), is_filled(at, PAGES, 3));
    munmap(at, PAGES * PAGE);
}

static void refuse(const char *what, void *result)
{
    printf("%s: %s\n", what, result == MAP_FAILED ? strerror(errno) : "done");
}

static void ask_too_much(void)
{
    char *at = map(4, MAP_PRIVATE);

    munmap(at + 2 * PAGE, PAGE);
    refuse("no address", mremap(at + 1, PAGE, PAGE, 0));
    refuse("nothing", mremap(at, PAGE, 0, 0));
    refuse("a hole", mremap(at, 4 * PAGE, 5 * PAGE, MREMAP_MAYMOVE));
    refuse("other flags", mremap(at, PAGE, PAGE, 64));
    refuse("fixed, but not moved", mremap(at, PAGE, PAGE, MREMAP_FIXED, at + PAGE));
    refuse("onto itself", mremap(at, 2 * PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, at + PAGE));
    munmap(at, 4 * PAGE);
}

/* malloc() moves large pieces so. */
static void reallocate(void)
{
    size_t length = 200000;
    unsigned char *bytes = malloc(length);
    unsigned sum = 0;

    memset(bytes, 5, length);
    for (int i = 0; i < 5; i++) {
        bytes = realloc(bytes, length * 2);
        memset(bytes + length, i, length);
        length *= 2;
    }
    for (size_t i = 0; i < length; i++) {
        sum += bytes[i];
    }
    printf("reallocated: %zu bytes, %u\n", length, sum);
    free(bytes);
}

int main(void)
{
    grow_and_shrink();
    move(MAP_PRIVATE);
    move(MAP_SHARED);
    move_in_child();
    ask_too_much();
    reallocate();
    return 0;
}
