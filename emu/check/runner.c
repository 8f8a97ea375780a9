#include "emu/check/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIPE_READ, PIPE_WRITE, PIPE_ENDS };

double runner_clock(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A group of its own to be killed with; signals as they were before we caught any. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t to_default;

    sigemptyset(&none);
    sigemptyset(&to_default);
    sigaddset(&to_default, SIGPIPE);
    (void)posix_spawnattr_setpgroup(attributes, 0);
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setsigdefault(attributes, &to_default);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
}

/* Returns 0 or what went wrong, as errno has it. */
static int spawn(pid_t *pid, const char *const *argv, int output, int errors)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int result = posix_spawn_file_actions_init(&actions);

    if (result != 0) {
        return result;
    }
    result = posix_spawnattr_init(&attributes);
    if (result != 0) {
        (void)posix_spawn_file_actions_destroy(&actions);
        return result;
    }
    result = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (result == 0) {
        result = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    }
    if (result == 0) {
        result = posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    }
    if (result == 0) {
        result = set_attributes(&attributes);
    }
    if (result == 0) {
        result = posix_spawn(pid, argv[0], &actions, &attributes, (char *const *)argv, environ);
    }
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return result;
}

static void close_pipe(int *end)
{
    if (*end >= 0) {
        (void)close(*end);
        *end = -1;
    }
}

/* A pipe that no other child inherits, and that we read without waiting. */
static bool open_pipe(int ends[PIPE_ENDS])
{
    if (pipe2(ends, O_CLOEXEC) != 0) {
        ends[PIPE_READ] = -1;
        ends[PIPE_WRITE] = -1;
        return false;
    }
    return fcntl(ends[PIPE_READ], F_SETFL, O_NONBLOCK) == 0;
}

bool runner_start(struct runner *runner, const char *const *argv, unsigned timeout,
                  struct error *error)
{
    int output[PIPE_ENDS] = {-1, -1};
    int errors[PIPE_ENDS] = {-1, -1};
    int result = open_pipe(output) && open_pipe(errors) ? 0 : errno;

    if (result == 0) {
        runner->started = runner_clock();
        result = spawn(&runner->pid, argv, output[PIPE_WRITE], errors[PIPE_WRITE]);
    }
    close_pipe(&output[PIPE_WRITE]);
    close_pipe(&errors[PIPE_WRITE]);
    if (result != 0) {
        close_pipe(&output[PIPE_READ]);
        close_pipe(&errors[PIPE_READ]);
        runner->pid = 0;
        return error_set(error, "%s cannot be started: %s", argv[0], strerror(result));
    }
    runner->output_pipe = output[PIPE_READ];
    runner->errors_pipe = errors[PIPE_READ];
    runner->timeout = timeout;
    runner->output_length = 0;
    runner->errors_length = 0;
    return true;
}

unsigned runner_watch(const struct runner *runner, struct pollfd pipes[RUNNER_PIPES])
{
    const int ends[RUNNER_PIPES] = {runner->output_pipe, runner->errors_pipe};
    unsigned count = 0;

    for (unsigned i = 0; i < RUNNER_PIPES; i++) {
        if (ends[i] >= 0) {
            pipes[count++] = (struct pollfd){.fd = ends[i], .events = POLLIN};
        }
    }
    return count;
}

static double seconds_left(const struct runner *runner)
{
    return runner->started + runner->timeout - runner_clock();
}

int runner_milliseconds_left(const struct runner *runner)
{
    double seconds = seconds_left(runner);

    return seconds > 0 ? (int)(seconds * 1000) + 1 : 0;
}

/* Reads what is there, up to the room. Returns the number of bytes, and closes the pipe at its end.
 */
static size_t read_some(int *end, char *buffer, size_t room)
{
    ssize_t count;

    if (*end < 0 || room == 0) {
        return 0;
    }
    do {
        count = read(*end, buffer, room);
    } while (count < 0 && errno == EINTR);
    if (count == 0 || (count < 0 && errno != EAGAIN)) {
        close_pipe(end);
    }
    return count > 0 ? (size_t)count : 0;
}

static void read_output(struct runner *runner)
{
    size_t count;

    do {
        count = read_some(&runner->output_pipe, runner->output + runner->output_length,
                          RUNNER_OUTPUT_LIMIT - runner->output_length);
        runner->output_length += count;
    } while (count > 0);
}

/* The older half makes room for what comes. At most so much at a time: errors may never end. */
static void read_errors(struct runner *runner)
{
    const size_t half = RUNNER_ERRORS_KEPT / 2;
    size_t count;
    size_t sum = 0;

    do {
        if (runner->errors_length == RUNNER_ERRORS_KEPT) {
            memmove(runner->errors, runner->errors + half, half);
            runner->errors_length = half;
        }
        count = read_some(&runner->errors_pipe, runner->errors + runner->errors_length,
                          RUNNER_ERRORS_KEPT - runner->errors_length);
        runner->errors_length += count;
        sum += count;
    } while (count > 0 && sum < RUNNER_OUTPUT_LIMIT);
}

static bool has_ended(const struct runner *runner)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)runner->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == runner->pid;
}

/* Ends the group while its first process, dead or alive, still holds the number; that one also if
 * it has left the group. */
static int end_group(struct runner *runner)
{
    int status = 0;

    (void)kill(-runner->pid, SIGKILL);
    (void)kill(runner->pid, SIGKILL);
    while (waitpid(runner->pid, &status, 0) < 0 && errno == EINTR) {
    }
    runner->pid = 0;
    return status;
}

bool runner_advance(struct runner *runner, struct ending *ending)
{
    bool is_over = has_ended(runner); /* before reading: all that it printed is there then */
    bool is_late;
    bool is_long;
    int status;

    read_output(runner);
    read_errors(runner);
    is_long = runner->output_length == RUNNER_OUTPUT_LIMIT;
    is_late = !is_over && seconds_left(runner) <= 0;
    if (!is_over && !is_late && !is_long) {
        return false;
    }
    status = end_group(runner);
    close_pipe(&runner->output_pipe);
    close_pipe(&runner->errors_pipe);
    *ending = (struct ending){
        .reason = is_long ? ENDED_BY_LENGTH : (is_late ? ENDED_BY_TIMEOUT : ENDED_ALONE),
        .wait_status = status,
        .timeout = runner->timeout,
        .seconds = runner_clock() - runner->started,
        .output = runner->output,
        .output_length = runner->output_length,
        .errors = runner->errors,
        .errors_length = runner->errors_length,
    };
    return true;
}

void runner_kill(struct runner *runner)
{
    if (runner->pid == 0) {
        return;
    }
    (void)end_group(runner);
    close_pipe(&runner->output_pipe);
    close_pipe(&runner->errors_pipe);
}

/* Writes the path between quotes, within which only the quote itself is special. */
static void put_quoted(FILE *file, const char *path)
{
    (void)fputc('\'', file);
    for (; *path != '\0'; path++) {
        if (*path == '\'') {
            (void)fputs("'\\''", file);
        } else {
            (void)fputc(*path, file);
        }
    }
    (void)fputc('\'', file);
}

char *runner_command(const char *command, const char *path)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    if (file == NULL) {
        return NULL;
    }
    for (const char *place; (place = strstr(command, "{}")) != NULL; command = place + 2) {
        (void)fwrite(command, 1, (size_t)(place - command), file);
        put_quoted(file, path);
    }
    (void)fputs(command, file);
    if (fclose(file) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
