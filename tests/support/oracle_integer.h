/*
 * oracle_integer.h - the integers that F and D convert to and from, as registers hold them.
 *
 * A word in a register is sign-extended, an unsigned one too; of a register that holds a word only
 * the low half counts.
 *
 * Spec: Unpriv. [int_conv].
 */
#ifndef TESTS_SUPPORT_ORACLE_INTEGER_H
#define TESTS_SUPPORT_ORACLE_INTEGER_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/oracle_format.h"

struct oracle_integer {
    unsigned width; /* 32 or 64 bits */
    bool is_signed;
};

extern const struct oracle_integer oracle_w;
extern const struct oracle_integer oracle_wu;
extern const struct oracle_integer oracle_l;
extern const struct oracle_integer oracle_lu;

void oracle_load_integer(const struct oracle_integer *type, uint64_t value, struct exact *x);

/* A register with the least number of the type, or the greatest. */
uint64_t oracle_integer_end(const struct oracle_integer *type, bool is_least);

/* Rounds a number. What does not fit is clipped and invalid, and then not inexact. */
void oracle_round_integer(const struct oracle_integer *type, const struct exact *x,
                          enum exact_rounding rounding, struct oracle_answer *answer);

#endif
