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

/* The shapes of instructions: what goes in and what comes out, 32 or 64 bits of an f register or an
 * x register. */

typedef uint32_t binary32_fn(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags);

static bool binary32(struct hart *hart, const struct insn *insn, binary32_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_single(hart, insn,
               operate(get_single(hart, insn->rs1), get_single(hart, insn->rs2), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

typedef uint64_t binary64_fn(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags);

static bool binary64(struct hart *hart, const struct insn *insn, binary64_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_double(hart, insn,
               operate(get_double(hart, insn->rs1), get_double(hart, insn->rs2), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

typedef uint32_t unary32_fn(uint32_t a, enum float_rounding rm, unsigned *flags);

static bool unary32(struct hart *hart, const struct insn *insn, unary32_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_single(hart, insn, operate(get_single(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

typedef uint64_t unary64_fn(uint64_t a, enum float_rounding rm, unsigned *flags);

static bool unary64(struct hart *hart, const struct insn *insn, unary64_fn *operate)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    set_double(hart, insn, operate(get_double(hart, insn->rs1), rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

/* -(a * b) is (-a) * b, even of a zero, which is what the manual asks for. */

static bool fused32(struct hart *hart, const struct insn *insn, uint32_t product_sign,
                    uint32_t addend_sign)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    uint32_t a = get_single(hart, insn->rs1) ^ product_sign;
    uint32_t b = get_single(hart, insn->rs2);
    uint32_t c = get_single(hart, (unsigned)insn->imm >> 3) ^ addend_sign;
    set_single(hart, insn, float32_fma(a, b, c, rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

static bool fused64(struct hart *hart, const struct insn *insn, uint64_t product_sign,
                    uint64_t addend_sign)
{
    enum float_rounding rm;
    unsigned flags = hart->csr.fflags;

    if (!float_choose_rounding(hart, insn, &rm)) {
        return false;
    }
    uint64_t a = get_double(hart, insn->rs1) ^ product_sign;
    uint64_t b = get_double(hart, insn->rs2);
    uint64_t c = get_double(hart, (unsigned)insn->imm >> 3) ^ addend_sign;
    set_double(hart, insn, float64_fma(a, b, c, rm, &flags));
    accrue_flags(hart, flags);
    return true;
}

void exec_fadd_s(struct hart *hart, const struct insn *insn)
{
    if (binary32(hart, insn, float32_add)) {
        NEXT(hart, insn);
    }
}

void exec_fadd_d(struct hart *hart, const struct insn *insn)
{
    if (binary64(hart, insn, float64_add)) {
        NEXT(hart, insn);
    }
}

void exec_fsub_s(struct hart *hart, const struct insn *insn)
{
    if (binary32(hart, insn, float32_sub)) {
        NEXT(hart, insn);
    }
}

void exec_fsub_d(struct hart *hart, const struct insn *insn)
{
    if (binary64(hart, insn, float64_sub)) {
        NEXT(hart, insn);
    }
}

void exec_fmul_s(struct hart *hart, const struct insn *insn)
{
    if (binary32(hart, insn, float32_mul)) {
        NEXT(hart, insn);
    }
}

void exec_fmul_d(struct hart *hart, const struct insn *insn)
{
    if (binary64(hart, insn, float64_mul)) {
        NEXT(hart, insn);
    }
}

void exec_fdiv_s(struct hart *hart, const struct insn *insn)
{
    if (binary32(hart, insn, float32_div)) {
        NEXT(hart, insn);
    }
}

void exec_fdiv_d(struct hart *hart, const struct insn *insn)
{
    if (binary64(hart, insn, float64_div)) {
        NEXT(hart, insn);
    }
}

void exec_fsqrt_s(struct hart *hart, const struct insn *insn)
{
    if (unary32(hart, insn, float32_sqrt)) {
        NEXT(hart, insn);
    }
}

void exec_fsqrt_d(struct hart *hart, const struct insn *insn)
{
    if (unary64(hart, insn, float64_sqrt)) {
        NEXT(hart, insn);
    }
}

void exec_fmadd_s(struct hart *hart, const struct insn *insn)
{
    if (fused32(hart, insn, 0, 0)) {
        NEXT(hart, insn);
    }
}

void exec_fmadd_d(struct hart *hart, const struct insn *insn)
{
    if (fused64(hart, insn, 0, 0)) {
        NEXT(hart, insn);
    }
}

void exec_fmsub_s(struct hart *hart, const struct insn *insn)
{
    if (fused32(hart, insn, 0, FLOAT32_SIGN)) {
        NEXT(hart, insn);
    }
}

void exec_fmsub_d(struct hart *hart, const struct insn *insn)
{
    if (fused64(hart, insn, 0, FLOAT64_SIGN)) {
        NEXT(hart, insn);
    }
}

void exec_fnmsub_s(struct hart *hart, const struct insn *insn)
{
    if (fused32(hart, insn, FLOAT32_SIGN, 0)) {
        NEXT(hart, insn);
    }
}

void exec_fnmsub_d(struct hart *hart, const struct insn *insn)
{
    if (fused64(hart, insn, FLOAT64_SIGN, 0)) {
        NEXT(hart, insn);
    }
}

void exec_fnmadd_s(struct hart *hart, const struct insn *insn)
{
    if (fused32(hart, insn, FLOAT32_SIGN, FLOAT32_SIGN)) {
        NEXT(hart, insn);
    }
}

void exec_fnmadd_d(struct hart *hart, const struct insn *insn)
{
    if (fused64(hart, insn, FLOAT64_SIGN, FLOAT64_SIGN)) {
        NEXT(hart, insn);
    }
}
