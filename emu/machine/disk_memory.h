/*
 * disk_memory.h - a disk in the host's memory: zero at first, gone at the end.
 */
#ifndef EMU_MACHINE_DISK_MEMORY_H
#define EMU_MACHINE_DISK_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/block_backend.h"

struct disk_memory {
    uint8_t *bytes; /* NULL: there is no such disk */
    uint64_t length;
    bool is_read_only;
};

/* Makes a disk of so many bytes, which is not 0, of which the host gives those that are touched.
 * Returns false if it has no room. */
bool disk_memory_init(struct disk_memory *disk, uint64_t length, bool is_read_only);

/* Frees it. One of zeroes is allowed. */
void disk_memory_finish(struct disk_memory *disk);

/* What a block device stores its sectors in; disk must stay where it is. */
struct block_backend disk_memory_backend(struct disk_memory *disk);

#endif
