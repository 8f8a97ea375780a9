#include "emu/machine/machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "emu/machine/boot.h"
#include "emu/machine/device_tree.h"
#include "emu/machine/given_tree.h"
#include "emu/machine/machine_clock.h"
#include "emu/machine/machine_parts.h"
#include "emu/machine/machine_wires.h"

enum { REG_A0 = 10, REG_A1 = 11, REG_A2 = 12 };

static void *own_tree(struct machine *machine, const struct given_tree_chosen *chosen,
                      struct error *error)
{
    const struct device_tree_config config = {
        .ram_length = machine->config.ram_length,
        .levels = machine->config.geometry.levels,
        .ad = machine->config.ad,
        .seed = machine->config.geometry.seed,
        .bootargs = chosen->bootargs,
        .initrd = chosen->initrd,
        .initrd_end = chosen->initrd_end,
        .reserved_length = chosen->reserved_length,
    };
    void *tree = device_tree_create(&config, &machine->device_tree_length);

    if (tree == NULL) {
        error_set(error, "out of memory");
    }
    return tree;
}

/* Makes the device tree, which is as long wherever the files in memory lie. */
static bool make_device_tree(struct machine *machine, uint64_t initrd, struct error *error)
{
    const struct machine_config *config = &machine->config;
    const struct given_tree_chosen chosen = {
        .bootargs = config->bootargs,
        .initrd = initrd,
        .initrd_end = config->initrd == NULL ? 0 : initrd + config->initrd_length,
        .reserved_length = machine->reserved_length,
    };

    free(machine->device_tree); /* of a program loaded before, or for another place of the files */
    machine->device_tree =
        config->device_tree == NULL
            ? own_tree(machine, &chosen, error)
            : given_tree_create(config->device_tree, &chosen, &machine->device_tree_length, error);
    machine->boot.device_tree = machine->device_tree;
    machine->boot.device_tree_length = machine->device_tree_length;
    return machine->device_tree != NULL;
}

/* The device tree tells where the initrd is, which lies below it. */
static bool find_places(struct machine *machine, struct error *error)
{
    machine->boot.initrd = machine->config.initrd;
    machine->boot.initrd_length = machine->config.initrd_length;
    return make_device_tree(machine, PLATFORM_RAM_BASE, error) &&
           boot_find_places(&machine->boot, &machine->bus, &machine->places, error) &&
           make_device_tree(machine, machine->places.initrd, error);
}

static void on_miss(void *ctx, struct mmu_miss miss)
{
    struct machine *machine = ctx;

    const struct profile_miss whose = {.pc = machine->hart.pc,
                                       .privilege = machine->hart.privilege,
                                       .events = miss.events,
                                       .is_in_region = machine->region.is_open};

    profile_count(&machine->profile, &whose);
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

static bool load(struct machine *machine, const struct symbols *symbols, struct error *error)
{
    if (!find_places(machine, error) || !start_profile(machine, symbols, error)) {
        return false;
    }
    machine_start(machine);
    return true;
}

bool machine_load(struct machine *machine, const struct elf_program *program, const char *name,
                  struct error *error)
{
    const struct symbols *symbols = machine->config.symbols;

    machine->htif_symbols = &program->symbols;
    machine->reserved_length = 0;
    machine->boot = (struct boot){
        .image = {{.name = name,
                   .segment = program->segment,
                   .segment_count = program->segment_count,
                   .entry = program->entry}},
        .image_count = 1,
    };
    return load(machine, symbols == NULL ? &program->symbols : symbols, error);
}

/* Bytes of RAM from its start to the end of the image. */
static uint64_t length_of(const struct boot_image *image)
{
    const struct elf_segment *last = &image->segment[image->segment_count - 1];

    return last->pa + last->memory_length - PLATFORM_RAM_BASE;
}

/* Choice: where no kernel is given, firmware is told to go on where one would be: it may have
 * brought one along. */
bool machine_load_system(struct machine *machine, const struct machine_system *system,
                         struct error *error)
{
    const struct boot_image *kernel = system->kernel;

    machine->htif_symbols = NULL; /* the device tree tells of all that there is */
    machine->reserved_length = system->reserves_firmware ? length_of(system->firmware) : 0;
    machine->boot = (struct boot){.image = {*system->firmware},
                                  .image_count = 1,
                                  .is_system = true,
                                  .next_pa = kernel == NULL ? BOOT_KERNEL_BASE : kernel->entry};
    if (kernel != NULL) {
        machine->boot.image[machine->boot.image_count++] = *kernel;
    }
    return load(machine, machine->config.symbols, error);
}

void machine_start(struct machine *machine)
{
    struct hart *hart = &machine->hart;

    hart_reset(hart, machine->boot.image[0].entry);
    boot_store(&machine->boot, &machine->bus, &machine->places);
    hart->x[REG_A0] = 0; /* the hart's id */
    hart->x[REG_A1] = machine->places.device_tree;
    hart->x[REG_A2] = machine->places.info;
    if (machine->htif_symbols != NULL) {
        machine_wires_htif(machine, machine->htif_symbols);
    }
    for (size_t i = 0; i < machine->poke_count; i++) {
        const struct machine_poke *poke = &machine->poke[i];

        memcpy(bus_ram(&machine->bus, poke->pa, sizeof poke->value), &poke->value,
               sizeof poke->value);
    }
}

/* RAM comes anew from the host, zeroed. */
static void clear_ram(struct machine *machine)
{
    uint64_t length = machine->config.ram_length;

    if (madvise(machine->ram, length, MADV_DONTNEED) != 0) {
        memset(machine->ram, 0, length);
    }
    bus_wrote(&machine->bus, PLATFORM_RAM_BASE, length);
}

void machine_reset(struct machine *machine)
{
    machine->is_resetting = false;
    machine->hart.is_stopping = false;
    clear_ram(machine);
    mmu_reset(machine->mmu);
    processes_reset(&machine->processes);
    machine_wires_reset(machine);
    machine_start(machine);
    machine_clock_rearmed(machine);
}
