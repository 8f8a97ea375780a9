/*
 * lock_waits.c - calls that wait for another process, and what ends that: locks of open files and
 * of processes, ppoll with a mask; and a file that is being written is not executed.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "lock_waits.file"

static volatile sig_atomic_t handled;

static void note(int signal)
{
    handled = signal;
}

static const char *error(int result)
{
    return result < 0 ? strerror(errno) : "done";
}

static void say(const char *text)
{
    (void)!write(STDOUT_FILENO, text, strlen(text));
}

static int lock_range(int fd, int command, short type, off_t start)
{
    struct flock range = {.l_type = type, .l_start = start, .l_len = 10};

    return fcntl(fd, command, &range);
}

/* A child that holds a lock of either kind for a while, and tells when it has it by a pipe. */
static pid_t hold(int is_range, int gives_back)
{
    int ends[2];
    char byte;

    (void)!pipe(ends);
    pid_t child = fork();
    if (child == 0) {
        int fd = open(NAME, O_RDWR);

        is_range ? lock_range(fd, F_SETLK, F_WRLCK, 0) : flock(fd, LOCK_EX);
        (void)!write(ends[1], "x", 1);
        usleep(100000);
        say("child: done with it\n");
        if (gives_back) {
            is_range ? lock_range(fd, F_SETLK, F_UNLCK, 0) : flock(fd, LOCK_UN);
            usleep(100000);
        }
        _exit(0);
    }
    (void)!read(ends[0], &byte, 1);
    close(ends[0]);
    close(ends[1]);
    return child;
}

static void wait_for_lock(int is_range, int gives_back)
{
    int fd = open(NAME, O_RDWR);
    pid_t child = hold(is_range, gives_back);
    int result = is_range ? lock_range(fd, F_SETLK, F_WRLCK, 5) : flock(fd, LOCK_EX | LOCK_NB);

    say(is_range ? "a range: " : "a file: ");
    say(error(result));
    say(is_range && lock_range(fd, F_SETLK, F_WRLCK, 10) == 0 ? ", behind it: done\n" : "\n");
    result = is_range ? lock_range(fd, F_SETLKW, F_WRLCK, 5) : flock(fd, LOCK_EX);
    say("parent: ");
    say(error(result));
    say("\n");
    waitpid(child, NULL, 0);
    close(fd);
}

/* An alarm ends the wait. */
static void give_up(int is_range)
{
    struct sigaction action = {.sa_handler = note};
    int fd = open(NAME, O_RDWR);
    pid_t child = hold(is_range, 1);

    sigaction(SIGALRM, &action, NULL);
    ualarm(20000, 0);
    say(error(is_range ? lock_range(fd, F_SETLKW, F_RDLCK, 0) : flock(fd, LOCK_SH)));
    say("\n");
    waitpid(child, NULL, 0);
    close(fd);
}

/* A signal that is blocked, but not in ppoll. */
static void poll_with_mask(void)
{
    struct timespec long_time = {.tv_sec = 20}, no_time = {.tv_sec = 0};
    sigset_t none, blocked, now;
    int ends[2];

    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    signal(SIGUSR1, note);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    (void)!pipe(ends);

    struct pollfd entry = {.fd = ends[0], .events = POLLIN};

    raise(SIGUSR1);
    printf("blocked: %d, ", handled == SIGUSR1);
    printf("%s, ", error(ppoll(&entry, 1, &no_time, &blocked)));
    printf("still: %d\n", handled == SIGUSR1);
    printf("let in: %s, ", error(ppoll(&entry, 1, &long_time, &none)));
    sigprocmask(SIG_SETMASK, NULL, &now);
    printf("handled: %d, blocked again: %d\n", handled == SIGUSR1, sigismember(&now, SIGUSR1));
    handled = 0;
    (void)!write(ends[1], "x", 1);
    raise(SIGUSR1);
    printf("ready comes first: %d, %d\n", ppoll(&entry, 1, &long_time, &none), handled == SIGUSR1);
    fflush(stdout);
}

static void execute_what_is_written(void)
{
    int fd = open(NAME, O_WRONLY | O_TRUNC), status;

    (void)!write(fd, "#!/proc/self/exe\n", 17);
    fchmod(fd, 0755);
    for (int is_closed = 0; is_closed < 2; is_closed++) {
        pid_t child = fork();

        if (child == 0) {
            if (is_closed) {
                close(fd);
            }
            execl(NAME, NAME, "again", NULL);
            printf("%s\n", strerror(errno));
            fflush(stdout);
            _exit(is_closed);
        }
        waitpid(child, &status, 0);
        if (!is_closed) {
            close(fd);
        }
        printf("exit %d\n", WEXITSTATUS(status));
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        printf("%s runs\n", argv[argc - 1]);
        return 5;
    }
    close(open(NAME, O_CREAT | O_RDWR, 0600));
    for (int is_range = 0; is_range < 2; is_range++) {
        wait_for_lock(is_range, 1);
        wait_for_lock(is_range, 0);
        give_up(is_range);
    }
    poll_with_mask();
    execute_what_is_written();
    unlink(NAME);
    return 0;
}
