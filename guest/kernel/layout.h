/*
 * layout.h - where everything is in a virtual address space, for C and assembly alike; kernel.ld
 * repeats DIRECT_MAP.
 *
 *   0x00_0000_0000  page 0, never mapped        0xffff_ffc0_0000_0000  all physical memory:
 * devices, 1_0000   program, brk behind it                             from +0x8000_0000 on RAM
 *          ...      mmap, downwards             0xffff_ffff_c000_0000  kernel stacks, 16 KiB each
 *   0x3f_ff7f_d000  trampoline page
 *   0x3f_ff7f_e000  guard page
 *   0x3f_ff7f_f000  stack, 8 MiB
 *   0x3f_ffff_f000  last page, never mapped
 *
 * Only #define here: assembly includes this file too (so do not write a suffix). Root entries 256
 * to 511 are the kernel's.
 */
#ifndef GUEST_KERNEL_LAYOUT_H
#define GUEST_KERNEL_LAYOUT_H

#define DIRECT_MAP 0xffffffc000000000    /* virtual = physical + this, for the kernel */
#define DIRECT_MAP_LENGTH 0x3fc0000000   /* 255 GiB: RAM behind it is not used */
#define KERNEL_STACKS 0xffffffffc0000000 /* root entry 511 */
#define KERNEL_ROOT_FIRST 256            /* first root entry of the kernel's half */

/* A stack slot: its lower half is never mapped, its upper half is the stack. So bit
 * KERNEL_STACK_BIT of an address in a stack is set, and clear as soon as sp has left it. The boot
 * stack (kernel.ld) lies in such a slot too. */
#define KERNEL_STACK_SLOT 0x4000
#define KERNEL_STACK_SIZE 0x2000
#define KERNEL_STACK_BIT 13

#define USER_FIRST 0x10000        /* nothing of a user lies below */
#define USER_PIE_BASE 0x200000000 /* what a position-independent static program is loaded at */
#define USER_STACK_TOP 0x3ffffff000
#define USER_STACK_SIZE 0x800000
#define USER_MMAP_TOP 0x3fff7fd000   /* mmap goes downwards from here */
#define USER_TRAMPOLINE 0x3fff7fd000 /* a page: the way back from a signal handler */
#define USER_GUARD 0x3fff7fe000      /* a page: from here to the stack */
#define USER_END 0x4000000000

#endif
