#include <string.h>

#include "emu/check/format.h"

/* Texts are printable ASCII with newlines, so that these characters are all that XML minds. */
static void put_text(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&': (void)fputs("&amp;", file); break;
        case '<': (void)fputs("&lt;", file); break;
        case '>': (void)fputs("&gt;", file); break;
        case '"': (void)fputs("&quot;", file); break;
        default: (void)fputc(*text, file); break;
        }
    }
}

static void put_attribute(FILE *file, const char *name, const char *value)
{
    fprintf(file, " %s=\"", name);
    put_text(file, value);
    (void)fputc('"', file);
}

/* The text with a newline behind it, if there is one at all. */
static void put_lines(FILE *file, const char *text)
{
    size_t length = strlen(text);

    put_text(file, text);
    if (length > 0 && text[length - 1] != '\n') {
        (void)fputc('\n', file);
    }
}

static void put_failed_cases(FILE *file, const struct transcript *transcript)
{
    for (size_t i = 0; i < transcript->case_count; i++) {
        if (transcript->cases[i].verdict == CASE_FAIL) {
            put_text(file, transcript->cases[i].text);
            (void)fputc('\n', file);
        }
    }
}

static void put_failure(FILE *file, const struct rule_result *result)
{
    (void)fputs("      <failure", file);
    put_attribute(file, "message", result->reason);
    put_attribute(file, "type", failure_word(result->failure));
    (void)fputc('>', file);
    put_failed_cases(file, &result->transcript);
    put_lines(file, result->output_tail);
    put_lines(file, result->errors_tail);
    (void)fputs("</failure>\n", file);
}

/* The rule in words, and what was seen where several answers are legal or could not be tried. */
static void put_remarks(FILE *file, const struct rule_result *result)
{
    const struct transcript *transcript = &result->transcript;

    (void)fputs("      <system-out>", file);
    put_text(file, result->rule->words);
    (void)fputc('\n', file);
    for (size_t i = 0; i < transcript->case_count; i++) {
        const struct protocol_case *one = &transcript->cases[i];

        if (one->verdict == CASE_CHOICE || one->verdict == CASE_SKIP) {
            (void)fputs(one->verdict == CASE_CHOICE ? "choice " : "", file);
            put_text(file, one->text);
            (void)fputc('\n', file);
        }
    }
    (void)fputs("</system-out>\n", file);
}

static void put_result(FILE *file, const struct rule_result *result)
{
    (void)fputs("    <testcase", file);
    put_attribute(file, "classname", rule_section(result->rule));
    put_attribute(file, "name", result->rule->id);
    fprintf(file, " time=\"%.3f\">\n", result->seconds);
    switch (result->outcome) {
    case OUTCOME_PASS: break;
    case OUTCOME_SKIP:
        (void)fputs("      <skipped", file);
        put_attribute(file, "message", result->reason);
        (void)fputs("/>\n", file);
        break;
    case OUTCOME_FAIL: put_failure(file, result); break;
    }
    put_remarks(file, result);
    (void)fputs("    </testcase>\n", file);
}

/* A test of its own that is in error: a suite that was cut short must not look like a whole one. */
static void put_interruption(FILE *file, const struct suite *suite)
{
    (void)fputs("    <testcase classname=\"suite\" name=\"end\" time=\"0.000\">\n      <error",
                file);
    put_attribute(file, "message", suite->cut);
    put_attribute(file, "type", "cut short");
    (void)fputs("/>\n    </testcase>\n", file);
}

static void end(FILE *file, const struct suite *suite)
{
    size_t errors = suite->cut[0] != '\0';
    size_t failures = suite->count[OUTCOME_FAIL];
    size_t skipped = suite->count[OUTCOME_SKIP];
    size_t tests = suite->told + errors;

    fprintf(file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"pagewalk check\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
            "skipped=\"%zu\" time=\"%.3f\">\n"
            "  <testsuite name=\"Sv39 rules\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
            "skipped=\"%zu\" time=\"%.3f\">\n",
            tests, failures, errors, skipped, suite->seconds, tests, failures, errors, skipped,
            suite->seconds);
    for (size_t i = 0; i < suite->told; i++) {
        put_result(file, &suite->results[i]);
    }
    if (errors != 0) {
        put_interruption(file, suite);
    }
    (void)fputs("  </testsuite>\n</testsuites>\n", file);
}

const struct check_format format_junit = {.end = end};
