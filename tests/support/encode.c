#include "tests/support/encode.h"

uint32_t encode_part(uint32_t value, unsigned high, unsigned low, unsigned at)
{
    uint32_t mask = (uint32_t)((UINT64_C(1) << (high - low + 1)) - 1);
    return ((value >> low) & mask) << at;
}

uint32_t encode_r(unsigned opcode, unsigned funct3, unsigned funct7, unsigned rd, unsigned rs1,
                  unsigned rs2)
{
    return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}

uint32_t encode_i(unsigned opcode, unsigned funct3, unsigned rd, unsigned rs1, int32_t imm)
{
    return encode_part((uint32_t)imm, 11, 0, 20) | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}

uint32_t encode_s(unsigned funct3, unsigned rs1, unsigned rs2, int32_t imm)
{
    uint32_t bits = (uint32_t)imm;
    return encode_part(bits, 11, 5, 25) | rs2 << 20 | rs1 << 15 | funct3 << 12 |
           encode_part(bits, 4, 0, 7) | OPCODE_STORE;
}

uint32_t encode_b(unsigned funct3, unsigned rs1, unsigned rs2, int32_t offset)
{
    uint32_t bits = (uint32_t)offset;
    return encode_part(bits, 12, 12, 31) | encode_part(bits, 10, 5, 25) | rs2 << 20 | rs1 << 15 |
           funct3 << 12 | encode_part(bits, 4, 1, 8) | encode_part(bits, 11, 11, 7) | OPCODE_BRANCH;
}

uint32_t encode_u(unsigned opcode, unsigned rd, uint32_t imm)
{
    return imm << 12 | rd << 7 | opcode;
}

uint32_t encode_j(unsigned rd, int32_t offset)
{
    uint32_t bits = (uint32_t)offset;
    return encode_part(bits, 20, 20, 31) | encode_part(bits, 10, 1, 21) |
           encode_part(bits, 11, 11, 20) | encode_part(bits, 19, 12, 12) | rd << 7 | OPCODE_JAL;
}

uint32_t encode_csr(unsigned funct3, unsigned rd, unsigned csr, unsigned rs1)
{
    return csr << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | OPCODE_SYSTEM;
}

uint32_t encode_atomic(unsigned funct5, unsigned size, unsigned rd, unsigned rs1, unsigned rs2)
{
    return encode_r(OPCODE_AMO, size == 8 ? 3 : 2, funct5 << 2, rd, rs1, rs2);
}

uint32_t encode_float_load(unsigned size, unsigned rd, unsigned rs1, int32_t imm)
{
    return encode_i(OPCODE_LOAD_FP, size == 8 ? 3 : 2, rd, rs1, imm);
}

uint32_t encode_float_store(unsigned size, unsigned rs1, unsigned rs2, int32_t imm)
{
    return encode_s(size == 8 ? 3 : 2, rs1, rs2, imm) - OPCODE_STORE + OPCODE_STORE_FP;
}

/* The format in the two lowest bits of funct7. */
static unsigned float_format(unsigned size)
{
    return size == 8 ? 1 : 0;
}

uint32_t encode_float(unsigned funct5, unsigned size, unsigned rm, unsigned rd, unsigned rs1,
                      unsigned rs2)
{
    return encode_r(OPCODE_OP_FP, rm, funct5 << 2 | float_format(size), rd, rs1, rs2);
}

uint32_t encode_fused(unsigned opcode, unsigned size, unsigned rm, unsigned rd,
                      const unsigned rs[3])
{
    return encode_r(opcode, rm, rs[2] << 2 | float_format(size), rd, rs[0], rs[1]);
}
