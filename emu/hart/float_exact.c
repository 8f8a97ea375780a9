#include "emu/hart/float_exact.h"

#include <stdbool.h>

__extension__ typedef unsigned __int128 uint128;

enum { WIDTH = 128, TOP = WIDTH - 1 }; /* of a significand */

enum kind { FINITE, INFINITE, QUIET_NAN, SIGNALING_NAN };

/* A number taken apart. The value of a finite one is significand * 2^(exponent - TOP).
 *
 * A significand that is not zero has its top bit set, but within the steps of an operation. It
 * stands for any value that begins with its bits: if there is more of it than fits, the lowest bit
 * is set to say so. That bit is always far below the last one that a result keeps. */
struct number {
    enum kind kind;
    bool is_negative;
    int exponent;
    uint128 significand;
};

const struct float_format float_binary32 = {.exponent_bits = 8, .fraction_bits = 23};
const struct float_format float_binary64 = {.exponent_bits = 11, .fraction_bits = 52};

/* The exponent field of infinities and NaNs. */
static int exponent_limit(const struct float_format *format)
{
    return (1 << format->exponent_bits) - 1;
}

static int exponent_bias(const struct float_format *format)
{
    return exponent_limit(format) / 2;
}

static uint64_t pack(const struct float_format *format, bool is_negative, uint64_t rest)
{
    return (uint64_t)is_negative << (format->exponent_bits + format->fraction_bits) | rest;
}

/* Infinity without its sign. */
static uint64_t infinity(const struct float_format *format)
{
    return (uint64_t)exponent_limit(format) << format->fraction_bits;
}

static uint64_t canonical_nan(const struct float_format *format)
{
    return infinity(format) | UINT64_C(1) << (format->fraction_bits - 1);
}

static uint64_t invalid(const struct float_format *format, unsigned *flags)
{
    *flags |= FLOAT_NV;
    return canonical_nan(format);
}

static unsigned leading_zeros(uint128 value)
{
    uint64_t high = (uint64_t)(value >> 64);

    return (unsigned)(high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)value));
}

static uint128 shift_right_sticky(uint128 value, unsigned count)
{
    if (count == 0) {
        return value;
    }
    if (count >= WIDTH) {
        return value != 0;
    }
    return value >> count | (value << (WIDTH - count) != 0);
}

static void normalize(struct number *number)
{
    if (number->significand != 0) {
        unsigned zeros = leading_zeros(number->significand);
        number->significand <<= zeros;
        number->exponent -= (int)zeros;
    }
}

static struct number unpack(const struct float_format *format, uint64_t bits)
{
    uint64_t hidden_bit = UINT64_C(1) << format->fraction_bits;
    uint64_t fraction = bits & (hidden_bit - 1);
    int field = (int)(bits >> format->fraction_bits) & exponent_limit(format);
    struct number number = {
        .is_negative = (bits >> (format->exponent_bits + format->fraction_bits) & 1) != 0,
    };

    if (field == exponent_limit(format)) {
        bool is_quiet = (fraction & hidden_bit >> 1) != 0;
        number.kind = fraction == 0 ? INFINITE : is_quiet ? QUIET_NAN : SIGNALING_NAN;
        return number;
    }
    bool is_normal = field != 0; /* others have no hidden bit, and the smallest exponent */
    number.exponent = (is_normal ? field : 1) - exponent_bias(format);
    number.significand = (uint128)(is_normal ? fraction | hidden_bit : fraction)
                         << (TOP - format->fraction_bits);
    normalize(&number);
    return number;
}

static bool is_nan(const struct number *number)
{
    return number->kind == QUIET_NAN || number->kind == SIGNALING_NAN;
}

static bool is_zero(const struct number *number)
{
    return number->kind == FINITE && number->significand == 0;
}

static void signal_nan(const struct number *number, unsigned *flags)
{
    if (number->kind == SIGNALING_NAN) {
        *flags |= FLOAT_NV;
    }
}

/* What an operation with a NaN among its operands gives. */
static uint64_t propagate_nan(const struct float_format *format, const struct number *a,
                              const struct number *b, unsigned *flags)
{
    signal_nan(a, flags);
    signal_nan(b, flags);
    return canonical_nan(format);
}

