/*
 * device_tree.h - what the device tree says about the machine, read once at boot.
 */
#ifndef GUEST_KERNEL_DEVICE_TREE_H
#define GUEST_KERNEL_DEVICE_TREE_H

#include <stdbool.h>
#include <stdint.h>

enum { MACHINE_VIRTIO_MOST = 16 };

/* A virtio-mmio slot; it may be empty. */
struct machine_virtio {
    uint64_t pa;
    uint32_t irq;
};

/* Physical ranges are [start, end). What the tree does not tell is 0. */
struct machine {
    uint64_t ram_start, ram_end;
    uint64_t tree_start, tree_end; /* the tree itself, in RAM */
    uint64_t archive_start, archive_end;
    const char *arguments; /* bootargs, in the tree; "" if there are none */
    uint64_t timebase_hz;
    bool has_sstc;
    uint64_t uart_pa, plic_pa, finisher_pa;
    uint32_t uart_irq;
    uint32_t virtio_count;
    struct machine_virtio virtio[MACHINE_VIRTIO_MOST]; /* by rising address */
};

/* Reads the tree. A tree that makes no sense (bad magic, offsets outside, no memory node, an
 * archive outside RAM) panics; unknown nodes are passed over. */
void device_tree_read(uint64_t pa);

/* What it said; valid after device_tree_read(). */
const struct machine *machine(void);

/* Is this word among the blank-separated arguments? */
bool machine_has_argument(const char *word);

#endif
