/*
 * carried.h - RISC-V's ELF files that are carried inside this program.
 */
#ifndef EMU_MACHINE_CARRIED_H
#define EMU_MACHINE_CARRIED_H

#include <stdint.h>

/* The kernel that runs programs of Linux: guest/kernel, docs/kernel.md. */
extern const uint8_t carried_kernel[];
extern const uint8_t carried_kernel_end[];

/* The firmware that starts a kernel when no other is given: guest/sbi, docs/firmware.md. All of its
 * memory lies in its segments, a naturally aligned power of two from the start of RAM on: what the
 * device tree must reserve. */
extern const uint8_t carried_firmware[];
extern const uint8_t carried_firmware_end[];

#endif