/* A significand without its drop lowest bits (one at least), rounded as they say. */
static uint128 round_off(uint128 significand, unsigned drop, bool is_negative,
                         enum float_rounding rm)
{
    uint128 kept = significand >> drop;
    uint128 dropped = significand & (((uint128)1 << drop) - 1);
    uint128 half = (uint128)1 << (drop - 1);

    switch (rm) {
    case FLOAT_RNE: return kept + (dropped > half || (dropped == half && (kept & 1) != 0));
    case FLOAT_RTZ: return kept;
    case FLOAT_RDN: return kept + (is_negative && dropped != 0);
    case FLOAT_RUP: return kept + (!is_negative && dropped != 0);
    case FLOAT_RMM: return kept + (dropped >= half);
    }
    return kept;
}

static bool is_inexact(uint128 significand, unsigned drop)
{
    return (significand & (((uint128)1 << drop) - 1)) != 0;
}

/* Infinity if that is where this mode rounds to, or else the largest finite number. */
static uint64_t overflow(const struct float_format *format, bool is_negative,
                         enum float_rounding rm, unsigned *flags)
{
    bool to_infinity =
        rm == FLOAT_RNE || rm == FLOAT_RMM || rm == (is_negative ? FLOAT_RDN : FLOAT_RUP);

    *flags |= FLOAT_OF | FLOAT_NX;
    return pack(format, is_negative, infinity(format) - !to_infinity);
}

/* The nearest number of the format to a finite one, as rm understands it. */
static uint64_t round_to_format(const struct float_format *format, const struct number *number,
                                enum float_rounding rm, unsigned *flags)
{
    bool is_negative = number->is_negative;
    unsigned drop = TOP - format->fraction_bits;
    int field = number->exponent + exponent_bias(format);
    uint128 significand = number->significand;
    bool is_tiny = false;

    if (significand == 0) {
        return pack(format, is_negative, 0);
    }
    if (field < 1) {
        /* Tiny after rounding: what it would be if the exponent had no lower end, and not the
         * subnormal number that it becomes, decides [norm:ieee_std_tininess]. */
        uint128 hidden_bit = (uint128)1 << format->fraction_bits;
        is_tiny = field < 0 || round_off(significand, drop, is_negative, rm) < 2 * hidden_bit;
        significand = shift_right_sticky(significand, (unsigned)(1 - field));
        field = 1;
    }
    if (field >= exponent_limit(format)) {
        return overflow(format, is_negative, rm, flags);
    }

    /* The hidden bit, if it is there, adds the 1 that the exponent lacks; so does a carry. */
    uint64_t rounded = (uint64_t)round_off(significand, drop, is_negative, rm);
    uint64_t rest = ((uint64_t)(field - 1) << format->fraction_bits) + rounded;
    if (rest >= infinity(format)) {
        return overflow(format, is_negative, rm, flags);
    }
    if (is_inexact(significand, drop)) {
        *flags |= FLOAT_NX | (is_tiny ? FLOAT_UF : 0);
    }
    return pack(format, is_negative, rest);
}

/* Both finite. The product of two significands of 64 bits or less has no more than it has room. */
static struct number multiply(const struct number *a, const struct number *b)
{
    struct number product = {
        .is_negative = a->is_negative != b->is_negative,
        .exponent = a->exponent + b->exponent + 1,
        .significand = (a->significand >> 64) * (b->significand >> 64),
    };

    normalize(&product);
    return product;
}

/* Both finite and not zero, with at least three zeros at the end of their significands: then either
 * all bits of both take part, or so few are cancelled that the lowest is still far below the last
 * one kept. */
static struct number add_nonzero(const struct number *a, const struct number *b,
                                 enum float_rounding rm)
{
    const struct number *large = a->exponent >= b->exponent ? a : b;
    const struct number *small = large == a ? b : a;
    struct number sum = {.is_negative = large->is_negative, .exponent = large->exponent + 1};
    uint128 larger = large->significand >> 1; /* room for a carry */
    uint128 smaller =
        shift_right_sticky(small->significand >> 1, (unsigned)(large->exponent - small->exponent));

