#include "emu/cli/console.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "emu/cli/terminal.h"
#include "emu/machine/platform.h"

enum { NANOSECONDS = 1000000000 }; /* in a second */

/* A signal handler can reach nothing but a global: the one that there is. */
static volatile sig_atomic_t signal_number;

static void note_signal(int number)
{
    signal_number = number;
}

static void catch_signals(void)
{
    struct sigaction note = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction hang_up;

    sigemptyset(&note.sa_mask);
    sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGINT, &note, NULL);
    (void)sigaction(SIGTERM, &note, NULL);
    if (sigaction(SIGHUP, NULL, &hang_up) == 0 &&
        hang_up.sa_handler != SIG_IGN) { /* as nohup does */
        (void)sigaction(SIGHUP, &note, NULL);
    }
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
}

void console_init(struct console *console, FILE *output, int input)
{
    *console = (struct console){
        .output = output,
        .input = input,
        .input_is_terminal = isatty(input) == 1,
    };
    console->is_live = console->input_is_terminal;
    typed_input_init(&console->typed, input, console->input_is_terminal);
    signal_number = 0;
    catch_signals();
}

static uint64_t nanoseconds_of(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

void console_follow_host(struct console *console)
{
    console->is_live = true;
    console->follows_host = true;
    console->start = nanoseconds_of(CLOCK_MONOTONIC);
}

void console_take_terminal(struct console *console)
{
    if (console->input_is_terminal && !console->has_taken) {
        console->has_taken = true;
        fprintf(stderr, "pagewalk: keys go to the guest; Ctrl-A x ends the run, Ctrl-A h lists "
                        "what else there is\n");
        terminal_take(console->input);
    }
}

void console_leave_terminal(void)
{
    terminal_leave();
}

void console_give_streams(struct console *console, FILE *output)
{
    console->stream[MACHINE_OUTPUT] = output;
    console->stream[MACHINE_ERROR] = stderr;
}

void console_watch(struct console *console, FILE *stream)
{
    size_t i = 0;

    while (i < CONSOLE_WATCHED && console->watched[i] != NULL) {
        i++;
    }
    assert(i < CONSOLE_WATCHED);
    console->watched[i] = stream;
}

/* Remembers the first failure only: it is the one worth telling. */
static void note_failure(struct console *console, FILE *file)
{
    if (console->failed == NULL) {
        console->failed = file;
        console->output_errno = errno;
    }
}

static void put(void *ctx, uint8_t character)
{
    struct console *console = ctx;

    if (console->failed == NULL && putc(character, console->output) == EOF) {
        note_failure(console, console->output);
    }
    console->is_flushed = false;
}

/* At once, so that what goes to one place comes there in the order in which it was written. */
static void write_stream(void *ctx, enum machine_stream stream, const uint8_t *bytes, size_t length)
{
    struct console *console = ctx;
    FILE *file = console->stream[stream];

    if (console->failed == NULL &&
        (fwrite(bytes, 1, length, file) != length || fflush(file) != 0)) {
        note_failure(console, file);
    }
}

bool console_flush(struct console *console)
{
    if (console->failed == NULL && fflush(console->output) != 0) {
        note_failure(console, console->output);
    }
    console->is_flushed = true;
    return console->failed == NULL;
}

/* True if a read would not wait: after some milliseconds at the latest, or when a signal comes. */
static bool is_readable(int descriptor, int milliseconds)
{
    struct pollfd poll_descriptor = {.fd = descriptor, .events = POLLIN};

    return poll(&poll_descriptor, 1, milliseconds) == 1;
}

/* Waits until there is input, or its end. False: a signal came; one that comes just before the wait
 * costs a round of it. */
static bool has_input(const struct console *console)
{
    enum { ROUND_MILLISECONDS = 200 };

    while (signal_number == 0) {
        if (is_readable(console->input, ROUND_MILLISECONDS)) {
            return true;
        }
    }
    return false;
}

/* Waits for input, once what was read before is used up, and reads as much as there is. The end of
 * input is final. */
static void read_ahead(struct console *console)
{
    ssize_t got;

    if (console->position != console->length || console->input_has_ended) {
        return;
    }
    (void)console_flush(console); /* a prompt, perhaps */
    if (!has_input(console)) {
        return;
    }
    got = read(console->input, console->buffer, sizeof console->buffer);
    console->position = 0;
    console->length = got > 0 ? (size_t)got : 0;
    console->input_has_ended = got <= 0;
}

/* Keys are read when the host is asked whether to stop, which is often enough. */
static bool get_live(struct console *console, uint8_t *character)
{
    console_take_terminal(console);
    if (!console->input_is_terminal && console->typed.count == 0) {
        typed_input_read(&console->typed);
    }
    return typed_input_take(&console->typed, character);
}

static bool get(void *ctx, uint8_t *character)
{
    struct console *console = ctx;

    if (console->is_live) {
        return get_live(console, character);
    }
    read_ahead(console);
    if (console->position == console->length) {
        return false;
    }
    *character = console->buffer[console->position++];
    return true;
}

/* Takes what has been read ahead, up to length bytes and the end of the line. */
static size_t take(struct console *console, uint8_t *bytes, size_t length)
{
    const uint8_t *from = console->buffer + console->position;
    size_t count = console->length - console->position;

    count = count < length ? count : length;
    const uint8_t *newline = memchr(from, '\n', count);

    if (newline != NULL) {
        count = (size_t)(newline - from) + 1;
    }
    memcpy(bytes, from, count);
    console->position += count;
    return count;
}

/* A read ends with its line. How much of it comes at once from a pipe depends on the host's time,
 * which the guest must not see: the rest is waited for. */
static size_t read_stream(void *ctx, uint8_t *bytes, size_t length, bool *has_ended)
{
    struct console *console = ctx;
    size_t count = 0;
    size_t taken;

    do {
        read_ahead(console);
        taken = take(console, bytes + count, length - count);
        count += taken;
    } while (taken != 0 && count < length && bytes[count - 1] != '\n' &&
             !console->input_is_terminal);
    *has_ended = count == 0 && console->input_has_ended;
    return count;
}

static void list_keys(void)
{
    fprintf(stderr, "pagewalk: Ctrl-A x  end the run\n"
                    "          Ctrl-A a  send Ctrl-A to the guest\n"
                    "          Ctrl-A h  print this list\n");
}

/* What has to be done now and then where somebody types, or looks. */
static void attend(struct console *console)
{
    if (!console->is_flushed) {
        (void)console_flush(console); /* a prompt, perhaps */
    }
    if (terminal_is_taken()) {
        typed_input_read(&console->typed);
    }
    if (console->typed.wants_help) {
        console->typed.wants_help = false;
        list_keys();
    }
    if (console->typed.wants_end) {
        signal_number = SIGINT;
    }
}

/* The descriptor to wait for, or -1: for none. */
static int awaited(const struct console *console, bool wants_input)
{
    bool is_read = console->input_is_terminal
                       ? terminal_is_taken() && terminal_is_in_front(console->input)
                       : wants_input;

    return is_read && !console->typed.has_ended ? console->input : -1;
}

/* A signal that comes before the wait ends it as one does that comes in it. */
static void wait_for_host(const struct console *console, const struct timespec *timeout,
                          bool wants_input)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGCONT};
    struct pollfd poll_descriptor = {.events = POLLIN};
    sigset_t held;
    sigset_t before;

    sigemptyset(&held);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaddset(&held, numbers[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    poll_descriptor.fd = awaited(console, wants_input);
    if (signal_number == 0) {
        (void)ppoll(&poll_descriptor, 1, timeout, &before);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static bool sleep_live(void *ctx, uint64_t nanoseconds, bool wants_input)
{
    struct console *console = ctx;
    const struct timespec timeout = {.tv_sec = (time_t)(nanoseconds / NANOSECONDS),
                                     .tv_nsec = (long)(nanoseconds % NANOSECONDS)};
    bool is_endless = nanoseconds == UINT64_MAX;
    bool is_there = wants_input && console->typed.count != 0;

    if (is_endless && !is_there && (!wants_input || console->typed.has_ended)) {
        return false;
    }
    if (wants_input) {
        console_take_terminal(console);
    }
    (void)console_flush(console);
    if (!is_there) {
        wait_for_host(console, is_endless ? NULL : &timeout, wants_input);
    }
    return true;
}

static uint64_t ticks(void *ctx)
{
    const struct console *console = ctx;

    return (nanoseconds_of(CLOCK_MONOTONIC) - console->start) / PLATFORM_NANOSECONDS_PER_TICK;
}

static uint64_t date(void *ctx)
{
    (void)ctx;
    return nanoseconds_of(CLOCK_REALTIME);
}

static bool is_interrupted(void *ctx)
{
    struct console *console = ctx;
    bool has_failed;

    if (console->is_live) {
        attend(console);
    }
    has_failed = console->failed != NULL;

    for (size_t i = 0; i < CONSOLE_WATCHED; i++) {
        has_failed = has_failed || (console->watched[i] != NULL && ferror(console->watched[i]));
    }
    return signal_number != 0 || has_failed;
}

struct machine_console console_of_machine(struct console *console)
{
    return (struct machine_console){.put = put,
                                    .get = get,
                                    .is_interrupted = is_interrupted,
                                    .is_live = console->is_live,
                                    .sleep = sleep_live,
                                    .ctx = console};
}

struct machine_time console_time(struct console *console)
{
    return console->follows_host
               ? (struct machine_time){.ticks = ticks, .date = date, .ctx = console}
               : (struct machine_time){.ticks = NULL};
}

struct machine_streams console_streams(struct console *console)
{
    return (struct machine_streams){.write = write_stream, .read = read_stream, .ctx = console};
}

int console_signal(void)
{
    return signal_number;
}
