#include "emu/cli/console.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct console console;
static struct machine_console host;
static FILE *output;
static char *text;
static size_t length;
static int input[2]; /* a pipe: what is written to [1] is the guest's input */

static void setup(void)
{
    output = open_memstream(&text, &length);
    cr_assert(eq(int, pipe(input), 0));
    console_init(&console, output, input[0]);
    host = console_of_machine(&console);
}

static void teardown(void)
{
    (void)fclose(output);
    free(text);
}

TestSuite(console, .init = setup, .fini = teardown, .timeout = 10);

Test(console, output_goes_to_its_stream)
{
    host.put(host.ctx, 'o');
    host.put(host.ctx, 0xff);
    host.put(host.ctx, 0);
    cr_expect(console_flush(&console));
    cr_expect(eq(sz, length, 3));
    cr_expect(eq(int, memcmp(text, "o\xff\0", 3), 0), "all 8 bits, zero too");
}

Test(console, input_comes_in_order_and_its_end_is_no_character)
{
    uint8_t character = 0;

    cr_assert(eq(int, (int)write(input[1], "a\n", 2), 2));
    (void)close(input[1]);
    cr_expect(host.get(host.ctx, &character));
    cr_expect(eq(u8, character, 'a'));
    cr_expect(host.get(host.ctx, &character));
    cr_expect(eq(u8, character, '\n'));
    for (int i = 0; i < 3; i++) {
        cr_expect(not(host.get(host.ctx, &character)), "and stays so");
    }
    cr_expect(not(host.is_interrupted(host.ctx)), "nor is it the end of the run");
}

Test(console, a_file_that_grows_after_its_end_was_met_is_not_read_on)
{
    char name[] = P_tmpdir "/console_test-XXXXXX";
    int descriptor = mkstemp(name);
    uint8_t character;

    cr_assert(ge(int, descriptor, 0));
    cr_assert(eq(int, unlink(name), 0));
    console_init(&console, output, descriptor);
    cr_expect(not(host.get(host.ctx, &character)));
    cr_assert(eq(int, (int)pwrite(descriptor, "x", 1, 0), 1));
    cr_expect(not(host.get(host.ctx, &character)), "a run must not depend on the host's timing");
}

Test(console, more_input_than_the_buffer_holds_is_not_lost)
{
    enum { COUNT = 3 * CONSOLE_BUFFER + 17 };
    unsigned got = 0;
    uint8_t character;

    for (unsigned i = 0; i < COUNT; i++) {
        uint8_t byte = (uint8_t)(i % 251);

        cr_assert(eq(int, (int)write(input[1], &byte, 1), 1));
    }
    (void)close(input[1]);
    while (host.get(host.ctx, &character)) {
        cr_assert(eq(uint, character, got % 251));
        got++;
    }
    cr_expect(eq(uint, got, COUNT));
}

Test(console, what_the_guest_printed_is_seen_before_input_is_waited_for)
{
    uint8_t character;

    host.put(host.ctx, '$');
    cr_assert(eq(int, (int)write(input[1], "x", 1), 1));
    cr_expect(host.get(host.ctx, &character));
    cr_expect(eq(sz, length, 1));
}

Test(console, a_program_has_streams_of_its_own)
{
    struct machine_streams streams = console_streams(&console);
    char *program_text;
    size_t program_length;
    FILE *program = open_memstream(&program_text, &program_length);

    console_give_streams(&console, program);
    host.put(host.ctx, 'k');
    streams.write(streams.ctx, MACHINE_OUTPUT, (const uint8_t *)"a\n\0\xff", 4);
    cr_expect(eq(sz, program_length, 4), "it is written at once");
    cr_expect(eq(int, memcmp(program_text, "a\n\0\xff", 4), 0), "byte for byte");
    cr_expect(console_flush(&console));
    cr_expect(eq(str, text, "k"), "apart from the console");
    (void)fclose(program);
    free(program_text);
}

