/*
 * platform.h - where things are on the machine, as the guest knows it: QEMU's virt board.
 *
 *   0x0010_0000  finisher: ends the run       0x0200_0000  CLINT: timer, software interrupts
 *   0x0c00_0000  PLIC: device interrupts      0x1000_0000  UART: the console
 *   0x8000_0000  RAM
 *
 * This is the guest's own copy: the emulator has another, and only a test may look at both.
 */
#ifndef GUEST_PLATFORM_H
#define GUEST_PLATFORM_H

#include <stdint.h>

#define FINISHER_BASE UINT64_C(0x00100000)
#define CLINT_BASE UINT64_C(0x02000000)
#define PLIC_BASE UINT64_C(0x0c000000)
#define UART_BASE UINT64_C(0x10000000)
#define RAM_BASE UINT64_C(0x80000000)

enum {
    UART_IRQ = 10, /* its source number at the PLIC */
    TIMEBASE_HZ = 10000000,
};

#endif
