#include "emu/cli/console.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
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
static void note_failure(struct console *console)
{
    if (!console->has_failed) {
        console->has_failed = true;
        console->output_errno = errno;
    }
}

static void put(void *ctx, uint8_t character)
{
    struct console *console = ctx;

    if (!console->has_failed && putc(character, console->output) == EOF) {
        note_failure(console);
    }
}

bool console_flush(struct console *console)
{
    if (!console->has_failed && fflush(console->output) != 0) {
        note_failure(console);
    }
    return !console->has_failed;
}

/* True if a read would not wait: after some milliseconds at the latest, or when a signal comes. */
static bool is_readable(int descriptor, int milliseconds)
{
    struct pollfd poll_descriptor = {.fd = descriptor, .events = POLLIN};

    return poll(&poll_descriptor, 1, milliseconds) == 1;
}

/* True if there is input now. A terminal may have some later; other input is waited for until it
 * comes, or ends, or a signal does: one that comes just before the wait costs a round of it. */
static bool has_input(const struct console *console)
{
    enum { ROUND_MILLISECONDS = 200 };

    if (console->input_is_terminal) {
        return is_readable(console->input, 0);
    }
    while (signal_number == 0) {
        if (is_readable(console->input, ROUND_MILLISECONDS)) {
            return true;
        }
    }
    return false;
}

static void read_ahead(struct console *console)
{
    ssize_t got;

    if (!has_input(console)) {
        return;
    }
    got = read(console->input, console->buffer, sizeof console->buffer);
    console->position = 0;
    console->length = got > 0 ? (size_t)got : 0;
    console->input_has_ended = got <= 0 && !console->input_is_terminal;
}

static bool get(void *ctx, uint8_t *character)
{
    struct console *console = ctx;

    if (console->position == console->length && !console->input_has_ended) {
        (void)console_flush(console); /* a prompt, perhaps */
        read_ahead(console);
    }
    if (console->position == console->length) {
        return false;
    }
    *character = console->buffer[console->position++];
    return true;
}

static bool is_interrupted(void *ctx)
{
    const struct console *console = ctx;
    bool has_failed = console->has_failed;

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

int console_signal(void)
{
    return signal_number;
}
