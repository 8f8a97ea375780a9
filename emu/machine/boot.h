/*
 * boot.h - what lies in RAM before the hart starts, and where: a program alone, or a system, which
 * is firmware and perhaps a kernel that the firmware starts.
 *
 *   a program                           a system
 *                                       0x8000_0000   firmware
 *   where its segments say              0x8020_0000   kernel
 *        ...                                 ...
 *   initrd                              initrd
 *   device tree                         device tree
 *                                       information for the firmware
 *   end of RAM                          end of the first GiB of RAM, or of RAM
 *
 * The segments of an ELF file say themselves where they belong; the addresses above are for others.
 * What is put at the end begins on a page of its own.
 *
 * Spec: docs/machine.md, "Start"; the information is struct fw_dynamic_info of OpenSBI's
 * docs/firmware/fw_dynamic.md.
 */
#ifndef EMU_MACHINE_BOOT_H
#define EMU_MACHINE_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/bus.h"
#include "emu/machine/elf_loader.h"
#include "emu/machine/error.h"

#define BOOT_FIRMWARE_BASE UINT64_C(0x80000000)
#define BOOT_KERNEL_BASE UINT64_C(0x80200000)

/* A file that has been read: what is loaded of it, and where it starts. */
struct boot_image {
    const char *name; /* for messages */
    const struct elf_segment *segment;
    size_t segment_count; /* at least 1 */
    uint64_t entry;
};

enum { BOOT_IMAGES = 2 };

struct boot {
    struct boot_image image[BOOT_IMAGES]; /* the hart starts in the first one */
    size_t image_count;
    bool is_system;
    uint64_t next_pa;      /* of a system: where its firmware goes on, in S-mode */
    const uint8_t *initrd; /* NULL: none */
    uint64_t initrd_length;
    const void *device_tree;
    size_t device_tree_length;
};

/* Where things are that have no place of their own. */
struct boot_places {
    uint64_t initrd; /* meaningless where there is none */
    uint64_t device_tree;
    uint64_t info; /* 0: it is no system, and there is none */
};

/* Finds places in the bus's RAM, for which the contents of the initrd and of the device tree do not
 * matter. Returns false and sets *error if something lies outside the RAM, if two things want the
 * same place, or if there is not enough of it. */
bool boot_find_places(const struct boot *boot, const struct bus *bus, struct boot_places *places,
                      struct error *error);

/* Puts everything there, into RAM that is zero. */
void boot_store(const struct boot *boot, const struct bus *bus, const struct boot_places *places);

#endif
