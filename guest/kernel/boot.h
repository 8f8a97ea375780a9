/*
 * boot.h - from reset to the first process.
 *
 * start.S, in M-mode, at physical 0x80000000: hart 0 only (others park), clears .bss, opens the
 * PMP, delegates exceptions (all but ECALL from S) and the supervisor's interrupts, sets
 * menvcfg.STCE and .ADUE (bits a hart lacks stay 0), mcounteren and scounteren, and MRETs to
 * S-mode, where it turns on boot_root, with identity and direct map in gigapages, fences, and jumps
 * to boot_main in the upper half on the boot stack.
 */
#ifndef GUEST_KERNEL_BOOT_H
#define GUEST_KERNEL_BOOT_H

#include <stdint.h>

/* The first C code, with interrupts off. Traps are set up first, so that a mistake is told; then
 * the device tree, memory, devices, and the first program. */
__attribute__((noreturn)) void boot_main(uint64_t hart_id, uint64_t device_tree_pa);

/* Where mtvec points while the kernel runs: no trap into M-mode is expected. Works without
 * translation, without the kernel: it sends exit code PANIC_CODE to the finisher. */
void machine_trap_entry(void);

#endif
