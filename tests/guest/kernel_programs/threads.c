/* threads.c - POSIX threads: locks, conditions, storage of their own, beginning and end. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 5, TURNS = 2000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int shared;
static _Thread_local int own = 7;

static void *run(pthread_t *thread, void *(*work)(void *), void *argument)
{
    int error = pthread_create(thread, NULL, work, argument);

    if (error != 0) {
        printf("pthread_create: %s\n", strerror(error));
        exit(1);
    }
    return argument;
}

static void *add(void *argument)
{
    for (int i = 0; i < TURNS; i++) {
        pthread_mutex_lock(&lock);
        shared++;
        own++;
        pthread_mutex_unlock(&lock);
    }
    return (void *)((intptr_t)argument * 10 + (own == 7 + TURNS));
}

static void count_together(void)
{
    pthread_t threads[THREADS];
    void *result;

    for (int i = 0; i < THREADS; i++) {
        run(&threads[i], add, (void *)(intptr_t)i);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        printf("thread %d: %d\n", i, (int)(intptr_t)result);
    }
    printf("together: %d; of the first thread: %d\n", shared, own);
}

/* Each waits for its own turn. */
static void *take_turns(void *argument)
{
    int number = (int)(intptr_t)argument;

    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&lock);
        while (shared % THREADS != number) {
            pthread_cond_wait(&changed, &lock);
        }
        shared++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void wait_for_conditions(void)
{
    pthread_t threads[THREADS];

    shared = 0;
    for (int i = 0; i < THREADS; i++) {
        run(&threads[i], take_turns, (void *)(intptr_t)i);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("turns: %d\n", shared);
}

static pthread_barrier_t barrier;
static int before[THREADS];

static void *meet(void *argument)
{
    int number = (int)(intptr_t)argument;
    int sum = 0, last = 0;

    for (int round = 1; round <= 20; round++) {
        before[number] = round;
        last += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
        for (int i = 0; i < THREADS; i++) {
            sum += before[i] == round;
        }
        pthread_barrier_wait(&barrier);
    }
    pthread_mutex_lock(&lock);
    shared += last;
    pthread_mutex_unlock(&lock);
    return (void *)(intptr_t)sum;
}

static void meet_at_barriers(void)
{
    pthread_t threads[THREADS];
    void *result;
    int sum = 0;

    shared = 0;
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        run(&threads[i], meet, (void *)(intptr_t)i);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        sum += (int)(intptr_t)result;
    }
    printf("barrier: %d, %d\n", sum, shared);
}

/* Neither calls the kernel: the timer alone lets the other one run. */
static volatile int turn;

static void *spin(void *argument)
{
    int number = (int)(intptr_t)argument;

    for (int i = 0; i < 3; i++) {
        while (turn % 2 != number) {
        }
        turn++;
    }
    return NULL;
}

static void spin_in_turn(void)
{
    pthread_t threads[2];

    run(&threads[0], spin, (void *)0);
    run(&threads[1], spin, (void *)1);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("spun: %d\n", turn);
}

static void *square(void *argument)
{
    intptr_t number = (intptr_t)argument;

    return (void *)(number * number);
}

static sem_t ended;

static void *post(void *argument)
{
    sem_post(&ended);
    return argument;
}

/* More than there are places for at once; each place is given back. */
static void begin_many(void)
{
    pthread_attr_t detached;
    pthread_t thread;
    void *result;
    long sum = 0;

    for (intptr_t i = 0; i < 300; i++) {
        run(&thread, square, (void *)i);
        pthread_join(thread, &result);
        sum += (long)(intptr_t)result;
    }
    sem_init(&ended, 0, 0);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < 40; i++) {
        if (pthread_create(&thread, &detached, post, NULL) != 0) {
            printf("a detached thread failed\n");
        }
        sem_wait(&ended);
    }
    printf("many: %ld\n", sum);
}

static pthread_mutex_t robust;

static void *die_with_lock(void *argument)
{
    pthread_mutex_lock(&robust);
    return argument;
}

