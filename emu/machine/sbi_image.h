/*
 * sbi_image.h - the ELF file of the firmware that starts a kernel when no other is given, carried
 * inside this program. All of its memory lies in its segments, a naturally aligned power of two
 * from the start of RAM on: what the device tree must reserve (docs/firmware.md).
 */
#ifndef EMU_MACHINE_SBI_IMAGE_H
#define EMU_MACHINE_SBI_IMAGE_H

#include <stdint.h>

extern const uint8_t sbi_image[];
extern const uint8_t sbi_image_end[];

#endif
