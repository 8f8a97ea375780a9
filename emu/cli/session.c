#include "emu/cli/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu/cli/parse.h"
#include "emu/machine/symbol_file.h"

/* The words from first on, joined by spaces; to be freed. "" where there is none. */
static char *join(char *const *words, int count, int first)
{
    size_t length = 1;
    char *joined;
    char *end;

    for (int i = first; i < count; i++) {
        length += strlen(words[i]) + 1;
    }
    joined = malloc(length);
    if (joined == NULL) {
        return NULL;
    }
    end = joined;
    for (int i = first; i < count; i++) {
        if (i > first) {
            *end++ = ' ';
        }
        end = stpcpy(end, words[i]);
    }
    *end = '\0';
    return joined;
}

static bool make_machine(struct session *session, const struct options *options, int first_argument,
                         struct error *error)
{
    bool has_arguments = options->word_count > first_argument;
    const struct elf_program *loaded = &session->program;
    const struct machine_disk swap = {.file = options->swap.file, .length = options->swap.length};
    struct machine_config config = {
        .geometry = options->geometry,
        .engine = options->trace_walk == NULL ? options->engine : MACHINE_REFERENCE,
        .ad = options->ad,
        .ram_length = options->ram_length,
        .symbols = session->symbols,
        .swap = options->swap.is_asked ? &swap : NULL,
        .disk_latency = options->disk_latency,
        .disk_fail = options->disk_fail,
        .console = console_of_machine(&session->console),
    };

    config.geometry.levels = options->mmu_levels;
    session->arguments = join(options->words, options->word_count, first_argument);
    if (session->arguments == NULL) {
        return error_set(error, "out of memory");
    }
    config.bootargs = has_arguments ? session->arguments : NULL;
    if (session->program.needs_kernel) {
        config.bootargs = hosted_bootargs(options);
        config.streams = console_streams(&session->console);
        config.initrd = session->hosted.initrd.bytes;
        config.initrd_length = session->hosted.initrd.length;
        loaded = &session->hosted.kernel;
    }
    session->machine = machine_create(&config, error);
    return session->machine != NULL && machine_load(session->machine, loaded, session->name, error);
}

/* The symbols by which people name places, and the counts are split. */
static bool read_symbols(struct session *session, const char *list, struct error *error)
{
    session->symbols =
        session->program.needs_kernel ? &session->hosted.symbols : &session->program.symbols;
    session->symbols = list == NULL ? session->symbols : &session->listed;
    session->symbols_name = list == NULL ? session->name : list;
    return list == NULL || symbol_file_read(&session->listed, list, error);
}

/* place is NULL where the option was not given. */
static bool find_bound(const struct session *session, const char *option, const char *place,
                       uint64_t *address, struct error *error)
{
    return place == NULL || parse_place(place, session->symbols, address) ||
           error_set(error, "%s=%s: %s has no such symbol", option, place, session->symbols_name);
}

static bool bound_regions(const struct session *session, const struct options *options,
                          struct error *error)
{
    struct machine_bounds bounds = {.has_from = options->from != NULL,
                                    .has_to = options->to != NULL};

    if (!find_bound(session, "--from", options->from, &bounds.from, error) ||
        !find_bound(session, "--to", options->to, &bounds.to, error)) {
        return false;
    }
    machine_bound_regions(session->machine, &bounds);
    return true;
}

/* In memory, or, of a program that is not there yet, in its file. */
static bool store(struct session *session, const struct setting *setting,
                  const struct symbol *symbol, struct error *error)
{
    if (session->program.needs_kernel) {
        return elf_program_set(&session->program, symbol->address, setting->value) ||
               error_set(error, "--set=%s: '%s' is at 0x%" PRIx64 ", of which %s holds no bytes",
                         setting->text, symbol->name, symbol->address, session->name);
    }
    return machine_poke(session->machine, symbol->address, setting->value) ||
           error_set(error, "--set=%s: '%s' is at 0x%" PRIx64 ", which is not in RAM",
                     setting->text, symbol->name, symbol->address);
}

static bool apply_setting(struct session *session, const struct setting *setting,
                          struct error *error)
{
    char *name = strndup(setting->text, setting->symbol_length);
    const struct symbol *symbol;

    if (name == NULL) {
        return error_set(error, "out of memory");
    }
    symbol = symbols_find(&session->program.symbols, name);
    free(name);
    if (symbol == NULL) {
        return error_set(error, "--set=%s: %s has no symbol '%.*s'", setting->text, session->name,
                         (int)setting->symbol_length, setting->text);
    }
    if (symbol->size != 0 && symbol->size < sizeof setting->value) {
        return error_set(error, "--set=%s: '%s' has %" PRIu64 " bytes in %s, and 8 are stored",
                         setting->text, symbol->name, symbol->size, session->name);
    }
    return store(session, setting, symbol, error);
}

static bool apply_settings(struct session *session, const struct options *options,
                           struct error *error)
{
    for (size_t i = 0; i < options->setting_count; i++) {
        if (!apply_setting(session, &options->settings[i], error)) {
            return false;
        }
    }
    return true;
}

/* What the kernel has to say, in whole lines, is no output of the program. */
static void init_hosted_console(struct console *console, FILE *output)
{
    (void)setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    console_init(console, stderr, STDIN_FILENO);
    console_give_streams(console, output);
}

/* The settings come first here: they go into the file that the kernel is given. */
static bool open_hosted(struct session *session, const struct options *options, int first_argument,
                        struct error *error)
{
    return apply_settings(session, options, error) &&
           hosted_init(&session->hosted, &session->program, options, first_argument, error) &&
           read_symbols(session, options->symbols, error) &&
           make_machine(session, options, first_argument, error) &&
           bound_regions(session, options, error);
}

bool session_open(struct session *session, const struct options *options, int first_argument,
                  FILE *output, struct error *error)
{
    *session = (struct session){.name = options->words[0]};
    if (!elf_program_read(&session->program, session->name, error)) {
        session->program = (struct elf_program){.segment = NULL};
        return false;
    }
    if (session->program.needs_kernel) {
        init_hosted_console(&session->console, output);
        return open_hosted(session, options, first_argument, error);
    }
    if (options->file_count > 0) {
        return error_set(error, "%s: --file and --root are for programs of Linux, and this is none",
                         session->name);
    }
    console_init(&session->console, output, STDIN_FILENO);
    return read_symbols(session, options->symbols, error) &&
           make_machine(session, options, first_argument, error) &&
           bound_regions(session, options, error) && apply_settings(session, options, error);
}

void session_close(struct session *session)
{
    machine_destroy(session->machine);
    symbols_finish(&session->listed);
    hosted_finish(&session->hosted);
    elf_program_finish(&session->program);
    free(session->arguments);
}