static void inherit_lock(void)
{
    pthread_mutexattr_t kind;
    pthread_t thread;
    int first, second;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &kind);
    run(&thread, die_with_lock, NULL);
    first = pthread_mutex_lock(&robust);
    pthread_mutex_consistent(&robust);
    pthread_mutex_unlock(&robust);
    second = pthread_mutex_lock(&robust);
    pthread_mutex_unlock(&robust);
    pthread_join(thread, NULL);
    printf("robust: %d, then %d\n", first == EOWNERDEAD || first == 0, second);
}

static void wait_too_long(void)
{
    struct timespec now, later;
    int error;

    clock_gettime(CLOCK_REALTIME, &now);
    later = now;
    later.tv_nsec += 20000000;
    if (later.tv_nsec >= 1000000000) {
        later.tv_nsec -= 1000000000;
        later.tv_sec++;
    }
    pthread_mutex_lock(&lock);
    do {
        error = pthread_cond_timedwait(&changed, &lock, &later);
    } while (error == 0);
    pthread_mutex_unlock(&lock);
    clock_gettime(CLOCK_REALTIME, &now);
    printf("too long: %s, late: %d\n", strerror(error),
           now.tv_sec > later.tv_sec ||
               (now.tv_sec == later.tv_sec && now.tv_nsec >= later.tv_nsec));
}

/* What is below happens in children, as the process ends by it. */

static void show(const char *what, pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    if (WIFEXITED(status)) {
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
    } else {
        printf("%s: signal %d\n", what, WTERMSIG(status));
    }
    fflush(stdout);
}

static void *sleep_forever(void *argument)
{
    int ends[2];
    char byte;

    if ((intptr_t)argument % 2 == 0 || pipe(ends) != 0) {
        sem_wait(&ended);
    } else {
        (void)!read(ends[0], &byte, 1);
    }
    return argument;
}

static void *end_all(void *argument)
{
    exit((int)(intptr_t)argument);
}

static void begin_sleepers(void)
{
    pthread_t thread;

    sem_init(&ended, 0, 0);
    for (intptr_t i = 0; i < 4; i++) {
        run(&thread, sleep_forever, (void *)i);
    }
}

/* A thread ends the process, while the first one and others sleep. */
static void end_from_thread(void)
{
    pthread_t thread;

    begin_sleepers();
    run(&thread, end_all, (void *)23);
    pthread_join(thread, NULL);
    _exit(1);
}

static void die_with_threads(void)
{
    begin_sleepers();
    raise(SIGKILL);
}

static void *outlive(void *argument)
{
    usleep(1000);
    exit((int)(intptr_t)argument);
}

static void end_first_thread(void)
{
    pthread_t thread;

    run(&thread, outlive, (void *)24);
    pthread_exit(NULL);
}

static void *execute(void *argument)
{
    char *arguments[] = {"threads", "ids", NULL};

    execv((const char *)getauxval(AT_EXECFN), arguments);
    return argument;
}

/* All other threads end, and the one that calls gets the process's number. */
static void execute_in_thread(void)
{
    pthread_t thread;

    begin_sleepers();
    run(&thread, execute, NULL);
    pthread_join(thread, NULL);
    _exit(1);
}

static void *fork_in_thread(void *argument)
{
    pid_t pid = fork();

    if (pid == 0) {
        _exit(getpid() == (pid_t)syscall(SYS_gettid) ? 25 : 1);
    }
    show("fork in a thread", pid);
    return argument;
}

static void fork_with_threads(void)
{
    pthread_t thread;

    begin_sleepers();
    run(&thread, fork_in_thread, NULL);
    pthread_join(thread, NULL);
    _exit(0);
}

static void in_child(const char *what, void (*work)(void))
{
    fflush(stdout);
    pid_t pid = fork();

    if (pid == 0) {
        work();
        _exit(0);
    }
    show(what, pid);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "ids") == 0) {
        return getpid() == (pid_t)syscall(SYS_gettid) ? 26 : 1;
    }
    count_together();
    wait_for_conditions();
    meet_at_barriers();
    spin_in_turn();
    begin_many();
    inherit_lock();
    wait_too_long();
    in_child("a thread ends all", end_from_thread);
    in_child("killed", die_with_threads);
    in_child("the first ends first", end_first_thread);
    in_child("execute", execute_in_thread);
    in_child("fork", fork_with_threads);
    return 0;
}
