/*
 * float.c - the arithmetic of F and D: by the host where it says enough, else in integers.
 *
 * The host computes in its double and float and rounds to nearest even, which gives the same bits
 * on every host of IEEE 754. It is asked neither for other modes nor for its flags: hosts disagree
 * on when a tiny result underflows, and both cost more than the operation. Instead its result is
 * taken if nothing can have been raised but NX, and NX is either raised already or certainly not
 * to be: the result is an exact zero, or it is ordinary (neither NaN, infinite, subnormal nor among
 * the smallest normal numbers) and a cheap test shows that it is exact. All else goes to
 * float_exact.h: other modes, the edges, the first inexact result after NX was cleared.
 *
 * A result in single precision is computed in double precision and rounded again, which gives the
 * same as rounding once, as double has more than twice the digits. Fused ones are the exception.
 *
 * Each operation must round: the build forbids the compiler to fuse two (-ffp-contract=off).
 */
#include "emu/hart/float.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "emu/hart/float_exact.h"

static_assert(FLT_EVAL_METHOD == 0, "the host computes in a wider format than was asked for");
static_assert(FLT_MANT_DIG == 24 && DBL_MANT_DIG == 53, "the host is not one of IEEE 754");

#define FLOAT64_HIDDEN UINT64_C(0x0010000000000000)

