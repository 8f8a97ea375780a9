/*
 * disk_file.h - a disk in a file of the host, or in one of its block devices: an image as it is,
 * without a header.
 */
#ifndef EMU_MACHINE_DISK_FILE_H
#define EMU_MACHINE_DISK_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/block_backend.h"
#include "emu/machine/error.h"

struct disk_file {
    bool is_open;
    bool is_read_only;
    int descriptor;
    uint64_t length;
};

/* Opens the image at path. Returns false and sets *error, whose first words are option, such as
 * "--swap=file:", and path, if it is not there, cannot be read (or written, unless it is to be read
 * only), or is no whole number of sectors, at least one. */
bool disk_file_init(struct disk_file *disk, const char *option, const char *path, bool is_read_only,
                    struct error *error);

/* True if both are open, on one and the same image, and writes to one are to be expected. */
bool disk_file_is_shared(const struct disk_file *disk, const struct disk_file *other);

/* Closes it. One of zeroes is allowed. */
void disk_file_finish(struct disk_file *disk);

/* What a block device stores its sectors in; disk must stay where it is. */
struct block_backend disk_file_backend(struct disk_file *disk);

#endif
