/*
 * trap.h - causes of traps, and the one place where traps are taken and returned from.
 *
 * Spec: Priv. [mcause], [medeleg], [mstatus], [supervisor trap handling]; rules TRP and RET.
 */
#ifndef EMU_HART_TRAP_H
#define EMU_HART_TRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

struct hart;

/* Exception codes [norm:mcause_exccode_enc_img]. */
enum trap_cause {
    TRAP_FETCH_MISALIGNED = 0,
    TRAP_FETCH_ACCESS_FAULT = 1,
    TRAP_ILLEGAL_INSTRUCTION = 2,
    TRAP_BREAKPOINT = 3,
    TRAP_LOAD_MISALIGNED = 4,
    TRAP_LOAD_ACCESS_FAULT = 5,
    TRAP_STORE_MISALIGNED = 6,
    TRAP_STORE_ACCESS_FAULT = 7,
    TRAP_ECALL_FROM_U = 8,
    TRAP_ECALL_FROM_S = 9,
    TRAP_ECALL_FROM_M = 11,
    TRAP_FETCH_PAGE_FAULT = 12,
    TRAP_LOAD_PAGE_FAULT = 13,
    TRAP_STORE_PAGE_FAULT = 15,
};

/* Interrupt codes: also their bit numbers in mip and mie. */
enum trap_interrupt {
    TRAP_SSI = 1,
    TRAP_MSI = 3,
    TRAP_STI = 5,
    TRAP_MTI = 7,
    TRAP_SEI = 9,
    TRAP_MEI = 11,
};

/* mcause and scause: set for an interrupt. */
#define TRAP_IS_INTERRUPT (UINT64_C(1) << 63)

/* The exception that a failed translation or a refused final access (MMU_ACCESS_FAULT) raises.
 * status must not be MMU_OK. */
enum trap_cause trap_from_mmu(enum mmu_status status, enum mmu_access access);

/* A short name such as "load page fault", for people; "unknown" for a number that is no cause. */
const char *trap_cause_name(unsigned cause);

/* Takes an exception of the current instruction: privilege, xepc, xcause, xtval, xstatus and pc
 * change, the reservation ends, the exception is counted. The instruction must not retire. */
void trap_raise(struct hart *hart, enum trap_cause cause, uint64_t tval);

/* Takes the highest-priority interrupt that is pending and enabled at the current privilege, before
 * the instruction at pc. Returns false and changes nothing if there is none. */
bool trap_take_interrupt(struct hart *hart);

/* MRET and SRET: privilege and xstatus change, *pc receives xepc. Legality has been checked. */
void trap_return_machine(struct hart *hart, uint64_t *pc);
void trap_return_supervisor(struct hart *hart, uint64_t *pc);

#endif