Test(console, a_program_reads_a_line_at_a_time_up_to_the_end)
{
    static const struct {
        size_t length;
        const char *want;
        size_t count;
        const char *why;
    } reads[] = {
        {8, "ab\n", 3, "no more than the line"},
        {2, "cd", 2, "no more than asked for"},
        {8, "e\n", 2, "the rest of the line"},
        {8, "f\0", 2, "what has no end of line ends with the input"},
    };
    struct machine_streams streams = console_streams(&console);
    uint8_t bytes[8];
    bool has_ended = true;

    cr_assert(eq(int, (int)write(input[1], "ab\ncde\nf\0", 9), 9));
    (void)close(input[1]);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        cr_expect(
            eq(sz, streams.read(streams.ctx, bytes, reads[i].length, &has_ended), reads[i].count),
            "%s", reads[i].why);
        cr_expect(eq(int, memcmp(bytes, reads[i].want, reads[i].count), 0), "%s", reads[i].why);
        cr_expect(not(has_ended), "%s", reads[i].why);
    }
    for (int i = 0; i < 2; i++) {
        cr_expect(eq(sz, streams.read(streams.ctx, bytes, 8, &has_ended), 0));
        cr_expect(has_ended);
    }
}

/* Writes a line to the input, its parts some time apart. */
static void write_slowly(void)
{
    if (fork() == 0) {
        bool is_written = write(input[1], "x", 1) == 1;

        (void)usleep(50000);
        _exit(is_written && write(input[1], "y\n", 2) == 2 ? 0 : 1);
    }
}

Test(console, how_much_of_a_line_comes_at_once_cannot_be_told)
{
    struct machine_streams streams = console_streams(&console);
    uint8_t bytes[8];
    bool has_ended = true;

    write_slowly();
    cr_expect(eq(sz, streams.read(streams.ctx, bytes, 8, &has_ended), 3));
    cr_expect(eq(int, memcmp(bytes, "xy\n", 3), 0));
    cr_expect(not(has_ended));
}

Test(console, a_program_waits_for_input_and_a_signal_ends_that)
{
    struct machine_streams streams = console_streams(&console);
    uint8_t bytes[8];
    bool has_ended = true;

    if (fork() == 0) {
        (void)usleep(50000);
        (void)kill(getppid(), SIGTERM);
        _exit(0);
    }
    cr_expect(eq(sz, streams.read(streams.ctx, bytes, 8, &has_ended), 0));
    cr_expect(not(has_ended), "more may come, for all one knows");
    cr_expect(host.is_interrupted(host.ctx));
}

Test(console, a_stream_that_cannot_be_written_ends_the_run)
{
    struct machine_streams streams = console_streams(&console);
    FILE *full = fopen("/dev/full", "w");

    console_give_streams(&console, full);
    streams.write(streams.ctx, MACHINE_OUTPUT, (const uint8_t *)"x", 1);
    cr_expect(host.is_interrupted(host.ctx));
    cr_expect(eq(ptr, console.failed, full));
    cr_expect(eq(int, console.output_errno, ENOSPC));
    cr_expect(not(console_flush(&console)));
}

Test(console, a_signal_ends_the_run_and_the_wait_for_input)
{
    uint8_t character;

    cr_expect(not(host.is_interrupted(host.ctx)));
    if (fork() == 0) {
        (void)usleep(50000);
        (void)kill(getppid(), SIGTERM);
        _exit(0);
    }
    cr_expect(not(host.get(host.ctx, &character)), "nothing was written, nothing was closed");
    cr_expect(host.is_interrupted(host.ctx));
    cr_expect(eq(int, console_signal(), SIGTERM));
}

Test(console, interrupt_is_told_from_termination)
{
    cr_assert(eq(int, raise(SIGINT), 0));
    cr_expect(eq(int, console_signal(), SIGINT));
}

Test(console, output_that_cannot_be_written_ends_the_run)
{
    FILE *full = fopen("/dev/full", "w");

    console_init(&console, full, input[0]);
    for (int i = 0; i < 100000 && !host.is_interrupted(host.ctx); i++) {
        host.put(host.ctx, 'x');
    }
    cr_expect(host.is_interrupted(host.ctx));
    cr_expect(eq(int, console_signal(), 0));
    cr_expect(not(console_flush(&console)));
    cr_expect(eq(int, console.output_errno, ENOSPC));
}

