/*
 * kernel_image.h - the ELF file of the kernel that runs programs of Linux, carried inside this
 * program.
 */
#ifndef EMU_MACHINE_KERNEL_IMAGE_H
#define EMU_MACHINE_KERNEL_IMAGE_H

#include <stdint.h>

extern const uint8_t kernel_image[];
extern const uint8_t kernel_image_end[];

#endif
