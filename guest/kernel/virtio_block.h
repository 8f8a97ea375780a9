/*
 * virtio_block.h - a disk, in pages.
 */
#ifndef GUEST_KERNEL_VIRTIO_BLOCK_H
#define GUEST_KERNEL_VIRTIO_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Looks for the disk. */
void virtio_block_start(void);

/* Whole pages it has; 0: no disk, or a read-only one. */
uint64_t virtio_block_pages(void);

/* Transfers a page from or to physical memory. Sleeps until it is done, several processes may at
 * once. False: the disk reported an error, or the page lies behind its end. */
bool virtio_block_read(uint64_t page, uint64_t pa);
bool virtio_block_write(uint64_t page, uint64_t pa);

#endif
