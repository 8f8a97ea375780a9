/*
 * thread_storm.c - threads that write all the time, while the process forks: with little memory,
 * under which every page goes to storage and comes back.
 *
 * Usage: thread_storm [THREADS PAGES FORKS]
 *
 * Each thread checks and writes its pages round by round, counts on a page of its own, and on pages
 * that all have. A child finds every thread's pages as at one moment, and nothing that the parent's
 * threads write after it: for as long as it lives.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, WORDS = PAGE / sizeof(uint64_t), THREADS_MOST = 16, LOOKS = 4 };

struct worker {
    pthread_t thread;
    uint64_t number;
    uint64_t *pages;            /* word 0 of each: number << 32 | round */
    volatile uint64_t *counter; /* on a page of its own */
    uint64_t wrong;
};

static struct worker workers[THREADS_MOST];
static unsigned worker_count = 3;
static unsigned page_count = 40;
static volatile int is_over;
static uint64_t *common; /* as many pages: all threads count there */

static uint64_t *take_pages(size_t count)
{
    void *pages =
        mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED) {
        printf("no memory\n");
        exit(1);
    }
    return pages;
}

static void *work(void *argument)
{
    struct worker *worker = argument;

    for (uint64_t round = 1; !is_over; round++) {
        for (unsigned i = 0; i < page_count; i++) {
            uint64_t *word = &worker->pages[i * WORDS];

            worker->wrong += round > 1 && *word != (worker->number << 32 | (round - 1));
            *word = worker->number << 32 | round;
            __atomic_fetch_add(&common[i * WORDS], 1, __ATOMIC_RELAXED);
            ++*worker->counter;
            if (i % 16 == 0) { /* a slice of time is long */
                sched_yield();
            }
        }
    }
    return NULL;
}

/* A thread was in the middle of a round, or before the first one. */
static int is_one_moment(const struct worker *worker)
{
    uint64_t first = worker->pages[0];
    unsigned i = 0;

    while (i < page_count && worker->pages[i * WORDS] == first) {
        i++;
    }
    for (; i < page_count; i++) {
        uint64_t word = worker->pages[i * WORDS];

        if (word != first - 1 && !(word == 0 && (uint32_t)first == 1)) {
            return 0;
        }
    }
    return 1;
}

/* Between two looks others run, and write. */
static int look(void)
{
    uint64_t counters[THREADS_MOST];

    for (unsigned i = 0; i < worker_count; i++) {
        counters[i] = *workers[i].counter;
    }
    for (int turn = 0; turn < LOOKS; turn++) {
        usleep(200);
        for (unsigned i = 0; i < worker_count; i++) {
            if (*workers[i].counter != counters[i]) {
                return 2;
            }
        }
    }
    for (unsigned i = 0; i < worker_count; i++) {
        if (!is_one_moment(&workers[i])) {
            return 3;
        }
    }
    return 0;
}

/* Every third one is killed, at no moment in particular. */
static void fork_all(int forks)
{
    int sums[4] = {0}, killed = 0, status;

    for (int i = 0; i < forks; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            _exit(look());
        }
        if (pid < 0) {
            printf("fork failed\n");
            continue;
        }
        if (i % 3 == 2) {
            kill(pid, SIGKILL);
        }
        waitpid(pid, &status, 0);
        if (WIFEXITED(status)) {
            sums[WEXITSTATUS(status) & 3]++;
        } else {
            killed += WTERMSIG(status) == SIGKILL && i % 3 == 2;
        }
    }
    printf("children: %d right or killed, %d saw writes, %d no moment\n", sums[0] + killed, sums[2],
           sums[3]);
}

int main(int argc, char **argv)
{
    uint64_t wrong = 0, lost = 0;
    int forks = 6;

    if (argc == 4) {
        worker_count = (unsigned)atoi(argv[1]) % (THREADS_MOST + 1);
        page_count = (unsigned)atoi(argv[2]);
        forks = atoi(argv[3]);
    }
    common = take_pages(page_count);
    for (unsigned i = 0; i < worker_count; i++) {
        workers[i].number = i + 1;
        workers[i].pages = take_pages(page_count);
        workers[i].counter = take_pages(1);
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            printf("no thread\n");
            return 1;
        }
    }
    fork_all(forks);
    is_over = 1;
    for (unsigned i = 0; i < worker_count; i++) {
        pthread_join(workers[i].thread, NULL);
        wrong += workers[i].wrong;
        lost += *workers[i].counter;
    }
    for (unsigned i = 0; i < page_count; i++) {
        lost -= common[i * WORDS];
    }
    printf("threads: %lu wrong, %lu lost\n", (unsigned long)wrong, (unsigned long)lost);
    return 0;
}
