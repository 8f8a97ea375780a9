/*
 * float_exact.h - IEEE 754 arithmetic in integers: what the host's floating-point unit cannot be
 * asked for, in any binary format of up to 64 bits, any rounding mode, with every flag.
 *
 * Numbers are bit patterns in the low bits of 64; everything else is as in float.h, which is the
 * door to this.
 *
 * Spec: Unpriv. [single-float], [norm:ieee_std_tininess], [norm:F_canonical_NaN].
 */
#ifndef EMU_HART_FLOAT_EXACT_H
#define EMU_HART_FLOAT_EXACT_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/float.h"

/*   sign | exponent      | fraction
 *    1   | exponent_bits | fraction_bits
 */
struct float_format {
    unsigned exponent_bits;
    unsigned fraction_bits;
};

extern const struct float_format float_binary32;
extern const struct float_format float_binary64;

/* The integers of a type, from -lowest to highest. */
struct float_integers {
    uint64_t lowest;
    uint64_t highest;
};

uint64_t float_exact_add(const struct float_format *format, uint64_t a, uint64_t b,
                         enum float_rounding rm, unsigned *flags);
uint64_t float_exact_mul(const struct float_format *format, uint64_t a, uint64_t b,
                         enum float_rounding rm, unsigned *flags);
uint64_t float_exact_div(const struct float_format *format, uint64_t a, uint64_t b,
                         enum float_rounding rm, unsigned *flags);
uint64_t float_exact_sqrt(const struct float_format *format, uint64_t a, enum float_rounding rm,
                          unsigned *flags);
uint64_t float_exact_fma(const struct float_format *format, uint64_t a, uint64_t b, uint64_t c,
                         enum float_rounding rm, unsigned *flags);

/* a, a number in the format from, in the format to. */
uint64_t float_exact_convert(const struct float_format *from, const struct float_format *to,
                             uint64_t a, enum float_rounding rm, unsigned *flags);

/* The number of this sign and magnitude. */
uint64_t float_exact_from_integer(const struct float_format *format, bool is_negative,
                                  uint64_t magnitude, enum float_rounding rm, unsigned *flags);

/* a rounded to an integer of the type and clipped to it, in two's complement. */
uint64_t float_exact_to_integer(const struct float_format *format, uint64_t a,
                                const struct float_integers *type, enum float_rounding rm,
                                unsigned *flags);

#endif
