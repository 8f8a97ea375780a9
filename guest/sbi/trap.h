/*
 * trap.h - what S-mode had in its registers when it called, and who handles it.
 *
 * Spec: Priv. [norm:mcause_exccode_enc_img].
 */
#ifndef GUEST_SBI_TRAP_H
#define GUEST_SBI_TRAP_H

#include <stdbool.h>
#include <stdint.h>

/* What trap_entry.S saves, in the order in which it does. */
struct trap_frame {
    uint64_t ra, sp;
    uint64_t t0, t1, t2;
    uint64_t a0, a1, a2, a3, a4, a5, a6, a7;
    uint64_t t3, t4, t5, t6;
    uint64_t mepc;    /* where MRET goes, */
    uint64_t mstatus; /* and in which mode */
    uint64_t unused;  /* the stack stays aligned to 16 bytes */
};

/* trap_entry.S: where mtvec points. */
void trap_entry(void);

/* Called by trap_entry.S for a trap from S-mode or U-mode; the frame says how that goes on. */
void trap_handle(struct trap_frame *frame);

/* Called by trap_entry.S for a trap from M-mode: says what it was and ends the run. */
__attribute__((noreturn)) void trap_report(uint64_t mcause, uint64_t mepc, uint64_t mtval);

/* trap_entry.S: whether a byte of memory can be loaded at pa. */
bool memory_is_there(uint64_t pa);

#endif
