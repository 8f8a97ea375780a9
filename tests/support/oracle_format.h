/*
 * oracle_format.h - binary32 and binary64 as IEEE 754 defines them, and rounding to them.
 *
 * A format is given by its precision and its greatest exponent; all else follows. Rounding takes an
 * exact number and gives the bits and the flags of the result: overflow if what it would round to
 * without a bound on exponents is too great, underflow if that is tiny, and the result is inexact.
 *
 *   63   | 62..52   | 51..0       binary64
 *   31   | 30..23   | 22..0       binary32
 *   sign | exponent | fraction
 *
 * Spec: Unpriv. [f-st-ext], [d-st-ext].
 */
#ifndef TESTS_SUPPORT_ORACLE_FORMAT_H
#define TESTS_SUPPORT_ORACLE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/exact_number.h"

struct oracle_format {
    const char *suffix; /* of its instructions */
    unsigned width;     /* bits, of all of it */
    int precision;      /* bits of a significand, the one that is not stored counted */
    int emax;           /* exponent of the greatest numbers; emin is 1 - emax */
};

extern const struct oracle_format oracle_single;
extern const struct oracle_format oracle_double;

/* As in fflags. */
enum { ORACLE_NX = 1, ORACLE_UF = 2, ORACLE_OF = 4, ORACLE_DZ = 8, ORACLE_NV = 16 };

struct oracle_answer {
    uint64_t bits;
    unsigned flags;
};

enum oracle_kind { ORACLE_REAL, ORACLE_INFINITE, ORACLE_QUIET_NAN, ORACLE_SIGNALING_NAN };

static inline uint64_t power_of_2(unsigned exponent)
{
    return UINT64_C(1) << exponent;
}

/* The exponent of the smallest normal number. */
long oracle_emin(const struct oracle_format *format);

uint64_t oracle_zero(const struct oracle_format *format, bool is_negative);
uint64_t oracle_infinity(const struct oracle_format *format, bool is_negative);
uint64_t oracle_greatest(const struct oracle_format *format, bool is_negative);
uint64_t oracle_canonical_nan(const struct oracle_format *format);

/* Stores the number; of an infinity or a NaN only the sign is of use. */
enum oracle_kind oracle_load(const struct oracle_format *format, uint64_t bits, struct exact *x);

/* Rounds a number; zero keeps its sign. Adds flags to those of answer. */
void oracle_round(const struct oracle_format *format, const struct exact *x,
                  enum exact_rounding rounding, struct oracle_answer *answer);

#endif
