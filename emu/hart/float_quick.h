/*
 * float_quick.h - what the host's own arithmetic says of F and D, for float.c and for handlers that
 * have no time for more.
 *
 * Each function writes what the host computes, rounded to nearest even, and returns whether that is
 * the result and no flag but NX can have been raised. Whether NX is, the caller must know: it is
 * raised already, or float.c looks whether the result is exact. So a result counts if it is an
 * exact zero or ordinary: neither NaN nor infinite nor subnormal nor among the smallest normal
 * numbers, which may have been tiny before they were rounded.
 *
 * A number is a bit pattern, as in float.h.
 *
 * Spec: Unpriv. [single-float-compute], [norm:ieee_std_tininess].
 */
#ifndef EMU_HART_FLOAT_QUICK_H
#define EMU_HART_FLOAT_QUICK_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline float float32_value(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double float64_value(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t float32_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline uint64_t float64_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Ordinary numbers have any exponent but the lowest three and the highest: one more, its bits above
 * the lower two are not all zero. */

static inline bool float32_is_ordinary(uint32_t bits)
{
    return (((bits >> 23) + 1) & 0xfc) != 0;
}

static inline bool float64_is_ordinary(uint64_t bits)
{
    return (((bits >> 52) + 1) & 0x7fc) != 0;
}

/* A sum is a multiple of the smallest number: if it is zero it is so exactly. */

static inline bool float32_quick_add(uint32_t a, uint32_t b, uint32_t *result)
{
    float sum = float32_value(a) + float32_value(b);
    *result = float32_bits(sum);
    return float32_is_ordinary(*result) || sum == 0;
}

static inline bool float64_quick_add(uint64_t a, uint64_t b, uint64_t *result)
{
    double sum = float64_value(a) + float64_value(b);
    *result = float64_bits(sum);
    return float64_is_ordinary(*result) || sum == 0;
}

static inline bool float32_quick_sub(uint32_t a, uint32_t b, uint32_t *result)
{
    float difference = float32_value(a) - float32_value(b);
    *result = float32_bits(difference);
    return float32_is_ordinary(*result) || difference == 0;
}

static inline bool float64_quick_sub(uint64_t a, uint64_t b, uint64_t *result)
{
    double difference = float64_value(a) - float64_value(b);
    *result = float64_bits(difference);
    return float64_is_ordinary(*result) || difference == 0;
}

static inline bool float32_quick_mul(uint32_t a, uint32_t b, uint32_t *result)
{
    float x = float32_value(a);
    float y = float32_value(b);
    float product = x * y;
    *result = float32_bits(product);
    return float32_is_ordinary(*result) || (product == 0 && (x == 0 || y == 0));
}

static inline bool float64_quick_mul(uint64_t a, uint64_t b, uint64_t *result)
{
    double x = float64_value(a);
    double y = float64_value(b);
    double product = x * y;
    *result = float64_bits(product);
    return float64_is_ordinary(*result) || (product == 0 && (x == 0 || y == 0));
}

static inline bool float32_quick_div(uint32_t a, uint32_t b, uint32_t *result)
{
    float x = float32_value(a);
    float quotient = x / float32_value(b);
    *result = float32_bits(quotient);
    return float32_is_ordinary(*result) || (quotient == 0 && x == 0);
}

static inline bool float64_quick_div(uint64_t a, uint64_t b, uint64_t *result)
{
    double x = float64_value(a);
    double quotient = x / float64_value(b);
    *result = float64_bits(quotient);
    return float64_is_ordinary(*result) || (quotient == 0 && x == 0);
}

static inline bool float32_quick_sqrt(uint32_t a, uint32_t *result)
{
    float root = sqrtf(float32_value(a));
    *result = float32_bits(root);
    return float32_is_ordinary(*result) || root == 0;
}

static inline bool float64_quick_sqrt(uint64_t a, uint64_t *result)
{
    double root = sqrt(float64_value(a));
    *result = float64_bits(root);
    return float64_is_ordinary(*result) || root == 0;
}

/* In double precision the product is exact and the sum is rounded. Rounding that sum to single
 * precision gives what rounding once would, unless it lies half way between two singles: it is then
 * unknown on which side the exact sum was. */
static inline bool float32_quick_fma(uint32_t a, uint32_t b, uint32_t c, uint32_t *result)
{
    double product = (double)float32_value(a) * (double)float32_value(b);
    double sum = product + (double)float32_value(c);
    bool is_half_way = (float64_bits(sum) & 0x1fffffff) == 0x10000000;

    *result = float32_bits((float)sum);
    return float32_is_ordinary(*result) && !is_half_way;
}

static inline bool float64_quick_fma(uint64_t a, uint64_t b, uint64_t c, uint64_t *result)
{
    *result = float64_bits(fma(float64_value(a), float64_value(b), float64_value(c)));
    return float64_is_ordinary(*result);
}

/* Whether a result is exact, asked of doubles. What is not certain is denied. */

/* Whether x + y, which rounded is sum, needed no rounding. The error of a sum is a number of the
 * same format, and this computes it. */
