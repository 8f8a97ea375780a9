#include <jansson.h>
#include <stdio.h>

#include "emu/cli/command.h"
#include "emu/cli/complain.h"
#include "emu/cli/options.h"
#include "emu/cli/output_file.h"
#include "mmu/presets.h"

static int print_table(void)
{
    size_t count;
    const struct mmu_preset *preset = mmu_presets(&count);

    for (size_t i = 0; i < count; i++) {
        printf("%-12s %s\n%-12s %s\n", preset[i].name, preset[i].spec, "", preset[i].source);
    }
    return STATUS_OK;
}

static json_t *presets_as_json(void)
{
    size_t count;
    const struct mmu_preset *preset = mmu_presets(&count);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *object = json_pack("{s:s, s:s, s:s}", "name", preset[i].name, "tlb", preset[i].spec,
                                   "source", preset[i].source);
        if (json_array_append_new(list, object) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return json_pack("{s:i, s:o}", "schema", 1, "presets", list);
}

static int print_json(const char *name)
{
    json_t *root = presets_as_json();
    struct output_file file = {.stream = NULL};
    struct error error;
    bool is_written = false;

    if (root == NULL) {
        error_set(&error, "out of memory");
    } else if (output_file_open(&file, "--json=", name, &error)) {
        (void)json_dumpf(root, file.stream, JSON_INDENT(2)); /* a failure shows at the end */
        (void)fputc('\n', file.stream);
        is_written = output_file_finish(&file, &error);
    }
    json_decref(root);
    return is_written ? STATUS_OK : complain(&error);
}

static int presets(const struct options *options)
{
    return options->json == NULL ? print_table() : print_json(options->json);
}

const struct command command_presets = {
    .name = "presets",
    .bit = COMMAND_PRESETS,
    .arguments = "[options]",
    .summary = "list the TLB geometries that have a name",
    .help = "Lists the geometries that --tlb knows by name, each with what it stands for and\n"
            "where its numbers come from.\n"
            "\n"
            "  pagewalk presets\n"
            "  pagewalk presets --json | jq -r '.presets[].name'\n"
            "  pagewalk stat --tlb=default,l1d=64 matmul.elf     one of them, changed\n",
    .least_words = 0,
    .most_words = 0,
    .run = presets,
};
