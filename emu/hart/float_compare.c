/*
 * float_compare.c - the part of float.h that computes nothing: comparisons, minima, classes.
 *
 * The host compares numbers. Otherwise patterns of both sizes are looked at alike, with the sign in
 * bit 63: a number of 32 bits is moved to the upper half. Without the sign they are in the order of
 * the numbers, NaNs above infinity.
 */
#include "emu/hart/float.h"

#include "emu/hart/float_quick.h"

enum { UPPER_HALF = 32 };

/* Where exponent and fraction meet. */
struct layout {
    uint64_t infinity; /* also the mask of the exponent */
    uint64_t quiet;    /* the bit that makes a NaN a quiet one */
};

static const struct layout single_layout = {
    .infinity = UINT64_C(0x7f800000) << UPPER_HALF,
    .quiet = UINT64_C(0x00400000) << UPPER_HALF,
};

static const struct layout double_layout = {
    .infinity = UINT64_C(0x7ff0000000000000),
    .quiet = UINT64_C(0x0008000000000000),
};

static uint64_t upper(uint32_t bits)
{
    return (uint64_t)bits << UPPER_HALF;
}

static bool is_negative(uint64_t bits)
{
    return (bits & FLOAT64_SIGN) != 0;
}

static bool is_nan(const struct layout *layout, uint64_t bits)
{
    return (bits & ~FLOAT64_SIGN) > layout->infinity;
}

static bool is_signaling(const struct layout *layout, uint64_t bits)
{
    return is_nan(layout, bits) && (bits & layout->quiet) == 0;
}

/* Raises NV if a or b is a signaling NaN. */
static void signal_nans(const struct layout *layout, uint64_t a, uint64_t b, unsigned *flags)
{
    if (is_signaling(layout, a) || is_signaling(layout, b)) {
        *flags |= FLOAT_NV;
    }
}

/* Orders all numbers but NaNs, -0 before +0. */
static bool precedes(uint64_t a, uint64_t b)
{
    if (is_negative(a) != is_negative(b)) {
        return is_negative(a);
    }
    return is_negative(a) ? a > b : a < b;
}

static uint64_t minimum(const struct layout *layout, uint64_t a, uint64_t b, unsigned *flags)
{
    signal_nans(layout, a, b, flags);
    if (is_nan(layout, a) && is_nan(layout, b)) {
        return layout->infinity | layout->quiet;
    }
    if (is_nan(layout, a)) {
        return b;
    }
    return is_nan(layout, b) || !precedes(b, a) ? a : b;
}

static uint64_t maximum(const struct layout *layout, uint64_t a, uint64_t b, unsigned *flags)
{
    signal_nans(layout, a, b, flags);
    if (is_nan(layout, a) && is_nan(layout, b)) {
        return layout->infinity | layout->quiet;
    }
    if (is_nan(layout, a)) {
        return b;
    }
    return is_nan(layout, b) || !precedes(a, b) ? a : b;
}

static enum float_class classify(const struct layout *layout, uint64_t bits)
{
    bool negative = is_negative(bits);
    uint64_t rest = bits & ~FLOAT64_SIGN;

    if (is_nan(layout, bits)) {
        return is_signaling(layout, bits) ? FLOAT_SIGNALING_NAN : FLOAT_QUIET_NAN;
    }
    if (rest == layout->infinity) {
        return negative ? FLOAT_NEGATIVE_INFINITY : FLOAT_POSITIVE_INFINITY;
    }
    if ((rest & layout->infinity) != 0) {
        return negative ? FLOAT_NEGATIVE_NORMAL : FLOAT_POSITIVE_NORMAL;
    }
    if (rest != 0) {
        return negative ? FLOAT_NEGATIVE_SUBNORMAL : FLOAT_POSITIVE_SUBNORMAL;
    }
    return negative ? FLOAT_NEGATIVE_ZERO : FLOAT_POSITIVE_ZERO;
}

uint32_t float32_min(uint32_t a, uint32_t b, unsigned *flags)
{
    return (uint32_t)(minimum(&single_layout, upper(a), upper(b), flags) >> UPPER_HALF);
}

uint64_t float64_min(uint64_t a, uint64_t b, unsigned *flags)
{
    return minimum(&double_layout, a, b, flags);
}

uint32_t float32_max(uint32_t a, uint32_t b, unsigned *flags)
{
    return (uint32_t)(maximum(&single_layout, upper(a), upper(b), flags) >> UPPER_HALF);
}

uint64_t float64_max(uint64_t a, uint64_t b, unsigned *flags)
{
    return maximum(&double_layout, a, b, flags);
}

/* One is a NaN, if the host does not say: only a signaling one is invalid for eq, any for the
 * others [norm:flt-s_fle-s_signaling]. */

bool float32_eq(uint32_t a, uint32_t b, unsigned *flags)
{
    bool result;

    if (float32_quick_eq(a, b, &result)) {
        return result;
    }
    signal_nans(&single_layout, upper(a), upper(b), flags);
    return false;
}

bool float64_eq(uint64_t a, uint64_t b, unsigned *flags)
{
    bool result;

    if (float64_quick_eq(a, b, &result)) {
        return result;
    }
    signal_nans(&double_layout, a, b, flags);
    return false;
}

bool float32_lt(uint32_t a, uint32_t b, unsigned *flags)
{
    bool result;

    if (float32_quick_lt(a, b, &result)) {
        return result;
    }
    *flags |= FLOAT_NV;
    return false;
}

bool float64_lt(uint64_t a, uint64_t b, unsigned *flags)
{
    bool result;

    if (float64_quick_lt(a, b, &result)) {
        return result;
    }
    *flags |= FLOAT_NV;
    return false;
}

bool float32_le(uint32_t a, uint32_t b, unsigned *flags)
{
    bool result;

    if (float32_quick_le(a, b, &result)) {
        return result;
    }
    *flags |= FLOAT_NV;
    return false;
}

bool float64_le(uint64_t a, uint64_t b, unsigned *flags)
{
    bool result;

    if (float64_quick_le(a, b, &result)) {
        return result;
    }
    *flags |= FLOAT_NV;
    return false;
}

enum float_class float32_classify(uint32_t a)
{
    return classify(&single_layout, upper(a));
}

enum float_class float64_classify(uint64_t a)
{
    return classify(&double_layout, a);
}
