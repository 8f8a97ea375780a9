#include "emu/machine/machine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "emu/engine/fast.h"
#include "emu/hart/access.h"
#include "emu/machine/machine_clock.h"
#include "emu/machine/machine_parts.h"
#include "emu/machine/machine_wires.h"

enum { REG_A6 = 16, REG_A7 = 17 };

/* What processes share, without the scan and the copies of machine_count: a kernel switches often.
 */
static void read_share(void *ctx, struct process_share *now)
{
    struct machine *machine = ctx;

    now->instructions = machine->hart.counters.retired;
    memcpy(now->mode, mmu_counters(machine->mmu)->mode, sizeof now->mode);
}

static void on_marker(void *ctx, unsigned marker)
{
    struct machine *machine = ctx;
    const uint64_t *x = machine->hart.x;
    struct counts now;

    if (marker == HART_MARK_EVENT) {
        region_mark(&machine->region, marker, NULL);
        processes_event(&machine->processes, x[REG_A6], x[REG_A7]);
        return;
    }
    machine_count(machine, &now);
    region_mark(&machine->region, marker, &now);
}

/* RAM comes from the host zeroed, and only the pages that are touched. */
static bool map_ram(struct machine *machine, struct error *error)
{
    uint64_t length = machine->config.ram_length;
    void *ram = mmap(NULL, length, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (ram == MAP_FAILED) {
        return error_set(error, "--mem: the host has no room for %" PRIu64 " bytes of memory",
                         length);
    }
    (void)madvise(ram, length, MADV_HUGEPAGE); /* for speed only */
    machine->ram = ram;
    return true;
}

/* The storage of a disk. option is the text before its name on the command line. */
static bool open_disk(struct machine *machine, unsigned slot, const struct machine_disk *wanted,
                      const char *option, struct error *error)
{
    struct machine_slot_disk *disk = &machine->disk[slot];

    if (wanted->file != NULL) {
        disk->is_there =
            disk_file_init(&disk->file, option, wanted->file, wanted->is_read_only, error);
        return disk->is_there;
    }
    disk->is_there = disk_memory_init(&disk->memory, wanted->length, wanted->is_read_only);
    return disk->is_there ||
           error_set(error, "%.*s: the host has no room for %" PRIu64 " bytes of disk",
                     (int)strcspn(option, "="), option, wanted->length);
}

/* Two disks in one file would each change what the other thinks it has stored. */
static bool is_alone(const struct machine *machine, unsigned slot, const char *name,
                     struct error *error)
{
    for (unsigned other = 0; other < slot; other++) {
        if (disk_file_is_shared(&machine->disk[slot].file, &machine->disk[other].file)) {
            return error_set(error,
                             "--drive=%s: is the same file as --drive=%s, and not both are only "
                             "read: add ,ro to both",
                             name, machine->config.drive[other].file);
        }
    }
    return true;
}

static bool open_disks(struct machine *machine, struct error *error)
{
    const struct machine_config *config = &machine->config;

    if (config->swap != NULL) {
        return open_disk(machine, PLATFORM_SWAP_SLOT, config->swap, "--swap=file:", error);
    }
    for (unsigned slot = 0; slot < config->drive_count; slot++) {
        const struct machine_disk *drive = &config->drive[slot];

        if (!open_disk(machine, slot, drive, "--drive=", error) ||
            !is_alone(machine, slot, drive->file, error)) {
            return false;
        }
    }
    return true;
}

static bool make_mmu(struct machine *machine, struct error *error)
{
    const struct mmu_geometry *geometry = &machine->config.geometry;
    const struct mmu_memory memory = access_walker_memory(&machine->hart);

    machine->mmu = mmu_create(geometry, &memory);
    return (machine->mmu != NULL &&
            region_init(&machine->region, (size_t)1 << geometry->asid_bits, &machine->profile)) ||
           error_set(error, "out of memory");
}

static void make_hart(struct machine *machine)
{
    const struct hart_host host = {.mtime = machine_clock_mtime,
                                   .event = machine_clock_event,
                                   .marker = on_marker,
                                   .ctx = machine};

    hart_init(&machine->hart, machine->mmu, &machine->bus, &host, machine->config.ad);
    machine_clock_rearmed(machine);
}

static bool make_engine(struct machine *machine, struct error *error)
{
    if (machine->config.engine == MACHINE_FAST) {
        machine->fast = fast_create(&machine->hart);
        return machine->fast != NULL || error_set(error, "out of memory");
    }
    return true;
}

struct machine *machine_create(const struct machine_config *config, struct error *error)
{
    struct machine *machine = calloc(1, sizeof *machine);

    if (machine == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    const struct process_meter meter = {.read = read_share, .ctx = machine};

    machine->config = *config;
    processes_init(&machine->processes, &meter);
    if (!map_ram(machine, error) || !open_disks(machine, error) || !make_mmu(machine, error)) {
        goto fail;
    }
    bus_init(&machine->bus, machine->ram, PLATFORM_RAM_BASE, config->ram_length);
    make_hart(machine);
    machine_wires_attach(machine);
    if (!make_engine(machine, error)) {
        goto fail;
    }
    machine->config.swap = NULL; /* they may be gone by now */
    machine->config.drive = NULL;
    return machine;

fail:
    machine_destroy(machine);
    return NULL;
}

void machine_destroy(struct machine *machine)
{
    if (machine == NULL) {
        return;
    }
    if (machine->ram != NULL) {
        (void)munmap(machine->ram, machine->config.ram_length);
    }
    for (unsigned slot = 0; slot < PLATFORM_VIRTIO_SLOTS; slot++) {
        disk_memory_finish(&machine->disk[slot].memory);
        disk_file_finish(&machine->disk[slot].file);
    }
    region_finish(&machine->region);
    processes_finish(&machine->processes);
    profile_finish(&machine->profile);
    fast_destroy(machine->fast);
    mmu_destroy(machine->mmu);
    free(machine->device_tree);
    free(machine->poke);
    free(machine);
}

bool machine_poke(struct machine *machine, uint64_t pa, uint64_t value)
{
    uint8_t *ram = bus_ram(&machine->bus, pa, sizeof value);
    struct machine_poke *pokes;

    if (ram == NULL) {
        return false;
    }
    pokes = reallocarray(machine->poke, machine->poke_count + 1, sizeof *pokes);
    if (pokes == NULL) {
        return false;
    }
    pokes[machine->poke_count++] = (struct machine_poke){.pa = pa, .value = value};
    machine->poke = pokes;
    memcpy(ram, &value, sizeof value);
    bus_wrote(&machine->bus, pa, sizeof value);
    return true;
}

const uint8_t *machine_ram(const struct machine *machine, uint64_t pa, uint64_t length)
{
    return bus_ram(&machine->bus, pa, length);
}

const void *machine_device_tree(const struct machine *machine, size_t *length)
{
    *length = machine->device_tree_length;
    return machine->device_tree;
}

struct hart *machine_hart(struct machine *machine)
{
    return &machine->hart;
}

struct mmu *machine_mmu(struct machine *machine)
{
    return machine->mmu;
}

void machine_count(struct machine *machine, struct counts *counts)
{
    counts->hart = machine->hart.counters;
    counts->hart.cycles = machine_clock_cycles(machine);
    mmu_count(machine->mmu, &counts->mmu);
    counts->functions = profile_of_run(&machine->profile);
}

const struct region *machine_region(const struct machine *machine)
{
    return &machine->region;
}

const struct virtio_block_counts *machine_disk_counts(const struct machine *machine, unsigned slot)
{
    return machine->disk[slot].is_there ? &machine->disk[slot].block.counts : NULL;
}

const struct processes *machine_processes(const struct machine *machine)
{
    return &machine->processes;
}
