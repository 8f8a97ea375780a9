/*
 * platform.h - the memory map and interrupt numbers of the machine: those of QEMU's virt.
 *
 *   0x0010_0000  finisher      0x0010_1000  RTC (source 11)
 *   0x0200_0000  CLINT         0x0c00_0000  PLIC
 *   0x1000_0000  UART (source 10)
 *   0x1000_1000 + n * 0x1000, n < 8  virtio-mmio (source 1 + n)
 *   0x8000_0000  RAM
 */
#ifndef EMU_MACHINE_PLATFORM_H
#define EMU_MACHINE_PLATFORM_H

#include <stdint.h>

#define PLATFORM_FINISHER_BASE UINT64_C(0x00100000)
#define PLATFORM_RTC_BASE UINT64_C(0x00101000)
#define PLATFORM_CLINT_BASE UINT64_C(0x02000000)
#define PLATFORM_PLIC_BASE UINT64_C(0x0c000000)
#define PLATFORM_UART_BASE UINT64_C(0x10000000)
#define PLATFORM_VIRTIO_BASE UINT64_C(0x10001000)
#define PLATFORM_RAM_BASE UINT64_C(0x80000000)

/* Bytes of address space, as the device tree tells them. */
#define PLATFORM_FINISHER_LENGTH UINT64_C(0x1000)
#define PLATFORM_RTC_LENGTH UINT64_C(0x1000)
#define PLATFORM_CLINT_LENGTH UINT64_C(0x10000)
#define PLATFORM_PLIC_LENGTH UINT64_C(0x600000)
#define PLATFORM_UART_LENGTH UINT64_C(0x100)
#define PLATFORM_VIRTIO_LENGTH UINT64_C(0x1000) /* of a slot; the next one follows */

enum {
    PLATFORM_VIRTIO_SOURCE = 1, /* of slot 0; the others follow */
    PLATFORM_UART_SOURCE = 10,
    PLATFORM_RTC_SOURCE = 11,
    PLATFORM_TIMEBASE_HZ = 10000000,
    PLATFORM_NANOSECONDS_PER_TICK = 1000000000 / PLATFORM_TIMEBASE_HZ,
};

/* When a run begins, for the RTC: 2025-01-01 00:00:00 UTC, in nanoseconds since 1970. */
#define PLATFORM_FIRST_DATE (UINT64_C(1735689600) * 1000000000)

/* What is in which slot, where there is such a device. */
enum { PLATFORM_CONSOLE_SLOT = 0, PLATFORM_SWAP_SLOT = 1, PLATFORM_VIRTIO_SLOTS = 8 };

#endif
