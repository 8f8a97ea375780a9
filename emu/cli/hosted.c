#include "emu/cli/hosted.h"

#include <inttypes.h>
#include <stdlib.h>

#include "emu/machine/carried.h"
#include "emu/machine/platform.h"

/* Where addresses of the kernel are: it starts where it is loaded, and goes on in the upper half.
 * What lies below RAM is the program's. */
#define KERNEL_START_LAST (PLATFORM_RAM_BASE + (UINT64_C(1) << 31) - 1)
#define UPPER_HALF (UINT64_C(1) << 63)

static bool no_memory(struct error *error)
{
    return error_set(error, "out of memory");
}

static bool read_kernel(struct hosted *hosted, struct error *error)
{
    return elf_program_parse(&hosted->kernel, "the bundled kernel", carried_kernel,
                             (size_t)(carried_kernel_end - carried_kernel), error);
}

static bool read_files(struct hosted *hosted, const struct options *options, struct error *error)
{
    for (size_t i = 0; i < options->file_count; i++) {
        const struct file_wish *wish = &options->files[i];
        bool is_read = wish->is_tree ? host_files_add_tree(&hosted->files, wish->name, error)
                                     : host_files_add_file(&hosted->files, wish->name, error);

        if (!is_read) {
            return false;
        }
    }
    return true;
}

static bool make_initrd(struct hosted *hosted, const struct elf_program *program,
                        const struct options *options, int first_argument, struct error *error)
{
    size_t count = 1 + (size_t)(options->word_count - first_argument);
    char **arguments = calloc(count, sizeof *arguments);
    struct initrd_program packed = {.path = options->words[0],
                                    .bytes = program->file,
                                    .length = program->file_length,
                                    .arguments = arguments,
                                    .argument_count = count,
                                    .files = &hosted->files};
    bool is_made;

    if (arguments == NULL) {
        return no_memory(error);
    }
    arguments[0] = options->words[0];
    for (size_t i = 1; i < count; i++) {
        arguments[i] = options->words[first_argument + (int)i - 1];
    }
    is_made = initrd_create(&hosted->initrd, &packed, error);
    free(arguments);
    return is_made;
}

/* No two of the ranges overlap, whatever the two files say. */
static bool merge_symbols(struct hosted *hosted, const struct elf_program *program,
                          struct error *error)
{
    static const char kernel[] = "kernel:";
    const struct symbols *of_kernel = &hosted->kernel.symbols;
    const struct {
        const struct symbols *symbols;
        struct symbol_range range;
    } parts[] = {
        {&program->symbols,
         {0, PLATFORM_RAM_BASE - 1, program->is_movable ? HOSTED_MOVABLE_BASE : 0, "", 0}},
        {of_kernel, {PLATFORM_RAM_BASE, KERNEL_START_LAST, 0, kernel, 0}},
        {of_kernel, {UPPER_HALF, UINT64_MAX, 0, kernel, 0}},
    };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!symbols_add_range(&hosted->symbols, parts[i].symbols, &parts[i].range)) {
            return no_memory(error);
        }
    }
    symbols_sort(&hosted->symbols);
    return true;
}

bool hosted_init(struct hosted *hosted, const struct elf_program *program,
                 const struct options *options, int first_argument, struct error *error)
{
    *hosted = (struct hosted){.symbols = {.all = NULL}};
    if (options->ram_length < HOSTED_LEAST_MEMORY) {
        return error_set(error,
                         "--mem: %" PRIu64 " bytes of memory are too few for the kernel under "
                         "which %s runs: it needs 16M",
                         options->ram_length, options->words[0]);
    }
    return read_kernel(hosted, error) && read_files(hosted, options, error) &&
           make_initrd(hosted, program, options, first_argument, error) &&
           merge_symbols(hosted, program, error);
}

void hosted_finish(struct hosted *hosted)
{
    symbols_finish(&hosted->symbols);
    initrd_finish(&hosted->initrd);
    host_files_finish(&hosted->files);
    elf_program_finish(&hosted->kernel);
}

const char *hosted_bootargs(const struct options *options)
{
    return options->verbose ? "verbose" : NULL;
}
