#include "emu/cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "emu/check/format.h"
#include "emu/cli/option_table.h"
#include "emu/machine/machine.h"

/* Values of getopt_long above every character: the row's number is added. */
enum { FIRST_ROW_VALUE = 256 };

enum { DEFAULT_TIMEOUT = 10, DEFAULT_DISK_LATENCY = 1000 };

/* Fills the table that getopt_long wants with what the command takes. */
static void make_getopt_table(const struct command *command, struct option table[OPTION_ROWS + 1])
{
    static const int getopt_words[] = {[WITHOUT_ARGUMENT] = no_argument,
                                       [WITH_ARGUMENT] = required_argument,
                                       [MAYBE_ARGUMENT] = optional_argument};
    size_t used = 0;

    for (int i = 0; i < OPTION_ROWS; i++) {
        if ((option_rows[i].commands & (unsigned)command->bit) != 0) {
            table[used++] = (struct option){.name = option_rows[i].name,
                                            .has_arg = getopt_words[option_rows[i].has_argument],
                                            .val = FIRST_ROW_VALUE + i};
        }
    }
    table[used] = (struct option){.name = NULL};
}

/* getopt_long has said no: says why. word is the one it was at. */
static bool explain(const struct command *command, const char *word, int result,
                    struct error *error)
{
    if (result == ':') {
        return error_set(error, "option '%s' needs an argument; see pagewalk %s --help", word,
                         command->name);
    }
    if (optopt >= FIRST_ROW_VALUE) {
        return error_set(error, "option '--%s' takes no argument",
                         option_rows[optopt - FIRST_ROW_VALUE].name);
    }
    return error_set(error, "unknown option '%s'; see pagewalk %s --help", word, command->name);
}

/* True if the word is --NAME or --NAME=..., and no abbreviation of it. */
static bool is_written_out(const char *word, const char *name)
{
    size_t length = strlen(name);

    return strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, length) == 0 &&
           (word[2 + length] == '\0' || word[2 + length] == '=');
}

/* Applies one option that getopt_long has found. word is the one that names it. */
static bool apply_row(struct options *options, const struct command *command, const char *word,
                      size_t row_index, struct error *error)
{
    const struct option_row *row = &option_rows[row_index];
    struct error reason;

    if (!is_written_out(word, row->name)) {
        return error_set(error, "unknown option '%s'; see pagewalk %s --help", word, command->name);
    }
    if (row->apply(options, optarg, &reason)) {
        options->given[row_index] = optarg;
        return true;
    }
    return error_set(error, "--%s=%s: %s", row->name, optarg == NULL ? "" : optarg, reason.text);
}

static bool read_options(struct options *options, const struct command *command, int argc,
                         char **argv, struct error *error)
{
    const char *flags = command->most_words < 0 ? "+:" : ":";
    struct option table[OPTION_ROWS + 1];

    make_getopt_table(command, table);
    opterr = 0;
    optind = 0; /* begin anew: argv may be another one than last time */
    for (;;) {
        int result = getopt_long(argc, argv, flags, table, NULL);
        const char *word = optind > 1 ? argv[optind - 1] : "";

        if (result == -1) {
            break;
        }
        if (result < FIRST_ROW_VALUE) {
            char letter[] = {'-', (char)optopt, '\0'};
            bool is_short = optopt > 0 && optopt < FIRST_ROW_VALUE;

            return explain(command, is_short ? letter : word, result, error);
        }
        if (optarg != NULL && optarg == word) {
            word = argv[optind - 2]; /* --NAME ARGUMENT: two words */
        }
        if (!apply_row(options, command, word, (size_t)(result - FIRST_ROW_VALUE), error)) {
            return false;
        }
        if (options->wants_help) {
            return true;
        }
    }
    options->words = argv + optind;
    options->word_count = argc - optind;
    return true;
}

/* What the words that must be there are called. */
static const char *name_of_word(const struct command *command, int index)
{
    static const char *const of_diff[] = {"OLD.json", "NEW.json"};
    static const char *const of_others[] = {"PROGRAM", "VA"};

    return command->bit == COMMAND_DIFF ? of_diff[index] : of_others[index];
}

/* Where a system is started there is no PROGRAM, and nothing is handed to it in words. */
static bool check_words_of_system(const struct options *options, const struct command *command,
                                  struct error *error)
{
    int count = command->least_words - 1;

    if (options->word_count < count) {
        return error_set(error, "no %s given; usage: pagewalk %s %s", name_of_word(command, 1),
                         command->name, command->arguments);
    }
    if (options->word_count > count) {
        return error_set(error,
                         "'%s' is one word too many: --bios and --kernel start a system, and no "
                         "PROGRAM; its boot arguments are those of --append",
                         options->words[count]);
    }
    return true;
}

