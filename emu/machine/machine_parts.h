/*
 * machine_parts.h - what a machine is made of: for the files that make it, load it and run it.
 */
#ifndef EMU_MACHINE_MACHINE_PARTS_H
#define EMU_MACHINE_MACHINE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/bus.h"
#include "devices/clint.h"
#include "devices/finisher.h"
#include "devices/htif.h"
#include "devices/plic.h"
#include "devices/uart.h"
#include "devices/virtio_block.h"
#include "devices/virtio_console.h"
#include "emu/engine/fast.h"
#include "emu/hart/hart.h"
#include "emu/machine/counts.h"
#include "emu/machine/disk_file.h"
#include "emu/machine/disk_memory.h"
#include "emu/machine/machine.h"
#include "emu/machine/platform.h"
#include "emu/machine/processes.h"
#include "emu/machine/profile.h"

struct machine {
    struct machine_config config;
    struct mmu *mmu;
    struct hart hart;
    struct fast *fast; /* NULL: the reference engine runs */
    struct bus bus;
    uint8_t *ram;
    struct uart uart;
    struct clint clint;
    struct plic plic;
    struct finisher finisher;
    struct htif htif;
    struct virtio_console console; /* attached where there are streams */
    struct virtio_block swap;      /* attached where there is such a disk */
    struct device empty_slot[PLATFORM_VIRTIO_SLOTS];
    struct disk_memory swap_memory;
    struct disk_file swap_file;
    struct profile profile; /* zero before machine_load */
    struct region region;
    struct processes processes;
    struct machine_bounds bounds;
    void *device_tree; /* NULL before machine_load */
    size_t device_tree_length;
    bool is_over; /* the guest asked to end, with this code */
    uint64_t code;
};

static inline bool machine_has_streams(const struct machine *machine)
{
    return machine->config.streams.write != NULL;
}

static inline bool machine_has_swap(const struct machine *machine)
{
    return machine->swap_memory.bytes != NULL || machine->swap_file.is_open;
}

#endif
