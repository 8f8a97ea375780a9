#include "emu/check/runner.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct runner runner;
static struct error error;
static struct ending ending;

static void start(const char *script, unsigned timeout)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};

    cr_assert(runner_start(&runner, argv, timeout, &error), "%s", error.text);
}

/* Waits as a suite does, but looks often, so that no signal is needed. */
static void wait_for_end(void)
{
    while (!runner_advance(&runner, &ending)) {
        struct pollfd pipes[RUNNER_PIPES];
        unsigned count = runner_watch(&runner, pipes);

        (void)poll(pipes, count, 10);
    }
}

static void run(const char *script, unsigned timeout)
{
    start(script, timeout);
    wait_for_end();
}

/* The exit status, or the negated signal. */
static int status(void)
{
    int status = ending.wait_status;

    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void expect_text(const char *text, size_t length, const char *expected)
{
    cr_expect(eq(sz, length, strlen(expected)));
    cr_expect(strncmp(text, expected, length) == 0, "%.*s", (int)length, text);
}

Test(runner, hears_both_streams_and_the_exit_status)
{
    run("echo out; echo err >&2; echo more; exit 3", 10);
    cr_expect(eq(int, ending.reason, ENDED_ALONE));
    cr_expect(eq(int, status(), 3));
    expect_text(ending.output, ending.output_length, "out\nmore\n");
    expect_text(ending.errors, ending.errors_length, "err\n");
    cr_expect(lt(dbl, ending.seconds, 5));
    cr_expect(eq(int, runner.pid, 0));
}

Test(runner, can_be_used_again)
{
    run("echo one", 10);
    run("echo two", 10);
    expect_text(ending.output, ending.output_length, "two\n");
    cr_expect(eq(sz, ending.errors_length, 0));
}

Test(runner, gives_no_input)
{
    run("cat && echo end", 10);
    expect_text(ending.output, ending.output_length, "end\n");
}

Test(runner, tells_the_signal_that_ended_it)
{
    run("kill -SEGV $$", 10);
    cr_expect(eq(int, ending.reason, ENDED_ALONE));
    cr_expect(eq(int, status(), -SIGSEGV));
}

/* The number that the script printed, of a process that it left behind. */
static pid_t number_of_child(void)
{
    return (pid_t)strtol(ending.output, NULL, 10);
}

/* True if it is gone, or soon is: who adopted it may not have taken its status yet. */
static bool is_dead(pid_t pid)
{
    char path[64];
    char state = 'Z';

    for (int i = 0; i < 100; i++) {
        FILE *file;

        snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        file = fopen(path, "r");
        if (file == NULL) {
            return true;
        }
        (void)fscanf(file, "%*d (%*[^)]) %c", &state);
        (void)fclose(file);
        if (state == 'Z') {
            return true;
        }
        (void)usleep(10000);
    }
    return false;
}

Test(runner, kills_what_is_late_with_all_that_it_started)
{
    run("sleep 1000 & echo $!; sleep 1000", 1);
    cr_expect(eq(int, ending.reason, ENDED_BY_TIMEOUT));
    cr_expect(eq(uint, ending.timeout, 1));
    cr_expect(ge(dbl, ending.seconds, 1));
    cr_expect(lt(dbl, ending.seconds, 5));
    cr_expect(is_dead(number_of_child()));
}

/* A pipe that a child left behind still holds must not be waited for. */
Test(runner, does_not_wait_for_what_was_left_behind)
{
    run("sleep 1000 & echo $!", 60);
    cr_expect(eq(int, ending.reason, ENDED_ALONE));
    cr_expect(lt(dbl, ending.seconds, 30));
    cr_expect(is_dead(number_of_child()));
}

Test(runner, kills_what_never_ends_to_print)
{
    run("exec yes", 60);
    cr_expect(eq(int, ending.reason, ENDED_BY_LENGTH));
    cr_expect(eq(sz, ending.output_length, RUNNER_OUTPUT_LIMIT));
}

/* The kept part begins somewhere in a line; the numbers from the next one on have no gap. */
Test(runner, keeps_the_latest_errors_however_many)
{
    enum { COUNT = 5000 };
    const char *line;
    long number;
    long first;

    run("i=0; while [ $i -lt 5000 ]; do echo $i >&2; i=$((i + 1)); done", 60);
    cr_expect(eq(int, ending.reason, ENDED_ALONE));
    cr_assert(ge(sz, ending.errors_length, RUNNER_ERRORS_KEPT / 2));
    cr_assert(le(sz, ending.errors_length, RUNNER_ERRORS_KEPT));
    line = (const char *)memchr(ending.errors, '\n', ending.errors_length) + 1;
    first = number = strtol(line, NULL, 10);
    for (; line < ending.errors + ending.errors_length; line = strchr(line, '\n') + 1) {
        cr_assert(eq(long, strtol(line, NULL, 10), number));
        number++;
    }
    cr_expect(eq(long, number, COUNT));
    cr_expect(lt(long, first, COUNT - RUNNER_ERRORS_KEPT / 2 / 5 + 1));
}

Test(runner, may_close_its_streams_and_go_on)
{
    run("exec >&- 2>&-; sleep 0.2; exit 4", 60);
    cr_expect(eq(int, ending.reason, ENDED_ALONE));
    cr_expect(eq(int, status(), 4));
}

Test(runner, kills_when_told)
{
    start("sleep 1000", 60);
    cr_expect(gt(int, runner_milliseconds_left(&runner), 50000));
    cr_expect(le(int, runner_milliseconds_left(&runner), 60001));
    pid_t pid = runner.pid;

    runner_kill(&runner);
    cr_expect(eq(int, runner.pid, 0));
    cr_expect(ne(int, kill(pid, 0), 0));
    runner_kill(&runner);
}

Test(runner, starts_with_no_signal_ignored_or_blocked)
{
    sigset_t set;

    (void)signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    run("kill -PIPE $$; echo ignored", 10);
    cr_expect(eq(int, status(), -SIGPIPE));
    run("kill -TERM $$; echo blocked", 10);
    cr_expect(eq(int, status(), -SIGTERM));
}

Test(runner, a_program_that_is_not_there_is_an_error)
{
    const char *const argv[] = {"/nowhere/to/be/found", NULL};

    cr_expect(not(runner_start(&runner, argv, 1, &error)));
    cr_expect(
        eq(str, error.text, "/nowhere/to/be/found cannot be started: No such file or directory"));
    cr_expect(eq(int, runner.pid, 0));
}

Test(runner, commands_hold_the_path_quoted)
{
    static const struct {
        const char *command;
        const char *path;
        const char *text;
    } rows[] = {
        {"run {}", "/a/b", "run '/a/b'"},
        {"{} and {}{}", "x", "'x' and 'x''x'"},
        {"run {}", "it's $HOME", "run 'it'\\''s $HOME'"},
        {"run { } }{", "x", "run { } }{"},
        {"{}", "{}", "'{}'"},
        {"a {", "x", "a {"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = runner_command(rows[i].command, rows[i].path);

        cr_assert(text != NULL);
        cr_expect(eq(str, text, (char *)rows[i].text));
        free(text);
    }
}
