/* signalled_threads.c - which thread a signal goes to, and what stops and kills all of them. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_t main_thread;
static volatile sig_atomic_t by_main, by_other;

static void count(int signal)
{
    (void)signal;
    if (pthread_equal(pthread_self(), main_thread)) {
        by_main++;
    } else {
        by_other++;
    }
}

static void block(int how)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(how, &set, NULL);
}

static void *wait_for_signal(void *argument)
{
    sigset_t set;
    int signal = 0;

    (void)argument;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigwait(&set, &signal);
    printf("waited for: %d\n", signal == SIGUSR2);
    return NULL;
}

static void *sleep_unblocked(void *argument)
{
    struct timespec time = {.tv_sec = 5};

    (void)argument;
    block(SIG_UNBLOCK);
    printf("slept: %d", nanosleep(&time, NULL));
    printf(" %d\n", errno == EINTR);
    return NULL;
}

static void *sleep_for_long(void *argument)
{
    (void)argument;
    for (;;) {
        pause();
    }
    return NULL;
}

static pthread_t begin(void *(*work)(void *))
{
    pthread_t thread;

    pthread_create(&thread, NULL, work, NULL);
    usleep(50000);
    return thread;
}

static void stop_and_kill(void)
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        begin(sleep_for_long);
        begin(sleep_for_long);
        pause();
    }
    usleep(200000);
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    printf("stopped: %d\n", WIFSTOPPED(status));
    kill(child, SIGCONT);
    waitpid(child, &status, WCONTINUED);
    printf("goes on: %d\n", WIFCONTINUED(status));
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    printf("killed: %d\n", WTERMSIG(status));
}

int main(void)
{
    struct sigaction action = {.sa_handler = count};
    pthread_t thread;
    sigset_t set;

    main_thread = pthread_self();
    sigaction(SIGUSR1, &action, NULL);
    block(SIG_BLOCK);
    thread = begin(sleep_unblocked);
    kill(getpid(), SIGUSR1);
    pthread_join(thread, NULL);
    printf("to the process: %d %d\n", (int)by_main, (int)by_other);
    thread = begin(sleep_unblocked);
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, NULL);
    printf("to the thread: %d %d\n", (int)by_main, (int)by_other);
    pthread_kill(main_thread, SIGUSR1);
    thread = begin(sleep_unblocked);
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, NULL);
    block(SIG_UNBLOCK);
    printf("to each: %d %d\n", (int)by_main, (int)by_other);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    thread = begin(wait_for_signal);
    kill(getpid(), SIGUSR2);
    pthread_join(thread, NULL);
    stop_and_kill();
    return 0;
}