Test(console, a_reader_that_went_away_is_an_error_and_no_signal)
{
    int out[2];
    FILE *broken;

    cr_assert(eq(int, pipe(out), 0));
    broken = fdopen(out[1], "w");
    (void)close(out[0]);
    console_init(&console, broken, input[0]);
    host.put(host.ctx, 'x');
    cr_expect(not(console_flush(&console)));
    cr_expect(eq(int, console.output_errno, EPIPE));
}

Test(console, a_watched_stream_that_fails_ends_the_run)
{
    FILE *full = fopen("/dev/full", "w");

    console_watch(&console, full);
    cr_expect(not(host.is_interrupted(host.ctx)));
    fputs("x", full);
    (void)fflush(full);
    cr_expect(host.is_interrupted(host.ctx));
    cr_expect(console_flush(&console), "the console itself is well");
}

Test(console, where_the_hosts_time_counts_input_is_what_is_there)
{
    uint8_t character = 0;
    struct machine_time machine_time;
    uint64_t start;

    cr_expect(eq(ptr, (void *)(uintptr_t)console_time(&console).ticks, NULL));
    console_follow_host(&console);
    host = console_of_machine(&console);
    machine_time = console_time(&console);
    start = machine_time.ticks(machine_time.ctx);
    cr_expect(host.is_live);
    cr_expect(not(host.get(host.ctx, &character)), "nothing is waited for");
    cr_assert(eq(int, (int)write(input[1], "\1x", 2), 2));
    cr_expect(host.get(host.ctx, &character));
    cr_expect(eq(u8, character, 1), "Ctrl-A is for terminals");
    cr_expect(host.get(host.ctx, &character));
    cr_expect(not(host.is_interrupted(host.ctx)));
    (void)usleep(10000);
    cr_expect(ge(u64, machine_time.ticks(machine_time.ctx) - start, 100000), "in 100 ns");
    cr_expect(gt(u64, machine_time.date(machine_time.ctx), UINT64_C(1700000000000000000)));
}

Test(console, a_sleep_lasts_until_its_time_or_input_that_is_wanted)
{
    const uint64_t second = 1000000000;
    struct machine_time machine_time;

    console_follow_host(&console);
    host = console_of_machine(&console);
    machine_time = console_time(&console);
    cr_assert(eq(int, (int)write(input[1], "x", 1), 1));
    cr_expect(host.sleep(host.ctx, second / 20, false));
    cr_expect(ge(u64, machine_time.ticks(machine_time.ctx), 500000), "nobody wants it");
    cr_expect(host.sleep(host.ctx, 100 * second, true));
    cr_expect(host.sleep(host.ctx, UINT64_MAX, true));
    cr_expect(lt(u64, machine_time.ticks(machine_time.ctx), 50 * 10000000));
}

Test(console, a_sleep_that_nothing_can_end_does_not_begin)
{
    uint8_t character;

    console_follow_host(&console);
    host = console_of_machine(&console);
    cr_expect(not(host.sleep(host.ctx, UINT64_MAX, false)));
    (void)close(input[1]);
    cr_expect(host.sleep(host.ctx, UINT64_MAX, true), "the end is something that comes");
    cr_expect(not(host.get(host.ctx, &character)));
    cr_expect(not(host.sleep(host.ctx, UINT64_MAX, true)));
}

Test(console, a_signal_ends_a_sleep)
{
    (void)signal(SIGHUP, SIG_DFL); /* nohup ignores it, and then it stays ignored */
    console_init(&console, output, input[0]);
    console_follow_host(&console);
    host = console_of_machine(&console);
    if (fork() == 0) {
        (void)usleep(50000);
        (void)kill(getppid(), SIGHUP);
        _exit(0);
    }
    cr_expect(host.sleep(host.ctx, UINT64_MAX, true));
    cr_expect(host.is_interrupted(host.ctx));
    cr_expect(eq(int, console_signal(), SIGHUP));
    cr_expect(host.sleep(host.ctx, UINT64_MAX, true), "nor does another begin");
}

Test(console, a_hang_up_that_is_ignored_stays_so)
{
    (void)signal(SIGHUP, SIG_IGN);
    console_init(&console, output, input[0]);
    cr_assert(eq(int, raise(SIGHUP), 0));
    cr_expect(eq(int, console_signal(), 0));
}
