#include "emu/machine/machine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/machine/device_tree.h"
#include "emu/machine/machine_parts.h"
#include "emu/machine/machine_wires.h"
#include "mmu/pte.h"

enum { REG_A0 = 10, REG_A1 = 11 };

static uint64_t ram_end(const struct machine *machine)
{
    return PLATFORM_RAM_BASE + machine->config.ram_length;
}

static bool load_segments(struct machine *machine, const struct elf_program *program,
                          const char *name, struct error *error)
{
    for (size_t i = 0; i < program->segment_count; i++) {
        const struct elf_segment *segment = &program->segment[i];
        uint8_t *ram = bus_ram(&machine->bus, segment->pa, segment->memory_length);

        if (ram == NULL) {
            return error_set(
                error,
                "%s: the segment of %" PRIu64 " bytes at 0x%" PRIx64
                " lies outside the memory, which is 0x%" PRIx64 " to 0x%" PRIx64 " (--mem)",
                name, segment->memory_length, segment->pa, PLATFORM_RAM_BASE, ram_end(machine) - 1);
        }
        memcpy(ram, segment->bytes, segment->file_length);
    }
    return true;
}

/* Makes the device tree, which is as long wherever the files in memory lie. */
static bool make_device_tree(struct machine *machine, uint64_t initrd, struct error *error)
{
    const struct device_tree_config config = {
        .ram_length = machine->config.ram_length,
        .levels = machine->config.geometry.levels,
        .ad = machine->config.ad,
        .bootargs = machine->config.bootargs,
        .initrd = initrd,
        .initrd_end = machine->config.initrd == NULL ? 0 : initrd + machine->config.initrd_length,
    };

    free(machine->device_tree); /* of a program loaded before, or for another place of the files */
    machine->device_tree = device_tree_create(&config, &machine->device_tree_length);
    return machine->device_tree != NULL || error_set(error, "out of memory");
}

/* The address of the last page on which so many bytes below end can begin; 0 if there is none. */
static uint64_t place_below(uint64_t end, uint64_t length)
{
    return length > end ? 0 : (end - length) & ~(PAGE_SIZE - 1);
}

/* The device tree goes to the top of RAM, on a page of its own, the files in memory right below. */
static bool place_device_tree(struct machine *machine, const struct elf_program *program,
                              const char *name, struct error *error)
{
    const struct machine_config *config = &machine->config;
    const struct elf_segment *last = &program->segment[program->segment_count - 1];
    uint64_t end = last->pa + last->memory_length;

    if (!make_device_tree(machine, PLATFORM_RAM_BASE, error)) {
        return false;
    }
    uint64_t pa = place_below(ram_end(machine), machine->device_tree_length);
    uint64_t initrd = place_below(pa, config->initrd_length);
    uint8_t *ram = bus_ram(&machine->bus, pa, machine->device_tree_length);
    uint8_t *files = bus_ram(&machine->bus, initrd, config->initrd_length);

    if (ram == NULL || files == NULL || initrd < end) {
        return error_set(error,
                         "%s: %" PRIu64 " bytes of memory (--mem) do not hold the program and the "
                         "%" PRIu64 " bytes above it, of which %zu are the device tree",
                         name, config->ram_length,
                         config->initrd_length + machine->device_tree_length,
                         machine->device_tree_length);
    }
    if (!make_device_tree(machine, initrd, error)) {
        return false;
    }
    if (config->initrd != NULL) {
        memcpy(files, config->initrd, config->initrd_length);
    }
    memcpy(ram, machine->device_tree, machine->device_tree_length);
    machine->hart.x[REG_A0] = 0; /* the hart's id */
    machine->hart.x[REG_A1] = pa;
    return true;
}

static void on_miss(void *ctx, const struct mmu_miss *miss)
{
    struct machine *machine = ctx;

    profile_count(&machine->profile, machine->hart.pc, miss->events, machine->region.is_open);
    processes_miss(&machine->processes, miss);
}

static bool start_profile(struct machine *machine, const struct symbols *symbols,
                          struct error *error)
{
    profile_finish(&machine->profile); /* of a program loaded before */
    if (!profile_init(&machine->profile, symbols)) {
        return error_set(error, "out of memory");
    }
    mmu_observe_misses(machine->mmu, on_miss, machine);
    return true;
}

bool machine_load(struct machine *machine, const struct elf_program *program, const char *name,
                  struct error *error)
{
    const struct symbols *symbols = machine->config.symbols;

    hart_reset(&machine->hart, program->entry);
    if (!load_segments(machine, program, name, error) ||
        !place_device_tree(machine, program, name, error) ||
        !start_profile(machine, symbols == NULL ? &program->symbols : symbols, error)) {
        return false;
    }
    machine_wires_htif(machine, &program->symbols);
    return true;
}
