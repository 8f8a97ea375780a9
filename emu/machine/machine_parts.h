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
#include "devices/rtc.h"
#include "devices/uart.h"
#include "devices/virtio_block.h"
#include "devices/virtio_console.h"
#include "emu/engine/fast.h"
#include "emu/hart/hart.h"
#include "emu/machine/boot.h"
#include "emu/machine/counts.h"
#include "emu/machine/disk_file.h"
#include "emu/machine/disk_memory.h"
#include "emu/machine/machine.h"
#include "emu/machine/platform.h"
#include "emu/machine/processes.h"
#include "emu/machine/profile.h"

/* A disk, in the slot of virtio that its place in machine->disk says. */
struct machine_slot_disk {
    bool is_there;
    struct virtio_block block;
    struct disk_memory memory; /* one of the two stores its sectors */
    struct disk_file file;
};

/* A word that is stored again at each start. */
struct machine_poke {
    uint64_t pa;
    uint64_t value;
};

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
    struct rtc rtc;
    struct finisher finisher;
    struct htif htif;
    struct virtio_console console; /* attached where there are streams */
    struct machine_slot_disk disk[PLATFORM_VIRTIO_SLOTS];
    struct device empty_slot[PLATFORM_VIRTIO_SLOTS];
    struct profile profile; /* zero before machine_load */
    struct region region;
    struct processes processes;
    struct machine_bounds bounds;
    void *device_tree; /* NULL before machine_load */
    size_t device_tree_length;
    struct boot boot;         /* how to start it again */
    uint64_t reserved_length; /* bytes at the start of RAM, for the device tree; 0: none */
    struct boot_places places;
    const struct symbols *htif_symbols; /* NULL: no HTIF */
    struct machine_poke *poke;
    size_t poke_count;
    uint64_t last_character; /* the tick at which the console last sent or received one */
    uint64_t last_input;     /* and last received one */
    bool has_slept;          /* since the reset: the guest is one that sleeps when it waits */
    bool is_resetting;       /* the guest asked for a reset */
    bool is_over;            /* the guest asked to end, with this code */
    uint64_t code;
};

static inline bool machine_has_streams(const struct machine *machine)
{
    return machine->config.streams.write != NULL;
}

/* Starts what was loaded: it is put into RAM, which is zero, and the hart made ready. */
void machine_start(struct machine *machine);

/* Does what a reset button does: hart, TLB, devices and RAM begin anew; disks keep what they hold,
 * and counters count on. */
void machine_reset(struct machine *machine);

#endif
