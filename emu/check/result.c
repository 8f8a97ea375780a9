#include "emu/check/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static void fail(struct rule_result *result, enum failure failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fail(struct rule_result *result, enum failure failure, const char *format, ...)
{
    va_list arguments;

    result->outcome = OUTCOME_FAIL;
    result->failure = failure;
    va_start(arguments, format);
    (void)vsnprintf(result->reason, sizeof result->reason, format, arguments);
    va_end(arguments);
}

/* There is no end line. A shell's status tells of a signal, too. */
static void fail_silent(struct rule_result *result, int status, bool printed_something)
{
    const char *what = printed_something ? "stopped before its end line" : "printed nothing";
    const char *signal = status > 128 ? strsignal(status - 128) : NULL;

    if (signal == NULL) {
        fail(result, FAILURE_SILENCE, "%s, exit status %d", what, status);
    } else {
        fail(result, FAILURE_SILENCE, "%s, exit status %d as after signal %d (%s)", what, status,
             status - 128, signal);
    }
}

/* True if the process ended by itself and said so; else the result is a failure. */
static bool ended_well(struct rule_result *result, const struct ending *ending)
{
    int signal = WIFSIGNALED(ending->wait_status) ? WTERMSIG(ending->wait_status) : 0;

    switch (ending->reason) {
    case ENDED_ALONE: break;
    case ENDED_BY_TIMEOUT:
        fail(result, FAILURE_TIMEOUT, "did not end within %u s and was killed", ending->timeout);
        return false;
    case ENDED_BY_LENGTH:
        fail(result, FAILURE_PROTOCOL, "printed more than %zu bytes and was killed",
             ending->output_length);
        return false;
    }
    if (signal != 0) {
        fail(result, FAILURE_SIGNAL, "ended by signal %d (%s)", signal, strsignal(signal));
        return false;
    }
    if (result->transcript.end == END_MISSING) {
        fail_silent(result, WEXITSTATUS(ending->wait_status), ending->output_length > 0);
        return false;
    }
    return true;
}

static const char *first_failed_case(const struct transcript *transcript)
{
    for (size_t i = 0; i < transcript->case_count; i++) {
        if (transcript->cases[i].verdict == CASE_FAIL) {
            return transcript->cases[i].text;
        }
    }
    return "";
}

/* The end line is there, and the process has ended by itself. */
static void judge_end(struct rule_result *result, int status)
{
    const struct transcript *transcript = &result->transcript;

    if (transcript->fault[0] != '\0') {
        fail(result, FAILURE_PROTOCOL, "%s", transcript->fault);
    } else if (transcript->end == END_FAIL) {
        fail(result, FAILURE_RULE, "%zu of %zu cases: %s", transcript->count[CASE_FAIL],
             transcript->case_count, first_failed_case(transcript));
    } else if (status != 0) {
        fail(result, FAILURE_STATUS, "said 'end %s' but its exit status was %d",
             transcript->end == END_OK ? "ok" : "skip", status);
    } else if (transcript->end == END_SKIP) {
        result->outcome = OUTCOME_SKIP;
        (void)snprintf(result->reason, sizeof result->reason, "%s", transcript->end_reason);
    }
}

/* The last lines of a text, printable; to be freed. NULL if there is no memory. */
static char *tail_of(const char *text, size_t length)
{
    enum { TAIL_LINES = 6, TAIL_LENGTH = 1200 };
    size_t start = length;
    unsigned lines = 0;
    char *tail;

    while (start > 0 && length - start < TAIL_LENGTH) {
        lines += text[start - 1] == '\n' && start != length;
        if (lines == TAIL_LINES) {
            break;
        }
        start--;
    }
    tail = calloc(length - start + 1, 1);
    if (tail != NULL) {
        memcpy(tail, text + start, length - start);
        printable(tail, length - start);
    }
    return tail;
}

static bool keep_tails(struct rule_result *result, const struct ending *ending)
{
    bool is_wanted = result->outcome == OUTCOME_FAIL && result->failure != FAILURE_RULE;

    result->output_tail = tail_of(ending->output, is_wanted ? ending->output_length : 0);
    result->errors_tail = tail_of(ending->errors, is_wanted ? ending->errors_length : 0);
    return result->output_tail != NULL && result->errors_tail != NULL;
}

bool result_judge(struct rule_result *result, const struct rule *rule, const struct ending *ending)
{
    *result =
        (struct rule_result){.rule = rule, .outcome = OUTCOME_PASS, .seconds = ending->seconds};
    if (!transcript_read(&result->transcript, rule, ending->output, ending->output_length)) {
        return false;
    }
    if (ended_well(result, ending)) {
        judge_end(result, WEXITSTATUS(ending->wait_status));
    }
    if (!keep_tails(result, ending)) {
        result_finish(result);
        return false;
    }
    return true;
}

void result_skip(struct rule_result *result, const struct rule *rule)
{
    *result = (struct rule_result){.rule = rule, .outcome = OUTCOME_SKIP};
    (void)snprintf(result->reason, sizeof result->reason, "%s", rule->untested);
}

void result_finish(struct rule_result *result)
{
    transcript_finish(&result->transcript);
    free(result->output_tail);
    free(result->errors_tail);
    result->output_tail = NULL;
    result->errors_tail = NULL;
}

const char *failure_word(enum failure failure)
{
    static const char *const words[] = {
        [FAILURE_NONE] = "none",     [FAILURE_RULE] = "rule",       [FAILURE_TIMEOUT] = "timeout",
        [FAILURE_SIGNAL] = "signal", [FAILURE_SILENCE] = "silence", [FAILURE_PROTOCOL] = "protocol",
        [FAILURE_STATUS] = "status",
    };
    return words[failure];
}
