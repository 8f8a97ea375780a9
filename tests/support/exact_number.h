/*
 * exact_number.h - numbers without error: a big integer times a power of two, and what is left
 * over.
 *
 * Sums and products are exact. A quotient or root that does not end is cut off after more digits
 * than any rounding here looks at, and only known to be more than what is left of it: enough to
 * round it once, as if it were exact. Rounding is to a multiple of a power of two.
 */
#ifndef TESTS_SUPPORT_EXACT_NUMBER_H
#define TESTS_SUPPORT_EXACT_NUMBER_H

#include <gmp.h>
#include <stdbool.h>
#include <stdint.h>

/* Encoded as in rm and frm. */
enum exact_rounding {
    EXACT_RNE = 0, /* to nearest, ties to even */
    EXACT_RTZ = 1, /* towards zero */
    EXACT_RDN = 2, /* towards minus infinity */
    EXACT_RUP = 3, /* towards plus infinity */
    EXACT_RMM = 4, /* to nearest, ties to max magnitude */
    EXACT_ROUNDINGS = 5,
};

/* Plus or minus (digits + rest) * 2^scale, where rest is 0 or, with has_rest, between 0 and 1. */
struct exact {
    mpz_t digits;
    long scale;
    bool has_rest;
    bool is_negative; /* zero has a sign too */
};

void exact_init(struct exact *x);
void exact_finish(struct exact *x);

void exact_set(struct exact *x, bool is_negative, uint64_t digits, long scale);
bool exact_is_zero(const struct exact *x);

/* The greatest n with 2^n <= |x|; x is not zero. */
long exact_exponent(const struct exact *x);

/* The result is none of the operands, and no operand has a rest. A sum that is zero is positive. */
void exact_sum(struct exact *sum, const struct exact *x, const struct exact *y);
void exact_product(struct exact *product, const struct exact *x, const struct exact *y);
/* y is not zero. */
void exact_quotient(struct exact *quotient, const struct exact *x, const struct exact *y);
/* x is not negative. */
void exact_root(struct exact *root, const struct exact *x);

/* Negative, 0 or positive, as x is less than, equal to or greater than y. */
int exact_compare(const struct exact *x, const struct exact *y);

/* Rounds to a multiple of 2^unit. Stores how many times 2^unit that is, without the sign of x;
 * returns true if x itself is no such multiple. */
bool exact_round(const struct exact *x, long unit, enum exact_rounding rounding, mpz_t multiple);

#endif
