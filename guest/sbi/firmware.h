/*
 * firmware.h - the built-in firmware as a whole: where it lies, how it is entered, how it ends.
 *
 *   0x8000_0000   code and constants
 *        ...      variables
 *        ...      the stack, which grows down from the end
 *   0x8002_0000   the end: RAM from here on is S-mode's
 *
 * Spec: OpenSBI's docs/firmware/fw_dynamic.md for struct next_stage, there struct fw_dynamic_info.
 */
#ifndef GUEST_SBI_FIRMWARE_H
#define GUEST_SBI_FIRMWARE_H

#include <stdint.h>

/* What the run ends with, in the finisher's code. */
enum {
    FIRMWARE_EXIT_FAILED = 1, /* S-mode asked for the end because of a failure */
    FIRMWARE_EXIT_TRAP = 120,
    FIRMWARE_EXIT_NEXT_STAGE = 121, /* a2 did not tell where to go on in S-mode */
};

/* Borders that the linker script sets: an address, and no content of their own. */
extern char firmware_start[], firmware_end[];

/* What a2 points to at the start. */
struct next_stage {
    uint64_t magic;
    uint64_t version;
    uint64_t next_pa;
    uint64_t next_mode; /* as in mstatus.MPP */
    uint64_t options;
    uint64_t boot_hart;
};

/* Called by start.S. */
__attribute__((noreturn)) void firmware_main(uint64_t hart_id, uint64_t device_tree_pa,
                                             const struct next_stage *next);

/* start.S: enters S-mode at pc for the first time, with a0 and a1. */
__attribute__((noreturn)) void supervisor_enter(uint64_t hart_id, uint64_t device_tree_pa,
                                                uint64_t pc);

#endif