    if (large->is_negative == small->is_negative) {
        sum.significand = larger + smaller;
    } else if (larger > smaller) {
        sum.significand = larger - smaller;
    } else if (larger < smaller) {
        sum.is_negative = !sum.is_negative;
        sum.significand = smaller - larger;
    } else {
        sum.is_negative = rm == FLOAT_RDN;
    }
    normalize(&sum);
    return sum;
}

/* Both finite. A sum of zeros of unlike signs is +0, rounding down -0. */
static struct number add(const struct number *a, const struct number *b, enum float_rounding rm)
{
    if (is_zero(a) && is_zero(b)) {
        struct number zero = *a;
        zero.is_negative = a->is_negative == b->is_negative ? a->is_negative : rm == FLOAT_RDN;
        return zero;
    }
    if (is_zero(a)) {
        return *b;
    }
    return is_zero(b) ? *a : add_nonzero(a, b, rm);
}

/* No NaNs, and one of them infinite. */
static uint64_t add_infinity(const struct float_format *format, const struct number *a,
                             const struct number *b, unsigned *flags)
{
    if (a->kind == b->kind && a->is_negative != b->is_negative) {
        return invalid(format, flags);
    }
    return pack(format, (a->kind == INFINITE ? a : b)->is_negative, infinity(format));
}

uint64_t float_exact_add(const struct float_format *format, uint64_t a, uint64_t b,
                         enum float_rounding rm, unsigned *flags)
{
    struct number x = unpack(format, a);
    struct number y = unpack(format, b);

    if (is_nan(&x) || is_nan(&y)) {
        return propagate_nan(format, &x, &y, flags);
    }
    if (x.kind == INFINITE || y.kind == INFINITE) {
        return add_infinity(format, &x, &y, flags);
    }
    struct number sum = add(&x, &y, rm);
    return round_to_format(format, &sum, rm, flags);
}

uint64_t float_exact_mul(const struct float_format *format, uint64_t a, uint64_t b,
                         enum float_rounding rm, unsigned *flags)
{
    struct number x = unpack(format, a);
    struct number y = unpack(format, b);

    if (is_nan(&x) || is_nan(&y)) {
        return propagate_nan(format, &x, &y, flags);
    }
    if (x.kind == INFINITE || y.kind == INFINITE) {
        return is_zero(&x) || is_zero(&y)
                   ? invalid(format, flags)
                   : pack(format, x.is_negative != y.is_negative, infinity(format));
    }
    struct number product = multiply(&x, &y);
    return round_to_format(format, &product, rm, flags);
}

uint64_t float_exact_fma(const struct float_format *format, uint64_t a, uint64_t b, uint64_t c,
                         enum float_rounding rm, unsigned *flags)
{
    struct number x = unpack(format, a);
    struct number y = unpack(format, b);
    struct number z = unpack(format, c);

    signal_nan(&x, flags);
    signal_nan(&y, flags);
    signal_nan(&z, flags);
    if (is_nan(&x) || is_nan(&y)) {
        return canonical_nan(format);
    }
    bool is_infinite = x.kind == INFINITE || y.kind == INFINITE;
    if (is_infinite && (is_zero(&x) || is_zero(&y))) {
        return invalid(format, flags); /* even if c is a quiet NaN [norm:fma_nv_flag] */
    }
    struct number product = {.kind = INFINITE, .is_negative = x.is_negative != y.is_negative};
    if (!is_infinite) {
        product = multiply(&x, &y);
    }
    if (is_nan(&z)) {
        return canonical_nan(format);
    }
    if (is_infinite || z.kind == INFINITE) {
        return add_infinity(format, &product, &z, flags);
    }
    struct number sum = add(&product, &z, rm);
    return round_to_format(format, &sum, rm, flags);
}

/* Both finite and not zero: 64 bits of the quotient, and whether something remains. */
static struct number divide(const struct number *a, const struct number *b)
{
    uint128 dividend = a->significand >> 1;
    uint64_t divisor = (uint64_t)(b->significand >> 64);
    struct number quotient = {
        .is_negative = a->is_negative != b->is_negative,
        .exponent = a->exponent - b->exponent,
        .significand = (dividend / divisor) << 64 | (dividend % divisor != 0),
    };

    normalize(&quotient);
    return quotient;
}

uint64_t float_exact_div(const struct float_format *format, uint64_t a, uint64_t b,
                         enum float_rounding rm, unsigned *flags)
{
    struct number x = unpack(format, a);
    struct number y = unpack(format, b);
    bool is_negative = x.is_negative != y.is_negative;

