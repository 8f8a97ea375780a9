#include "emu/cli/console.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

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

    sigemptyset(&note.sa_mask);
    sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGINT, &note, NULL);
    (void)sigaction(SIGTERM, &note, NULL);
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
    signal_number = 0;
    catch_signals();
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
    return console->failed == NULL;
}

/* True if a read would not wait: after some milliseconds at the latest, or when a signal comes. */
static bool is_readable(int descriptor, int milliseconds)
{
    struct pollfd poll_descriptor = {.fd = descriptor, .events = POLLIN};

    return poll(&poll_descriptor, 1, milliseconds) == 1;
}

/* True if there is input now, which may be waited for until it comes, or ends, or a signal does:
 * one that comes just before the wait costs a round of it. */
static bool has_input(const struct console *console, bool waits)
{
    enum { ROUND_MILLISECONDS = 200 };

    if (!waits) {
        return is_readable(console->input, 0);
    }
    while (signal_number == 0) {
        if (is_readable(console->input, ROUND_MILLISECONDS)) {
            return true;
        }
    }
    return false;
}

/* Reads as much as there is, once what was read before is used up. The end of input that is waited
 * for is final; a console's terminal may have more. */
static void read_ahead(struct console *console, bool waits)
{
    ssize_t got;

    if (console->position != console->length || console->input_has_ended) {
        return;
    }
    (void)console_flush(console); /* a prompt, perhaps */
    if (!has_input(console, waits)) {
        return;
    }
    got = read(console->input, console->buffer, sizeof console->buffer);
    console->position = 0;
    console->length = got > 0 ? (size_t)got : 0;
    console->input_has_ended = got <= 0 && waits;
}

static bool get(void *ctx, uint8_t *character)
{
    struct console *console = ctx;

    read_ahead(console, !console->input_is_terminal);
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
        read_ahead(console, true);
        taken = take(console, bytes + count, length - count);
        count += taken;
    } while (taken != 0 && count < length && bytes[count - 1] != '\n' &&
             !console->input_is_terminal);
    *has_ended = count == 0 && console->input_has_ended;
    return count;
}

static bool is_interrupted(void *ctx)
{
    const struct console *console = ctx;
    bool has_failed = console->failed != NULL;

    for (size_t i = 0; i < CONSOLE_WATCHED; i++) {
        has_failed = has_failed || (console->watched[i] != NULL && ferror(console->watched[i]));
    }
    return signal_number != 0 || has_failed;
}

struct machine_console console_of_machine(struct console *console)
{
    return (struct machine_console){
        .put = put, .get = get, .is_interrupted = is_interrupted, .ctx = console};
}

struct machine_streams console_streams(struct console *console)
{
    return (struct machine_streams){.write = write_stream, .read = read_stream, .ctx = console};
}

int console_signal(void)
{
    return signal_number;
}
