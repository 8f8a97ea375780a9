/*
 * csr_counters.h - mcycle, minstret and mhpmcounter3 to 31, which software may set and stop, what
 * the latter count, and who may read them. Part of csr.c.
 *
 * What is counted belongs to the hart and to the MMU and goes on whatever software does here: a
 * counter is the number of its events so far and an offset.
 *
 * A write takes effect after the writing instruction. That instruction becomes a cycle and retires
 * only when its handler is done, so a write to mcycle or minstret allows for one event that is
 * still to come. What the MMU does for it, the fetch, is done already: a performance counter that
 * is read includes it, and one that is written starts behind it.
 *
 * Spec: Priv. [mcounteren], [mcountinhibit], [norm:mhpmevent_sz_warl_op]; Unpriv. [ext:zicsr],
 * [ext:zicntr], [ext:zihpm].
 */
#ifndef EMU_HART_CSR_COUNTERS_H
#define EMU_HART_CSR_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

struct hart;

/* The numbers that the rules about counters are about. The low five bits of each tell the counter,
 * and its bit in mcounteren, scounteren and mcountinhibit. */
enum {
    CSR_MCOUNTINHIBIT = 0x320, /* mhpmevent3 to 31 follow at their places */
    CSR_MCYCLE = 0xb00,
    CSR_MINSTRET = 0xb02,
    CSR_CYCLE = 0xc00,
    CSR_HPMCOUNTER31 = 0xc1f,
};

/* True unless number is cycle to hpmcounter31 and a counter-enable register keeps it from the
 * hart's privilege. */
bool csr_counter_is_enabled(const struct hart *hart, unsigned number);

/* The value before the current instruction, but for its fetch. number is that of mcycle, minstret
 * or mhpmcounter3 to 31, or of their shadows cycle, instret and hpmcounter3 to 31. */
uint64_t csr_read_counter(const struct hart *hart, unsigned number);

/* Makes the next instruction read value, but for its fetch, from one of the M-mode counters. */
void csr_write_counter(struct hart *hart, unsigned number, uint64_t value);

/* Makes a counter go on from where it is with another event. number is that of mhpmevent3 to 31. */
void csr_write_mhpmevent(struct hart *hart, unsigned number, uint64_t value);

/* mtime. */
uint64_t csr_read_time(const struct hart *hart, unsigned number);

/* Stops or starts counters: the writing instruction still counts where it stops one, and does not
 * where it starts one. */
void csr_write_mcountinhibit(struct hart *hart, unsigned number, uint64_t value);

/* What the next instruction will read, for a counter that the current one has written. */
uint64_t csr_next_counter(const struct hart *hart, unsigned number);

#endif
