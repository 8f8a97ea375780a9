#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu/check/format.h"
#include "emu/check/programs.h"
#include "emu/check/rules.h"
#include "emu/check/suite.h"
#include "emu/cli/command.h"
#include "emu/cli/complain.h"
#include "emu/cli/option_table.h"
#include "emu/cli/options.h"
#include "emu/report/names.h"

/* The suite that was asked for. */
struct check {
    const struct options *options;
    const struct rule **rules;
    size_t rule_count;
    char *folder;             /* of the programs */
    char *words[OPTION_ROWS]; /* for pagewalk run */
    size_t word_count;
    const char *ad; /* the scheme that must be found; NULL: any */
    bool shows_progress;
    struct suite suite;
};

static bool choose_rules(struct check *check, struct error *error)
{
    const char *glob = check->options->rule;
    size_t count;
    const struct rule *all = rules_all(&count);

    check->rules = calloc(count, sizeof(const struct rule *));
    if (check->rules == NULL) {
        return error_set(error, "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        if (glob == NULL || fnmatch(glob, all[i].id, FNM_CASEFOLD) == 0) {
            check->rules[check->rule_count++] = &all[i];
        }
    }
    return check->rule_count > 0 ||
           error_set(error, "--rule=%s: no rule has such an id; see pagewalk check --list", glob);
}

static void list(const struct check *check)
{
    for (size_t i = 0; i < check->rule_count; i++) {
        const struct rule *rule = check->rules[i];

        printf("%-*s  %-3s  %-*s  ", RULE_ID_LENGTH, rule->id, rule->kind, RULE_WORDS_LENGTH,
               rule->words);
        if (rule->untested == NULL) {
            printf("%s.elf\n", rule->id);
        } else {
            printf("%s\n", rule->untested);
        }
    }
}

/* Options that run takes as well are for the programs of the suite. A runner has options of its
 * own; the A/D scheme is something to expect of it. */
static bool hand_on(struct check *check, const struct option_row *row, const char *argument,
                    struct error *error)
{
    bool is_ad = strcmp(row->name, "ad") == 0;

    if (is_ad) {
        check->ad = name_of_ad(check->options->ad); /* --ad=core is settled */
    }
    if (check->options->runner != NULL) {
        return is_ad || error_set(error, "--%s=%s: is for this emulator, not for a --runner",
                                  row->name, argument);
    }
    if (asprintf(&check->words[check->word_count], "--%s=%s", row->name, argument) < 0) {
        check->words[check->word_count] = NULL;
        return error_set(error, "out of memory");
    }
    check->word_count++;
    return true;
}

static bool hand_on_all(struct check *check, struct error *error)
{
    enum { BOTH = COMMAND_RUN | COMMAND_CHECK };

    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const char *argument = check->options->given[i];

        if (argument != NULL && (option_rows[i].commands & BOTH) == BOTH &&
            !hand_on(check, &option_rows[i], argument, error)) {
            return false;
        }
    }
    return true;
}

static bool find_programs(struct check *check, struct error *error)
{
    const char *folder = check->options->rules;

    if (folder == NULL) {
        check->folder = programs_find(error);
    } else {
        check->folder = realpath(folder, NULL);
        if (check->folder == NULL) {
            (void)error_set(error, "--rules=%s: %s", folder, strerror(errno));
        }
    }
    return check->folder != NULL &&
           programs_are_there(check->folder, check->rules, check->rule_count, error);
}

static bool prepare(struct check *check, struct error *error)
{
    if (!choose_rules(check, error)) {
        return false;
    }
    return check->options->lists || (hand_on_all(check, error) && find_programs(check, error));
}

static void clear_progress(const struct check *check)
{
    if (check->shows_progress) {
        (void)fputs("\r\033[K", stderr);
    }
}

/* The line is written anew in place. */
static void show_progress(const struct check *check, size_t done)
{
    if (check->shows_progress) {
        fprintf(stderr, "\r\033[K%zu of %zu rules", done, check->rule_count);
        (void)fflush(stderr);
    }
}

/* What is told is out at once, so that it is not lost whatever comes. */
static bool tell(void *ctx, size_t index, const struct rule_result *result)
{
    const struct check *check = ctx;
    const struct check_format *format = check->options->format;

    clear_progress(check);
    if (format->tell != NULL) {
        format->tell(stdout, index + 1, result);
    }
    (void)fflush(stdout);
    show_progress(check, index + 1);
    return !ferror(stdout);
}

static int run(struct check *check, struct error *error)
{
    const struct options *options = check->options;
    struct suite *suite = &check->suite;
    bool is_done;

    *suite = (struct suite){
        .rules = check->rules,
        .rule_count = check->rule_count,
        .programs = {.folder = check->folder, .isa = options->isa, .ad = check->ad},
        .command = options->runner,
        .options = (const char *const *)check->words,
        .option_count = check->word_count,
        .timeout = options->timeout,
        .tell = tell,
        .ctx = check,
    };
    (void)signal(SIGPIPE, SIG_IGN); /* an error of writing, which is told */
    if (options->format->begin != NULL) {
        options->format->begin(stdout, check->rule_count);
    }
    (void)fflush(stdout);
    show_progress(check, 0);
    is_done = suite_run(suite, error);
    clear_progress(check);
    options->format->end(stdout, suite);
    if (!is_done) {
        return complain(error);
    }
    if (suite->signal != 0) {
        return STATUS_SIGNAL + suite->signal;
    }
    return suite->count[OUTCOME_FAIL] == 0 ? STATUS_OK : STATUS_RULE_BROKEN;
}

static void finish(struct check *check)
{
    suite_finish(&check->suite);
    for (size_t i = 0; i < check->word_count; i++) {
        free(check->words[i]);
    }
    free(check->folder);
    free(check->rules);
}

static int check_command(const struct options *options)
{
    struct check check = {.options = options, .shows_progress = isatty(STDERR_FILENO) == 1};
    struct error error;
    int status = STATUS_OK;

    if (!prepare(&check, &error)) {
        status = complain(&error);
    } else if (options->lists) {
        list(&check);
    } else {
        status = run(&check, &error);
    }
    finish(&check);
    return status;
}

const struct command command_check = {
    .name = "check",
    .bit = COMMAND_CHECK,
    .arguments = "[options]",
    .summary = "test every rule of the manual about Sv39, here or elsewhere",
    .help = "Runs the suite of Sv39 rules: a program for each rule of the manual that one hart\n"
            "can see broken, which tries cases and compares what it sees with the manual. The\n"
            "results are TAP 13 on standard output.\n"
            "\n"
            "  pagewalk check\n"
            "  pagewalk check --list                       the rules, in words\n"
            "  pagewalk check --rule='PTW-*'               those about the walk\n"
            "  pagewalk check --ad=svade --tlb=l1i=2,l1d=2\n"
            "  pagewalk check --format=junit >rules.xml\n"
            "  pagewalk check >rules.tap; prove rules.tap\n"
            "\n"
            "The same programs test any machine like QEMU's virt, or with HTIF. {} is the\n"
            "program's path, and the exit status must be its own:\n"
            "\n"
            "  pagewalk check --runner='qemu-system-riscv64 -M virt -bios none \\\n"
            "      -display none -serial stdio -monitor none -kernel {}'\n"
            "\n"
            "Exit status: 0 if no rule was seen broken; 1 if one was, or its program did not\n"
            "run to its end; 125 for an error of pagewalk or of the command line; 130 or 143\n"
            "after SIGINT or SIGTERM.\n",
    .least_words = 0,
    .most_words = 0,
    .run = check_command,
};
