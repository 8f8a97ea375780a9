#include <stdlib.h>
#include <string.h>

#include "emu/check/format.h"
#include "emu/check/programs.h"
#include "emu/cli/option_setters.h"
#include "emu/cli/option_take.h"
#include "emu/cli/parse.h"
#include "emu/report/limit.h"

/* The options of check and of diff alone. */

bool apply_max_increase(struct options *options, const char *argument, struct error *error)
{
    struct limit limit;
    struct limit *limits;

    if (!limit_parse(argument, &limit)) {
        return error_set(error, "must be NAME=N or NAME=N%%, such as l1d.misses=0.5%%");
    }
    limits = reallocarray(options->limits, options->limit_count + 1, sizeof *options->limits);
    if (limits == NULL) {
        return error_set(error, "out of memory");
    }
    limits[options->limit_count++] = limit;
    options->limits = limits;
    return true;
}

bool apply_format(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"tap", "junit"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be tap or junit");
    }
    options->format = index == 0 ? &format_tap : &format_junit;
    return true;
}

bool apply_rule(struct options *options, const char *argument, struct error *error)
{
    (void)error;
    options->rule = argument;
    return true;
}

bool apply_list(struct options *options, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    options->lists = true;
    return true;
}

bool apply_runner(struct options *options, const char *argument, struct error *error)
{
    if (strstr(argument, "{}") == NULL) {
        return error_set(error, "must have {} where the path of the test belongs");
    }
    options->runner = argument;
    return true;
}

bool apply_timeout(struct options *options, const char *argument, struct error *error)
{
    enum { DAY = 86400 };
    uint64_t number;

    if (!parse_number(argument, &number) || number == 0 || number > DAY) {
        return error_set(error, "must be a number of seconds from 1 to 86400");
    }
    options->timeout = (unsigned)number;
    return true;
}

/* The rest of the text is the test's to understand. */
bool apply_isa(struct options *options, const char *argument, struct error *error)
{
    if (strncmp(argument, "rv64", 4) != 0 || strlen(argument) > PROGRAMS_ISA_LENGTH) {
        return error_set(error, "must be at most 127 characters that begin with rv64");
    }
    options->isa = argument;
    return true;
}

bool apply_rules(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->rules, argument, error);
}
