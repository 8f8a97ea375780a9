/*
 * fences.c - what goes wrong if the kernel leaves out a fence: fences WHAT, by the names of
 * guest/kernel/fence.h. Each prints what it sees, which no fence may change.
 *
 * A translation is made to be cached, the kernel changes the PTE, and the page is used again.
 */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGE_WORDS = PAGE / 8 };

/* Far from all else, at the start of what a table of leaves maps. */
#define PLACE UINT64_C(0x1000000000)

/* Zeroed pages of words, in place of what is there. */
static volatile uint64_t *map(uint64_t va, size_t pages)
{
    void *place = mmap((void *)va, pages * PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    if (place == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return place;
}

static void protect(volatile uint64_t *page, int protection)
{
    if (mprotect((void *)page, PAGE, protection) != 0) {
        perror("mprotect");
        exit(1);
    }
}

static int status_of(pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    return status;
}

/* Another process, that does nothing but live until it is killed. */
static pid_t fork_idler(void)
{
    pid_t pid = fork();

    while (pid == 0) {
        sched_yield();
    }
    return pid;
}

static void let_others_run(void)
{
    for (int turn = 0; turn < 4; turn++) {
        sched_yield();
    }
}

/* The first page brings the table; that there is nothing in it for the others may be cached. */
static void page_mapped(void)
{
    enum { PAGES = 64 };
    volatile uint64_t *page = map(PLACE, PAGES);
    uint64_t sum = 0;

    for (size_t i = 0; i < PAGES; i++) {
        page[i * PAGE_WORDS] = i;
    }
    for (size_t i = 0; i < PAGES; i++) {
        sum += page[i * PAGE_WORDS];
    }
    printf("%d pages: %d\n", PAGES, (int)sum);
}

/* Each is in a region of 2 MiB, or of 1 GiB, that was never touched. */
static void table_added(void)
{
    enum { REGIONS = 8 };
    uint64_t sum = 0;

    for (uint64_t i = 0; i < REGIONS; i++) {
        *map(PLACE + (i << 21), 1) = i;
        *map(PLACE + (i << 30) + PAGE, 1) = i;
    }
    for (uint64_t i = 0; i < REGIONS; i++) {
        sum += *(volatile uint64_t *)(PLACE + (i << 21));
        sum += *(volatile uint64_t *)(PLACE + (i << 30) + PAGE);
    }
    printf("%d regions: %d\n", 2 * REGIONS, (int)sum);
}

static void page_unmapped(void)
{
    volatile uint64_t *page = map(PLACE, 1);

    *page = 7;
    munmap((void *)page, PAGE);
    map(PLACE, 1);
    printf("a new page holds %d\n", (int)*page);
}

static sigjmp_buf behind_fault;

static void leave_fault(int signal)
{
    siglongjmp(behind_fault, signal);
}

/* To a place where a page was looked for, and not found. */
static void page_moved(void)
{
    volatile uint64_t *page = map(PLACE, 1), *moved = page + PAGE_WORDS;

    *page = 7;
    signal(SIGSEGV, leave_fault);
    if (sigsetjmp(behind_fault, 1) == 0) {
        (void)*moved;
    }
    mremap((void *)page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)moved);
    map(PLACE, 1);
    printf("moved: %d, the old place: %d\n", (int)*moved, (int)*page);
}

/* The kernel writes a page of this process that another one shares: no fault of this one heals
 * what it holds. */
static void page_replaced(void)
{
    struct utsname *name = (struct utsname *)map(PLACE, 1);
    volatile char *letter = name->sysname;
    pid_t idler;
    char before;

    *letter = '?';
    idler = fork_idler();
    before = *letter;
    uname(name);
    printf("%c, and by the kernel %c\n", before, *letter);
    kill(idler, SIGKILL);
    status_of(idler);
}

static void page_restricted(void)
{
    volatile uint64_t *page = map(PLACE, 1);
    pid_t pid = fork();

    if (pid == 0) {
        *page = 1;
        protect(page, PROT_READ);
        *page = 2;
        _exit((int)*page);
    }
    int status = status_of(pid);

    printf("a store to what may only be read: signal %d, exit %d\n",
           WIFSIGNALED(status) ? WTERMSIG(status) : 0, WEXITSTATUS(status));
}

/* The load brings in what lacks a right. */
static void page_allowed(void)
{
    volatile uint64_t *page = map(PLACE, 1);

    *page = 1;
    protect(page, PROT_READ);
    (void)*page;
    protect(page, PROT_READ | PROT_WRITE);
    *page = 2;
    printf("what may be written again holds %d\n", (int)*page);
}

/* Some pages are read all the time, while many others want their frames. */
static void accessed_cleared(void)
{
    enum { PAGES = 6144, BUSY = 64 };
    volatile uint64_t *page = map(PLACE, PAGES + BUSY);
    volatile uint64_t *busy = page + (size_t)PAGES * PAGE_WORDS;
    uint64_t sum = 0;

    for (size_t i = 0; i < BUSY; i++) {
        busy[i * PAGE_WORDS] = 1;
    }
    for (size_t i = 0; i < PAGES; i++) {
        page[i * PAGE_WORDS] = i;
        sum += busy[i % BUSY * PAGE_WORDS];
    }
    printf("read %d times\n", (int)sum);
}

static void pages_shared(void)
{
    volatile uint64_t *page = map(PLACE, 1);
    pid_t pid;

    *page = 1;
    pid = fork();
    if (pid == 0) {
        let_others_run();
        _exit((int)*page);
    }
    *page = 2;
    printf("the child's page holds %d\n", WEXITSTATUS(status_of(pid)));
}

/* Where boot's code ran, with an identity map, a process may have a page. */
static void kernel_table(void)
{
    volatile uint64_t *page = map(UINT64_C(0x80000000), 1);

    *page = 5;
    printf("a page at boot's address holds %d\n", (int)*page);
}

static void fork_and_wait(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        _exit(0);
    }
    status_of(pid);
}

/* The frames of a child's kernel stack become pages of this process; then a child has another stack
 * at the same address. */
static void kernel_stack_mapped(void)
{
    enum { PAGES = 256, WORDS = PAGES * PAGE_WORDS };
    volatile uint64_t *word = map(PLACE, PAGES);
    int wrong = 0;

    *word = 0; /* so that no table of these pages gets a frame of the stack */
    fork_and_wait();
    for (size_t i = 0; i < WORDS; i++) {
        word[i] = i;
    }
    fork_and_wait();
    for (size_t i = 0; i < WORDS; i++) {
        wrong += word[i] != i;
    }
    printf("words that changed: %d\n", wrong);
}

static const struct {
    const char *name;
    void (*run)(void);
} programs[] = {
    {"page_mapped", page_mapped},
    {"table_added", table_added},
    {"page_moved", page_moved},
    {"page_unmapped", page_unmapped},
    {"page_replaced", page_replaced},
    {"page_restricted", page_restricted},
    {"page_allowed", page_allowed},
    {"accessed_cleared", accessed_cleared},
    {"pages_shared", pages_shared},
    {"kernel_table", kernel_table},
    {"kernel_stack_mapped", kernel_stack_mapped},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof programs / sizeof *programs; i++) {
        if (strcmp(argv[1], programs[i].name) == 0) {
            programs[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: fences WHAT\n");
    return 2;
}
