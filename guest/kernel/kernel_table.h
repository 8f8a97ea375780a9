/*
 * kernel_table.h - the kernel's half of every page table: global, and the same everywhere.
 *
 * Root entries 256 to 511 are filled once at boot and copied into each root. Leaves have A and D
 * set and U clear; text is R X, rodata R, data and all other RAM R W, devices R W. RAM is mapped by
 * megapages but for the first 2 MiB and odd ends.
 */
#ifndef GUEST_KERNEL_KERNEL_TABLE_H
#define GUEST_KERNEL_KERNEL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Builds it and turns it on in place of boot's. Panics if memory is too small. */
void kernel_table_start(void);

/* The root that has nothing but the kernel's half: for the idle loop and for dying processes. */
uint64_t kernel_table_root_pa(void);

/* Copies the kernel's root entries into a new root. */
void kernel_table_copy_root(uint64_t *root);

/* Maps the stack of a slot with two frames; returns its top, or 0 without memory. May sleep. */
uint64_t kernel_stack_map(uint32_t slot);

/* Gives the frames back. No fence: nobody uses the slot's addresses until they are mapped again,
 * and that fences. Not for the stack one stands on. */
void kernel_stack_unmap(uint32_t slot);

#endif
