#include "emu/check/suite.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "emu/check/runner.h"

enum { MOST_LANES = 8 };

/* Fifty times what the longest program of the suite needs: where one runs for ever, this ends it
 * sooner than the clock, and the emulator then says at which instruction. */
#define RUN_LIMIT "--max-instructions=10000000"

/* One of the processes that run at the same time. */
struct lane {
    struct runner runner;
    size_t index; /* of the rule */
    char *path;   /* of the program; NULL: the lane is free */
};

struct run {
    struct suite *suite;
    struct error *error;
    struct lane *lanes;
    size_t lane_count;
    size_t started; /* rules that were begun */
    bool *is_done;  /* for each rule; from the start where no program tests it */
    sigset_t old_signals;
    int signals; /* descriptor */
};

/* Choice: a command of the user's may start something that there is only one of, such as a board,
 * so that its programs run one after the other. */
static size_t count_lanes(const struct suite *suite)
{
    cpu_set_t cpus;
    size_t count = 1;

    if (suite->command == NULL && sched_getaffinity(0, sizeof cpus, &cpus) == 0) {
        count = (size_t)CPU_COUNT(&cpus);
    }
    return count < MOST_LANES ? count : MOST_LANES;
}

/* From here on signals wait in a descriptor. */
static bool catch_signals(struct run *run)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, &run->old_signals);
    run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return run->signals >= 0 || error_set(run->error, "signalfd: %s", strerror(errno));
}

/* The first signal that wants an end counts. A SIGCHLD has done its work by waking us. */
static void read_signals(struct run *run)
{
    struct signalfd_siginfo info;

    while (read(run->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGCHLD && run->suite->signal == 0) {
            run->suite->signal = (int)info.ssi_signo;
        }
    }
}

static void release_signals(struct run *run)
{
    if (run->signals >= 0) {
        read_signals(run);
        (void)close(run->signals);
    }
    (void)sigprocmask(SIG_SETMASK, &run->old_signals, NULL);
}

static bool open_run(struct run *run)
{
    struct suite *suite = run->suite;

    run->lane_count = count_lanes(suite);
    run->lanes = calloc(run->lane_count, sizeof *run->lanes);
    run->is_done = calloc(suite->rule_count, sizeof *run->is_done);
    suite->results = calloc(suite->rule_count, sizeof *suite->results);
    if (run->lanes == NULL || run->is_done == NULL || suite->results == NULL) {
        return error_set(run->error, "out of memory");
    }
    for (size_t i = 0; i < suite->rule_count; i++) {
        if (suite->rules[i]->untested != NULL) {
            result_skip(&suite->results[i], suite->rules[i]);
            run->is_done[i] = true;
        }
    }
    return catch_signals(run) && programs_open(&suite->programs, run->error);
}

/* pagewalk run OPTION... PATH, by this very program. */
static bool start_emulator(const struct run *run, struct lane *lane)
{
    static const char *const first[] = {"/proc/self/exe", "run", RUN_LIMIT};
    enum { WORDS = sizeof first / sizeof *first + 2 }; /* behind the options: PATH and NULL */
    const struct suite *suite = run->suite;
    const char **argv = calloc(suite->option_count + WORDS, sizeof *argv);
    const char **end = argv;
    bool is_started;

    if (argv == NULL) {
        return error_set(run->error, "out of memory");
    }
    end = mempcpy(end, first, sizeof first);
    end = mempcpy(end, suite->options, suite->option_count * sizeof *suite->options);
    *end = lane->path;
    is_started = runner_start(&lane->runner, argv, suite->timeout, run->error);
    free(argv);
    return is_started;
}

static bool start_command(const struct run *run, struct lane *lane)
{
    char *command = runner_command(run->suite->command, lane->path);
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    bool is_started;

    if (command == NULL) {
        return error_set(run->error, "out of memory");
    }
    is_started = runner_start(&lane->runner, argv, run->suite->timeout, run->error);
    free(command);
    return is_started;
}

static void free_lane(const struct run *run, struct lane *lane)
{
    runner_kill(&lane->runner);
    programs_give_back(&run->suite->programs, lane->path);
    lane->path = NULL;
}

