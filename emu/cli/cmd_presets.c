#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "emu/cli/command.h"
#include "emu/cli/complain.h"
#include "emu/cli/options.h"
#include "emu/cli/output_file.h"
#include "emu/report/json_put.h"
#include "emu/report/names.h"
#include "emu/report/wrap.h"
#include "mmu/mmu.h"
#include "mmu/presets.h"

enum { NAME_WIDTH = 13, MAX_ASSUMED = MMU_ARRAYS + 3 };

/* What no source tells about a geometry, under the names of the JSON's "tlb". */
struct assumed {
    const char *name[MAX_ASSUMED];
    size_t count;
};

static void assume(struct assumed *assumed, const char *name, bool is_assumed)
{
    if (is_assumed) {
        assumed->name[assumed->count++] = name;
    }
}

static bool has_assumed_policy(const struct mmu_array_geometry *array)
{
    for (unsigned i = 0; i < array->bank_count; i++) {
        if (array->bank[i].policy_is_assumed) {
            return true;
        }
    }
    return false;
}

static struct assumed assumed_of(const struct mmu_geometry *geometry)
{
    static const char *const policies[MMU_ARRAYS] = {
        [MMU_L1I] = "l1i.policy", [MMU_L1D] = "l1d.policy", [MMU_L2] = "l2.policy"};
    struct assumed assumed = {.count = 0};

    for (size_t i = 0; i < MMU_ARRAYS; i++) {
        assume(&assumed, policies[i], has_assumed_policy(&geometry->array[i]));
    }
    assume(&assumed, "walk_cache.kind", geometry->walk_cache.kind_is_assumed);
    assume(&assumed, "walk_cache.policy", has_assumed_policy(&geometry->walk_cache.banks));
    assume(&assumed, "asid_bits", geometry->asid_is_assumed);
    return assumed;
}

static struct mmu_geometry geometry_of(const struct mmu_preset *preset)
{
    struct mmu_geometry geometry;
    struct mmu_geometry_error unused;
    bool is_parsed = mmu_geometry_parse(preset->spec, &geometry, &unused);

    assert(is_parsed);
    (void)is_parsed;
    return geometry;
}

/* The specification, which may go on below itself after a comma. */
static void print_spec(const struct mmu_preset *preset)
{
    struct wrap line = wrap_begin(stdout, preset->name, NAME_WIDTH);
    const char *part = preset->spec;

    for (;;) {
        int length = (int)strcspn(part, ",");

        wrap_put_bytes(&line, ",", part, length);
        if (part[length] == '\0') {
            break;
        }
        part += length + 1;
    }
    wrap_end(&line);
}

static void print_preset(const struct mmu_preset *preset)
{
    const struct mmu_geometry geometry = geometry_of(preset);
    const struct assumed assumed = assumed_of(&geometry);
    struct wrap line;

    print_spec(preset);
    line = wrap_begin(stdout, "", NAME_WIDTH);
    wrap_put_words(&line, preset->source);
    wrap_end(&line);
    if (assumed.count != 0) {
        line = wrap_begin(stdout, "", NAME_WIDTH);
        wrap_put(&line, "", "assumed:");
        for (size_t i = 0; i < assumed.count; i++) {
            wrap_put(&line, i == 0 ? " " : ", ", assumed.name[i]);
        }
        wrap_end(&line);
    }
}

static int print_table(void)
{
    size_t count;
    const struct mmu_preset *preset = mmu_presets(&count);

    for (size_t i = 0; i < count; i++) {
        print_preset(&preset[i]);
    }
    return STATUS_OK;
}

static json_t *names_as_json(const struct assumed *assumed)
{
    json_t *list = json_array();
    bool is_whole = true;

    for (size_t i = 0; i < assumed->count && is_whole; i++) {
        is_whole = json_add(list, json_string(assumed->name[i]));
    }
    return json_whole(list, is_whole);
}

static json_t *preset_as_json(const struct mmu_preset *preset)
{
    const struct mmu_geometry geometry = geometry_of(preset);
    const struct assumed assumed = assumed_of(&geometry);
    json_t *object = json_object();

    return json_whole(object, json_put_word(object, "name", preset->name) &&
                                  json_put_word(object, "tlb", preset->spec) &&
                                  json_put_word(object, "source", preset->source) &&
                                  json_put(object, "assumed", names_as_json(&assumed)) &&
                                  json_put_word(object, "ad", name_of_core_ad(geometry.ad)));
}

static json_t *presets_as_json(void)
{
    size_t count;
    const struct mmu_preset *preset = mmu_presets(&count);
    json_t *list = json_array();
    json_t *root = json_object();
    bool is_whole = true;

    for (size_t i = 0; i < count && is_whole; i++) {
        is_whole = json_add(list, preset_as_json(&preset[i]));
    }
    return json_whole(root, json_put_number(root, "schema", 1) &&
                                json_put(root, "presets", json_whole(list, is_whole)));
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
    .help = "Lists the geometries that --tlb knows by name, each with what it stands for,\n"
            "where its numbers come from, and what had to be assumed: a ? marks it.\n"
            "\n"
            "  pagewalk presets\n"
            "  pagewalk presets --json | jq -r '.presets[].name'\n"
            "  pagewalk presets --json | jq '.presets[] | select(.assumed == [])'\n"
            "  pagewalk stat --tlb=default,l1d=64 matmul.elf     one of them, changed\n",
    .least_words = 0,
    .most_words = 0,
    .run = presets,
};