static inline bool float_is_exact_sum(double x, double y, double sum)
{
    double from_y = sum - x;
    double from_x = sum - from_y;

    return x - from_x == 0 && y - from_y == 0;
}

/* Bits from the highest of a number's significand to its last 1; for what is subnormal, not less.
 */
static inline int float64_significant_bits(double value)
{
    return DBL_MANT_DIG - __builtin_ctzll(float64_bits(value) | UINT64_C(0x0010000000000000));
}

/* Whether x * y is certainly product without rounding. */
static inline bool float_is_exact_product(double x, double y, double product)
{
    return float64_significant_bits(x) + float64_significant_bits(y) <= DBL_MANT_DIG &&
           float64_is_ordinary(float64_bits(product)) && x * y == product;
}

/* Writes x * y + z as the host rounds it twice. Returns whether it was certainly never rounded. */
static inline bool float_quick_exact_fma(double x, double y, double z, double *sum)
{
    double product = x * y;

    *sum = product + z;
    return float_is_exact_product(x, y, product) && float_is_exact_sum(product, z, *sum);
}

/* Without rounding it needs no fma of the host, which is a call. The result is exact: not even NX
 * is raised. */
static inline bool float64_quick_exact_fma(uint64_t a, uint64_t b, uint64_t c, uint64_t *result)
{
    double sum;
    bool is_exact =
        float_quick_exact_fma(float64_value(a), float64_value(b), float64_value(c), &sum);

    *result = float64_bits(sum);
    return is_exact && float64_is_ordinary(*result);
}

/* Comparisons raise nothing, NX neither: false is returned for NaNs alone. */

static inline bool float32_quick_eq(uint32_t a, uint32_t b, bool *result)
{
    float x = float32_value(a);
    float y = float32_value(b);

    *result = x == y;
    return !isunordered(x, y);
}

static inline bool float64_quick_eq(uint64_t a, uint64_t b, bool *result)
{
    double x = float64_value(a);
    double y = float64_value(b);

    *result = x == y;
    return !isunordered(x, y);
}

static inline bool float32_quick_lt(uint32_t a, uint32_t b, bool *result)
{
    float x = float32_value(a);
    float y = float32_value(b);

    *result = isless(x, y);
    return !isunordered(x, y);
}

static inline bool float64_quick_lt(uint64_t a, uint64_t b, bool *result)
{
    double x = float64_value(a);
    double y = float64_value(b);

    *result = isless(x, y);
    return !isunordered(x, y);
}

static inline bool float32_quick_le(uint32_t a, uint32_t b, bool *result)
{
    float x = float32_value(a);
    float y = float32_value(b);

    *result = islessequal(x, y);
    return !isunordered(x, y);
}

static inline bool float64_quick_le(uint64_t a, uint64_t b, bool *result)
{
    double x = float64_value(a);
    double y = float64_value(b);

    *result = islessequal(x, y);
    return !isunordered(x, y);
}

/* To an integer towards zero, for once, as the host's conversion does. x is a single or a double;
 * below and above are the nearest doubles that no longer become an integer of the type. */
static inline bool float_quick_cut(double x, double below, double above, uint64_t *result)
{
    if (!(x > below && x < above)) {
        return false;
    }
    *result = (uint64_t)(int64_t)x;
    return true;
}

typedef bool float_quick_cut_fn(double x, uint64_t *result);

static inline bool float_quick_cut_int32(double x, uint64_t *result)
{
    return float_quick_cut(x, -0x1p31 - 1, 0x1p31, result);
}

static inline bool float_quick_cut_uint32(double x, uint64_t *result)
{
    return float_quick_cut(x, -1, 0x1p32, result);
}

static inline bool float_quick_cut_int64(double x, uint64_t *result)
{
    return float_quick_cut(x, -0x1.0000000000001p63, 0x1p63, result);
}

/* Of the upper half of the type the host's conversion knows nothing. */
static inline bool float_quick_cut_uint64(double x, uint64_t *result)
{
    return float_quick_cut(x, -1, 0x1p63, result);
}

/* From an integer the host's conversion always gives the result. */

static inline uint32_t float32_quick_from_int64(int64_t value)
{
    return float32_bits((float)value);
}

static inline uint64_t float64_quick_from_int64(int64_t value)
{
    return float64_bits((double)value);
}

static inline uint32_t float32_quick_from_uint64(uint64_t value)
{
    return float32_bits((float)value);
}

static inline uint64_t float64_quick_from_uint64(uint64_t value)
{
    return float64_bits((double)value);
}

static inline bool float32_quick_from_float64(uint64_t a, uint32_t *result)
{
    double x = float64_value(a);
    *result = float32_bits((float)x);
    return float32_is_ordinary(*result) || x == 0;
}

static inline bool float64_quick_from_float32(uint32_t a, uint64_t *result)
{
    double x = (double)float32_value(a);
    *result = float64_bits(x);
    return float64_is_ordinary(*result) || x == 0;
}

#endif
