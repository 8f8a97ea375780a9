/*
 * end.h - how the run ends.
 */
#ifndef GUEST_KERNEL_END_H
#define GUEST_KERNEL_END_H

#include <stdint.h>

#include "guest/kernel/panic_code.h"

/* Ends the run with an exit code, through the finisher. */
__attribute__((noreturn)) void end_run(uint8_t code);

/* The status, as wait4 tells it, of pid 1: its code, or 128 + signal. */
__attribute__((noreturn)) void end_run_with_status(int32_t status);

/* The kernel is wrong, or the machine is: says so and ends with PANIC_CODE. Never uses memory or
 * another process. */
__attribute__((noreturn, format(printf, 1, 2))) void panic(const char *format, ...);

/* Notes how much memory is free, before there are files and processes; and takes down all files and
 * complains and ends with PANIC_CODE if frames or swap slots are missing, after the last. */
void end_note_memory(void);
void end_check_memory(void);

#endif
