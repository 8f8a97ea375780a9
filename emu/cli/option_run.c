#include <stdlib.h>
#include <string.h>

#include "emu/cli/option_setters.h"
#include "emu/cli/option_take.h"
#include "emu/cli/parse.h"

/* The options that say what a program is given, how far it runs and what is told of it. */

bool apply_help(struct options *options, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    options->wants_help = true;
    return true;
}

bool apply_json(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->json, argument == NULL ? "-" : argument, error);
}

bool apply_signature(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->signature, argument, error);
}

bool apply_symbols(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->symbols, argument, error);
}

bool apply_dump_dtb(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->dump_dtb, argument, error);
}

bool apply_trace(struct options *options, const char *argument, struct error *error)
{
    static const char insn[] = "insn:";
    static const char walk[] = "walk:";

    if (strncmp(argument, insn, strlen(insn)) == 0) {
        return take_file(&options->trace_insn, argument + strlen(insn), error);
    }
    if (strncmp(argument, walk, strlen(walk)) == 0) {
        return take_file(&options->trace_walk, argument + strlen(walk), error);
    }
    return error_set(error, "must be insn:FILE or walk:FILE");
}

bool apply_verbose(struct options *options, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    options->verbose = true;
    return true;
}

bool apply_process(struct options *options, const char *argument, struct error *error)
{
    if (*argument == '\0') {
        return error_set(error, "must be the name or the ASID of a process");
    }
    options->process = argument;
    return true;
}

bool apply_classes(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"on", "off"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be on or off");
    }
    options->classes = index == 0 ? CLASSES_ON : CLASSES_OFF;
    return true;
}

bool apply_cost(struct options *options, const char *argument, struct error *error)
{
    return parse_cost(argument, &options->cost) ||
           error_set(error, "must be l2=N, pte=N or both, with a comma between; "
                            "a cost is at most 1000000 cycles");
}

bool apply_access(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {
        [MMU_FETCH] = "fetch", [MMU_LOAD] = "load", [MMU_STORE] = "store"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be fetch, load or store");
    }
    options->access = (enum mmu_access)index;
    return true;
}

bool apply_mode(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {[MMU_USER] = "u", [MMU_SUPERVISOR] = "s"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be u or s");
    }
    options->mode = (struct chosen_mode){.is_chosen = true, .privilege = (enum mmu_privilege)index};
    return true;
}

bool apply_set(struct options *options, const char *argument, struct error *error)
{
    const char *equals = strchr(argument, '=');
    struct setting setting = {.text = argument};
    struct setting *settings;

    if (equals == NULL || equals == argument || !parse_number(equals + 1, &setting.value)) {
        return error_set(error, "must be SYMBOL=VALUE with a decimal or 0x number of 64 bits");
    }
    setting.symbol_length = (size_t)(equals - argument);
    settings = realloc(options->settings, (options->setting_count + 1) * sizeof *options->settings);
    if (settings == NULL) {
        return error_set(error, "out of memory");
    }
    settings[options->setting_count++] = setting;
    options->settings = settings;
    return true;
}

static bool add_file(struct options *options, const char *argument, bool is_tree,
                     struct error *error)
{
    struct file_wish *files;

    if (*argument == '\0') {
        return error_set(error, "a file needs a name");
    }
    files = realloc(options->files, (options->file_count + 1) * sizeof *options->files);
    if (files == NULL) {
        return error_set(error, "out of memory");
    }
    files[options->file_count++] = (struct file_wish){argument, is_tree};
    options->files = files;
    return true;
}

bool apply_file(struct options *options, const char *argument, struct error *error)
{
    return add_file(options, argument, false, error);
}

bool apply_root(struct options *options, const char *argument, struct error *error)
{
    return add_file(options, argument, true, error);
}

bool apply_max_instructions(struct options *options, const char *argument, struct error *error)
{
    uint64_t number;

    if (!parse_number(argument, &number) || number == 0 || number > INT64_MAX) {
        return error_set(error, "must be a number from 1 to 2^63 - 1");
    }
    options->max_instructions = number;
    return true;
}

bool apply_granularity(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"4", "8", "16"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be 4, 8 or 16");
    }
    options->signature_granularity = 4u << index;
    return true;
}

bool apply_at(struct options *options, const char *argument, struct error *error)
{
    if (*argument == '\0') {
        return error_set(error, "must be a number of instructions or a symbol");
    }
    options->at = argument;
    return true;
}

static bool take_place(const char **place, const char *argument, struct error *error)
{
    if (*argument == '\0') {
        return error_set(error, "must be a symbol, SYMBOL+NUMBER or an address");
    }
    *place = argument;
    return true;
}

bool apply_from(struct options *options, const char *argument, struct error *error)
{
    return take_place(&options->from, argument, error);
}

bool apply_to(struct options *options, const char *argument, struct error *error)
{
    return take_place(&options->to, argument, error);
}
