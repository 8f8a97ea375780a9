/*
 * bits.h - fields of words: helpers to take one out, by mask or by bit numbers, to put one in, and
 * to sign-extend; words as bytes of memory.
 */
#ifndef EMU_HART_BITS_H
#define EMU_HART_BITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* The field that mask covers, shifted down. mask is one run of ones. */
static inline uint64_t field_get(uint64_t word, uint64_t mask)
{
    return (word & mask) / (mask & -mask);
}

/* word with the field that mask covers replaced by value, whose excess bits are dropped. */
static inline uint64_t field_set(uint64_t word, uint64_t mask, uint64_t value)
{
    return (word & ~mask) | ((value * (mask & -mask)) & mask);
}

/* Bits high down to low of an instruction, shifted down: the manual's inst[high:low]. */
static inline uint32_t bit_slice(uint32_t bits, unsigned high, unsigned low)
{
    return (bits >> low) & (UINT32_MAX >> (31 - (high - low)));
}

/* The low bits of value (1 to 64 of them) as a two's-complement number of 64 bits. */
static inline uint64_t sign_extend(uint64_t value, unsigned bits)
{
    uint64_t sign = UINT64_C(1) << (bits - 1);
    uint64_t low = bits == 64 ? value : value & ((sign << 1) - 1);
    return (low ^ sign) - sign;
}

/* The size (1, 2, 4, 8) bytes of memory there, zero-extended: RISC-V's memory is little-endian,
 * whatever the host is. Each size by itself, as a copy of so many bytes is dear. */
static inline uint64_t load_bytes(const uint8_t *bytes, unsigned size)
{
    uint16_t half;
    uint32_t word;
    uint64_t doubleword;

    switch (size) {
    case 1: return *bytes;
    case 2: memcpy(&half, bytes, sizeof half); return le16toh(half);
    case 4: memcpy(&word, bytes, sizeof word); return le32toh(word);
    default: memcpy(&doubleword, bytes, sizeof doubleword); return le64toh(doubleword);
    }
}

/* Stores the low size (1, 2, 4, 8) bytes of value there. */
static inline void store_bytes(uint8_t *bytes, unsigned size, uint64_t value)
{
    value = htole64(value);
    memcpy(bytes, &value, size);
}

#endif
