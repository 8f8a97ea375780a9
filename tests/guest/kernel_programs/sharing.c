/* sharing.c - memory that processes share, and files that are memory. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 5 };

static char path[] = "/tmp/sharing-XXXXXX";

static void *map(size_t length, int protection, int flags, int file)
{
    void *pages = mmap(NULL, length, protection, flags, file, 0);

    if (pages == MAP_FAILED) {
        printf("mmap: %s\n", strerror(errno));
        return NULL;
    }
    return pages;
}

static void show(const char *what, pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    printf("%s: %s %d\n", what, WIFEXITED(status) ? "exit" : "signal",
           WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    fflush(stdout);
}

/* What one writes before, after and between forks the other reads; what is private it does not. */
static void share_with_child(void)
{
    int *shared = map(PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
    int *private = map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

    shared[0] = private[0] = 1;
    for (int i = 0; i < 3; i++) {
        fflush(stdout);
        pid_t pid = fork();

        if (pid == 0) {
            shared[0] += 10;
            private[0] += 10;
            shared[4 * PAGE / (int)sizeof(int)] += 100;
            _exit(shared[0]);
        }
        show("child", pid);
        shared[0]++;
    }
    printf("shared: %d, %d; private: %d\n", shared[0], shared[4 * PAGE / (int)sizeof(int)],
           private[0]);
    munmap(shared, PAGES * PAGE);
    munmap(private, PAGE);
}

/* A lock in memory that is at two addresses: who waits is found all the same. */
struct place {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int turn;
};

static void take_turns(struct place *place, int number)
{
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&place->lock);
        while (place->turn % 2 != number) {
            pthread_cond_wait(&place->changed, &place->lock);
        }
        place->turn++;
        pthread_cond_signal(&place->changed);
        pthread_mutex_unlock(&place->lock);
    }
}

static void lock_between_processes(int file)
{
    struct place *place = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    struct place *again = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    pthread_mutexattr_t of_lock;
    pthread_condattr_t of_condition;

    pthread_mutexattr_init(&of_lock);
    pthread_mutexattr_setpshared(&of_lock, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&place->lock, &of_lock);
    pthread_condattr_init(&of_condition);
    pthread_condattr_setpshared(&of_condition, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&place->changed, &of_condition);
    place->turn = 0;
    fflush(stdout);
    pid_t pid = fork();

    if (pid == 0) {
        take_turns(again, 1);
        _exit(0);
    }
    take_turns(place, 0);
    show("locks", pid);
    printf("turns: %d, %d\n", place->turn, again->turn);
    munmap(place, PAGE);
    munmap(again, PAGE);
}

static void map_file(int file)
{
    char *shared = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    char *private = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file);
    char text[16] = "";

    strcpy(shared + PAGE, "by memory");
    printf("read: %zd, %s\n", pread(file, text, 10, PAGE), text);
    printf("written: %zd\n", pwrite(file, "by write", 9, 100));
    printf("shared: %s, private: %s\n", shared + 100, private + 100);
    strcpy(private + 100, "private");
    printf("shared: %s, private: %s\n", shared + 100, private + 100);
    printf("sync: %d, %d\n", msync(shared, PAGE, MS_SYNC), msync(shared + 1, PAGE, MS_SYNC));
    munmap(private, 2 * PAGE);
    munmap(shared, 2 * PAGE);
}

/* The rest of the last page is zeroes; behind it there is nothing. */
static void reach_end_of_file(int file)
{
    char *pages = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    char *private = map(4 * PAGE, PROT_READ, MAP_PRIVATE, file);

    printf("truncated: %d\n", ftruncate(file, PAGE + 10));
    pages[PAGE + 20] = 'x';
    printf("behind the end: %d\n", pages[PAGE + 20]);
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            _exit((i == 0 ? pages : private)[2 * PAGE]);
        }
        show("beyond", pid);
    }
    munmap(pages, 4 * PAGE);
    munmap(private, 4 * PAGE);
}

static void ask_too_much(void)
{
    int file = open(path, O_RDONLY);
    char *pages = map(PAGE, PROT_READ, MAP_SHARED, file);

    (void)map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    printf("mprotect: %s\n",
           mprotect(pages, PAGE, PROT_READ | PROT_WRITE) == 0 ? "done" : strerror(errno));
    munmap(pages, PAGE);
    pages = map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file);
    pages[0] = 'p';
    munmap(pages, PAGE);
    close(file);
    file = open(path, O_WRONLY);
    (void)map(PAGE, PROT_READ, MAP_PRIVATE, file);
    (void)map(PAGE, PROT_READ, MAP_SHARED, 99);
    close(file);
}

/* A mapping keeps a file that has no name any more and is not open. */
static void outlive_file(int file)
{
    char *pages = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);

    strcpy(pages, "still there");
    close(file);
    unlink(path);
    printf("%s\n", pages);
    munmap(pages, PAGE);
}

/* Which of the untouched pages are there is not the same on every system. */
static void ask_what_is_there(void)
{
    unsigned char there[3];
    char *pages = map(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

    pages[PAGE] = 1;
    printf("mincore: %d, %d\n", mincore(pages, 3 * PAGE, there), there[1] & 1);
    printf("mlock: %d\n", mlock(pages, PAGE));
    munmap(pages, 3 * PAGE);
}

int main(void)
{
    int file = mkstemp(path);

    if (file < 0 || ftruncate(file, 3 * PAGE) != 0) {
        printf("no file: %s\n", strerror(errno));
        return 1;
    }
    share_with_child();
    lock_between_processes(file);
    map_file(file);
    reach_end_of_file(file);
    ask_too_much();
    outlive_file(file);
    ask_what_is_there();
    return 0;
}
