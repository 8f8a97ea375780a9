#include "tests/support/machine_box.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/machine/platform.h"

static void put(void *ctx, uint8_t character)
{
    struct box *box = ctx;

    if (box->output_length < sizeof box->output) {
        box->output[box->output_length++] = (char)character;
    }
}

static bool get(void *ctx, uint8_t *character)
{
    struct box *box = ctx;

    if (box->input == NULL || *box->input == '\0') {
        return false;
    }
    *character = (uint8_t)*box->input++;
    return true;
}

static bool is_interrupted(void *ctx)
{
    const struct box *box = ctx;

    return box->is_interrupted;
}

void box_start(struct box *box, const uint32_t *words, size_t count)
{
    struct machine_config config = {
        .ram_length = BOX_MEMORY,
        .console = {.put = put, .get = get, .is_interrupted = is_interrupted, .ctx = box},
    };
    struct mmu_geometry_error geometry_error;
    struct error error;

    cr_assert(mmu_geometry_parse("default", &config.geometry, &geometry_error));
    box->segment = (struct elf_segment){.pa = PLATFORM_RAM_BASE,
                                        .memory_length = count * 4,
                                        .bytes = (const uint8_t *)words,
                                        .file_length = count * 4};
    box->program.entry = PLATFORM_RAM_BASE;
    box->program.segment = &box->segment;
    box->program.segment_count = 1;
    box->machine = machine_create(&config, &error);
    cr_assert(ne(ptr, box->machine, NULL));
    cr_assert(machine_load(box->machine, &box->program, "test", &error), "%s", error.text);
}

struct machine_exit box_run(struct box *box, uint64_t attempts)
{
    const struct engine_goal goal = {.attempts = attempts};

    return machine_run(box->machine, &goal, NULL);
}
