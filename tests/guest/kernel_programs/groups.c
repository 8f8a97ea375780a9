/* groups.c - process groups and sessions, and signals and waits for groups. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 3 };

static pid_t begin_waiting(pid_t group)
{
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        for (;;) {
            pause();
        }
    }
    if (setpgid(child, group) != 0) {
        perror("setpgid");
    }
    return child;
}

static void kill_group(void)
{
    pid_t children[CHILDREN], other = begin_waiting(0), leader = begin_waiting(0);
    int status, ended = 0;

    children[0] = leader;
    for (int i = 1; i < CHILDREN; i++) {
        children[i] = begin_waiting(leader);
    }
    printf("groups: %d %d\n", getpgid(children[2]) == leader, getpgid(other) == other);
    printf("asked: %d\n", kill(-leader, 0));
    killpg(leader, SIGHUP);
    while (waitpid(-leader, &status, 0) > 0) {
        ended += WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP;
    }
    printf("ended: %d %d\n", ended, errno == ECHILD);
    printf("none left: %d", kill(-leader, 0));
    printf(" %d\n", errno == ESRCH);
    printf("the other lives: %d\n", waitpid(other, &status, WNOHANG));
    kill(other, SIGKILL);
    waitpid(-other, &status, 0);
    printf("and ended: %d\n", WTERMSIG(status));
}

static volatile sig_atomic_t calls;

static void count(int signal)
{
    (void)signal;
    calls++;
}

/* In a child with a group of its own: signals to group 0 reach it. */
static void kill_own(void)
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        signal(SIGUSR1, count);
        if (fork() == 0) {
            kill(0, SIGUSR1);
            _exit(calls);
        }
        while (wait(&status) < 0) {
        }
        _exit(WEXITSTATUS(status) * 10 + calls);
    }
    waitpid(child, &status, 0);
    printf("in the group: %d\n", WEXITSTATUS(status));
}

static void begin_session(void)
{
    pid_t child, parent_session = getsid(0);
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        pid_t own = getpid(), session = setsid();

        printf("session: %d %d %d", session == own, getsid(0) == own, getpgrp() == own);
        printf(", other %d", getsid(getppid()) == parent_session);
        printf(", again %d", setsid());
        printf(" %d", errno == EPERM);
        printf(", leaves %d", setpgid(0, getpgid(getppid())));
        printf(" %d\n", errno == EPERM);
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, &status, 0);
}

static void refuse(void)
{
    printf("group of nobody: %d", getpgid(54321));
    printf(" %d\n", errno == ESRCH);
    printf("a group that is not there: %d", setpgid(0, 54321));
    printf(" %d\n", errno == EPERM);
    printf("of somebody else: %d", setpgid(54321, 0));
    printf(" %d\n", errno == ESRCH);
    printf("negative: %d", setpgid(0, -5));
    printf(" %d\n", errno == EINVAL);
}

int main(void)
{
    signal(SIGHUP, SIG_DFL); /* whoever started the tests may ignore it */
    kill_group();
    kill_own();
    begin_session();
    pid_t child = begin_waiting(0);

    refuse();
    kill(child, SIGKILL);
    wait(NULL);
    return 0;
}
