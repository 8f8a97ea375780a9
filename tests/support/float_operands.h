/*
 * float_operands.h - operands on which floating-point arithmetic goes wrong: a table, and random
 * ones.
 *
 * Nothing here knows what the results are, except where an operand is aimed at one: then the oracle
 * tells where the other operands lead.
 */
#ifndef TESTS_SUPPORT_FLOAT_OPERANDS_H
#define TESTS_SUPPORT_FLOAT_OPERANDS_H

#include <stddef.h>
#include <stdint.h>

#include "tests/support/chooser.h"
#include "tests/support/float_oracle.h"

enum { FLOAT_SPECIALS_MAX = 200 };

struct float_specials {
    size_t count;
    size_t core; /* the first ones, enough for triples */
    uint64_t bits[FLOAT_SPECIALS_MAX];
};

/* Values of a format, each with both signs: zeros, infinities, NaNs of both kinds, the ends of the
 * subnormal and normal numbers, and the neighbours of powers of two at which something changes. */
void float_specials_of(const struct oracle_format *format, struct float_specials *specials);

/* 64-bit integers to convert: the ends of the types, and neighbours of ties in both formats. */
void float_special_integers(struct float_specials *specials);

/* Operands for an operation: any bits, few bits, neighbours, exponents that lead to cancellation,
 * underflow or overflow, and addends next to minus the product. */
void float_random_operands(struct chooser *chooser, enum oracle_op op,
                           const struct oracle_format *format, uint64_t operand[3]);

#endif
