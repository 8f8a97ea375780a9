/*
 * exec_float_math.c - floating-point instructions that round: arithmetic and conversions.
 *
 * All of them have the field rm, those too whose result is never rounded.
 *
 * Spec: Unpriv. [single-float-compute], [chap:d], [norm:roundingmode_dynamic].
 */
#include "emu/hart/exec_float.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/float_quick.h"

/* The shapes of instructions: what goes in and what comes out, 32 or 64 bits of an f register or an
 * x register. */

typedef uint32_t binary32_fn(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags);
typedef bool quick_binary32_fn(uint32_t a, uint32_t b, uint32_t *result);

__attribute__((noinline)) static void binary32_long(struct hart *hart, const struct insn *insn,
                                                    binary32_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_single(hart, insn,
               operate(get_single(hart, insn->rs1), get_single(hart, insn->rs2), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void
binary32(struct hart *hart, const struct insn *insn, quick_binary32_fn *quick, binary32_fn *operate)
{
    uint64_t a = hart->f[insn->rs1];
    uint64_t b = hart->f[insn->rs2];
    uint32_t result;

    if (is_quick_to_nearest(hart, insn) && is_boxed(a & b) &&
        quick((uint32_t)a, (uint32_t)b, &result)) {
        put_single(hart, insn, result);
        NEXT(hart, insn);
    }
    binary32_long(hart, insn, operate);
}

typedef uint64_t binary64_fn(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags);
typedef bool quick_binary64_fn(uint64_t a, uint64_t b, uint64_t *result);

__attribute__((noinline)) static void binary64_long(struct hart *hart, const struct insn *insn,
                                                    binary64_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_double(hart, insn,
               operate(get_double(hart, insn->rs1), get_double(hart, insn->rs2), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void
binary64(struct hart *hart, const struct insn *insn, quick_binary64_fn *quick, binary64_fn *operate)
{
    uint64_t result;

    if (is_quick_to_nearest(hart, insn) &&
        quick(get_double(hart, insn->rs1), get_double(hart, insn->rs2), &result)) {
        put_double(hart, insn, result);
        NEXT(hart, insn);
    }
    binary64_long(hart, insn, operate);
}

typedef uint32_t unary32_fn(uint32_t a, enum float_rounding rm, unsigned *flags);
typedef bool quick_unary32_fn(uint32_t a, uint32_t *result);

__attribute__((noinline)) static void unary32_long(struct hart *hart, const struct insn *insn,
                                                   unary32_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_single(hart, insn, operate(get_single(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void
unary32(struct hart *hart, const struct insn *insn, quick_unary32_fn *quick, unary32_fn *operate)
{
    uint64_t a = hart->f[insn->rs1];
    uint32_t result;

    if (is_quick_to_nearest(hart, insn) && is_boxed(a) && quick((uint32_t)a, &result)) {
        put_single(hart, insn, result);
        NEXT(hart, insn);
    }
    unary32_long(hart, insn, operate);
}

typedef uint64_t unary64_fn(uint64_t a, enum float_rounding rm, unsigned *flags);
typedef bool quick_unary64_fn(uint64_t a, uint64_t *result);

__attribute__((noinline)) static void unary64_long(struct hart *hart, const struct insn *insn,
                                                   unary64_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    set_double(hart, insn, operate(get_double(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void
unary64(struct hart *hart, const struct insn *insn, quick_unary64_fn *quick, unary64_fn *operate)
{
    uint64_t result;

    if (is_quick_to_nearest(hart, insn) && quick(get_double(hart, insn->rs1), &result)) {
        put_double(hart, insn, result);
        NEXT(hart, insn);
    }
    unary64_long(hart, insn, operate);
}

/* -(a * b) is (-a) * b, even of a zero, which is what the manual asks for. */

static inline unsigned rs3(const struct insn *insn)
{
    return (unsigned)insn->imm >> 3;
}

__attribute__((noinline)) static void fused32_long(struct hart *hart, const struct insn *insn,
                                                   uint32_t product_sign, uint32_t addend_sign)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    uint32_t a = get_single(hart, insn->rs1) ^ product_sign;
    uint32_t b = get_single(hart, insn->rs2);
    uint32_t c = get_single(hart, rs3(insn)) ^ addend_sign;
    set_single(hart, insn, float32_fma(a, b, c, rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void
fused32(struct hart *hart, const struct insn *insn, uint32_t product_sign, uint32_t addend_sign)
{
    uint64_t a = hart->f[insn->rs1];
    uint64_t b = hart->f[insn->rs2];
    uint64_t c = hart->f[rs3(insn)];
    uint32_t result;

    if (is_quick_to_nearest(hart, insn) && is_boxed(a & b & c) &&
        float32_quick_fma((uint32_t)a ^ product_sign, (uint32_t)b, (uint32_t)c ^ addend_sign,
                          &result)) {
        put_single(hart, insn, result);
        NEXT(hart, insn);
    }
    fused32_long(hart, insn, product_sign, addend_sign);
}

__attribute__((noinline)) static void fused64_long(struct hart *hart, const struct insn *insn,
                                                   uint64_t product_sign, uint64_t addend_sign)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return;
    }
    uint64_t a = get_double(hart, insn->rs1) ^ product_sign;
    uint64_t b = get_double(hart, insn->rs2);
    uint64_t c = get_double(hart, rs3(insn)) ^ addend_sign;
    set_double(hart, insn, float64_fma(a, b, c, rm, &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void
fused64(struct hart *hart, const struct insn *insn, uint64_t product_sign, uint64_t addend_sign)
{
    uint64_t a = get_double(hart, insn->rs1) ^ product_sign;
    uint64_t b = get_double(hart, insn->rs2);
    uint64_t c = get_double(hart, rs3(insn)) ^ addend_sign;
    uint64_t result;

    if (is_exact_to_nearest(hart, insn) && float64_quick_exact_fma(a, b, c, &result)) {
        put_double(hart, insn, result);
        NEXT(hart, insn);
    }
    if (is_quick_to_nearest(hart, insn) && float64_quick_fma(a, b, c, &result)) {
        put_double(hart, insn, result);
        NEXT(hart, insn);
    }
    fused64_long(hart, insn, product_sign, addend_sign);
}

HANDLER(fadd_s)
{
    binary32(hart, insn, float32_quick_add, float32_add);
}

HANDLER(fadd_d)
{
    binary64(hart, insn, float64_quick_add, float64_add);
}

HANDLER(fsub_s)
{
    binary32(hart, insn, float32_quick_sub, float32_sub);
}

HANDLER(fsub_d)
{
    binary64(hart, insn, float64_quick_sub, float64_sub);
}

HANDLER(fmul_s)
{
    binary32(hart, insn, float32_quick_mul, float32_mul);
}

HANDLER(fmul_d)
{
    binary64(hart, insn, float64_quick_mul, float64_mul);
}

HANDLER(fdiv_s)
{
    binary32(hart, insn, float32_quick_div, float32_div);
}

HANDLER(fdiv_d)
{
    binary64(hart, insn, float64_quick_div, float64_div);
}

HANDLER(fsqrt_s)
{
    unary32(hart, insn, float32_quick_sqrt, float32_sqrt);
}

HANDLER(fsqrt_d)
{
    unary64(hart, insn, float64_quick_sqrt, float64_sqrt);
}

HANDLER(fmadd_s)
{
    fused32(hart, insn, 0, 0);
}

HANDLER(fmadd_d)
{
    fused64(hart, insn, 0, 0);
}

HANDLER(fmsub_s)
{
    fused32(hart, insn, 0, FLOAT32_SIGN);
}

HANDLER(fmsub_d)
{
    fused64(hart, insn, 0, FLOAT64_SIGN);
}

HANDLER(fnmsub_s)
{
    fused32(hart, insn, FLOAT32_SIGN, 0);
}

HANDLER(fnmsub_d)
{
    fused64(hart, insn, FLOAT64_SIGN, 0);
}

HANDLER(fnmadd_s)
{
    fused32(hart, insn, FLOAT32_SIGN, FLOAT32_SIGN);
}

HANDLER(fnmadd_d)
{
    fused64(hart, insn, FLOAT64_SIGN, FLOAT64_SIGN);
}
