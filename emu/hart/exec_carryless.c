/*
 * exec_carryless.c - the Zbc extension: multiplication of polynomials over GF(2), where a bit is a
 * coefficient and nothing carries.
 *
 * Spec: Unpriv. [ext:zbc], [norm:zbc_clmul_clmulh_results], [norm:zbc_clmulr_results].
 */
#include "emu/hart/exec.h"

#include <stdint.h>

__extension__ typedef unsigned __int128 uint128;

static uint128 carryless_product(uint64_t a, uint64_t b)
{
    uint128 product = 0;

    for (uint128 shifted = a; b != 0; shifted <<= 1, b >>= 1) {
        product ^= shifted & -(uint128)(b & 1);
    }
    return product;
}

/* The lower half. */
void exec_clmul(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, (uint64_t)carryless_product(get_rs1(hart, insn), get_rs2(hart, insn)));
    NEXT(hart, insn);
}

/* The upper half. */
void exec_clmulh(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn,
           (uint64_t)(carryless_product(get_rs1(hart, insn), get_rs2(hart, insn)) >> 64));
    NEXT(hart, insn);
}

/* Bits 126 to 63: the product of operands with their bits in reverse, in reverse. */
void exec_clmulr(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn,
           (uint64_t)(carryless_product(get_rs1(hart, insn), get_rs2(hart, insn)) >> 63));
    NEXT(hart, insn);
}
