/* mappings.c - mmap, munmap, mprotect and madvise, and what they refuse. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

static const char *error(long result)
{
    return result == -1 ? strerror(errno) : "done";
}

static char *map(size_t pages, int protection)
{
    return mmap(NULL, pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Does a child that touches this live? */
static void probe(const char *what, volatile char *address, int writes)
{
    int status;

    fflush(stdout);
    if (fork() == 0) {
        if (writes) {
            *address = 1;
        }
        _exit(*address != 0);
    }
    wait(&status);
    if (WIFSIGNALED(status)) {
        printf("%s: signal %d\n", what, WTERMSIG(status));
    } else {
        printf("%s: %d\n", what, WEXITSTATUS(status));
    }
}

static void protections(void)
{
    char *pages = map(3, PROT_READ | PROT_WRITE);

    memset(pages, 5, 3 * PAGE);
    printf("restrict the middle: %s\n", error(mprotect(pages + PAGE, PAGE, PROT_READ)));
    probe("write to the first", pages, 1);
    probe("write to the middle", pages + PAGE, 1);
    probe("read of the middle", pages + PAGE, 0);
    printf("close it: %s\n", error(mprotect(pages + PAGE, PAGE, PROT_NONE)));
    probe("read of the closed", pages + PAGE, 0);
    probe("read of the last", pages + 2 * PAGE, 0);
    printf("open it: %s\n", error(mprotect(pages, 3 * PAGE, PROT_READ | PROT_WRITE)));
    printf("it is as it was: %d\n", pages[PAGE] == 5 && pages[2 * PAGE - 1] == 5);
    probe("write to it", pages + PAGE, 1);
    printf("unmap the middle: %s\n", error(munmap(pages + PAGE, PAGE)));
    probe("read of nothing", pages + PAGE, 0);
    probe("read of the last", pages + 2 * PAGE, 0);
    printf("a hole: %s\n", error(mprotect(pages, 3 * PAGE, PROT_READ)));
    printf("unmap all: %s\n", error(munmap(pages, 3 * PAGE)));
    printf("again: %s\n", error(munmap(pages, 3 * PAGE)));
}

static void places(void)
{
    char *place = map(4, PROT_READ | PROT_WRITE);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;

    memset(place, 9, 4 * PAGE);
    printf("fixed: %d\n",
           mmap(place + PAGE, PAGE, PROT_READ, flags | MAP_FIXED, -1, 0) == place + PAGE);
    printf("it is new: %d %d %d\n", place[0], place[PAGE], place[2 * PAGE]);
    printf("not over another: %s\n",
           error((long)mmap(place, PAGE, PROT_READ, flags | MAP_FIXED_NOREPLACE, -1, 0)));
    munmap(place, 4 * PAGE);
    printf("where it is asked for: %d\n", mmap(place, PAGE, PROT_READ, flags, -1, 0) == place);
    printf("elsewhere if taken: %d\n", mmap(place, PAGE, PROT_READ, flags, -1, 0) != place);
    printf("no length: %s\n", error((long)map(0, PROT_READ)));
    printf("too long: %s\n", error((long)map((size_t)1 << 40, PROT_READ)));
    printf("unaligned: %s\n",
           error((long)mmap(place + 1, PAGE, PROT_READ, flags | MAP_FIXED, -1, 0)));
    printf("no file: %s\n", error((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 77, 0)));
    printf("unaligned munmap: %s\n", error(munmap(place + 1, PAGE)));
    printf("unaligned mprotect: %s\n", error(mprotect(place + 1, PAGE, PROT_READ)));
}

static void advice(void)
{
    char *pages = map(3, PROT_READ | PROT_WRITE);

    memset(pages, 3, 3 * PAGE);
    printf("do not need: %s\n", error(madvise(pages + PAGE, PAGE, MADV_DONTNEED)));
    printf("forgotten: %d %d %d\n", pages[0], pages[PAGE], pages[2 * PAGE]);
    printf("will need: %s\n", error(madvise(pages, 3 * PAGE, MADV_WILLNEED)));
}

int main(void)
{
    protections();
    places();
    advice();
    return 0;
}
