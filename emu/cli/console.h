/*
 * console.h - the guest's console on the host: where its output goes, where its input comes from,
 * and the signals that end a run; and the standard streams of a program of Linux.
 *
 * Output of the console is buffered by stdio, that of a program is written at once. A console takes
 * input from a terminal as it comes, once it has been put into raw mode: when told to, or when the
 * guest asks for input for the first time, so that Ctrl-C ends a program that reads nothing. Any
 * other input, and all that a program of Linux reads, is read when the guest asks and waited for,
 * so that a run does not depend on the host's timing; unless that is wished for. The end of the
 * input only means that no more characters come.
 */
#ifndef EMU_CLI_CONSOLE_H
#define EMU_CLI_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/cli/typed_input.h"
#include "emu/machine/machine.h"

enum { CONSOLE_WATCHED = 2, CONSOLE_BUFFER = 4096 };

struct console {
    FILE *output;
    FILE *stream[MACHINE_STREAMS]; /* a program's output and error */
    FILE *failed;                  /* the first of them that could not be written; NULL: none */
    int output_errno;              /* why */
    bool is_flushed;               /* nothing was put since */
    int input;                     /* a file descriptor */
    bool input_is_terminal;
    bool input_has_ended;
    bool is_live;                   /* input for the console comes when it likes, and is in typed */
    bool has_taken;                 /* the terminal; it is not taken twice */
    bool follows_host;              /* its time counts */
    uint64_t start;                 /* of the run, in nanoseconds of the host's monotonic clock */
    struct typed_input typed;       /* of a terminal, or where the host's time counts */
    uint8_t buffer[CONSOLE_BUFFER]; /* input read ahead: [position, length) */
    size_t position;
    size_t length;
    FILE *watched[CONSOLE_WATCHED]; /* other streams whose failure ends the run */
};

/* Makes a console that writes to output and reads from the file descriptor input. From now on
 * SIGINT, SIGTERM and SIGHUP end a run instead of the program; SIGPIPE and SIGXFSZ are errors of
 * writing. */
void console_init(struct console *console, FILE *output, int input);

/* Makes the run follow the host's time from now on: input is what is there when it is asked for. */
void console_follow_host(struct console *console);

/* Puts the terminal into raw mode, if the input is one, and says on standard error how to get out.
 */
void console_take_terminal(struct console *console);

/* Puts it back as it was. */
void console_leave_terminal(void);

/* Names where a program's standard output goes, apart from the console; its standard error goes to
 * that of the host. */
void console_give_streams(struct console *console, FILE *output);

/* Ends the run, too, when this stream can no longer be written; at most CONSOLE_WATCHED of them. */
void console_watch(struct console *console, FILE *stream);

/* The console as a machine sees it; console must stay where it is. */
struct machine_console console_of_machine(struct console *console);

/* Time for the machine: the host's, if that is followed. */
struct machine_time console_time(struct console *console);

/* The standard streams as a machine sees them, likewise. */
struct machine_streams console_streams(struct console *console);

/* Writes out what is buffered. Returns false if any of the output could not be written. */
bool console_flush(struct console *console);

/* The number of the signal that came, 0 if none did. */
int console_signal(void);

#endif
