/*
 * float.h - the arithmetic of F and D, on the bits of the numbers.
 *
 * Pure functions: a number comes and goes as its bit pattern of 32 or 64 bits, never NaN-boxed, so
 * they know neither registers nor fcsr. A rounding mode is one of the five that exist. What is
 * raised is added to *flags, which may hold flags already: none is ever cleared. A NaN that
 * arithmetic makes is the canonical one [norm:F_canonical_NaN]. The same bits on every host.
 *
 * Spec: Unpriv. [f-st-ext], [d-st-ext].
 */
#ifndef EMU_HART_FLOAT_H
#define EMU_HART_FLOAT_H

#include <stdbool.h>
#include <stdint.h>

/* As encoded in rm and frm; 5 and 6 are reserved. */
enum float_rounding {
    FLOAT_RNE = 0, /* to nearest, ties to even */
    FLOAT_RTZ = 1, /* towards zero */
    FLOAT_RDN = 2, /* down */
    FLOAT_RUP = 3, /* up */
    FLOAT_RMM = 4, /* to nearest, ties to max magnitude */
};

/* What rm holds to mean frm. */
enum { FLOAT_DYNAMIC = 7 };

/* As in fflags. */
enum float_flag {
    FLOAT_NX = 1 << 0, /* inexact */
    FLOAT_UF = 1 << 1, /* underflow: tiny after rounding, and inexact */
    FLOAT_OF = 1 << 2, /* overflow */
    FLOAT_DZ = 1 << 3, /* division by zero */
    FLOAT_NV = 1 << 4, /* invalid operation */
};

/* As in the result of FCLASS, of which one bit is set. */
enum float_class {
    FLOAT_NEGATIVE_INFINITY = 1 << 0,
    FLOAT_NEGATIVE_NORMAL = 1 << 1,
    FLOAT_NEGATIVE_SUBNORMAL = 1 << 2,
    FLOAT_NEGATIVE_ZERO = 1 << 3,
    FLOAT_POSITIVE_ZERO = 1 << 4,
    FLOAT_POSITIVE_SUBNORMAL = 1 << 5,
    FLOAT_POSITIVE_NORMAL = 1 << 6,
    FLOAT_POSITIVE_INFINITY = 1 << 7,
    FLOAT_SIGNALING_NAN = 1 << 8,
    FLOAT_QUIET_NAN = 1 << 9,
};

#define FLOAT32_SIGN UINT32_C(0x80000000)
#define FLOAT64_SIGN UINT64_C(0x8000000000000000)
#define FLOAT32_NAN UINT32_C(0x7fc00000)
#define FLOAT64_NAN UINT64_C(0x7ff8000000000000)

/* Rounded results. */
uint32_t float32_add(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags);
uint64_t float64_add(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags);
uint32_t float32_sub(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags);
uint64_t float64_sub(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags);
uint32_t float32_mul(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags);
uint64_t float64_mul(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags);
uint32_t float32_div(uint32_t a, uint32_t b, enum float_rounding rm, unsigned *flags);
uint64_t float64_div(uint64_t a, uint64_t b, enum float_rounding rm, unsigned *flags);
uint32_t float32_sqrt(uint32_t a, enum float_rounding rm, unsigned *flags);
uint64_t float64_sqrt(uint64_t a, enum float_rounding rm, unsigned *flags);

/* a * b + c, rounded once. Infinity times zero is invalid even if c is a quiet NaN. The variants of
 * other signs come from flipping the sign of a, c or both. */
uint32_t float32_fma(uint32_t a, uint32_t b, uint32_t c, enum float_rounding rm, unsigned *flags);
uint64_t float64_fma(uint64_t a, uint64_t b, uint64_t c, enum float_rounding rm, unsigned *flags);

/* minimumNumber and maximumNumber: -0 is less than +0; of a NaN and a number the number is the
 * result, of two NaNs the canonical one; a signaling NaN is invalid in any case. */
uint32_t float32_min(uint32_t a, uint32_t b, unsigned *flags);
uint64_t float64_min(uint64_t a, uint64_t b, unsigned *flags);
uint32_t float32_max(uint32_t a, uint32_t b, unsigned *flags);
uint64_t float64_max(uint64_t a, uint64_t b, unsigned *flags);

/* Comparisons, false if one is a NaN. eq finds only signaling NaNs invalid, lt and le all. */
bool float32_eq(uint32_t a, uint32_t b, unsigned *flags);
bool float64_eq(uint64_t a, uint64_t b, unsigned *flags);
bool float32_lt(uint32_t a, uint32_t b, unsigned *flags);
bool float64_lt(uint64_t a, uint64_t b, unsigned *flags);
bool float32_le(uint32_t a, uint32_t b, unsigned *flags);
bool float64_le(uint64_t a, uint64_t b, unsigned *flags);

/* Which of the ten kinds of number it is. */
enum float_class float32_classify(uint32_t a);
enum float_class float64_classify(uint64_t a);

/* To an integer. What does not fit after rounding gives the nearest integer that there is, a NaN
 * the greatest, and raises NV alone. */
int32_t float32_to_int32(uint32_t a, enum float_rounding rm, unsigned *flags);
int32_t float64_to_int32(uint64_t a, enum float_rounding rm, unsigned *flags);
uint32_t float32_to_uint32(uint32_t a, enum float_rounding rm, unsigned *flags);
uint32_t float64_to_uint32(uint64_t a, enum float_rounding rm, unsigned *flags);
int64_t float32_to_int64(uint32_t a, enum float_rounding rm, unsigned *flags);
int64_t float64_to_int64(uint64_t a, enum float_rounding rm, unsigned *flags);
uint64_t float32_to_uint64(uint32_t a, enum float_rounding rm, unsigned *flags);
uint64_t float64_to_uint64(uint64_t a, enum float_rounding rm, unsigned *flags);

/* From an integer; a narrower one is widened by the caller, and zero is +0. */
uint32_t float32_from_int64(int64_t value, enum float_rounding rm, unsigned *flags);
uint64_t float64_from_int64(int64_t value, enum float_rounding rm, unsigned *flags);
uint32_t float32_from_uint64(uint64_t value, enum float_rounding rm, unsigned *flags);
uint64_t float64_from_uint64(uint64_t value, enum float_rounding rm, unsigned *flags);

/* From one format to the other; widening is exact, and a NaN becomes the canonical one. */
uint32_t float32_from_float64(uint64_t a, enum float_rounding rm, unsigned *flags);
uint64_t float64_from_float32(uint32_t a, unsigned *flags);

#endif
