/* vforking.c - children that have their parent's memory until they execute a program or end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static volatile int shared = 1;
static char *itself;

static void show(const char *what, pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    printf("%s: %s %d, shared: %d\n", what, WIFEXITED(status) ? "exit" : "signal",
           WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), shared);
    fflush(stdout);
}

/* The parent goes on when the child has ended, and finds what it wrote. */
static void end_in_child(void)
{
    pid_t pid = vfork();

    if (pid == 0) {
        for (volatile int i = 0; i < 200000; i++) {
        }
        shared = 2;
        _exit(3);
    }
    printf("already: %d\n", shared);
    show("ended", pid);
}

static void execute_in_child(void)
{
    char *arguments[] = {itself, "sleep", NULL};
    pid_t pid = vfork();

    if (pid == 0) {
        shared = 3;
        execv(itself, arguments);
        shared = 4;
        _exit(1);
    }
    printf("already: %d, running: %d\n", shared, waitpid(pid, NULL, WNOHANG) == 0);
    show("executed", pid);
}

static void fail_in_child(void)
{
    char *arguments[] = {"nothing", NULL};
    pid_t pid = vfork();

    if (pid == 0) {
        execv("/no/such/program", arguments);
        shared = errno;
        _exit(4);
    }
    show("failed", pid);
}

static void kill_child(void)
{
    pid_t pid = vfork();

    if (pid == 0) {
        kill(getpid(), SIGKILL);
        _exit(1);
    }
    show("killed", pid);
}

static void spawn(void)
{
    char *arguments[] = {itself, "echo", "spawned", NULL};
    char *nothing[] = {"nothing", NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO + 1);
    printf("spawn: %d\n", posix_spawn(&pid, itself, &actions, NULL, arguments, environ));
    show("spawned", pid);
    printf("spawn: %s\n",
           strerror(posix_spawn(&pid, "/no/such/program", NULL, NULL, nothing, environ)));
}

/* Many, one after the other and one inside the other. */
static void nest(void)
{
    volatile int sum = 0;

    for (volatile int i = 0; i < 30; i++) {
        pid_t pid = vfork();

        if (pid == 0) {
            shared++;
            if (vfork() == 0) {
                shared += 100;
                _exit(0);
            }
            _exit(1);
        }
        int status;

        waitpid(pid, &status, 0);
        sum += WEXITSTATUS(status);
    }
    printf("nested: %d, %d\n", sum, shared);
}

/* One who waits for his vfork's child is ended by a signal at once, and the child lives on. */
static void end_who_waits(int signal)
{
    int ends[2], status;
    char byte;

    fflush(stdout);
    (void)!pipe2(ends, O_NONBLOCK);
    pid_t pid = fork();
    if (pid == 0) {
        if (vfork() == 0) {
            kill(getppid(), signal);
            usleep(200000);
            (void)!write(ends[1], "x", 1);
            _exit(0);
        }
        _exit(9);
    }
    waitpid(pid, &status, 0);
    printf("ended by %d, before its child: %d, ", WTERMSIG(status), read(ends[0], &byte, 1) < 0);
    usleep(400000);
    printf("which goes on: %d\n", read(ends[0], &byte, 1) == 1);
}

int main(int argc, char **argv)
{
    itself = (char *)getauxval(AT_EXECFN);
    if (argc > 2) {
        printf("%s\n", argv[2]);
        return 5;
    }
    if (argc > 1) {
        usleep(20000);
        return 6;
    }
    end_in_child();
    execute_in_child();
    fail_in_child();
    kill_child();
    spawn();
    nest();
    end_who_waits(SIGKILL);
    end_who_waits(SIGTERM);
    return 0;
}
