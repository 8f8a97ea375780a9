#include "emu/cli/typed_input.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <unistd.h>

static struct typed_input input;
static int line[2];

static void start(bool has_keys)
{
    cr_assert(eq(int, pipe(line), 0));
    typed_input_init(&input, line[0], has_keys);
}

static void type(const char *keys)
{
    cr_assert(eq(int, (int)write(line[1], keys, strlen(keys)), (int)strlen(keys)));
    typed_input_read(&input);
}

/* Takes all that there is for the guest, which must be this. */
static void expect(const char *want, const char *why)
{
    char got[64] = "";
    uint8_t character;

    for (size_t i = 0; i < sizeof got - 1 && typed_input_take(&input, &character); i++) {
        got[i] = (char)character;
    }
    cr_expect(eq(str, got, (char *)want), "%s", why);
}

TestSuite(typed_input, .timeout = 10);

Test(typed_input, nothing_is_waited_for)
{
    start(true);
    typed_input_read(&input);
    expect("", "nothing was typed");
    cr_expect(not(input.has_ended));
    type("ab");
    type("c");
    expect("abc", "in order");
    (void)close(line[1]);
    typed_input_read(&input);
    cr_expect(input.has_ended);
    typed_input_read(&input);
}

Test(typed_input, ctrl_a_is_for_pagewalk)
{
    static const struct {
        const char *keys;
        const char *want;
        bool wants_help;
        bool wants_end;
        const char *why;
    } rows[] = {
        {"a\1ab", "a\1b", false, false, "the key itself"},
        {"a\1\1b", "a\1b", false, false, "twice"},
        {"a\1hb", "ab", true, false, "help"},
        {"a\1?b", "ab", true, false, "what means nothing helps"},
        {"a\1Xb", "ab", true, false, "x is small"},
        {"\1\1x", "\1x", false, false, "the second is no beginning"},
        {"a\1x", "a", false, true, "the end"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(true);
        type(rows[i].keys);
        expect(rows[i].want, rows[i].why);
        cr_expect(eq(int, input.wants_help, rows[i].wants_help), "%s", rows[i].why);
        cr_expect(eq(int, input.wants_end, rows[i].wants_end), "%s", rows[i].why);
    }
}

Test(typed_input, a_command_may_come_in_two_parts)
{
    start(true);
    type("a\1");
    expect("a", "not yet");
    cr_expect(not(input.wants_end));
    type("x");
    cr_expect(input.wants_end);
}

Test(typed_input, nothing_in_a_pipe_means_anything)
{
    start(false);
    type("\1x\1h\1\1");
    expect("\1x\1h\1\1", "as it is");
    cr_expect(not(input.wants_end));
    cr_expect(not(input.wants_help));
}

Test(typed_input, what_nobody_reads_is_lost_at_last_and_ctrl_a_works)
{
    enum { BLOCKS = TYPED_INPUT_ROOM / 200 + 1 };
    char block[201];
    uint8_t character;
    size_t count = 0;

    start(true);
    memset(block, 'z', 200);
    block[200] = '\0';
    for (unsigned i = 0; i < BLOCKS; i++) {
        block[0] = (char)('A' + i % 26);
        type(block);
    }
    type("\1x");
    cr_expect(input.wants_end);
    while (typed_input_take(&input, &character)) {
        cr_assert(
            eq(chr, (char)character, count % 200 == 0 ? (char)('A' + count / 200 % 26) : 'z'));
        count++;
    }
    cr_expect(eq(sz, count, TYPED_INPUT_ROOM));
    type("ab");
    expect("ab", "there is room again");
}
