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
#include "emu/hart/float_quick.h"

/* The shapes of conversions: from and to 32 or 64 bits of an f register, or an x register. */

typedef uint64_t single_to_integer_fn(uint32_t a, enum float_rounding rm, unsigned *flags);

__attribute__((noinline)) static void
single_to_integer_long(struct hart *hart, const struct insn *insn, single_to_integer_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_rd(hart, insn, operate(get_single(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void single_to_integer(struct hart *hart,
                                                                    const struct insn *insn,
                                                                    float_quick_cut_fn *cut,
                                                                    single_to_integer_fn *operate)
{
    uint64_t a = hart->f[insn->rs1];
    uint64_t result;

    if (is_quick_towards_zero(hart, insn) && is_boxed(a) &&
        cut((double)float32_value((uint32_t)a), &result)) {
        set_rd(hart, insn, result);
        NEXT(hart, insn);
    }
    single_to_integer_long(hart, insn, operate);
}

typedef uint64_t double_to_integer_fn(uint64_t a, enum float_rounding rm, unsigned *flags);

__attribute__((noinline)) static void
double_to_integer_long(struct hart *hart, const struct insn *insn, double_to_integer_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_rd(hart, insn, operate(get_double(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void double_to_integer(struct hart *hart,
                                                                    const struct insn *insn,
                                                                    float_quick_cut_fn *cut,
                                                                    double_to_integer_fn *operate)
{
    uint64_t result;

    if (is_quick_towards_zero(hart, insn) &&
        cut(float64_value(get_double(hart, insn->rs1)), &result)) {
        set_rd(hart, insn, result);
        NEXT(hart, insn);
    }
    double_to_integer_long(hart, insn, operate);
}

typedef uint32_t integer_to_single_fn(uint64_t value, enum float_rounding rm, unsigned *flags);
typedef uint32_t quick_integer_to_single_fn(uint64_t value);

__attribute__((noinline)) static void
integer_to_single_long(struct hart *hart, const struct insn *insn, integer_to_single_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_single(hart, insn, operate(get_rs1(hart, insn), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void
integer_to_single(struct hart *hart, const struct insn *insn, quick_integer_to_single_fn *quick,
                  integer_to_single_fn *operate)
{
    if (is_quick_to_nearest(hart, insn)) {
        put_single(hart, insn, quick(get_rs1(hart, insn)));
        NEXT(hart, insn);
    }
    integer_to_single_long(hart, insn, operate);
}

typedef uint64_t integer_to_double_fn(uint64_t value, enum float_rounding rm, unsigned *flags);
typedef uint64_t quick_integer_to_double_fn(uint64_t value);

__attribute__((noinline)) static void
integer_to_double_long(struct hart *hart, const struct insn *insn, integer_to_double_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_double(hart, insn, operate(get_rs1(hart, insn), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void
integer_to_double(struct hart *hart, const struct insn *insn, quick_integer_to_double_fn *quick,
                  integer_to_double_fn *operate)
{
    if (is_quick_to_nearest(hart, insn)) {
        put_double(hart, insn, quick(get_rs1(hart, insn)));
        NEXT(hart, insn);
    }
    integer_to_double_long(hart, insn, operate);
}

__attribute__((noinline)) static void narrow_long(struct hart *hart, const struct insn *insn)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_single(hart, insn, float32_from_float64(get_double(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

HANDLER(fcvt_s_d)
{
    uint32_t result;

    if (is_quick_to_nearest(hart, insn) &&
        float32_quick_from_float64(get_double(hart, insn->rs1), &result)) {
        put_single(hart, insn, result);
        NEXT(hart, insn);
    }
    narrow_long(hart, insn);
}

__attribute__((noinline)) static void widen_long(struct hart *hart, const struct insn *insn)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_double(hart, insn, float64_from_float32(get_single(hart, insn->rs1), &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

/* Never rounds [norm:fcvt_float_rounding]. */
HANDLER(fcvt_d_s)
{
    uint64_t a = hart->f[insn->rs1];
    uint64_t result;

    if (is_quick_to_nearest(hart, insn) && is_boxed(a) &&
        float64_quick_from_float32((uint32_t)a, &result)) {
        put_double(hart, insn, result);
        NEXT(hart, insn);
    }
    widen_long(hart, insn);
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

/* The same by the host alone. What fits into 32 bits is sign-extended by the cut, but for wu. */

static inline bool quick_wu(double x, uint64_t *result)
{
    uint64_t cut;

    if (!float_quick_cut_uint32(x, &cut)) {
        return false;
    }
    *result = sign_extend(cut, 32);
    return true;
}

static inline uint32_t quick_s_from_w(uint64_t value)
{
    return float32_quick_from_int64((int32_t)value);
}

static inline uint32_t quick_s_from_wu(uint64_t value)
{
    return float32_quick_from_uint64((uint32_t)value);
}

static inline uint32_t quick_s_from_l(uint64_t value)
{
    return float32_quick_from_int64((int64_t)value);
}

static inline uint64_t quick_d_from_w(uint64_t value)
{
    return float64_quick_from_int64((int32_t)value);
}

static inline uint64_t quick_d_from_wu(uint64_t value)
{
    return float64_quick_from_uint64((uint32_t)value);
}

static inline uint64_t quick_d_from_l(uint64_t value)
{
    return float64_quick_from_int64((int64_t)value);
}

HANDLER(fcvt_w_s)
{
    single_to_integer(hart, insn, float_quick_cut_int32, w_from_s);
}

HANDLER(fcvt_wu_s)
{
    single_to_integer(hart, insn, quick_wu, wu_from_s);
}

HANDLER(fcvt_l_s)
{
    single_to_integer(hart, insn, float_quick_cut_int64, l_from_s);
}

HANDLER(fcvt_lu_s)
{
    single_to_integer(hart, insn, float_quick_cut_uint64, lu_from_s);
}

HANDLER(fcvt_w_d)
{
    double_to_integer(hart, insn, float_quick_cut_int32, w_from_d);
}

HANDLER(fcvt_wu_d)
{
    double_to_integer(hart, insn, quick_wu, wu_from_d);
}

HANDLER(fcvt_l_d)
{
    double_to_integer(hart, insn, float_quick_cut_int64, l_from_d);
}

HANDLER(fcvt_lu_d)
{
    double_to_integer(hart, insn, float_quick_cut_uint64, lu_from_d);
}

HANDLER(fcvt_s_w)
{
    integer_to_single(hart, insn, quick_s_from_w, s_from_w);
}

HANDLER(fcvt_s_wu)
{
    integer_to_single(hart, insn, quick_s_from_wu, s_from_wu);
}

HANDLER(fcvt_s_l)
{
    integer_to_single(hart, insn, quick_s_from_l, s_from_l);
}

HANDLER(fcvt_s_lu)
{
    integer_to_single(hart, insn, float32_quick_from_uint64, float32_from_uint64);
}

HANDLER(fcvt_d_w)
{
    integer_to_double(hart, insn, quick_d_from_w, d_from_w);
}

HANDLER(fcvt_d_wu)
{
    integer_to_double(hart, insn, quick_d_from_wu, d_from_wu);
}

HANDLER(fcvt_d_l)
{
    integer_to_double(hart, insn, quick_d_from_l, d_from_l);
}

HANDLER(fcvt_d_lu)
{
    integer_to_double(hart, insn, float64_quick_from_uint64, float64_from_uint64);
}
