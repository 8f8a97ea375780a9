#include "tests/support/oracle_format.h"

#include <assert.h>

const struct oracle_format oracle_single = {"s", 32, 24, 127};
const struct oracle_format oracle_double = {"d", 64, 53, 1023};

long oracle_emin(const struct oracle_format *format)
{
    return 1 - format->emax;
}

/* The exponent of the last bit of a number whose first one has this exponent. */
static long last_bit(const struct oracle_format *format, long exponent)
{
    return exponent - (format->precision - 1);
}

static unsigned fraction_width(const struct oracle_format *format)
{
    return (unsigned)format->precision - 1;
}

static uint64_t top_exponent(const struct oracle_format *format)
{
    return 2 * (uint64_t)format->emax + 1;
}

static uint64_t pack(const struct oracle_format *format, bool is_negative, uint64_t exponent,
                     uint64_t fraction)
{
    uint64_t sign = is_negative ? power_of_2(format->width - 1) : 0;
    return sign + (exponent << fraction_width(format)) + fraction;
}

uint64_t oracle_zero(const struct oracle_format *format, bool is_negative)
{
    return pack(format, is_negative, 0, 0);
}

uint64_t oracle_infinity(const struct oracle_format *format, bool is_negative)
{
    return pack(format, is_negative, top_exponent(format), 0);
}

uint64_t oracle_greatest(const struct oracle_format *format, bool is_negative)
{
    return pack(format, is_negative, top_exponent(format) - 1,
                power_of_2(fraction_width(format)) - 1);
}

uint64_t oracle_canonical_nan(const struct oracle_format *format)
{
    return pack(format, false, top_exponent(format), power_of_2(fraction_width(format) - 1));
}

static enum oracle_kind special_kind(const struct oracle_format *format, uint64_t fraction)
{
    if (fraction == 0) {
        return ORACLE_INFINITE;
    }
    bool is_quiet = fraction >= power_of_2(fraction_width(format) - 1);
    return is_quiet ? ORACLE_QUIET_NAN : ORACLE_SIGNALING_NAN;
}

enum oracle_kind oracle_load(const struct oracle_format *format, uint64_t bits, struct exact *x)
{
    uint64_t fraction = bits % power_of_2(fraction_width(format));
    uint64_t exponent = (bits >> fraction_width(format)) % (top_exponent(format) + 1);
    bool is_negative = (bits >> (format->width - 1)) % 2 != 0;
    long lowest = last_bit(format, oracle_emin(format));

    if (exponent == 0) {
        exact_set(x, is_negative, fraction, lowest);
    } else {
        uint64_t digits = power_of_2(fraction_width(format)) + fraction;
        exact_set(x, is_negative, digits, lowest + (long)exponent - 1);
    }
    return exponent == top_exponent(format) ? special_kind(format, fraction) : ORACLE_REAL;
}

/* The exponent of a number that is not zero, after rounding to the format's precision alone. */
static long rounded_exponent(const struct oracle_format *format, const struct exact *x,
                             enum exact_rounding rounding)
{
    struct exact rounded = *x;

    mpz_init(rounded.digits);
    rounded.scale = last_bit(format, exact_exponent(x));
    (void)exact_round(x, rounded.scale, rounding, rounded.digits);
    long exponent = exact_exponent(&rounded);
    mpz_clear(rounded.digits);
    return exponent;
}

/* To nearest, overflow is an infinity; else it stops at the greatest number if it rounds towards
 * zero. */
static uint64_t overflow(const struct oracle_format *format, bool is_negative,
                         enum exact_rounding rounding)
{
    bool is_towards_zero =
        rounding == EXACT_RTZ || rounding == (is_negative ? EXACT_RUP : EXACT_RDN);
    return is_towards_zero ? oracle_greatest(format, is_negative)
                           : oracle_infinity(format, is_negative);
}

/* The number digits * 2^unit, which the format has. */
static uint64_t encode(const struct oracle_format *format, bool is_negative, uint64_t digits,
                       long unit)
{
    uint64_t one = power_of_2(fraction_width(format)); /* the bit that is not stored */

    if (digits < one) {
        assert(unit == last_bit(format, oracle_emin(format)));
        return pack(format, is_negative, 0, digits);
    }
    if (digits == 2 * one) { /* rounded up to the next power of two */
        digits = one;
        unit++;
    }
    assert(digits < 2 * one);
    long exponent = unit + (format->precision - 1) + format->emax;
    return pack(format, is_negative, (uint64_t)exponent, digits - one);
}

void oracle_round(const struct oracle_format *format, const struct exact *x,
                  enum exact_rounding rounding, struct oracle_answer *answer)
{
    if (exact_is_zero(x)) {
        answer->bits = oracle_zero(format, x->is_negative);
        return;
    }
    long free_exponent = rounded_exponent(format, x, rounding);
    if (free_exponent > format->emax) {
        answer->flags |= ORACLE_OF | ORACLE_NX;
        answer->bits = overflow(format, x->is_negative, rounding);
        return;
    }
    long emin = oracle_emin(format);
    long exponent = exact_exponent(x);
    long unit = last_bit(format, exponent > emin ? exponent : emin);
    mpz_t digits;

    mpz_init(digits);
    if (exact_round(x, unit, rounding, digits)) {
        /* "tininess is detected after rounding" [f-st-ext] */
        answer->flags |= free_exponent < emin ? ORACLE_NX | ORACLE_UF : ORACLE_NX;
    }
    answer->bits = encode(format, x->is_negative, mpz_get_ui(digits), unit);
    mpz_clear(digits);
}
