#include "tests/support/exact_number.h"

#include <assert.h>

static_assert(sizeof(unsigned long) == sizeof(uint64_t), "GMP takes and gives an unsigned long");

/* Digits to work out beyond the point: more than binary64 has, and the one that decides a tie. */
enum { GUARD = 64 };

void exact_init(struct exact *x)
{
    *x = (struct exact){.scale = 0};
    mpz_init(x->digits);
}

void exact_finish(struct exact *x)
{
    mpz_clear(x->digits);
}

void exact_set(struct exact *x, bool is_negative, uint64_t digits, long scale)
{
    mpz_set_ui(x->digits, digits);
    x->scale = scale;
    x->has_rest = false;
    x->is_negative = is_negative;
}

bool exact_is_zero(const struct exact *x)
{
    return mpz_sgn(x->digits) == 0 && !x->has_rest;
}

static long length(const mpz_t digits)
{
    return (long)mpz_sizeinbase(digits, 2);
}

long exact_exponent(const struct exact *x)
{
    assert(mpz_sgn(x->digits) != 0);
    return length(x->digits) - 1 + x->scale;
}

/* Stores x as a multiple of 2^scale, with its sign; scale is at most that of x. */
static void at_scale(mpz_t multiple, const struct exact *x, long scale)
{
    assert(scale <= x->scale && !x->has_rest);
    mpz_mul_2exp(multiple, x->digits, (mp_bitcnt_t)(x->scale - scale));
    if (x->is_negative) {
        mpz_neg(multiple, multiple);
    }
}

static long lower_scale(const struct exact *x, const struct exact *y)
{
    return x->scale < y->scale ? x->scale : y->scale;
}

void exact_sum(struct exact *sum, const struct exact *x, const struct exact *y)
{
    mpz_t addend;

    mpz_init(addend);
    sum->scale = lower_scale(x, y);
    sum->has_rest = false;
    at_scale(sum->digits, x, sum->scale);
    at_scale(addend, y, sum->scale);
    mpz_add(sum->digits, sum->digits, addend);
    sum->is_negative = mpz_sgn(sum->digits) < 0;
    mpz_abs(sum->digits, sum->digits);
    mpz_clear(addend);
}

int exact_compare(const struct exact *x, const struct exact *y)
{
    long scale = lower_scale(x, y);
    mpz_t left;
    mpz_t right;

    mpz_inits(left, right, NULL);
    at_scale(left, x, scale);
    at_scale(right, y, scale);
    int order = mpz_cmp(left, right);
    mpz_clears(left, right, NULL);
    return order;
}

void exact_product(struct exact *product, const struct exact *x, const struct exact *y)
{
    assert(!x->has_rest && !y->has_rest);
    mpz_mul(product->digits, x->digits, y->digits);
    product->scale = x->scale + y->scale;
    product->has_rest = false;
    product->is_negative = x->is_negative != y->is_negative;
}

void exact_quotient(struct exact *quotient, const struct exact *x, const struct exact *y)
{
    mp_bitcnt_t more = (mp_bitcnt_t)(GUARD + length(y->digits));
    mpz_t dividend;
    mpz_t remainder;

    assert(!x->has_rest && !y->has_rest);
    mpz_inits(dividend, remainder, NULL);
    mpz_mul_2exp(dividend, x->digits, more);
    mpz_tdiv_qr(quotient->digits, remainder, dividend, y->digits);
    quotient->scale = x->scale - y->scale - (long)more;
    quotient->has_rest = mpz_sgn(remainder) != 0;
    quotient->is_negative = x->is_negative != y->is_negative;
    mpz_clears(dividend, remainder, NULL);
}

void exact_root(struct exact *root, const struct exact *x)
{
    long more = 2 * GUARD + (x->scale % 2 != 0 ? 1 : 0); /* the scale to halve must be even */
    mpz_t square;
    mpz_t remainder;

    assert(!x->has_rest && (!x->is_negative || exact_is_zero(x)));
    mpz_inits(square, remainder, NULL);
    mpz_mul_2exp(square, x->digits, (mp_bitcnt_t)more);
    mpz_sqrtrem(root->digits, remainder, square);
    root->scale = (x->scale - more) / 2;
    root->has_rest = mpz_sgn(remainder) != 0;
    root->is_negative = x->is_negative;
    mpz_clears(square, remainder, NULL);
}

/* Where x lies between two neighbouring multiples, as seen from the one towards zero. */
enum place { ON_IT, BELOW_HALF, HALF, ABOVE_HALF };

static enum place place_of(const struct exact *x, mp_bitcnt_t dropped)
{
    bool tie = mpz_tstbit(x->digits, dropped - 1) != 0;
    mp_bitcnt_t lowest = mpz_scan1(x->digits, 0);
    bool is_more = x->has_rest || lowest < dropped - 1;

    if (tie) {
        return is_more ? ABOVE_HALF : HALF;
    }
    return is_more ? BELOW_HALF : ON_IT;
}

static bool away_from_zero(enum place place, enum exact_rounding rounding, const struct exact *x,
                           bool is_odd)
{
    switch (rounding) {
    case EXACT_RNE: return place == ABOVE_HALF || (place == HALF && is_odd);
    case EXACT_RTZ: return false;
    case EXACT_RDN: return place != ON_IT && x->is_negative;
    case EXACT_RUP: return place != ON_IT && !x->is_negative;
    case EXACT_RMM: return place == ABOVE_HALF || place == HALF;
    case EXACT_ROUNDINGS: break;
    }
    assert(false);
    return false;
}

bool exact_round(const struct exact *x, long unit, enum exact_rounding rounding, mpz_t multiple)
{
    if (unit <= x->scale) {
        assert(!x->has_rest);
        mpz_mul_2exp(multiple, x->digits, (mp_bitcnt_t)(x->scale - unit));
        return false;
    }
    mp_bitcnt_t dropped = (mp_bitcnt_t)(unit - x->scale);
    enum place place = place_of(x, dropped);

    mpz_fdiv_q_2exp(multiple, x->digits, dropped);
    if (away_from_zero(place, rounding, x, mpz_odd_p(multiple) != 0)) {
        mpz_add_ui(multiple, multiple, 1);
    }
    return place != ON_IT;
}
