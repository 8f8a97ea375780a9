#include "emu/check/result.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <string.h>

/* How Linux packs what waitpid tells. */
#define EXITED(status) ((status) << 8)
#define KILLED(signal) (signal)

#define BEGIN "rule PTW-10 M\n"
#define GOOD BEGIN "case a: expected b, seen b: ok\nend ok\n"
#define BAD BEGIN "case a: expected b, seen c: FAIL\ncase d: expected e, seen e: ok\nend FAIL\n"
#define LEFT_OUT BEGIN "end skip no Svnapot\n"

static const struct rule rule = {.id = "PTW-10", .kind = "M", .words = "words"};
static struct rule_result result;

static void judge(const char *output, int reason, int wait_status)
{
    const struct ending ending = {
        .reason = reason,
        .wait_status = wait_status,
        .timeout = 7,
        .seconds = 0.5,
        .output = output,
        .output_length = strlen(output),
        .errors = "pagewalk: it fell over\n",
        .errors_length = strlen("pagewalk: it fell over\n"),
    };

    cr_assert(result_judge(&result, &rule, &ending));
}

Test(result, only_a_run_that_ended_well_and_says_so_passes)
{
    static const struct {
        const char *output;
        int reason;
        int wait_status;
        enum outcome outcome;
        enum failure failure;
        const char *words; /* the reason in the result */
    } rows[] = {
        {GOOD, ENDED_ALONE, EXITED(0), OUTCOME_PASS, FAILURE_NONE, ""},
        {LEFT_OUT, ENDED_ALONE, EXITED(0), OUTCOME_SKIP, FAILURE_NONE, "no Svnapot"},
        {BAD, ENDED_ALONE, EXITED(1), OUTCOME_FAIL, FAILURE_RULE,
         "1 of 2 cases: a: expected b, seen c"},
        {BAD, ENDED_ALONE, EXITED(0), OUTCOME_FAIL, FAILURE_RULE,
         "1 of 2 cases: a: expected b, seen c"},
        {GOOD, ENDED_ALONE, EXITED(1), OUTCOME_FAIL, FAILURE_STATUS,
         "said 'end ok' but its exit status was 1"},
        {LEFT_OUT, ENDED_ALONE, EXITED(124), OUTCOME_FAIL, FAILURE_STATUS,
         "said 'end skip' but its exit status was 124"},
        {GOOD, ENDED_ALONE, KILLED(SIGKILL), OUTCOME_FAIL, FAILURE_SIGNAL,
         "ended by signal 9 (Killed)"},
        {GOOD, ENDED_BY_TIMEOUT, KILLED(SIGKILL), OUTCOME_FAIL, FAILURE_TIMEOUT,
         "did not end within 7 s and was killed"},
        {GOOD, ENDED_BY_TIMEOUT, EXITED(0), OUTCOME_FAIL, FAILURE_TIMEOUT,
         "did not end within 7 s and was killed"},
        {GOOD, ENDED_BY_LENGTH, EXITED(0), OUTCOME_FAIL, FAILURE_PROTOCOL,
         "printed more than 52 bytes and was killed"},
        {"", ENDED_ALONE, EXITED(0), OUTCOME_FAIL, FAILURE_SILENCE,
         "printed nothing, exit status 0"},
        {"", ENDED_ALONE, EXITED(139), OUTCOME_FAIL, FAILURE_SILENCE,
         "printed nothing, exit status 139 as after signal 11 (Segmentation fault)"},
        {BEGIN, ENDED_ALONE, EXITED(0), OUTCOME_FAIL, FAILURE_SILENCE,
         "stopped before its end line, exit status 0"},
        {GOOD "end ok\n", ENDED_ALONE, EXITED(0), OUTCOME_FAIL, FAILURE_PROTOCOL,
         "a second end line"},
        {BEGIN "end ok\n", ENDED_ALONE, EXITED(0), OUTCOME_FAIL, FAILURE_PROTOCOL,
         "'end ok' without a case that was tried"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        judge(rows[i].output, rows[i].reason, rows[i].wait_status);
        cr_expect(eq(int, result.outcome, rows[i].outcome), "row %zu: %s", i, rows[i].words);
        cr_expect(eq(int, result.failure, rows[i].failure), "row %zu: %s", i, rows[i].words);
        cr_expect(eq(str, result.reason, (char *)rows[i].words), "row %zu", i);
        cr_expect(result.rule == &rule);
        result_finish(&result);
    }
}

Test(result, what_broke_down_shows_its_last_lines)
{
    judge("1\n2\n3\n4\n5\n6\033\n7\nhalf", ENDED_ALONE, EXITED(1));
    cr_expect(eq(str, result.output_tail, "3\n4\n5\n6?\n7\nhalf"));
    cr_expect(eq(str, result.errors_tail, "pagewalk: it fell over\n"));
    result_finish(&result);
}

Test(result, a_broken_rule_and_a_pass_show_their_cases_only)
{
    static const struct {
        const char *output;
        int status;
    } rows[] = {{GOOD, 0}, {BAD, 1}, {LEFT_OUT, 0}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        judge(rows[i].output, ENDED_ALONE, EXITED(rows[i].status));
        cr_expect(eq(str, result.output_tail, ""));
        cr_expect(eq(str, result.errors_tail, ""));
        result_finish(&result);
    }
}

Test(result, a_line_without_end_is_shown_in_part)
{
    char output[3000];

    memset(output, 'x', sizeof output);
    output[sizeof output - 1] = '\0';
    judge(output, ENDED_ALONE, EXITED(1));
    cr_expect(lt(sz, strlen(result.output_tail), 1500));
    result_finish(&result);
}

Test(result, a_rule_that_is_not_tested_is_skipped_with_its_reason)
{
    static const struct rule untested = {.id = "AD-03", .kind = "M", .untested = "one hart"};

    result_skip(&result, &untested);
    cr_expect(eq(int, result.outcome, OUTCOME_SKIP));
    cr_expect(eq(str, result.reason, "one hart"));
    cr_expect(eq(sz, result.transcript.case_count, 0));
    result_finish(&result);
}

Test(result, each_kind_of_failure_has_its_own_word)
{
    for (int left = FAILURE_NONE; left <= FAILURE_STATUS; left++) {
        for (int right = FAILURE_NONE; right < left; right++) {
            cr_expect(strcmp(failure_word((enum failure)left), failure_word((enum failure)right)) !=
                      0);
        }
    }
}
