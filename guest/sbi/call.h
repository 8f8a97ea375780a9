/*
 * call.h - the Supervisor Binary Interface: what S-mode asks the firmware for with ECALL.
 *
 *   a7  the extension        a0 to a5  parameters
 *   a6  its function         a0, a1    the error and the value, on the way back
 *
 * Each extension is one file with one function, which is asked for functions that do not exist too.
 * Nothing that S-mode asks for can make the firmware fail: what it cannot do is an error.
 *
 * Spec: SBI 2.0, Binary Encoding.
 */
#ifndef GUEST_SBI_CALL_H
#define GUEST_SBI_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/sbi/trap.h"

enum sbi_error {
    SBI_SUCCESS = 0,
    SBI_FAILED = -1,
    SBI_NOT_SUPPORTED = -2,
    SBI_INVALID_PARAM = -3,
    SBI_DENIED = -4,
    SBI_INVALID_ADDRESS = -5,
    SBI_ALREADY_AVAILABLE = -6,
    SBI_ALREADY_STARTED = -7,
    SBI_ALREADY_STOPPED = -8,
    SBI_NO_SHMEM = -9,
};

/* What goes to a0 and a1. */
struct sbi_result {
    int64_t error;
    uint64_t value;
};

static inline struct sbi_result sbi_error(enum sbi_error error)
{
    return (struct sbi_result){.error = error};
}

static inline struct sbi_result sbi_value(uint64_t value)
{
    return (struct sbi_result){.value = value};
}

/* Does what the frame asks for and writes the answer into it. */
void call_handle(struct trap_frame *frame);

/* True if S-mode can call this extension. */
bool call_has_extension(uint64_t extension);

/* The extensions, by the file that each has. The frame is S-mode's, with mepc behind its ECALL. */
struct sbi_result base_call(struct trap_frame *frame);
struct sbi_result debug_console_call(struct trap_frame *frame);
struct sbi_result hart_state_call(struct trap_frame *frame);
struct sbi_result ipi_call(struct trap_frame *frame);
struct sbi_result legacy_call(struct trap_frame *frame);
struct sbi_result pmu_call(struct trap_frame *frame);
struct sbi_result remote_fence_call(struct trap_frame *frame);
struct sbi_result reset_call(struct trap_frame *frame);
struct sbi_result timer_call(struct trap_frame *frame);

#endif
