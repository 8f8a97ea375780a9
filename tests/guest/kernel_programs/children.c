/* children.c - fork, exec, wait and kill. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static int shared = 1;
static struct utsname name;
static char **volatile bad = (char **)8;

static void show(const char *what, int status)
{
    if (WIFEXITED(status)) {
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
    } else {
        printf("%s: signal %d\n", what, WTERMSIG(status));
    }
    fflush(stdout);
}

/* Runs one thing in a child and tells how it ended. */
static void in_child(const char *what, void (*work)(void))
{
    int status = -1;

    fflush(stdout);
    pid_t pid = fork();

    if (pid == 0) {
        work();
        _exit(0);
    }
    printf("%s: waited for it: %d\n", what, waitpid(pid, &status, 0) == pid);
    show(what, status);
}

static void change_memory(void)
{
    shared = 2;
    _exit(shared);
}

/* The kernel writes to a page that the parent has too. */
static void change_memory_by_call(void)
{
    if (uname(&name) != 0) {
        _exit(1);
    }
}

/* A string that ends with its page, and no page behind it. */
static void exec_page_end(void)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *arguments[] = {"other", "echo", pages + 4096 - 4, NULL};

    munmap(pages + 4096, 4096);
    strcpy(pages + 4096 - 4, "end");
    execve((const char *)getauxval(AT_EXECFN), arguments, arguments + 3);
    _exit(99);
}

static void exec_echo(void)
{
    char *arguments[] = {"other", "echo", "one", "", "three", NULL};
    char *environment[] = {"ONLY=this", NULL};

    execve((const char *)getauxval(AT_EXECFN), arguments, environment);
    _exit(99);
}

static void exec_nothing(void)
{
    char *arguments[] = {"nothing", NULL};

    execve("/no/such/program", arguments, arguments + 1);
    _exit(errno);
}

static void exec_no_pointer(void)
{
    execve((const char *)getauxval(AT_EXECFN), bad, bad);
    _exit(errno);
}

static void exec_too_much(void)
{
    static char text[100001];
    char *arguments[40] = {"too", "much"};

    memset(text, 'x', sizeof text - 1);
    for (int i = 2; i < 39; i++) {
        arguments[i] = text;
    }
    execve((const char *)getauxval(AT_EXECFN), arguments, arguments + 39);
    _exit(errno);
}

static void abort_it(void)
{
    abort();
}

static void kill_self(void)
{
    kill(getpid(), SIGTERM);
    _exit(1);
}

static void touch_nothing(void)
{
    close(STDERR_FILENO);
    **bad = 1;
}

/* Several at once, waited for in any order. */
static void many(void)
{
    int sum = 0, status;

    fflush(stdout);
    for (int i = 1; i <= 10; i++) {
        if (fork() == 0) {
            for (volatile int turn = 0; turn < i * 1000; turn++) {
            }
            _exit(i);
        }
    }
    while (wait(&status) > 0) {
        sum += WEXITSTATUS(status);
    }
    printf("many: %d, then %s\n", sum, strerror(errno));
}

static void spawn(void)
{
    char *arguments[] = {"spawned", "echo", "hi", NULL};
    char *environment[] = {NULL};
    pid_t pid;
    int status = -1;

    fflush(stdout);
    int error =
        posix_spawn(&pid, (const char *)getauxval(AT_EXECFN), NULL, NULL, arguments, environment);

    waitpid(pid, &status, 0);
    printf("spawn: %d\n", error);
    show("spawn", status);
}

static void kill_child(void)
{
    int status = -1;

    fflush(stdout);
    pid_t pid = fork();

    if (pid == 0) {
        for (;;) {
            getppid();
        }
    }
    printf("alive: %d, not ended: %d\n", kill(pid, 0), waitpid(pid, &status, WNOHANG));
    printf("killed: %d\n", kill(pid, SIGKILL));
    waitpid(pid, &status, 0);
    show("killed", status);
    printf("gone: %s\n", kill(pid, 0) == 0 ? "no" : strerror(errno));
}

/* The grandchild becomes a child of process 1, which under the kernel is this program: whoever
 * waits for any child may get it, with a status that changes no sum. */
static void leave_orphan(void)
{
    if (fork() == 0) {
        _exit(0);
    }
}

extern char **environ;

static int echo(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        printf("<%s>", argv[i]);
    }
    for (char **variable = environ; *variable != NULL; variable++) {
        printf(" %s", *variable);
    }
    printf("\n");
    return argc;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "echo") == 0) {
        return echo(argc, argv);
    }
    in_child("memory", change_memory);
    printf("the parent's is still %d\n", shared);
    in_child("by call", change_memory_by_call);
    printf("the parent's is still <%s>\n", name.sysname);
    in_child("end of a page", exec_page_end);
    in_child("exec", exec_echo);
    in_child("no file", exec_nothing);
    in_child("no pointer", exec_no_pointer);
    in_child("too much", exec_too_much);
    in_child("abort", abort_it);
    in_child("self", kill_self);
    in_child("fault", touch_nothing);
    in_child("orphan", leave_orphan);
    many();
    spawn();
    kill_child();
    return 7;
}
