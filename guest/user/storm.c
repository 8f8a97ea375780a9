/*
 * storm.c - processes that fork, exec, touch memory, kill and exit at random, and check all the
 * while that each page holds what its process stored there.
 *
 *   storm SEED ROUNDS COUNT   each round begins COUNT processes and waits for all that came of them
 *   storm SEED DEPTH          what a process becomes by exec
 *
 * The numbers are random, but the same for the same SEED.
 */
#include <stdbool.h>
#include <stddef.h>

#include "guest/include/linux.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

#define FIRST_VA UINT64_C(0x40000000)

enum { PAGE_SIZE = 4096, PAGES = 512, PAGE_WORDS = PAGE_SIZE / 8 };
enum { STEPS = 80, DEPTH_MOST = 3, CHILDREN_MOST = 3, RANGE_MOST = 64 };
enum { EXIT_WRONG = 99, TEXT_LENGTH = 21 };

/* What this process stored last in each page; 0: nothing. */
static uint64_t stored[PAGES];

static struct {
    uint64_t random;
    uint64_t depth; /* forks and execs since process 1 */
    unsigned child_count;
    int64_t children[CHILDREN_MOST];
} self;

static uint64_t below(uint64_t bound)
{
    self.random ^= self.random << 13;
    self.random ^= self.random >> 7;
    self.random ^= self.random << 17;
    return self.random % bound;
}

static volatile uint64_t *page(uint64_t number)
{
    return (volatile uint64_t *)(FIRST_VA + number * PAGE_SIZE);
}

/* First and last word tell; a page that was only read is zeroes. */
static void check(uint64_t number)
{
    if (page(number)[0] != stored[number] || page(number)[PAGE_WORDS - 1] != stored[number]) {
        print("process %lu: page %lu holds 0x%lx and 0x%lx, not 0x%lx\n", (uint64_t)linux_pid(),
              number, page(number)[0], page(number)[PAGE_WORDS - 1], stored[number]);
        linux_exit(EXIT_WRONG);
    }
}

static void store(uint64_t number)
{
    check(number);
    stored[number] = below(UINT64_MAX) + 1;
    page(number)[0] = stored[number];
    page(number)[PAGE_WORDS - 1] = stored[number];
}

struct range {
    uint64_t start, end;
};

static struct range any_range(void)
{
    uint64_t start = below(PAGES);
    uint64_t end = start + 1 + below(RANGE_MOST);

    return (struct range){start, end < PAGES ? end : PAGES};
}

static void check_range(void)
{
    struct range range = any_range();

    for (uint64_t number = range.start; number < range.end; number++) {
        check(number);
    }
}

static void store_range(void)
{
    struct range range = any_range();

    for (uint64_t number = range.start; number < range.end; number++) {
        store(number);
    }
}

/* New memory in place of the old: zeroes. */
static void map_anew(void)
{
    struct range range = any_range();

    linux_unmap((uint64_t)page(range.start), (range.end - range.start) * PAGE_SIZE);
    if (linux_map((uint64_t)page(range.start), (range.end - range.start) * PAGE_SIZE) < 0) {
        linux_exit(EXIT_WRONG);
    }
    for (uint64_t number = range.start; number < range.end; number++) {
        stored[number] = 0;
    }
}

/* Memory that may only be read for a while, or not even that, keeps what it has. */
static void protect(void)
{
    struct range range = any_range();
    uint64_t va = (uint64_t)page(range.start), length = (range.end - range.start) * PAGE_SIZE;

    if (linux_protect(va, length, below(2) == 0 ? 0 : LINUX_PROT_READ) < 0) {
        return; /* the areas are too many */
    }
    linux_yield();
    if (linux_protect(va, length, LINUX_PROT_READ | LINUX_PROT_WRITE) < 0) {
        linux_exit(EXIT_WRONG);
    }
}

static void forget_child(unsigned number)
{
    self.children[number] = self.children[--self.child_count];
}