static bool check_words(const struct options *options, const struct command *command,
                        struct error *error)
{
    if (options_start_system(options)) {
        return check_words_of_system(options, command, error);
    }
    if (options->word_count < command->least_words) {
        return error_set(error, "no %s given; usage: pagewalk %s %s",
                         name_of_word(command, options->word_count), command->name,
                         command->arguments);
    }
    if (command->most_words >= 0 && options->word_count > command->most_words) {
        return error_set(error, "'%s' is one word too many; usage: pagewalk %s %s",
                         options->words[command->most_words], command->name, command->arguments);
    }
    return true;
}

/* What belongs to a system, or to a program, alone. */
static bool check_system(const struct options *options, struct error *error)
{
    const struct {
        const char *name;
        bool is_given;
        bool is_for_system;
    } rows[] = {
        {"--initrd", options->initrd != NULL, true},
        {"--append", options->append != NULL, true},
        {"--set", options->setting_count > 0, false},
        {"--signature", options->signature != NULL, false},
        {"--swap", options->swap.is_asked, false},
        {"--file and --root", options->file_count > 0, false},
    };
    bool is_system = options_start_system(options);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].is_given && rows[i].is_for_system != is_system) {
            return error_set(error,
                             is_system ? "%s: goes with a PROGRAM, not with a system"
                                       : "%s: goes with a system, so give --kernel or --bios",
                             rows[i].name);
        }
    }
    if (options->drive_count > 0 && (options->swap.is_asked || options->disk_fail != 0)) {
        return error_set(error, "%s: goes without --drive",
                         options->swap.is_asked ? "--swap" : "--disk-fail");
    }
    return true;
}

/* --ad=core: what the geometry says. */
static bool follow_core(struct options *options, struct error *error)
{
    switch (options->geometry.ad) {
    case MMU_AD_BY_HARDWARE: options->ad = HART_AD_HARDWARE; return true;
    case MMU_AD_BY_SOFTWARE: options->ad = HART_AD_SVADE; return true;
    case MMU_AD_UNKNOWN: break;
    }
    return error_set(error,
                     "--ad=core: --tlb=%s does not say who sets A and D in its core; "
                     "choose --ad=hw or --ad=svade",
                     options->tlb);
}

/* What more than one option decides, or the command where none does. */
static bool settle(struct options *options, const struct command *command, struct error *error)
{
    bool wants_classes = options->classes == CLASSES_BY_COMMAND ? command->bit == COMMAND_STAT
                                                                : options->classes == CLASSES_ON;

    options->geometry.seed = options->seed;
    options->geometry.has_classes = wants_classes;
    return !options->follows_core || follow_core(options, error);
}

bool options_parse(struct options *options, const struct command *command, int argc, char **argv,
                   struct error *error)
{
    struct mmu_geometry_error unused;

    *options = (struct options){
        .ram_length = MACHINE_DEFAULT_MEMORY,
        .disk_latency = DEFAULT_DISK_LATENCY,
        .mmu_levels = SV39_LEVELS,
        .ad = HART_AD_HARDWARE,
        .tlb = "default",
        .seed = 1,
        .max_instructions = UINT64_MAX,
        .signature_granularity = 8,
        .access = MMU_LOAD,
        .format = &format_tap,
        .timeout = DEFAULT_TIMEOUT,
    };
    (void)mmu_geometry_parse(options->tlb, &options->geometry, &unused);
    return read_options(options, command, argc, argv, error) &&
           (options->wants_help ||
            (settle(options, command, error) && check_system(options, error) &&
             check_words(options, command, error)));
}

void options_finish(struct options *options)
{
    free(options->settings);
    options->settings = NULL;
    free(options->files);
    options->files = NULL;
    free(options->tlb_text);
    options->tlb_text = NULL;
    free(options->limits);
    options->limits = NULL;
    while (options->drive_count > 0) {
        free(options->drive[--options->drive_count].file);
    }
}

/* One option: its name in a column, its lines of help in another. */
static void print_row(FILE *file, const struct option_row *row)
{
    enum { NAME_WIDTH = 26 };
    char name[64];
    const char *line = row->help;

    switch (row->has_argument) {
    case WITHOUT_ARGUMENT: snprintf(name, sizeof name, "--%s", row->name); break;
    case WITH_ARGUMENT: snprintf(name, sizeof name, "--%s=%s", row->name, row->argument); break;
    case MAYBE_ARGUMENT: snprintf(name, sizeof name, "--%s[=%s]", row->name, row->argument); break;
    }
    fprintf(file, "  %-*s ", NAME_WIDTH, name);
    for (;;) {
        int length = (int)strcspn(line, "\n");

        fprintf(file, "%.*s\n", length, line);
        if (line[length] == '\0') {
            return;
        }
        line += length + 1;
        fprintf(file, "  %-*s ", NAME_WIDTH, "");
    }
}

void options_help(FILE *file, const struct command *command)
{
    fprintf(file, "usage: pagewalk %s %s\n\n%s\nOptions:\n", command->name, command->arguments,
            command->help);
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        if ((option_rows[i].commands & (unsigned)command->bit) != 0) {
            print_row(file, &option_rows[i]);
        }
    }
}