static float value32(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double value64(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits32(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t bits64(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* From twice the smallest normal number to the largest: what was tiny before rounding is below. */
static bool is_ordinary32(float value)
{
    return (bits32(value) >> 23 & 0xff) - 2 < 0xff - 2;
}

static bool is_ordinary64(double value)
{
    return (bits64(value) >> 52 & 0x7ff) - 2 < 0x7ff - 2;
}

/* Whether x + y, which rounded is sum, needed no rounding. The error of a sum is a number of the
 * same format, and this computes it. */
static bool is_exact_sum(double x, double y, double sum)
{
    double from_y = sum - x;
    double from_x = sum - from_y;

    return x - from_x == 0 && y - from_y == 0;
}

/* Bits from the highest of a number's significand to its last 1; for what is subnormal, not less.
 */
static int significant_bits(double value)
{
    return DBL_MANT_DIG - __builtin_ctzll(bits64(value) | FLOAT64_HIDDEN);
}

/* Whether x * y is certainly product without rounding. */
static bool is_exact_product(double x, double y, double product)
{
    return significant_bits(x) + significant_bits(y) <= DBL_MANT_DIG && is_ordinary64(product) &&
           x * y == product;
}

/* Whether product is zero because a factor is. */
static bool is_exact_zero(double x, double y, double product)
{
    return product == 0 && (x == 0 || y == 0);
}

/* Whether x * y + z, which rounded to its format is sum, is certainly that. */
static bool is_exact_fma(double x, double y, double z, double sum)
{
    double product = x * y;
    double unrounded = product + z;

    return unrounded == sum && is_exact_product(x, y, product) &&
           is_exact_sum(product, z, unrounded);
}

/* Whether an inexact result changes no flag. */
static bool has_nx(const unsigned *flags)
{
    return (*flags & FLOAT_NX) != 0;
}

/* A sum is never tiny and inexact: if it is zero it is so exactly. */
uint64_t float64_add(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags)
{
    double x = value64(a);
    double y = value64(b);
    double sum = x + y;

    if (rm == FLOAT_RNE && sum == 0) {
        return bits64(sum);
    }
    if (rm == FLOAT_RNE && is_ordinary64(sum) && (has_nx(flags) || is_exact_sum(x, y, sum))) {
        return bits64(sum);
    }
    return float_exact_add(&float_binary64, a, b, rm, flags);
}

uint32_t float32_add(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags)
{
    double x = value32(a);
    double y = value32(b);
    double sum = x + y;
    float rounded = (float)sum;

    if (rm == FLOAT_RNE && sum == 0) {
        return bits32(rounded);
    }
    if (rm == FLOAT_RNE && is_ordinary32(rounded) &&
        (has_nx(flags) || (rounded == sum && is_exact_sum(x, y, sum)))) {
        return bits32(rounded);
    }
    return (uint32_t)float_exact_add(&float_binary32, a, b, rm, flags);
}

uint64_t float64_sub(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags)
{
    return float64_add(a, b ^ FLOAT64_SIGN, rm, flags);
}

uint32_t float32_sub(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags)
{
    return float32_add(a, b ^ FLOAT32_SIGN, rm, flags);
}

uint64_t float64_mul(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags)
{
    double x = value64(a);
    double y = value64(b);
    double product = x * y;

    if (rm == FLOAT_RNE && is_exact_zero(x, y, product)) {
        return bits64(product);
    }
    if (rm == FLOAT_RNE && is_ordinary64(product) &&
        (has_nx(flags) || is_exact_product(x, y, product))) {
        return bits64(product);
    }
    return float_exact_mul(&float_binary64, a, b, rm, flags);
}

/* The product of two singles is exact in double precision. */
uint32_t float32_mul(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags)
{
    double product = (double)value32(a) * (double)value32(b);
    float rounded = (float)product;

    if (rm == FLOAT_RNE && product == 0) {
        return bits32(rounded);
    }
    if (rm == FLOAT_RNE && is_ordinary32(rounded) && (has_nx(flags) || rounded == product)) {
        return bits32(rounded);
    }
    return (uint32_t)float_exact_mul(&float_binary32, a, b, rm, flags);
}

uint64_t float64_div(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags)
{
    double x = value64(a);
    double y = value64(b);
    double quotient = x / y;

    if (rm == FLOAT_RNE && is_ordinary64(quotient) &&
        (has_nx(flags) || is_exact_product(quotient, y, x))) {
        return bits64(quotient);
    }
    return float_exact_div(&float_binary64, a, b, rm, flags);
}

uint32_t float32_div(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags)
{
    double x = value32(a);
    double y = value32(b);
    double quotient = x / y;
    float rounded = (float)quotient;

    if (rm == FLOAT_RNE && is_ordinary32(rounded) &&
        (has_nx(flags) || (rounded == quotient && is_exact_product(quotient, y, x)))) {
        return bits32(rounded);
    }
    return (uint32_t)float_exact_div(&float_binary32, a, b, rm, flags);
}

uint64_t float64_sqrt(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    double x = value64(a);
    double root = sqrt(x);

    if (rm == FLOAT_RNE && is_ordinary64(root) &&
        (has_nx(flags) || is_exact_product(root, root, x))) {
        return bits64(root);
    }
    return float_exact_sqrt(&float_binary64, a, rm, flags);
}

uint32_t float32_sqrt(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    double x = value32(a);
    double root = sqrt(x);
    float rounded = (float)root;

    if (rm == FLOAT_RNE && is_ordinary32(rounded) &&
        (has_nx(flags) || (rounded == root && is_exact_product(root, root, x)))) {
        return bits32(rounded);
    }
    return (uint32_t)float_exact_sqrt(&float_binary32, a, rm, flags);
}

uint64_t float64_fma(uint64_t a, uint64_t b, uint64_t c, enum float_rounding rm, unsigned *flags)
{
    double x = value64(a);
    double y = value64(b);
    double z = value64(c);
    double sum = fma(x, y, z);

    if (rm == FLOAT_RNE && is_ordinary64(sum) && (has_nx(flags) || is_exact_fma(x, y, z, sum))) {
        return bits64(sum);
    }
    return float_exact_fma(&float_binary64, a, b, c, rm, flags);
}

uint32_t float32_fma(uint32_t a, uint32_t b, uint32_t c, enum float_rounding rm, unsigned *flags)
{
    float x = value32(a);
    float y = value32(b);
    float z = value32(c);
    float sum = fmaf(x, y, z);

    if (rm == FLOAT_RNE && is_ordinary32(sum) && (has_nx(flags) || is_exact_fma(x, y, z, sum))) {
        return bits32(sum);
    }
    return (uint32_t)float_exact_fma(&float_binary32, a, b, c, rm, flags);
}

uint32_t float32_from_float64(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    double x = value64(a);
    float rounded = (float)x;

    if (rm == FLOAT_RNE && is_ordinary32(rounded) && (has_nx(flags) || rounded == x)) {
        return bits32(rounded);
    }
    return (uint32_t)float_exact_convert(&float_binary64, &float_binary32, a, rm, flags);
}

uint64_t float64_from_float32(uint32_t a, unsigned *flags)
{
    double x = value32(a);

    if (is_ordinary64(x)) {
        return bits64(x);
    }
    return float_exact_convert(&float_binary32, &float_binary64, a, FLOAT_RNE, flags);
}

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

/* Integers up to 2^24 and 2^53 are numbers of the format, whatever the mode. */

uint32_t float32_from_int64(int64_t value, enum float_rounding rm, unsigned *flags)
{
    if (magnitude_of(value) <= UINT64_C(1) << FLT_MANT_DIG) {
        return bits32((float)value);
    }
    return (uint32_t)float_exact_from_integer(&float_binary32, value < 0, magnitude_of(value), rm,
                                              flags);
}

uint64_t float64_from_int64(int64_t value, enum float_rounding rm, unsigned *flags)
{
    if (magnitude_of(value) <= UINT64_C(1) << DBL_MANT_DIG) {
        return bits64((double)value);
    }
    return float_exact_from_integer(&float_binary64, value < 0, magnitude_of(value), rm, flags);
}

uint32_t float32_from_uint64(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    if (value <= UINT64_C(1) << FLT_MANT_DIG) {
        return bits32((float)value);
    }
    return (uint32_t)float_exact_from_integer(&float_binary32, false, value, rm, flags);
}

uint64_t float64_from_uint64(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    if (value <= UINT64_C(1) << DBL_MANT_DIG) {
        return bits64((double)value);
    }
    return float_exact_from_integer(&float_binary64, false, value, rm, flags);
}

static const struct float_integers int32_range = {UINT64_C(1) << 31, INT32_MAX};
static const struct float_integers uint32_range = {0, UINT32_MAX};
static const struct float_integers int64_range = {UINT64_C(1) << 63, INT64_MAX};
static const struct float_integers uint64_range = {0, UINT64_MAX};

/* The host cuts off as RTZ does: it is asked if the result is one of int64_t and of the type. a is
 * in the format and x its value. */
static uint64_t to_integer(const struct float_format *format, uint64_t a, double x,
                           const struct float_integers *type, enum float_rounding rm,
                           unsigned *flags)
{
    if (rm == FLOAT_RTZ && x > -0x1p63 && x < 0x1p63) {
        int64_t cut = (int64_t)x;
        if (magnitude_of(cut) <= (cut < 0 ? type->lowest : type->highest)) {
            *flags |= (double)cut == x ? 0 : FLOAT_NX;
            return (uint64_t)cut;
        }
    }
    return float_exact_to_integer(format, a, type, rm, flags);
}

int32_t float32_to_int32(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return (int32_t)to_integer(&float_binary32, a, value32(a), &int32_range, rm, flags);
}

int32_t float64_to_int32(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return (int32_t)to_integer(&float_binary64, a, value64(a), &int32_range, rm, flags);
}

uint32_t float32_to_uint32(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return (uint32_t)to_integer(&float_binary32, a, value32(a), &uint32_range, rm, flags);
}

uint32_t float64_to_uint32(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return (uint32_t)to_integer(&float_binary64, a, value64(a), &uint32_range, rm, flags);
}

int64_t float32_to_int64(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return (int64_t)to_integer(&float_binary32, a, value32(a), &int64_range, rm, flags);
}

int64_t float64_to_int64(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return (int64_t)to_integer(&float_binary64, a, value64(a), &int64_range, rm, flags);
}

uint64_t float32_to_uint64(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return to_integer(&float_binary32, a, value32(a), &uint64_range, rm, flags);
}

uint64_t float64_to_uint64(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return to_integer(&float_binary64, a, value64(a), &uint64_range, rm, flags);
}
