#include <string.h>

#include "emu/check/format.h"

static void begin(FILE *file, size_t rule_count)
{
    fprintf(file, "TAP version 13\n1..%zu\n", rule_count);
}

/* In a description a # would begin a directive. */
static void put_escaped(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '#' || *text == '\\') {
            (void)fputc('\\', file);
        }
        (void)fputc(*text, file);
    }
}

/* A pair of YAML. Between single quotes only the quote itself is special. */
static void put_pair(FILE *file, const char *key, const char *text)
{
    fprintf(file, "  %s: '", key);
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            (void)fputc('\'', file);
        }
        (void)fputc(*text, file);
    }
    (void)fputs("'\n", file);
}

/* The head of a literal block: nothing in its lines is special. Choice: no list of strings, where
 * prove takes a colon behind the first word for a key even within quotes. */
static void put_block(FILE *file, const char *key)
{
    fprintf(file, "  %s: |\n", key);
}

/* A line of a block. All must begin in one column; one that begins with dots would end the YAML for
 * some readers. */
static void put_block_line(FILE *file, const char *text, size_t length)
{
    size_t blanks = strspn(text, " ");

    if (blanks < length) {
        fprintf(file, "    %s%.*s\n", text[blanks] == '.' ? "> " : "", (int)(length - blanks),
                text + blanks);
    }
}

static void put_failed_cases(FILE *file, const struct transcript *transcript)
{
    if (transcript->count[CASE_FAIL] == 0) {
        return;
    }
    put_block(file, "cases");
    for (size_t i = 0; i < transcript->case_count; i++) {
        const struct protocol_case *one = &transcript->cases[i];

        if (one->verdict == CASE_FAIL) {
            put_block_line(file, one->text, strlen(one->text));
        }
    }
}

static void put_lines(FILE *file, const char *key, const char *text)
{
    if (text[strspn(text, " \n")] == '\0') {
        return;
    }
    put_block(file, key);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        put_block_line(file, text, length);
        text += length + (text[length] == '\n');
    }
}

static void put_failure(FILE *file, const struct rule_result *result)
{
    (void)fputs("  ---\n", file);
    put_pair(file, "message", result->reason);
    put_pair(file, "failure", failure_word(result->failure));
    put_failed_cases(file, &result->transcript);
    put_lines(file, "output", result->output_tail);
    put_lines(file, "errors", result->errors_tail);
    (void)fputs("  ...\n", file);
}

/* What was seen where several answers are legal, and what could not be tried. */
static void put_remarks(FILE *file, const struct transcript *transcript)
{
    for (size_t i = 0; i < transcript->case_count; i++) {
        const struct protocol_case *one = &transcript->cases[i];

        if (one->verdict == CASE_CHOICE) {
            fprintf(file, "# choice %s\n", one->text);
        } else if (one->verdict == CASE_SKIP) {
            fprintf(file, "# %s\n", one->text);
        }
    }
}

static void tell(FILE *file, size_t number, const struct rule_result *result)
{
    fprintf(file, "%s %zu - %s ", result->outcome == OUTCOME_FAIL ? "not ok" : "ok", number,
            result->rule->id);
    put_escaped(file, result->rule->words);
    switch (result->outcome) {
    case OUTCOME_PASS: (void)fputc('\n', file); break;
    case OUTCOME_SKIP: fprintf(file, " # SKIP %s\n", result->reason); break;
    case OUTCOME_FAIL:
        (void)fputc('\n', file);
        put_failure(file, result);
        break;
    }
    put_remarks(file, &result->transcript);
}

static void end(FILE *file, const struct suite *suite)
{
    if (suite->cut[0] != '\0') {
        fprintf(file, "Bail out!  %s\n", suite->cut);
    }
    fprintf(file, "# %zu passed, %zu failed, %zu skipped\n", suite->count[OUTCOME_PASS],
            suite->count[OUTCOME_FAIL], suite->count[OUTCOME_SKIP]);
}

const struct check_format format_tap = {.begin = begin, .tell = tell, .end = end};
