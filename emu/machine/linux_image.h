/*
 * linux_image.h - the header of an Image of Linux for RISC-V: what it is told by, and how much
 * memory the kernel takes, which is more than the file has.
 *
 *   offset   0       8             16           24      32        36      48        56
 *            code    text offset   image size   flags   version   zero    "RISCV"   "RSC\x05"
 *
 * All numbers are little-endian; the whole is 64 bytes. Bit 0 of flags: a big-endian kernel.
 *
 * Spec: Documentation/arch/riscv/boot-image-header.rst and boot.rst of the kernel.
 */
#ifndef EMU_MACHINE_LINUX_IMAGE_H
#define EMU_MACHINE_LINUX_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/machine/file_bytes.h"

/* True if the file has such a header. */
bool linux_image_is(const struct file_bytes *file);

/* Checks the header of a file that has one. Writes how many bytes the kernel takes in memory, at
 * least as many as the file has, or returns false and sets the error. */
bool linux_image_read(const struct file_bytes *file, const struct file_source *source,
                      uint64_t *memory_length);

/* Refuses what is no kernel or firmware as it is, but would be one once unpacked. */
bool linux_image_is_unpacked(const struct file_bytes *file, const struct file_source *source);

#endif
