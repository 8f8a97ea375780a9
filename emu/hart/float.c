/*
 * float.c - the arithmetic of F and D: by the host where it says enough, else in integers.
 *
 * The host computes in its double and float and rounds to nearest even, which gives the same bits
 * on every host of IEEE 754. It is asked neither for other modes nor for its flags: hosts disagree
 * on when a tiny result underflows, and both cost more than the operation. Instead its result is
 * taken if nothing can have been raised but NX (float_quick.h), and NX is either raised already or
 * certainly not to be: a cheap test shows that the result is exact. All else goes to float_exact.h:
 * other modes, the edges, the first inexact result after NX was cleared.
 *
 * Whether a result in single precision is exact is seen in double precision, which holds every
 * product of two singles.
 *
 * Each operation must round: the build forbids the compiler to fuse two (-ffp-contract=off).
 */
#include "emu/hart/float.h"

#include <assert.h>
#include <float.h>

#include "emu/hart/float_exact.h"
#include "emu/hart/float_quick.h"

static_assert(FLT_EVAL_METHOD == 0, "the host computes in a wider format than was asked for");
static_assert(FLT_MANT_DIG == 24 && DBL_MANT_DIG == 53, "the host is not one of IEEE 754");

/* Whether x * y + z, which rounded to its format is sum, is certainly that. */
static bool is_exact_fma(double x, double y, double z, double sum)
{
    double unrounded;

    return float_quick_exact_fma(x, y, z, &unrounded) && unrounded == sum;
}

static bool is_zero64(uint64_t bits)
{
    return (bits & ~FLOAT64_SIGN) == 0;
}

/* Whether an inexact result changes no flag. */
static bool has_nx(const unsigned *flags)
{
    return (*flags & FLOAT_NX) != 0;
}

uint64_t float64_add(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags)
{
    uint64_t sum;

    if (rm == FLOAT_RNE && float64_quick_add(a, b, &sum) &&
        (has_nx(flags) ||
         float_is_exact_sum(float64_value(a), float64_value(b), float64_value(sum)))) {
        return sum;
    }
    return float_exact_add(&float_binary64, a, b, rm, flags);
}

/* Whether the sum of two singles, in the wider format, is sum. */
static bool is_exact_sum32(uint32_t a, uint32_t b, uint32_t sum)
{
    double x = (double)float32_value(a);
    double y = (double)float32_value(b);
    double wide = x + y;

    return (double)float32_value(sum) == wide && float_is_exact_sum(x, y, wide);
}

