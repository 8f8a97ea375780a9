/*
 * exec_bit.c - the B extension: addresses (Zba), bits in general (Zbb), single bits (Zbs).
 *
 * Instructions whose name ends in w work on words, and those whose name ends in uw take the word in
 * rs1 as unsigned and work on 64 bits [norm:bitmanip_w_suffix_semantics],
 * [norm:bitmanip_uw_suffix_semantics].
 *
 * Spec: Unpriv. [ext:b], [ext:zba], [ext:zbb], [ext:zbs].
 */
#include "emu/hart/exec.h"

#include <stdint.h>

#include "emu/hart/bits.h"

/* Zba: rs1 is an index, rs2 a base. */

static uint64_t unsigned_word(uint64_t value)
{
    return (uint32_t)value;
}

COMPUTES(add_uw)
{
    return get_rs2(hart, insn) + unsigned_word(rs1);
}

COMPUTES(sh1add)
{
    return get_rs2(hart, insn) + (rs1 << 1);
}

COMPUTES(sh2add)
{
    return get_rs2(hart, insn) + (rs1 << 2);
}

COMPUTES(sh3add)
{
    return get_rs2(hart, insn) + (rs1 << 3);
}

COMPUTES(sh1add_uw)
{
    return get_rs2(hart, insn) + (unsigned_word(rs1) << 1);
}

COMPUTES(sh2add_uw)
{
    return get_rs2(hart, insn) + (unsigned_word(rs1) << 2);
}

COMPUTES(sh3add_uw)
{
    return get_rs2(hart, insn) + (unsigned_word(rs1) << 3);
}

COMPUTES(slli_uw)
{
    return unsigned_word(rs1) << insn->imm;
}

/* Zbb: logic with the second operand inverted. */

COMPUTES(andn)
{
    return rs1 & ~get_rs2(hart, insn);
}

COMPUTES(orn)
{
    return rs1 | ~get_rs2(hart, insn);
}

COMPUTES(xnor)
{
    return ~(rs1 ^ get_rs2(hart, insn));
}

/* Zbb: counting. The host's functions say nothing of 0. */

static uint64_t count_leading_zeros(uint64_t value)
{
    return value == 0 ? 64 : (unsigned)__builtin_clzll(value);
}

static uint64_t count_trailing_zeros(uint64_t value)
{
    return value == 0 ? 64 : (unsigned)__builtin_ctzll(value);
}

/* Counts in pairs, in fours, in bytes, and adds up the bytes: no call, whatever the host has. */
static uint64_t count_ones(uint64_t value)
{
    value -= value >> 1 & UINT64_C(0x5555555555555555);
    value = (value & UINT64_C(0x3333333333333333)) + (value >> 2 & UINT64_C(0x3333333333333333));
    value = (value + (value >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return value * UINT64_C(0x0101010101010101) >> 56;
}

COMPUTES(clz)
{
    return count_leading_zeros(rs1);
}

COMPUTES(clzw)
{
    return count_leading_zeros(unsigned_word(rs1)) - 32;
}

COMPUTES(ctz)
{
    return count_trailing_zeros(rs1);
}

COMPUTES(ctzw)
{
    return count_trailing_zeros(rs1 | UINT64_C(1) << 32);
}

COMPUTES(cpop)
{
    return count_ones(rs1);
}

COMPUTES(cpopw)
{
    return count_ones(unsigned_word(rs1));
}

/* Zbb: the smaller and the larger. */

COMPUTES(min)
{
    uint64_t rs2 = get_rs2(hart, insn);

    return (int64_t)rs1 < (int64_t)rs2 ? rs1 : rs2;
}

COMPUTES(minu)
{
    uint64_t rs2 = get_rs2(hart, insn);

    return rs1 < rs2 ? rs1 : rs2;
}

COMPUTES(max)
{
    uint64_t rs2 = get_rs2(hart, insn);

    return (int64_t)rs1 > (int64_t)rs2 ? rs1 : rs2;
}

COMPUTES(maxu)
{
    uint64_t rs2 = get_rs2(hart, insn);

    return rs1 > rs2 ? rs1 : rs2;
}

/* Zbb: extension of bytes and halfwords. */

COMPUTES(sext_b)
{
    return sign_extend(rs1, 8);
}

COMPUTES(sext_h)
{
    return sign_extend(rs1, 16);
}

COMPUTES(zext_h)
{
    return (uint16_t)rs1;
}

/* Zbb: rotation. By n to the left is by -n to the right, modulo the width. */

static uint64_t rotate_right(uint64_t value, uint64_t amount)
{
    return value >> (amount & 63) | value << (-amount & 63);
}

static uint64_t rotate_word_right(uint64_t value, uint64_t amount)
{
    uint32_t word = (uint32_t)value;

    return word >> (amount & 31) | word << (-amount & 31);
}

COMPUTES(rol)
{
    return rotate_right(rs1, -get_rs2(hart, insn));
}

COMPUTES(ror)
{
    return rotate_right(rs1, get_rs2(hart, insn));
}

COMPUTES(rori)
{
    return rotate_right(rs1, get_imm(insn));
}

COMPUTES(rolw)
{
    return sign_extend(rotate_word_right(rs1, -get_rs2(hart, insn)), 32);
}

COMPUTES(rorw)
{
    return sign_extend(rotate_word_right(rs1, get_rs2(hart, insn)), 32);
}

COMPUTES(roriw)
{
    return sign_extend(rotate_word_right(rs1, get_imm(insn)), 32);
}

/* Zbb: bytes. */

/* Every byte that is not 0 becomes 0xff [norm:Zbb_orc_B_semantics]: its upper bits are gathered in
 * bit 0 without reaching into the byte below, then bit 0 is spread over the byte. */
static uint64_t combine_bytes(uint64_t value)
{
    value |= value >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f);
    value |= value >> 2 & UINT64_C(0x0303030303030303);
    value |= value >> 1;
    return (value & UINT64_C(0x0101010101010101)) * 0xff;
}

COMPUTES(orc_b)
{
    return combine_bytes(rs1);
}

COMPUTES(rev8)
{
    return __builtin_bswap64(rs1);
}

/* Zbs: the bit that the low 6 bits of rs2, or the immediate, name. */

static uint64_t register_bit(const struct hart *hart, const struct insn *insn)
{
    return UINT64_C(1) << get_shift(hart, insn);
}

static uint64_t immediate_bit(const struct insn *insn)
{
    return UINT64_C(1) << insn->imm;
}

COMPUTES(bclr)
{
    return rs1 & ~register_bit(hart, insn);
}

COMPUTES(bclri)
{
    return rs1 & ~immediate_bit(insn);
}

COMPUTES(binv)
{
    return rs1 ^ register_bit(hart, insn);
}

COMPUTES(binvi)
{
    return rs1 ^ immediate_bit(insn);
}

COMPUTES(bset)
{
    return rs1 | register_bit(hart, insn);
}

COMPUTES(bseti)
{
    return rs1 | immediate_bit(insn);
}

COMPUTES(bext)
{
    return rs1 >> get_shift(hart, insn) & 1;
}

COMPUTES(bexti)
{
    return rs1 >> insn->imm & 1;
}
