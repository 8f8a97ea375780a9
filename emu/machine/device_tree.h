/*
 * device_tree.h - the flattened device tree that tells the guest what machine it runs on.
 *
 * Made with libfdt. It tells the truth: what the ISA string names is implemented, what is not there
 * is not named.
 *
 * Spec: Devicetree Specification 0.4; the kernel's bindings (Documentation/devicetree/bindings).
 */
#ifndef EMU_MACHINE_DEVICE_TREE_H
#define EMU_MACHINE_DEVICE_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "emu/hart/hart.h"

struct device_tree_config {
    uint64_t ram_length;
    unsigned levels;          /* of the largest paging mode: 3, 4 or 5 */
    enum hart_ad ad;          /* svade, or svade and svadu, or neither in riscv,isa */
    uint64_t seed;            /* of rng-seed */
    const char *bootargs;     /* NULL: none */
    uint64_t initrd;          /* address of the files in memory; */
    uint64_t initrd_end;      /* 0: there are none */
    uint64_t reserved_length; /* bytes at the start of RAM that are the firmware's; 0: it tells */
};

/* Makes the tree. Returns a blob to free() and its length, or NULL if there is no memory. */
void *device_tree_create(const struct device_tree_config *config, size_t *length);

#endif
