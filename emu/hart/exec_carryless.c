/*
 * exec_carryless.c - the Zbc extension: multiplication of polynomials over GF(2), where a bit is a
 * coefficient and nothing carries.
 *
 * Spec: Unpriv. [ext:zbc].
 */
#include "emu/hart/exec.h"

#include <stdint.h>

/* Bits 63 to 0 of the product: from the lowest bit of b on, a shifted up [norm:clmul_op]. */
static uint64_t low_product(uint64_t a, uint64_t b)
{
    uint64_t product = 0;

    for (; b != 0; a <<= 1, b >>= 1) {
        product ^= a & -(b & 1);
    }
    return product;
}

/* Bits 126 to 63, the highest there are: from the highest bit of b on, a shifted down
 * [norm:clmulr_op]. */
static uint64_t high_product(uint64_t a, uint64_t b)
{
    uint64_t product = 0;

    for (; b != 0; a >>= 1, b <<= 1) {
        product ^= a & -(b >> 63);
    }
    return product;
}

COMPUTES(clmul)
{
    return low_product(rs1, get_rs2(hart, insn));
}

COMPUTES(clmulr)
{
    return high_product(rs1, get_rs2(hart, insn));
}

/* Bits 127 to 64, of which the first is 0. */
COMPUTES(clmulh)
{
    return high_product(rs1, get_rs2(hart, insn)) >> 1;
}
