/*
 * exec_float_convert.c - conversions between floating-point formats, and to and from integers.
 *
 * An integer of 32 bits is one in the lower half of an x register: what is above it is ignored on
 * the way in, and a copy of its top bit on the way out, even if it is unsigned
 * [norm:fcvt-wu-s_fcvt-lu-s_fcvt-s-wu_fcvt-s-lu_op].
 *
 * Spec: Unpriv. [single-float], [chap:d].
 */
#include "emu/hart/exec_float.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/bits.h"

/* The shapes of conversions: from and to 32 or 64 bits of an f register, or an x register. */

typedef uint32_t narrow_fn(uint64_t a, enum float_rounding rm, unsigned *flags);

static bool narrow(struct hart *hart, const struct insn *insn, narrow_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_single(hart, insn, operate(get_double(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

typedef uint64_t single_to_integer_fn(uint32_t a, enum float_rounding rm, unsigned *flags);

static bool single_to_integer(struct hart *hart, const struct insn *insn,
                              single_to_integer_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_rd(hart, insn, operate(get_single(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

typedef uint64_t double_to_integer_fn(uint64_t a, enum float_rounding rm, unsigned *flags);

static bool double_to_integer(struct hart *hart, const struct insn *insn,
                              double_to_integer_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_rd(hart, insn, operate(get_double(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

typedef uint32_t integer_to_single_fn(uint64_t value, enum float_rounding rm, unsigned *flags);

static bool integer_to_single(struct hart *hart, const struct insn *insn,
                              integer_to_single_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_single(hart, insn, operate(get_rs1(hart, insn), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

typedef uint64_t integer_to_double_fn(uint64_t value, enum float_rounding rm, unsigned *flags);

static bool integer_to_double(struct hart *hart, const struct insn *insn,
                              integer_to_double_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_double(hart, insn, operate(get_rs1(hart, insn), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

void exec_fcvt_s_d(struct hart *hart, const struct insn *insn)
{
    if (narrow(hart, insn, float32_from_float64)) {
        NEXT(hart, insn);
    }
}

/* Never rounds [norm:fcvt_float_rounding]. */
void exec_fcvt_d_s(struct hart *hart, const struct insn *insn)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (float_choose_rounding(hart, insn, &rm)) {
        set_double(hart, insn, float64_from_float32(get_single(hart, insn->rs1), &flags));
        accrue_flags(hart, flags);
        NEXT(hart, insn);
    }
}

/* The types by their letters. */

static uint64_t w_from_s(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return (uint64_t)float32_to_int32(a, rm, flags);
}

static uint64_t wu_from_s(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return sign_extend(float32_to_uint32(a, rm, flags), 32);
}

static uint64_t l_from_s(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return (uint64_t)float32_to_int64(a, rm, flags);
}

static uint64_t lu_from_s(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return float32_to_uint64(a, rm, flags);
}

static uint64_t w_from_d(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return (uint64_t)float64_to_int32(a, rm, flags);
}

static uint64_t wu_from_d(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return sign_extend(float64_to_uint32(a, rm, flags), 32);
}

static uint64_t l_from_d(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return (uint64_t)float64_to_int64(a, rm, flags);
}

static uint64_t lu_from_d(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return float64_to_uint64(a, rm, flags);
}

static uint32_t s_from_w(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    return float32_from_int64((int32_t)value, rm, flags);
}

static uint32_t s_from_wu(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    return float32_from_uint64((uint32_t)value, rm, flags);
}

static uint32_t s_from_l(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    return float32_from_int64((int64_t)value, rm, flags);
}

static uint64_t d_from_w(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    return float64_from_int64((int32_t)value, rm, flags);
}

static uint64_t d_from_wu(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    return float64_from_uint64((uint32_t)value, rm, flags);
}

static uint64_t d_from_l(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    return float64_from_int64((int64_t)value, rm, flags);
}

void exec_fcvt_w_s(struct hart *hart, const struct insn *insn)
{
    if (single_to_integer(hart, insn, w_from_s)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_wu_s(struct hart *hart, const struct insn *insn)
{
    if (single_to_integer(hart, insn, wu_from_s)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_l_s(struct hart *hart, const struct insn *insn)
{
    if (single_to_integer(hart, insn, l_from_s)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_lu_s(struct hart *hart, const struct insn *insn)
{
    if (single_to_integer(hart, insn, lu_from_s)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_w_d(struct hart *hart, const struct insn *insn)
{
    if (double_to_integer(hart, insn, w_from_d)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_wu_d(struct hart *hart, const struct insn *insn)
{
    if (double_to_integer(hart, insn, wu_from_d)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_l_d(struct hart *hart, const struct insn *insn)
{
    if (double_to_integer(hart, insn, l_from_d)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_lu_d(struct hart *hart, const struct insn *insn)
{
    if (double_to_integer(hart, insn, lu_from_d)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_s_w(struct hart *hart, const struct insn *insn)
{
    if (integer_to_single(hart, insn, s_from_w)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_s_wu(struct hart *hart, const struct insn *insn)
{
    if (integer_to_single(hart, insn, s_from_wu)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_s_l(struct hart *hart, const struct insn *insn)
{
    if (integer_to_single(hart, insn, s_from_l)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_s_lu(struct hart *hart, const struct insn *insn)
{
    if (integer_to_single(hart, insn, float32_from_uint64)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_d_w(struct hart *hart, const struct insn *insn)
{
    if (integer_to_double(hart, insn, d_from_w)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_d_wu(struct hart *hart, const struct insn *insn)
{
    if (integer_to_double(hart, insn, d_from_wu)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_d_l(struct hart *hart, const struct insn *insn)
{
    if (integer_to_double(hart, insn, d_from_l)) {
        NEXT(hart, insn);
    }
}

void exec_fcvt_d_lu(struct hart *hart, const struct insn *insn)
{
    if (integer_to_double(hart, insn, float64_from_uint64)) {
        NEXT(hart, insn);
    }
}
