/*
 * exec_mul.c - the M extension: multiplication and division.
 *
 * Division never traps: by zero the quotient has all bits set and the remainder is the dividend;
 * the most negative number by -1 gives itself and remainder 0 [norm:signed_div_overflow]. The
 * 32-bit forms extend their operands, divide in 64 bits and keep the low 32: both rules carry over.
 *
 * Spec: Unpriv. [ext:m].
 */
#include "emu/hart/exec.h"

#include <stdint.h>

#include "emu/hart/bits.h"

__extension__ typedef unsigned __int128 uint128;

/* The upper 64 bits of the unsigned product. */
static uint64_t multiply_high(uint64_t a, uint64_t b)
{
    return (uint64_t)(((uint128)a * b) >> 64);
}

/* What a signed factor takes from the upper half of the unsigned product: a negative number read as
 * unsigned is 2^64 too large. */
static uint64_t sign_excess(uint64_t factor, uint64_t other)
{
    return (int64_t)factor < 0 ? other : 0;
}

static uint64_t signed_quotient(uint64_t dividend, uint64_t divisor)
{
    if (divisor == 0) {
        return UINT64_MAX;
    }
    if (divisor == UINT64_MAX) {
        return -dividend; /* by -1, also where the host's division would overflow */
    }
    return (uint64_t)((int64_t)dividend / (int64_t)divisor);
}

static uint64_t signed_remainder(uint64_t dividend, uint64_t divisor)
{
    if (divisor == 0) {
        return dividend;
    }
    if (divisor == UINT64_MAX) {
        return 0;
    }
    return (uint64_t)((int64_t)dividend % (int64_t)divisor);
}

static uint64_t unsigned_quotient(uint64_t dividend, uint64_t divisor)
{
    return divisor == 0 ? UINT64_MAX : dividend / divisor;
}

static uint64_t unsigned_remainder(uint64_t dividend, uint64_t divisor)
{
    return divisor == 0 ? dividend : dividend % divisor;
}

static uint64_t signed_word(uint64_t value)
{
    return sign_extend(value, 32);
}

COMPUTES(mul)
{
    return rs1 * get_rs2(hart, insn);
}

COMPUTES(mulh)
{
    uint64_t rs2 = get_rs2(hart, insn);

    return multiply_high(rs1, rs2) - sign_excess(rs1, rs2) - sign_excess(rs2, rs1);
}

COMPUTES(mulhsu)
{
    uint64_t rs2 = get_rs2(hart, insn);

    return multiply_high(rs1, rs2) - sign_excess(rs1, rs2);
}

COMPUTES(mulhu)
{
    return multiply_high(rs1, get_rs2(hart, insn));
}

COMPUTES(div)
{
    return signed_quotient(rs1, get_rs2(hart, insn));
}

COMPUTES(divu)
{
    return unsigned_quotient(rs1, get_rs2(hart, insn));
}

COMPUTES(rem)
{
    return signed_remainder(rs1, get_rs2(hart, insn));
}

COMPUTES(remu)
{
    return unsigned_remainder(rs1, get_rs2(hart, insn));
}

COMPUTES(mulw)
{
    return sign_extend(rs1 * get_rs2(hart, insn), 32);
}

COMPUTES(divw)
{
    uint64_t dividend = signed_word(rs1);
    uint64_t divisor = signed_word(get_rs2(hart, insn));

    return sign_extend(signed_quotient(dividend, divisor), 32);
}

COMPUTES(divuw)
{
    uint32_t dividend = (uint32_t)rs1;
    uint32_t divisor = (uint32_t)get_rs2(hart, insn);

    return sign_extend(unsigned_quotient(dividend, divisor), 32);
}

COMPUTES(remw)
{
    uint64_t dividend = signed_word(rs1);
    uint64_t divisor = signed_word(get_rs2(hart, insn));

    return sign_extend(signed_remainder(dividend, divisor), 32);
}

COMPUTES(remuw)
{
    uint32_t dividend = (uint32_t)rs1;
    uint32_t divisor = (uint32_t)get_rs2(hart, insn);

    return sign_extend(unsigned_remainder(dividend, divisor), 32);
}
