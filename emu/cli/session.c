#include "emu/cli/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu/cli/parse.h"
#include "emu/machine/given_tree.h"
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

/* The boot arguments: those of a system are --append's. */
static bool make_bootargs(struct session *session, const struct options *options,
                          int first_argument, struct machine_config *config, struct error *error)
{
    config->bootargs = options->append;
    if (options_start_system(options)) {
        return true;
    }
    if (session->program.needs_kernel) {
        config->bootargs = hosted_bootargs(options);
        return true;
    }
    session->arguments = join(options->words, options->word_count, first_argument);
    config->bootargs = options->word_count > first_argument ? session->arguments : NULL;
    return session->arguments != NULL || error_set(error, "out of memory");
}

/* What the guest finds in its memory beside what is loaded. */
static void give_files(const struct session *session, struct machine_config *config)
{
    const struct initrd *packed = &session->hosted.initrd;
    bool is_hosted = session->program.needs_kernel;

    config->initrd = is_hosted ? packed->bytes : session->initrd.bytes;
    config->initrd_length = is_hosted ? packed->length : session->initrd.length;
    config->device_tree = session->device_tree.bytes;
}

static bool load(struct session *session, struct error *error)
{
    const struct elf_program *loaded =
        session->program.needs_kernel ? &session->hosted.kernel : &session->program;

    if (session->system.firmware.is_there) {
        const struct machine_system system = system_of_machine(&session->system);

        return machine_load_system(session->machine, &system, error);
    }
    return machine_load(session->machine, loaded, session->name, error);
}

/* Somebody who types at a system expects its clock to go as theirs does. */
static void choose_time(struct session *session, const struct options *options)
{
    struct console *console = &session->console;
    bool is_typed_at = options_start_system(options) && console->input_is_terminal;
    bool is_by_default = options->time == OPTION_TIME_UNTOLD && is_typed_at;

    if (is_by_default) {
        fprintf(stderr, "pagewalk: time follows the host's clock, as standard input is a terminal; "
                        "--time=virtual makes runs repeat\n");
    }
    if (is_by_default || options->time == OPTION_TIME_HOST) {
        console_follow_host(console);
    }
}

static bool make_machine(struct session *session, const struct options *options, int first_argument,
                         struct error *error)
{
    const struct machine_disk swap = {.file = options->swap.file, .length = options->swap.length};
    struct machine_disk drive[OPTION_DRIVES];
    struct machine_config config = {
        .geometry = options->geometry,
        .engine = options->trace_walk == NULL ? options->engine : MACHINE_REFERENCE,
        .ad = options->ad,
        .ram_length = options->ram_length,
        .symbols = session->symbols,
        .swap = options->swap.is_asked ? &swap : NULL,
        .drive = drive,
        .drive_count = options->drive_count,
        .disk_latency = options->disk_latency,
        .disk_fail = options->disk_fail,
        .ends_at_reset = options->no_reboot,
    };

    choose_time(session, options);
    config.console = console_of_machine(&session->console);
    config.time = console_time(&session->console);

    for (unsigned i = 0; i < options->drive_count; i++) {
        drive[i] = (struct machine_disk){.file = options->drive[i].file,
                                         .is_read_only = options->drive[i].is_read_only};
    }
    config.geometry.levels = options->mmu_levels;
    if (!make_bootargs(session, options, first_argument, &config, error)) {
        return false;
    }
    give_files(session, &config);
    if (session->program.needs_kernel) {
        config.streams = console_streams(&session->console);
    }
    session->machine = machine_create(&config, error);
    return session->machine != NULL && load(session, error);
}

/* The symbols by which people name places, and the counts are split: own, or those of a list, which
 * a system has taken already. */
static bool read_symbols(struct session *session, const struct symbols *own, const char *list,
                         struct error *error)
{
    session->symbols = list == NULL || own->is_system ? own : &session->listed;
    session->symbols_name = list == NULL ? session->name : list;
    return session->symbols == own || symbol_file_read(&session->listed, list, error);
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
                        FILE *output, struct error *error)
{
    if (options->drive_count > 0 || options->dtb != NULL) {
        return error_set(error,
                         "%s: --drive and --dtb are for systems and bare-metal programs, and this "
                         "is a program of Linux",
                         session->name);
    }
    init_hosted_console(&session->console, output);
    return apply_settings(session, options, error) &&
           hosted_init(&session->hosted, &session->program, options, first_argument, error) &&
           read_symbols(session, &session->hosted.symbols, options->symbols, error) &&
           make_machine(session, options, first_argument, error) &&
           bound_regions(session, options, error);
}

static bool read_given_tree(struct session *session, const char *name, struct error *error)
{
    const struct file_source source = {.name = name, .kind = "a device tree", .error = error};

    return name == NULL ||
           (file_bytes_read_some(&session->device_tree, &source) &&
            given_tree_check(session->device_tree.bytes, session->device_tree.length, name, error));
}

static bool open_bare_metal(struct session *session, const struct options *options,
                            int first_argument, FILE *output, struct error *error)
{
    if (options->file_count > 0) {
        return error_set(error, "%s: --file and --root are for programs of Linux, and this is none",
                         session->name);
    }
    console_init(&session->console, output, STDIN_FILENO);
    return read_given_tree(session, options->dtb, error) &&
           read_symbols(session, &session->program.symbols, options->symbols, error) &&
           make_machine(session, options, first_argument, error) &&
           bound_regions(session, options, error) && apply_settings(session, options, error);
}

static bool read_initrd(struct session *session, const char *name, struct error *error)
{
    const struct file_source source = {.name = name, .kind = "an initrd", .error = error};

    return name == NULL || file_bytes_read_some(&session->initrd, &source);
}

static bool open_system(struct session *session, const struct options *options, FILE *output,
                        struct error *error)
{
    session->name = options->kernel == NULL ? options->bios : options->kernel;
    console_init(&session->console, output, STDIN_FILENO);
    return system_init(&session->system, options, error) &&
           read_initrd(session, options->initrd, error) &&
           read_given_tree(session, options->dtb, error) &&
           read_symbols(session, &session->system.symbols, options->symbols, error) &&
           make_machine(session, options, options->word_count, error) &&
           bound_regions(session, options, error);
}

bool session_open(struct session *session, const struct options *options, int first_argument,
                  FILE *output, struct error *error)
{
    *session = (struct session){.name = NULL};
    if (options_start_system(options)) {
        return open_system(session, options, output, error);
    }
    session->name = options->words[0];
    if (!elf_program_read(&session->program, session->name, error)) {
        session->program = (struct elf_program){.segment = NULL};
        return false;
    }
    return session->program.needs_kernel
               ? open_hosted(session, options, first_argument, output, error)
               : open_bare_metal(session, options, first_argument, output, error);
}

struct machine_exit session_run(struct session *session, const struct engine_goal *goal,
                                const struct engine_observer *observer)
{
    struct machine_exit exit;

    if (session->system.firmware.is_there) {
        console_take_terminal(&session->console);
    }
    exit = machine_run(session->machine, goal, observer);
    console_leave_terminal();
    return exit;
}

void session_close(struct session *session)
{
    machine_destroy(session->machine);
    symbols_finish(&session->listed);
    hosted_finish(&session->hosted);
    elf_program_finish(&session->program);
    system_finish(&session->system);
    file_bytes_finish(&session->initrd);
    file_bytes_finish(&session->device_tree);
    free(session->arguments);
}
