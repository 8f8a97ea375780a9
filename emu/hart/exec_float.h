/*
 * exec_float.h - what the handlers of floating-point instructions share: the f registers, NaN
 * boxing, and the state of the unit in mstatus.FS and fcsr.
 *
 * An instruction that writes an f register or changes fflags makes FS Dirty.
 *
 * Spec: Unpriv. [nanboxing], [single-float]; Priv. [norm:mstatus_fs_vs_xs_off_op],
 * [norm:mstatus_fs_vs_xs_dirty_op].
 */
#ifndef EMU_HART_EXEC_FLOAT_H
#define EMU_HART_EXEC_FLOAT_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/csr.h"
#include "emu/hart/exec.h"
#include "emu/hart/float.h"
#include "emu/hart/hart.h"
#include "emu/hart/insn.h"

/* The upper half of a register that holds a number of 32 bits. */
#define FLOAT_BOX UINT64_C(0xffffffff00000000)

/* What rm holds to mean frm. */
enum { FLOAT_DYNAMIC = 7 };

/* Whether the unit is on; if not, raises an illegal-instruction exception. */
static inline bool float_is_on(struct hart *hart, const struct insn *insn)
{
    if ((hart->csr.mstatus & MSTATUS_FS) == 0) {
        exec_illegal(hart, insn);
        return false;
    }
    return true;
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
        exec_illegal(hart, insn);
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

static inline void set_double(struct hart *hart, const struct insn *insn, uint64_t value)
{
    hart->f[insn->rd] = value;
    hart->csr.mstatus |= MSTATUS_FS | MSTATUS_SD;
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
