/*
 * float_compare.c - the part of float.h that computes nothing: comparisons, minima, classes.
 *
 * Patterns of both sizes are looked at alike, with the sign in bit 63: a number of 32 bits is moved
 * to the upper half. Without the sign they are in the order of the numbers, NaNs above infinity.
 */
#include "emu/hart/float.h"

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

static bool are_zeros(uint64_t a, uint64_t b)
{
    return ((a | b) & ~FLOAT64_SIGN) == 0;
}

static bool is_equal(const struct layout *layout, uint64_t a, uint64_t b, unsigned *flags)
{
    signal_nans(layout, a, b, flags);
    return (a == b && !is_nan(layout, a)) || are_zeros(a, b);
}

/* Whether there are two numbers to put in order: a NaN is invalid [norm:flt-s_fle-s_signaling]. */
static bool is_ordered(const struct layout *layout, uint64_t a, uint64_t b, unsigned *flags)
{
    if (is_nan(layout, a) || is_nan(layout, b)) {
        *flags |= FLOAT_NV;
        return false;
    }
    return true;
}

static bool is_less(const struct layout *layout, uint64_t a, uint64_t b, unsigned *flags)
{
    return is_ordered(layout, a, b, flags) && precedes(a, b) && !are_zeros(a, b);
}

static bool is_less_or_equal(const struct layout *layout, uint64_t a, uint64_t b, unsigned *flags)
{
    return is_ordered(layout, a, b, flags) && (!precedes(b, a) || are_zeros(a, b));
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

bool float32_eq(uint32_t a, uint32_t b, unsigned *flags)
{
    return is_equal(&single_layout, upper(a), upper(b), flags);
}

bool float64_eq(uint64_t a, uint64_t b, unsigned *flags)
{
    return is_equal(&double_layout, a, b, flags);
}

bool float32_lt(uint32_t a, uint32_t b, unsigned *flags)
{
    return is_less(&single_layout, upper(a), upper(b), flags);
}

bool float64_lt(uint64_t a, uint64_t b, unsigned *flags)
{
    return is_less(&double_layout, a, b, flags);
}

bool float32_le(uint32_t a, uint32_t b, unsigned *flags)
{
    return is_less_or_equal(&single_layout, upper(a), upper(b), flags);
}

bool float64_le(uint64_t a, uint64_t b, unsigned *flags)
{
    return is_less_or_equal(&double_layout, a, b, flags);
}

enum float_class float32_classify(uint32_t a)
{
    return classify(&single_layout, upper(a));
}

enum float_class float64_classify(uint64_t a)
{
    return classify(&double_layout, a);
}
