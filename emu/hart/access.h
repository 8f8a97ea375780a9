/*
 * access.h - a hart's way to memory: effective privilege, translation, PMP, bus, in that order.
 *
 * Every function that returns bool returns false after it has raised the exception itself: the
 * instruction must then end without a trace. Misaligned loads and stores to RAM are done; both
 * halves of one that crosses a page are translated and checked before either is performed.
 *
 * Spec: Priv. [sv39], [pmp], [mstatus.MPRV]; Unpriv. [zalrsc], [zaamo], [cmo].
 */
#ifndef EMU_HART_ACCESS_H
#define EMU_HART_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

struct hart;

enum { RESERVATION_BYTES = 64, CACHE_BLOCK_BYTES = 64 };

/* Applies an atomic operation: the value to store, from the old value and the operand, each in the
 * low bits of its size; bits above are ignored. */
typedef uint64_t amo_fn(uint64_t old, uint64_t operand);

/* Reads the instruction at pc: 2 or 4 bytes into *bits (a compressed one in the low half). */
bool access_fetch(struct hart *hart, uint32_t *bits, unsigned *length);

/* Loads size (1, 2, 4, 8) bytes, zero-extended. */
bool access_load(struct hart *hart, uint64_t va, unsigned size, uint64_t *value);

/* Stores the low size (1, 2, 4, 8) bytes of value. */
bool access_store(struct hart *hart, uint64_t va, unsigned size, uint64_t value);

/* LR: loads size (4, 8) bytes, zero-extended, and reserves the aligned RESERVATION_BYTES. */
bool access_load_reserved(struct hart *hart, uint64_t va, unsigned size, uint64_t *value);

/* SC: checks like a store, stores if the reservation stands, ends it. *stored tells. */
bool access_store_conditional(struct hart *hart, uint64_t va, unsigned size, uint64_t value,
                              bool *stored);

/* AMO: one read and write of size (4, 8) bytes; *old is zero-extended. */
bool access_amo(struct hart *hart, uint64_t va, unsigned size, amo_fn *operate, uint64_t operand,
                uint64_t *old);

/* CBO.ZERO: stores zeros to the CACHE_BLOCK_BYTES around va, as one store. */
bool access_zero_block(struct hart *hart, uint64_t va);

/* CBO.CLEAN, CBO.FLUSH, CBO.INVAL: checks that the block around va may be loaded or stored;
 * counts as a store, and faults like one. */
bool access_manage_block(struct hart *hart, uint64_t va);

/* What a translation for this access depends on just now: MPRV applied to loads and stores. */
struct mmu_mode access_mode(const struct hart *hart, enum mmu_access access);

/* The page-table walker's memory for this hart: PMP as S-mode, RAM only. ctx is the hart. */
struct mmu_memory access_walker_memory(struct hart *hart);

/* Ends the reservation if [pa, pa + length) overlaps it: a device, the walker or the host wrote. */
void access_end_reservation(struct hart *hart, uint64_t pa, uint64_t length);

#endif
