/*
 * sections.h - the borders that kernel.ld sets, all page aligned and virtual. They have an address
 * and no content of their own.
 */
#ifndef GUEST_KERNEL_SECTIONS_H
#define GUEST_KERNEL_SECTIONS_H

/* The M-mode start, at its physical address, is in front of text_start; the image ends at
 * kernel_end. boot_stack_start to boot_stack_end is mapped, the KERNEL_STACK_SIZE below is not. */
extern char text_start[], text_end[], rodata_start[], rodata_end[], data_start[], data_end[];
extern char bss_start[], bss_end[];
extern char boot_stack_start[], boot_stack_end[], kernel_end[];

#endif
