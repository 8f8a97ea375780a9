/*
 * edge_values.h - operands where arithmetic goes wrong, and numbers read as the manual reads them.
 *
 * Tests work out what they expect in 128 bits, where nothing overflows, and cut the result to size.
 */
#ifndef TESTS_SUPPORT_EDGE_VALUES_H
#define TESTS_SUPPORT_EDGE_VALUES_H

#include <stdint.h>

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

enum { EDGE_VALUES = 40, EDGE_IMMEDIATES = 23 };

/* 64-bit operands: around 0, around both ends of 32 and 64 bits, patterns, shift amounts. */
extern const uint64_t edge_values[EDGE_VALUES];

/* 12-bit immediates, sign-extended. */
extern const int32_t edge_immediates[EDGE_IMMEDIATES];

/* The low bits (1 to 64) of value as a two's-complement number. */
static inline int128 as_signed(uint64_t value, unsigned bits)
{
    uint128 modulus = (uint128)1 << bits;
    uint128 low = (uint128)value % modulus;
    return low < modulus / 2 ? (int128)low : (int128)low - (int128)modulus;
}

/* The low bits (1 to 64) of value as an unsigned number. */
static inline uint128 as_unsigned(uint64_t value, unsigned bits)
{
    return (uint128)value % ((uint128)1 << bits);
}

/* What a register holds after an operation on words: 32 bits, sign-extended. */
static inline uint64_t word_result(uint64_t value)
{
    return (uint64_t)as_signed(value, 32);
}

#endif
