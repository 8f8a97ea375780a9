/*
 * csr_counters.h - mcycle and minstret, which software may set and stop, and who may read the
 * counters. Part of csr.c.
 *
 * A write takes effect after the writing instruction, which the engine counts only when its handler
 * is done: so every write here allows for one event that is still to come.
 *
 * Spec: Priv. [mcounteren], [mcountinhibit]; Unpriv. [zicsr], [zicntr].
 */
#ifndef EMU_HART_CSR_COUNTERS_H
#define EMU_HART_CSR_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

struct hart;

/* The numbers that the rules about counters are about. */
enum {
    CSR_MCYCLE = 0xb00,
    CSR_MINSTRET = 0xb02,
    CSR_CYCLE = 0xc00,
    CSR_HPMCOUNTER31 = 0xc1f,
};

/* True unless number is cycle to hpmcounter31 and a counter-enable register keeps it from the
 * hart's privilege. */
bool csr_counter_is_enabled(const struct hart *hart, unsigned number);

/* The value before the current instruction. number is that of mcycle or minstret, or of their
 * shadows cycle and instret. */
uint64_t csr_read_counter(const struct hart *hart, unsigned number);

/* Makes the next instruction read value from mcycle or minstret. */
void csr_write_counter(struct hart *hart, unsigned number, uint64_t value);

/* mtime. */
uint64_t csr_read_time(const struct hart *hart, unsigned number);

/* Stops or starts counters: the writing instruction still counts where it stops one, and does not
 * where it starts one. */
void csr_write_mcountinhibit(struct hart *hart, unsigned number, uint64_t value);

/* What the next instruction will read, for a counter that the current one has written. */
uint64_t csr_next_counter(const struct hart *hart, unsigned number);

#endif