static void fork_one(void)
{
    uint64_t seed = below(UINT64_MAX) + 1;

    if (self.depth == DEPTH_MOST || self.child_count == CHILDREN_MOST || below(4) != 0) {
        return;
    }
    int64_t pid = linux_fork();

    if (pid == 0) {
        self.random = seed;
        self.depth++;
        self.child_count = 0;
    } else if (pid > 0) {
        self.children[self.child_count++] = pid;
    }
}

static bool is_wrong(int status)
{
    int signal = linux_signal(status);

    return signal != 0 ? signal != LINUX_SIGKILL : linux_exit_code(status) == EXIT_WRONG;
}

static void wait_for(unsigned number)
{
    int status = 0;

    linux_wait(self.children[number], &status);
    forget_child(number);
    if (is_wrong(status)) {
        linux_exit(EXIT_WRONG);
    }
}

static void kill_one(void)
{
    if (self.child_count > 0) {
        unsigned number = (unsigned)below(self.child_count);

        linux_kill(self.children[number], LINUX_SIGKILL);
        wait_for(number);
    }
}

static void wait_for_one(void)
{
    if (self.child_count > 0) {
        wait_for((unsigned)below(self.child_count));
    }
}

static void write_number(char text[TEXT_LENGTH], uint64_t value)
{
    char *next = text + TEXT_LENGTH - 1;

    for (*next = '\0'; next > text; value /= 10) {
        *--next = (char)('0' + value % 10);
    }
}

/* A program that begins anew must not have children: it would not know them. */
static void exec(void)
{
    char seed[TEXT_LENGTH], depth[TEXT_LENGTH];
    const char *const arguments[] = {"storm", seed, depth, NULL};
    const char *const environment[] = {NULL};

    if (self.depth < DEPTH_MOST && self.child_count == 0 && below(4) == 0) {
        write_number(seed, below(UINT64_MAX) + 1);
        write_number(depth, self.depth + 1);
        linux_exec("/bin/storm", arguments, environment);
    }
}

static void leave(void)
{
    if (below(16) == 0) {
        linux_exit((int)below(10)); /* its children go to process 1 */
    }
}

/* The life of a process. */
static void live(void)
{
    static void (*const steps[])(void) = {
        check_range, store_range, store_range,  map_anew, protect,
        fork_one,    kill_one,    wait_for_one, exec,     leave,
    };

    for (unsigned step = 0; step < STEPS; step++) {
        steps[below(sizeof steps / sizeof steps[0])]();
    }
    for (uint64_t number = 0; number < PAGES; number++) {
        check(number);
    }
    linux_exit(0);
}

/* Process 1 gets the orphans too: it waits until there is nobody. Returns how many there were. */
static uint64_t wait_for_all(uint64_t *killed)
{
    uint64_t count = 0;
    int status = 0;

    for (; linux_wait(-1, &status) > 0; count++) {
        if (is_wrong(status)) {
            print("a process ended with status 0x%lx\n", (uint64_t)status);
            linux_exit(EXIT_WRONG);
        }
        *killed += linux_signal(status) != 0;
    }
    return count;
}

static int run(uint64_t rounds, uint64_t begun)
{
    uint64_t ended = 0, killed = 0;

    for (uint64_t round = 0; round < rounds; round++) {
        for (uint64_t i = 0; i < begun; i++) {
            uint64_t seed = below(UINT64_MAX) + 1;

            if (linux_fork() == 0) {
                self.random = seed;
                self.depth = 1;
                live();
            }
        }
        ended += wait_for_all(&killed);
    }
    print("process 1 saw %lu processes end, %lu of them killed\n", ended, killed);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 3 || linux_map(FIRST_VA, (uint64_t)PAGES * PAGE_SIZE) < 0) {
        return 1;
    }
    self.random = number_of(argv[1]);
    if (argc == 3) {
        self.depth = number_of(argv[2]);
        live();
    }
    return run(number_of(argv[2]), number_of(argv[3]));
}