static bool start_rule(struct run *run, struct lane *lane, size_t index)
{
    const struct suite *suite = run->suite;

    lane->index = index;
    lane->path = programs_take(&suite->programs, suite->rules[index], run->error);
    return lane->path != NULL &&
           (suite->command == NULL ? start_emulator(run, lane) : start_command(run, lane));
}

/* Begins rules while there are lanes for them. */
static bool start_some(struct run *run)
{
    const struct suite *suite = run->suite;

    for (size_t i = 0; i < run->lane_count; i++) {
        while (run->started < suite->rule_count && run->is_done[run->started]) {
            run->started++;
        }
        if (run->lanes[i].path == NULL && run->started < suite->rule_count &&
            !start_rule(run, &run->lanes[i], run->started++)) {
            return false;
        }
    }
    return true;
}

/* Until something was printed, or a process ended, or has had its time, or a signal came. */
static void wait_for_news(const struct run *run)
{
    struct pollfd wanted[1 + MOST_LANES * RUNNER_PIPES] = {{.fd = run->signals, .events = POLLIN}};
    unsigned count = 1;
    int milliseconds = -1;

    for (size_t i = 0; i < run->lane_count; i++) {
        const struct lane *lane = &run->lanes[i];

        if (lane->path != NULL) {
            int left = runner_milliseconds_left(&lane->runner);

            milliseconds = milliseconds < 0 || left < milliseconds ? left : milliseconds;
            count += runner_watch(&lane->runner, wanted + count);
        }
    }
    if (milliseconds >= 0) {
        (void)poll(wanted, count, milliseconds);
    }
}

static bool collect(struct run *run)
{
    struct suite *suite = run->suite;

    for (size_t i = 0; i < run->lane_count; i++) {
        struct lane *lane = &run->lanes[i];
        struct ending ending;

        if (lane->path == NULL || !runner_advance(&lane->runner, &ending)) {
            continue;
        }
        if (!result_judge(&suite->results[lane->index], suite->rules[lane->index], &ending)) {
            return error_set(run->error, "out of memory");
        }
        run->is_done[lane->index] = true;
        free_lane(run, lane);
    }
    return true;
}

/* Tells what is done, up to the first rule that is not. Returns false if no more is wanted. */
static bool tell_some(struct run *run)
{
    struct suite *suite = run->suite;

    while (suite->told < suite->rule_count && run->is_done[suite->told]) {
        const struct rule_result *result = &suite->results[suite->told++];

        suite->count[result->outcome]++;
        if (!suite->tell(suite->ctx, suite->told - 1, result)) {
            return false;
        }
    }
    return true;
}

static bool run_all(struct run *run)
{
    struct suite *suite = run->suite;

    while (suite->told < suite->rule_count) {
        if (!start_some(run)) {
            return false;
        }
        wait_for_news(run);
        read_signals(run);
        if (suite->signal != 0) {
            return true;
        }
        if (!collect(run)) {
            return false;
        }
        if (!tell_some(run)) {
            return true;
        }
    }
    return true;
}

bool suite_run(struct suite *suite, struct error *error)
{
    struct run run = {.suite = suite, .error = error, .signals = -1};
    double start = runner_clock();
    bool is_done;

    (void)sigprocmask(SIG_BLOCK, NULL, &run.old_signals);
    is_done = open_run(&run) && run_all(&run);
    for (size_t i = 0; run.lanes != NULL && i < run.lane_count; i++) {
        free_lane(&run, &run.lanes[i]);
    }
    programs_close(&suite->programs);
    release_signals(&run);
    free(run.lanes);
    free(run.is_done);
    suite->seconds = runner_clock() - start;
    if (suite->signal != 0) {
        (void)snprintf(suite->cut, sizeof suite->cut, "ended by SIG%s after %zu of %zu rules",
                       sigabbrev_np(suite->signal), suite->told, suite->rule_count);
    } else if (!is_done) {
        (void)snprintf(suite->cut, sizeof suite->cut, "%s", error->text);
        printable(suite->cut, strlen(suite->cut));
    }
    return is_done;
}

void suite_finish(struct suite *suite)
{
    for (size_t i = 0; suite->results != NULL && i < suite->rule_count; i++) {
        result_finish(&suite->results[i]);
    }
    free(suite->results);
    suite->results = NULL;
}
