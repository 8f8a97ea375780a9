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

static uint64_t get_unsigned_word(const struct hart *hart, const struct insn *insn)
{
    return (uint32_t)get_rs1(hart, insn);
}

void exec_add_uw(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) + get_unsigned_word(hart, insn));
    NEXT(hart, insn);
}

void exec_sh1add(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) + (get_rs1(hart, insn) << 1));
    NEXT(hart, insn);
}

void exec_sh2add(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) + (get_rs1(hart, insn) << 2));
    NEXT(hart, insn);
}

void exec_sh3add(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) + (get_rs1(hart, insn) << 3));
    NEXT(hart, insn);
}

void exec_sh1add_uw(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) + (get_unsigned_word(hart, insn) << 1));
    NEXT(hart, insn);
}

void exec_sh2add_uw(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) + (get_unsigned_word(hart, insn) << 2));
    NEXT(hart, insn);
}

void exec_sh3add_uw(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) + (get_unsigned_word(hart, insn) << 3));
    NEXT(hart, insn);
}

void exec_slli_uw(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_unsigned_word(hart, insn) << insn->imm);
    NEXT(hart, insn);
}

/* Zbb: logic with the second operand inverted. */

void exec_andn(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) & ~get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_orn(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) | ~get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_xnor(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, ~(get_rs1(hart, insn) ^ get_rs2(hart, insn)));
    NEXT(hart, insn);
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

void exec_clz(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, count_leading_zeros(get_rs1(hart, insn)));
    NEXT(hart, insn);
}

void exec_clzw(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, count_leading_zeros(get_unsigned_word(hart, insn)) - 32);
    NEXT(hart, insn);
}

void exec_ctz(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, count_trailing_zeros(get_rs1(hart, insn)));
    NEXT(hart, insn);
}

void exec_ctzw(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, count_trailing_zeros(get_rs1(hart, insn) | UINT64_C(1) << 32));
    NEXT(hart, insn);
}

void exec_cpop(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, count_ones(get_rs1(hart, insn)));
    NEXT(hart, insn);
}

void exec_cpopw(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, count_ones(get_unsigned_word(hart, insn)));
    NEXT(hart, insn);
}

/* Zbb: the smaller and the larger. */

void exec_min(struct hart *hart, const struct insn *insn)
{
    uint64_t a = get_rs1(hart, insn);
    uint64_t b = get_rs2(hart, insn);
    set_rd(hart, insn, (int64_t)a < (int64_t)b ? a : b);
    NEXT(hart, insn);
}

void exec_minu(struct hart *hart, const struct insn *insn)
{
    uint64_t a = get_rs1(hart, insn);
    uint64_t b = get_rs2(hart, insn);
    set_rd(hart, insn, a < b ? a : b);
    NEXT(hart, insn);
}

void exec_max(struct hart *hart, const struct insn *insn)
{
    uint64_t a = get_rs1(hart, insn);
    uint64_t b = get_rs2(hart, insn);
    set_rd(hart, insn, (int64_t)a > (int64_t)b ? a : b);
    NEXT(hart, insn);
}

void exec_maxu(struct hart *hart, const struct insn *insn)
{
    uint64_t a = get_rs1(hart, insn);
    uint64_t b = get_rs2(hart, insn);
    set_rd(hart, insn, a > b ? a : b);
    NEXT(hart, insn);
}

/* Zbb: extension of bytes and halfwords. */

void exec_sext_b(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, sign_extend(get_rs1(hart, insn), 8));
    NEXT(hart, insn);
}

void exec_sext_h(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, sign_extend(get_rs1(hart, insn), 16));
    NEXT(hart, insn);
}

void exec_zext_h(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, (uint16_t)get_rs1(hart, insn));
    NEXT(hart, insn);
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

void exec_rol(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, rotate_right(get_rs1(hart, insn), -get_rs2(hart, insn)));
    NEXT(hart, insn);
}

void exec_ror(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, rotate_right(get_rs1(hart, insn), get_rs2(hart, insn)));
    NEXT(hart, insn);
}

void exec_rori(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, rotate_right(get_rs1(hart, insn), get_imm(insn)));
    NEXT(hart, insn);
}

void exec_rolw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, rotate_word_right(get_rs1(hart, insn), -get_rs2(hart, insn)));
    NEXT(hart, insn);
}

void exec_rorw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, rotate_word_right(get_rs1(hart, insn), get_rs2(hart, insn)));
    NEXT(hart, insn);
}

void exec_roriw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, rotate_word_right(get_rs1(hart, insn), get_imm(insn)));
    NEXT(hart, insn);
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

void exec_orc_b(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, combine_bytes(get_rs1(hart, insn)));
    NEXT(hart, insn);
}

void exec_rev8(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, __builtin_bswap64(get_rs1(hart, insn)));
    NEXT(hart, insn);
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

void exec_bclr(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) & ~register_bit(hart, insn));
    NEXT(hart, insn);
}

void exec_bclri(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) & ~immediate_bit(insn));
    NEXT(hart, insn);
}

void exec_binv(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) ^ register_bit(hart, insn));
    NEXT(hart, insn);
}

void exec_binvi(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) ^ immediate_bit(insn));
    NEXT(hart, insn);
}

void exec_bset(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) | register_bit(hart, insn));
    NEXT(hart, insn);
}

void exec_bseti(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) | immediate_bit(insn));
    NEXT(hart, insn);
}

void exec_bext(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) >> get_shift(hart, insn) & 1);
    NEXT(hart, insn);
}

void exec_bexti(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) >> insn->imm & 1);
    NEXT(hart, insn);
}