uint32_t float32_add(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags)
{
    uint32_t sum;

    if (rm == FLOAT_RNE && float32_quick_add(a, b, &sum) &&
        (has_nx(flags) || is_exact_sum32(a, b, sum))) {
        return sum;
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

/* A product or quotient of zero is an exact one, if float_quick.h answers for it. */

uint64_t float64_mul(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags)
{
    uint64_t product;

    if (rm == FLOAT_RNE && float64_quick_mul(a, b, &product) &&
        (has_nx(flags) || is_zero64(product) ||
         float_is_exact_product(float64_value(a), float64_value(b), float64_value(product)))) {
        return product;
    }
    return float_exact_mul(&float_binary64, a, b, rm, flags);
}

/* The product of two singles is exact in double precision. */
uint32_t float32_mul(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags)
{
    double exact = (double)float32_value(a) * (double)float32_value(b);
    uint32_t product;

    if (rm == FLOAT_RNE && float32_quick_mul(a, b, &product) &&
        (has_nx(flags) || (double)float32_value(product) == exact)) {
        return product;
    }
    return (uint32_t)float_exact_mul(&float_binary32, a, b, rm, flags);
}

uint64_t float64_div(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags)
{
    uint64_t quotient;

    if (rm == FLOAT_RNE && float64_quick_div(a, b, &quotient) &&
        (has_nx(flags) || is_zero64(quotient) ||
         float_is_exact_product(float64_value(quotient), float64_value(b), float64_value(a)))) {
        return quotient;
    }
    return float_exact_div(&float_binary64, a, b, rm, flags);
}

uint32_t float32_div(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags)
{
    double x = (double)float32_value(a);
    double y = (double)float32_value(b);
    uint32_t quotient;

    if (rm == FLOAT_RNE && float32_quick_div(a, b, &quotient) &&
        (has_nx(flags) || (double)float32_value(quotient) * y == x)) {
        return quotient;
    }
    return (uint32_t)float_exact_div(&float_binary32, a, b, rm, flags);
}

uint64_t float64_sqrt(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    uint64_t root;

    if (rm == FLOAT_RNE && float64_quick_sqrt(a, &root) &&
        (has_nx(flags) || is_zero64(root) ||
         float_is_exact_product(float64_value(root), float64_value(root), float64_value(a)))) {
        return root;
    }
    return float_exact_sqrt(&float_binary64, a, rm, flags);
}

uint32_t float32_sqrt(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    uint32_t root;

    if (rm == FLOAT_RNE && float32_quick_sqrt(a, &root)) {
        double exact = (double)float32_value(root);

        if (has_nx(flags) || exact * exact == (double)float32_value(a)) {
            return root;
        }
    }
    return (uint32_t)float_exact_sqrt(&float_binary32, a, rm, flags);
}

uint64_t float64_fma(uint64_t a, uint64_t b, uint64_t c, enum float_rounding rm, unsigned *flags)
{
    uint64_t sum;

    if (rm == FLOAT_RNE && (has_nx(flags) ? float64_quick_fma(a, b, c, &sum)
                                          : float64_quick_exact_fma(a, b, c, &sum))) {
        return sum;
    }
    return float_exact_fma(&float_binary64, a, b, c, rm, flags);
}

uint32_t float32_fma(uint32_t a, uint32_t b, uint32_t c, enum float_rounding rm, unsigned *flags)
{
    uint32_t sum;

    if (rm == FLOAT_RNE && float32_quick_fma(a, b, c, &sum) &&
        (has_nx(flags) || is_exact_fma((double)float32_value(a), (double)float32_value(b),
                                       (double)float32_value(c), (double)float32_value(sum)))) {
        return sum;
    }
    return (uint32_t)float_exact_fma(&float_binary32, a, b, c, rm, flags);
}

uint32_t float32_from_float64(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    uint32_t rounded;

    if (rm == FLOAT_RNE && float32_quick_from_float64(a, &rounded) &&
        (has_nx(flags) || (double)float32_value(rounded) == float64_value(a))) {
        return rounded;
    }
    return (uint32_t)float_exact_convert(&float_binary64, &float_binary32, a, rm, flags);
}

/* Every single that is a number is a double too. */
uint64_t float64_from_float32(uint32_t a, unsigned *flags)
{
    uint64_t wide;

    if (float64_quick_from_float32(a, &wide)) {
        return wide;
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
        return float32_quick_from_int64(value);
    }
    return (uint32_t)float_exact_from_integer(&float_binary32, value < 0, magnitude_of(value), rm,
                                              flags);
}

uint64_t float64_from_int64(int64_t value, enum float_rounding rm, unsigned *flags)
{
    if (magnitude_of(value) <= UINT64_C(1) << DBL_MANT_DIG) {
        return float64_quick_from_int64(value);
    }
    return float_exact_from_integer(&float_binary64, value < 0, magnitude_of(value), rm, flags);
}

uint32_t float32_from_uint64(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    if (value <= UINT64_C(1) << FLT_MANT_DIG) {
        return float32_quick_from_uint64(value);
    }
    return (uint32_t)float_exact_from_integer(&float_binary32, false, value, rm, flags);
}

uint64_t float64_from_uint64(uint64_t value, enum float_rounding rm, unsigned *flags)
{
    if (value <= UINT64_C(1) << DBL_MANT_DIG) {
        return float64_quick_from_uint64(value);
    }
    return float_exact_from_integer(&float_binary64, false, value, rm, flags);
}

/* A type of integers, and how the host cuts numbers off to it. */
struct integers {
    struct float_integers range;
    float_quick_cut_fn *cut;
};

static const struct integers int32_type = {{UINT64_C(1) << 31, INT32_MAX}, float_quick_cut_int32};
static const struct integers uint32_type = {{0, UINT32_MAX}, float_quick_cut_uint32};
static const struct integers int64_type = {{UINT64_C(1) << 63, INT64_MAX}, float_quick_cut_int64};
static const struct integers uint64_type = {{0, UINT64_MAX}, float_quick_cut_uint64};

/* a is in the format and x its value. */
static uint64_t to_integer(const struct float_format *format, uint64_t a, double x,
                           const struct integers *type, enum float_rounding rm, unsigned *flags)
{
    uint64_t cut;

    if (rm == FLOAT_RTZ && type->cut(x, &cut)) {
        *flags |= (double)(int64_t)cut == x ? 0 : FLOAT_NX;
        return cut;
    }
    return float_exact_to_integer(format, a, &type->range, rm, flags);
}

int32_t float32_to_int32(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return (int32_t)to_integer(&float_binary32, a, (double)float32_value(a), &int32_type, rm,
                               flags);
}

int32_t float64_to_int32(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return (int32_t)to_integer(&float_binary64, a, float64_value(a), &int32_type, rm, flags);
}

uint32_t float32_to_uint32(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return (uint32_t)to_integer(&float_binary32, a, (double)float32_value(a), &uint32_type, rm,
                                flags);
}

uint32_t float64_to_uint32(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return (uint32_t)to_integer(&float_binary64, a, float64_value(a), &uint32_type, rm, flags);
}

int64_t float32_to_int64(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return (int64_t)to_integer(&float_binary32, a, (double)float32_value(a), &int64_type, rm,
                               flags);
}

int64_t float64_to_int64(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return (int64_t)to_integer(&float_binary64, a, float64_value(a), &int64_type, rm, flags);
}

uint64_t float32_to_uint64(uint32_t a, enum float_rounding rm, unsigned *flags)
{
    return to_integer(&float_binary32, a, (double)float32_value(a), &uint64_type, rm, flags);
}

uint64_t float64_to_uint64(uint64_t a, enum float_rounding rm, unsigned *flags)
{
    return to_integer(&float_binary64, a, float64_value(a), &uint64_type, rm, flags);
}
