/*
 * panic_code.h - what the finisher is told after a bug of the kernel. For C and assembly alike: in
 * M-mode, where start.S takes a trap that nobody expected, no C is trusted any more.
 */
#ifndef GUEST_KERNEL_PANIC_CODE_H
#define GUEST_KERNEL_PANIC_CODE_H

#define PANIC_CODE 124

#endif
