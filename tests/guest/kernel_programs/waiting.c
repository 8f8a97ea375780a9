/* waiting.c - wait4 and waitid: which child, what became of it, what it used; stops and SIGCONT. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t begin(int code)
{
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        _exit(code);
    }
    return child;
}

static volatile sig_atomic_t calls;

static void count(int signal)
{
    (void)signal;
    calls++;
}

/* Waits for signals until one ends it. */
static pid_t begin_waiting(void)
{
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        for (;;) {
            pause();
        }
    }
    return child;
}

static void nobody(void)
{
    siginfo_t information;

    printf("nobody: %d", wait(NULL));
    printf(" %d\n", errno == ECHILD);
    printf("nobody by waitid: %d", waitid(P_ALL, 0, &information, WEXITED));
    printf(" %d\n", errno == ECHILD);
    printf("no such child: %d", waitpid(getpid(), NULL, 0));
    printf(" %d\n", errno == ECHILD);
    printf("waitid for nothing: %d", waitid(P_ALL, 0, &information, WNOHANG));
    printf(" %d\n", errno == EINVAL);
    printf("other options: %d", waitpid(-1, NULL, 0x100));
    printf(" %d\n", errno == EINVAL);
}

static void which(void)
{
    pid_t first = begin(1), second = begin(2), third = begin(3);
    int status;

    printf("second: %d", waitpid(second, &status, 0) == second);
    printf(" %d\n", WEXITSTATUS(status));
    printf("third, of this group: %d", waitpid(third, &status, 0) == third);
    printf(" %d\n", WEXITSTATUS(status));
    printf("any: %d", waitpid(0, &status, 0) == first);
    printf(" %d\n", WEXITSTATUS(status));
}

static void without_waiting(void)
{
    pid_t child = begin_waiting();
    int status;

    printf("not yet: %d\n", waitpid(child, &status, WNOHANG));
    kill(child, SIGTERM);
    printf("ended: %d", waitpid(child, &status, 0) == child);
    printf(", by signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static void show(const siginfo_t *information, pid_t child)
{
    printf("signal %d, child %d, code %d, status %d\n", information->si_signo,
           information->si_pid == child, information->si_code, information->si_status);
}

static void by_waitid(void)
{
    siginfo_t information;
    pid_t child = begin(300 % 256);

    waitid(P_PID, (id_t)child, &information, WEXITED | WNOWAIT);
    show(&information, child);
    memset(&information, 0, sizeof information);
    waitid(P_ALL, 0, &information, WEXITED);
    show(&information, child);
    child = begin_waiting();
    memset(&information, 1, sizeof information);
    printf("not yet: %d", waitid(P_PID, (id_t)child, &information, WEXITED | WNOHANG));
    printf(", pid %d\n", information.si_pid);
    kill(child, SIGKILL);
    waitid(P_PGID, (id_t)getpgrp(), &information, WEXITED);
    show(&information, child);
}

static void stop(void)
{
    struct sigaction told = {.sa_handler = count}, untold = {.sa_handler = SIG_DFL};
    siginfo_t information;
    pid_t child = begin_waiting();
    int status;

    told.sa_flags = SA_RESTART;
    sigaction(SIGCHLD, &told, NULL);
    kill(child, SIGSTOP);
    printf("stopped: %d", waitpid(child, &status, WUNTRACED) == child);
    printf(" %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    printf("told once: %d\n", waitpid(child, &status, WUNTRACED | WNOHANG));
    kill(child, SIGCONT);
    printf("goes on: %d", waitpid(child, &status, WCONTINUED) == child);
    printf(" %d\n", WIFCONTINUED(status));
    printf("told: %d\n", calls >= 1);
    kill(child, SIGSTOP);
    waitid(P_PID, (id_t)child, &information, WSTOPPED);
    show(&information, child);
    kill(child, SIGTERM);
    kill(child, SIGCONT);
    printf("ended: %d", waitpid(child, &status, 0) == child);
    printf(" by %d\n", WTERMSIG(status));
    sigaction(SIGCHLD, &untold, NULL);
    child = begin_waiting();
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    printf("killed while stopped: %d\n", WTERMSIG(status));
}

/* A sleep that is stopped goes on to its first end; one call that waits goes on, too. */
static void stop_sleeper(void)
{
    struct timespec time = {.tv_nsec = 400000000}, start, end, rest = {.tv_sec = 7};
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        clock_gettime(CLOCK_MONOTONIC, &start);
        status = nanosleep(&time, &rest);
        clock_gettime(CLOCK_MONOTONIC, &end);

        double slept =
            (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;

        printf("slept: %d, long enough %d, not too long %d\n", status, slept >= 0.4, slept < 0.58);
        fflush(stdout);
        _exit(0);
    }
    usleep(150000);
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    usleep(60000);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    printf("sleeper: %d\n", status);
}

static void work(double seconds)
{
    struct timespec start, now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    do {
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    } while ((double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9 <
             seconds);
}

static double seconds(struct rusage usage)
{
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void usage(void)
{
    struct rusage own, child, children, before;
    struct tms times_now;
    pid_t pid;

    getrusage(RUSAGE_CHILDREN, &before);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        work(0.06);
        _exit(0);
    }
    printf("waited: %d\n", wait4(pid, NULL, 0, &child) == pid);
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    printf("child ran: %d, all: %d, memory: %d\n", seconds(child) >= 0.05,
           seconds(children) >= seconds(before) + 0.05, child.ru_maxrss > 0);
    printf("no such: %d\n", getrusage(77, &own));
    printf("times: %d", times(&times_now) != (clock_t)-1);
    printf(" %d\n", times_now.tms_cutime + times_now.tms_cstime >= 5);
}

static void wait_interrupted(int flags)
{
    struct sigaction action = {.sa_handler = count, .sa_flags = flags};
    struct itimerval alarm = {.it_value = {.tv_usec = 20000}};
    pid_t child;
    int result;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        usleep(100000);
        _exit(0);
    }
    calls = 0;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &alarm, NULL);
    result = waitpid(child, NULL, 0);
    printf("waited: %d %d, calls %d\n", result == child, result < 0 && errno == EINTR, (int)calls);
    if (result != child) {
        waitpid(child, NULL, 0);
    }
}

int main(void)
{
    nobody();
    which();
    without_waiting();
    by_waitid();
    stop();
    stop_sleeper();
    usage();
    wait_interrupted(0);
    wait_interrupted(SA_RESTART);
    return 0;
}