    if (is_nan(&x) || is_nan(&y)) {
        return propagate_nan(format, &x, &y, flags);
    }
    if ((x.kind == INFINITE && y.kind == INFINITE) || (is_zero(&x) && is_zero(&y))) {
        return invalid(format, flags);
    }
    if (x.kind == INFINITE) {
        return pack(format, is_negative, infinity(format));
    }
    if (y.kind == INFINITE || is_zero(&x)) {
        return pack(format, is_negative, 0);
    }
    if (is_zero(&y)) {
        *flags |= FLOAT_DZ;
        return pack(format, is_negative, infinity(format));
    }
    struct number quotient = divide(&x, &y);
    return round_to_format(format, &quotient, rm, flags);
}

/* The integer part of the square root, bit by bit. */
static uint64_t integer_sqrt(uint128 value)
{
    uint64_t root = 0;

    for (uint64_t bit = UINT64_C(1) << 63; bit != 0; bit >>= 1) {
        uint64_t larger = root | bit;
        if ((uint128)larger * larger <= value) {
            root = larger;
        }
    }
    return root;
}

/* Positive, finite and not zero: 64 bits of the root, and whether something remains. */
static struct number take_root(const struct number *a)
{
    /* An even exponent, which halves: the radicand is then below 4, and its root below 2. */
    bool is_odd = a->exponent % 2 != 0;
    uint128 radicand = a->significand >> (is_odd ? 0 : 1);
    uint64_t root = integer_sqrt(radicand);

    return (struct number){
        .exponent = (a->exponent - is_odd) / 2,
        .significand = (uint128)root << 64 | ((uint128)root * root != radicand),
    };
}

uint64_t float_exact_sqrt(const struct float_format *format, uint64_t a, enum float_rounding rm,
                          unsigned *flags)
{
    struct number x = unpack(format, a);

    if (is_nan(&x)) {
        return propagate_nan(format, &x, &x, flags);
    }
    if (is_zero(&x)) {
        return a; /* the root of -0 is -0 */
    }
    if (x.is_negative) {
        return invalid(format, flags);
    }
    if (x.kind == INFINITE) {
        return a;
    }
    struct number root = take_root(&x);
    return round_to_format(format, &root, rm, flags);
}

uint64_t float_exact_convert(const struct float_format *from, const struct float_format *to,
                             uint64_t a, enum float_rounding rm, unsigned *flags)
{
    struct number x = unpack(from, a);

    if (is_nan(&x)) {
        return propagate_nan(to, &x, &x, flags);
    }
    if (x.kind == INFINITE) {
        return pack(to, x.is_negative, infinity(to));
    }
    return round_to_format(to, &x, rm, flags);
}

uint64_t float_exact_from_integer(const struct float_format *format, bool is_negative,
                                  uint64_t magnitude, enum float_rounding rm, unsigned *flags)
{
    struct number number = {
        .is_negative = is_negative,
        .exponent = 63,
        .significand = (uint128)magnitude << 64,
    };

    normalize(&number);
    return round_to_format(format, &number, rm, flags);
}

uint64_t float_exact_to_integer(const struct float_format *format, uint64_t a,
                                const struct float_integers *type, enum float_rounding rm,
                                unsigned *flags)
{
    struct number x = unpack(format, a);

    if (is_nan(&x)) {
        *flags |= FLOAT_NV;
        return type->highest;
    }

    uint64_t limit = x.is_negative ? type->lowest : type->highest;
    uint128 magnitude = (uint128)1 << 64; /* too much for any */
    bool inexact = false;
    if (x.kind == FINITE && x.exponent < 64) {
        uint128 fixed_point = shift_right_sticky(x.significand, (unsigned)(63 - x.exponent));
        magnitude = round_off(fixed_point, 64, x.is_negative, rm);
        inexact = is_inexact(fixed_point, 64);
    }
    if (magnitude > limit) {
        *flags |= FLOAT_NV;
        magnitude = limit;
    } else if (inexact) {
        *flags |= FLOAT_NX;
    }
    return x.is_negative ? -(uint64_t)magnitude : (uint64_t)magnitude;
}
