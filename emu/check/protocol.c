#include "emu/check/protocol.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a verdict is written behind the last colon, and which word the case then begins with. */
static const struct {
    const char *suffix;
    enum case_verdict verdict;
    const char *introduction;
    const char *other_introduction;
} verdicts[] = {
    {": ok", CASE_OK, "expected ", NULL},
    {": choice", CASE_CHOICE, "allowed ", NULL},
    {": FAIL", CASE_FAIL, "expected ", "allowed "},
};

/* A transcript while it is read. */
struct reading {
    struct transcript *transcript;
    const struct rule *rule;
    bool has_begun;
};

void printable(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char character = (unsigned char)text[i];
        bool ends_line = character == '\r' && i + 1 < length && text[i + 1] == '\n';

        if (character == '\t' || ends_line) {
            text[i] = ' ';
        } else if (character != '\n' && (character < ' ' || character > '~')) {
            text[i] = '?';
        }
    }
}

/* Only the first fault is told: the rest may follow from it. */
static void note_fault(struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void note_fault(struct reading *reading, const char *format, ...)
{
    struct transcript *transcript = reading->transcript;
    va_list arguments;

    if (transcript->fault[0] != '\0') {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(transcript->fault, sizeof transcript->fault, format, arguments);
    va_end(arguments);
}

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Cuts the ending off the text. Returns false if it has another one. */
static bool cut_ending(char *text, const char *ending)
{
    size_t length = strlen(text);
    size_t ending_length = strlen(ending);

    if (length < ending_length || strcmp(text + length - ending_length, ending) != 0) {
        return false;
    }
    text[length - ending_length] = '\0';
    return true;
}

/* rest: ID KIND. */
static void read_rule(struct reading *reading, char *rest)
{
    const char *id = strsep(&rest, " ");

    if (reading->has_begun) {
        note_fault(reading, "it began anew: a second rule line");
    } else if (strcmp(id, reading->rule->id) != 0) {
        note_fault(reading, "it says that it tests %.20s", id);
    } else if (rest == NULL || !rule_has_kind(reading->rule, rest)) {
        note_fault(reading, "it says that the rule is of kind %.20s, not %s",
                   rest == NULL ? "" : rest, reading->rule->kind);
    }
    reading->has_begun = true;
}

static bool read_verdict(char *text, const char *details, enum case_verdict *verdict)
{
    if (begins_with(details, "skip ")) {
        *verdict = CASE_SKIP;
        return true;
    }
    if (strstr(details, ", seen ") == NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        const char *other = verdicts[i].other_introduction;

        if (cut_ending(text, verdicts[i].suffix)) {
            *verdict = verdicts[i].verdict;
            return begins_with(details, verdicts[i].introduction) ||
                   (other != NULL && begins_with(details, other));
        }
    }
    return false;
}

/* text: NAME: DETAILS. */
static void read_case(struct reading *reading, char *text)
{
    struct transcript *transcript = reading->transcript;
    const char *colon = strstr(text, ": ");
    enum case_verdict verdict;

    if (!reading->has_begun) {
        note_fault(reading, "a case line before the rule line");
    }
    if (transcript->end != END_MISSING) {
        note_fault(reading, "a case line after the end line");
    }
    if (colon == NULL || !read_verdict(text, colon + 2, &verdict)) {
        note_fault(reading, "a case line that makes no sense: '%.100s'", text);
        return;
    }
    transcript->cases[transcript->case_count++] =
        (struct protocol_case){.verdict = verdict, .text = text};
    transcript->count[verdict]++;
}

static void read_end(struct reading *reading, const char *rest)
{
    struct transcript *transcript = reading->transcript;

    if (!reading->has_begun) {
        note_fault(reading, "an end line before the rule line");
    }
    if (transcript->end != END_MISSING) {
        note_fault(reading, "a second end line");
    } else if (strcmp(rest, "ok") == 0) {
        transcript->end = END_OK;
    } else if (strcmp(rest, "FAIL") == 0) {
        transcript->end = END_FAIL;
    } else if (begins_with(rest, "skip ")) {
        transcript->end = END_SKIP;
        transcript->end_reason = rest + strlen("skip ");
    } else {
        note_fault(reading, "an end line that makes no sense: '%.100s'", rest);
    }
}

static void read_line(struct reading *reading, char *line)
{
    static const struct {
        const char *beginning;
        enum { LINE_RULE, LINE_CASE, LINE_END } what;
    } kinds[] = {{"rule ", LINE_RULE}, {"case ", LINE_CASE}, {"end ", LINE_END}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char *rest = line + strlen(kinds[i].beginning);

        if (!begins_with(line, kinds[i].beginning)) {
            continue;
        }
        switch (kinds[i].what) {
        case LINE_RULE: read_rule(reading, rest); break;
        case LINE_CASE: read_case(reading, rest); break;
        case LINE_END: read_end(reading, rest); break;
        }
    }
}

/* The end line and the cases must tell the same. */
static void compare_end(struct reading *reading)
{
    const struct transcript *transcript = reading->transcript;
    size_t failed = transcript->count[CASE_FAIL];

    switch (transcript->end) {
    case END_MISSING: break;
    case END_OK:
        if (failed != 0) {
            note_fault(reading, "'end ok' after %zu cases that failed", failed);
        } else if (transcript->count[CASE_OK] + transcript->count[CASE_CHOICE] == 0) {
            note_fault(reading, "'end ok' without a case that was tried");
        }
        break;
    case END_FAIL:
        if (failed == 0) {
            note_fault(reading, "'end FAIL' without a case that failed");
        }
        break;
    case END_SKIP:
        if (failed != 0) {
            note_fault(reading, "'end skip' after %zu cases that failed", failed);
        }
        break;
    }
}

/* Copies the whole lines, printable. */
static bool copy_lines(struct transcript *transcript, const char *output, size_t length)
{
    const char *last = memrchr(output, '\n', length);
    size_t line_count = 0;

    transcript->lines_length = last == NULL ? 0 : (size_t)(last - output) + 1;
    transcript->lines = malloc(transcript->lines_length + 1);
    if (transcript->lines == NULL) {
        return false;
    }
    memcpy(transcript->lines, output, transcript->lines_length);
    printable(transcript->lines, transcript->lines_length);
    for (size_t i = 0; i < transcript->lines_length; i++) {
        line_count += transcript->lines[i] == '\n';
    }
    transcript->cases = calloc(line_count + 1, sizeof *transcript->cases);
    if (transcript->cases == NULL) {
        free(transcript->lines);
        return false;
    }
    return true;
}

static void cut_blanks(char *line)
{
    size_t length = strlen(line);

    while (length > 0 && line[length - 1] == ' ') {
        line[--length] = '\0';
    }
}

bool transcript_read(struct transcript *transcript, const struct rule *rule, const char *output,
                     size_t length)
{
    struct reading reading = {.transcript = transcript, .rule = rule};

    *transcript = (struct transcript){.end = END_MISSING};
    if (!copy_lines(transcript, output, length)) {
        return false;
    }
    for (char *line = transcript->lines; line < transcript->lines + transcript->lines_length;) {
        char *newline = strchr(line, '\n');

        *newline = '\0';
        cut_blanks(line);
        read_line(&reading, line);
        line = newline + 1;
    }
    compare_end(&reading);
    return true;
}

void transcript_finish(struct transcript *transcript)
{
    free(transcript->lines);
    free(transcript->cases);
    *transcript = (struct transcript){.lines = NULL};
}
