/*
 * platform.h - the memory map and interrupt numbers of the machine: those of QEMU's virt.
 *
 *   0x0010_0000  finisher      0x0200_0000  CLINT
 *   0x0c00_0000  PLIC          0x1000_0000  UART (source 10)
 *   0x8000_0000  RAM
 */
#ifndef EMU_MACHINE_PLATFORM_H
#define EMU_MACHINE_PLATFORM_H

#include <stdint.h>

#define PLATFORM_FINISHER_BASE UINT64_C(0x00100000)
#define PLATFORM_CLINT_BASE UINT64_C(0x02000000)
#define PLATFORM_PLIC_BASE UINT64_C(0x0c000000)
#define PLATFORM_UART_BASE UINT64_C(0x10000000)
#define PLATFORM_RAM_BASE UINT64_C(0x80000000)

/* Bytes of address space, as the device tree tells them. */
#define PLATFORM_FINISHER_LENGTH UINT64_C(0x1000)
#define PLATFORM_CLINT_LENGTH UINT64_C(0x10000)
#define PLATFORM_PLIC_LENGTH UINT64_C(0x600000)
#define PLATFORM_UART_LENGTH UINT64_C(0x100)

enum {
    PLATFORM_UART_SOURCE = 10,
    PLATFORM_TIMEBASE_HZ = 10000000,
};

#endif
