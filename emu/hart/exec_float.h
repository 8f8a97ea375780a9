/*
 * exec_float.h - what the handlers of floating-point instructions share: the f registers, NaN
 * boxing, and the state of the unit in mstatus.FS and fcsr.
 *
 * An instruction that writes an f register or changes fflags makes FS Dirty.
 *
 * Most handlers come in two parts. The first serves nearly always and needs no stack frame: FS is
 * Dirty, the host's arithmetic gives the result (float_quick.h), and no flag is new. If anything is
 * otherwise it has changed nothing, and ends in the long way, a function that is not inlined and
 * begins from the beginning. What several handlers share is inlined into each, so that the
 * operation is known there and not called.
 *
 * Spec: Unpriv. [nanboxing], [single-float]; Priv. [norm:mstatus_fs_vs_xs_off_op],
 * [norm:mstatus_fs_vs_xs_dirty_op].
 */
#ifndef EMU_HART_EXEC_FLOAT_H
#define EMU_HART_EXEC_FLOAT_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/csr.h"
#include "emu/hart/csr_float.h"
#include "emu/hart/exec.h"
#include "emu/hart/float.h"
#include "emu/hart/hart.h"
#include "emu/hart/insn.h"

/* The upper half of a register that holds a number of 32 bits. */
#define FLOAT_BOX UINT64_C(0xffffffff00000000)

/* Whether the unit is on; if not, raises an illegal-instruction exception. */
static inline bool float_is_on(struct hart *hart, const struct insn *insn)
{
    if ((hart->csr.mstatus & MSTATUS_FS) == 0) {
        raise_illegal(hart, insn);
        return false;
    }
    return true;
}

/* Whether the instruction may take what the host computes to nearest, or towards zero, at once: see
 * struct csr_float_quick. Above rm, imm may have the number of a register. */

static inline bool is_quick_to_nearest(const struct hart *hart, const struct insn *insn)
{
    return (hart->csr.float_quick.to_nearest >> (insn->imm & 31) & 1) != 0;
}

static inline bool is_quick_towards_zero(const struct hart *hart, const struct insn *insn)
{
    return (hart->csr.float_quick.towards_zero >> (insn->imm & 31) & 1) != 0;
}

static inline bool is_exact_to_nearest(const struct hart *hart, const struct insn *insn)
{
    return (hart->csr.float_quick.exact_to_nearest >> (insn->imm & 31) & 1) != 0;
}

/* The rounding mode that an instruction asks for. If the unit is off, or there is no such mode,
 * raises an illegal-instruction exception and returns false.
 *
 * Choice: reserved rounding modes are illegal, in rm and in frm [norm:roundingmode_rsv]. */
static inline bool float_choose_rounding(struct hart *hart, const struct insn *insn,
                                         enum float_rounding *rm)
{
    unsigned mode = (unsigned)insn->imm & 7;

    if (!float_is_on(hart, insn)) {
        return false;
    }
    if (mode == FLOAT_DYNAMIC) {
        mode = hart->csr.frm;
    }
    if (mode > FLOAT_RMM) {
        raise_illegal(hart, insn);
        return false;
    }
    *rm = (enum float_rounding)mode;
    return true;
}

/* The number of 32 bits in a register: of one that is not boxed, a NaN
 * [norm:FP_nontransfer_instrs_improper_nan-boxed_input]. */
static inline uint32_t get_single(const struct hart *hart, unsigned number)
{
    uint64_t bits = hart->f[number];
    return (bits & FLOAT_BOX) == FLOAT_BOX ? (uint32_t)bits : FLOAT32_NAN;
}

static inline uint64_t get_double(const struct hart *hart, unsigned number)
{
    return hart->f[number];
}

/* Whether a register holds a number of 32 bits; of several ANDed, whether all do. */
static inline bool is_boxed(uint64_t bits)
{
    return bits >= FLOAT_BOX;
}

/* Whether FS is Dirty: SD says so, as there is no other state that it sums up. */
static inline bool float_is_dirty(const struct hart *hart)
{
    return (hart->csr.mstatus & MSTATUS_SD) != 0;
}

/* Writes an f register where FS is Dirty already. */
static inline void put_double(struct hart *hart, const struct insn *insn, uint64_t value)
{
    hart->f[insn->rd] = value;
}

static inline void put_single(struct hart *hart, const struct insn *insn, uint32_t value)
{
    put_double(hart, insn, FLOAT_BOX | value);
}

static inline void set_double(struct hart *hart, const struct insn *insn, uint64_t value)
{
    put_double(hart, insn, value);
    if (!float_is_dirty(hart)) {
        csr_float_make_dirty(hart);
    }
}

static inline void set_single(struct hart *hart, const struct insn *insn, uint32_t value)
{
    set_double(hart, insn, FLOAT_BOX | value);
}

/* Makes fflags what they have become, those raised before included.
 *
 * Choice: raising a flag that was raised already leaves FS as it is
 * [norm:mstatus_fs_no_change_dirty]. */
static inline void accrue_flags(struct hart *hart, unsigned flags)
{
    if (flags != hart->csr.fflags) {
        csr_set_fflags(hart, flags);
    }
}

#endif
