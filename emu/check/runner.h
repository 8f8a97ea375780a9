/*
 * runner.h - one process that runs one program of the suite: started, listened to, and killed with
 * all that it started once its time is over.
 *
 * The process has a group of its own, no input, and pipes for its output and its errors. Who runs
 * several of them waits with poll for what runner_watch names, and then calls runner_advance.
 */
#ifndef EMU_CHECK_RUNNER_H
#define EMU_CHECK_RUNNER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "emu/check/result.h"
#include "emu/machine/error.h"

enum {
    RUNNER_PIPES = 2,
    RUNNER_OUTPUT_LIMIT = 1 << 20, /* more is an endless loop that prints */
    RUNNER_ERRORS_KEPT = 1 << 14,  /* the latest */
};

struct runner {
    pid_t pid; /* 0: there is no process */
    int output_pipe;
    int errors_pipe; /* both -1 where closed */
    double started;  /* seconds of a clock that only goes on */
    unsigned timeout;
    size_t output_length;
    size_t errors_length;
    char output[RUNNER_OUTPUT_LIMIT];
    char errors[RUNNER_ERRORS_KEPT];
};

/* Starts argv, a program by its path and its arguments. Returns false and sets *error if it cannot;
 * there is then nothing to kill. */
bool runner_start(struct runner *runner, const char *const *argv, unsigned timeout,
                  struct error *error);

/* The pipes to wait for; returns how many there are. */
unsigned runner_watch(const struct runner *runner, struct pollfd pipes[RUNNER_PIPES]);

/* Milliseconds until the process is to be killed, rounded up; 0 if it should be dead. */
int runner_milliseconds_left(const struct runner *runner);

/* Takes what was printed, and kills the process if its time is over or it printed too much. Returns
 * true if it has ended: nothing of it is left then, and *ending, which points into the runner, is
 * valid until the next start. */
bool runner_advance(struct runner *runner, struct ending *ending);

/* Kills the process and all in its group, and forgets it. Does nothing if there is none. */
void runner_kill(struct runner *runner);

/* The command with each {} replaced by the path, quoted for sh; to be freed. NULL if there is no
 * memory. */
char *runner_command(const char *command, const char *path);

/* Seconds of the clock that started is read from. */
double runner_clock(void);

#endif
