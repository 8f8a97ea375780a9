#include "tests/support/encode_rvc.h"

#include "tests/support/encode.h"

/* The three-bit number of x8 to x15. */
static uint32_t prime(unsigned number)
{
    return number & 7;
}

static uint16_t cr(unsigned bit12, unsigned rd, unsigned rs2)
{
    return (uint16_t)(4u << 13 | bit12 << 12 | rd << 7 | rs2 << 2 | 2);
}

uint16_t encode_c_mv(unsigned rd, unsigned rs2)
{
    return cr(0, rd, rs2);
}

uint16_t encode_c_add(unsigned rd, unsigned rs2)
{
    return cr(1, rd, rs2);
}

uint16_t encode_c_immediate(unsigned funct3, unsigned rd, int32_t imm)
{
    uint32_t bits = (uint32_t)imm;
    return (uint16_t)(funct3 << 13 | encode_part(bits, 5, 5, 12) | rd << 7 |
                      encode_part(bits, 4, 0, 2) | 1);
}

uint16_t encode_c_addi16sp(int32_t imm)
{
    uint32_t bits = (uint32_t)imm;
    return (uint16_t)(3u << 13 | encode_part(bits, 9, 9, 12) | 2u << 7 |
                      encode_part(bits, 4, 4, 6) | encode_part(bits, 6, 6, 5) |
                      encode_part(bits, 8, 7, 3) | encode_part(bits, 5, 5, 2) | 1);
}

uint16_t encode_c_addi4spn(unsigned rd, uint32_t imm)
{
    return (uint16_t)(encode_part(imm, 5, 4, 11) | encode_part(imm, 9, 6, 7) |
                      encode_part(imm, 2, 2, 6) | encode_part(imm, 3, 3, 5) | prime(rd) << 2);
}

uint16_t encode_c_slli(unsigned rd, unsigned shamt)
{
    return (uint16_t)(encode_part(shamt, 5, 5, 12) | rd << 7 | encode_part(shamt, 4, 0, 2) | 2);
}

uint16_t encode_c_alu_immediate(unsigned funct2, unsigned rd, int32_t imm)
{
    uint32_t bits = (uint32_t)imm;
    return (uint16_t)(4u << 13 | encode_part(bits, 5, 5, 12) | funct2 << 10 | prime(rd) << 7 |
                      encode_part(bits, 4, 0, 2) | 1);
}

uint16_t encode_c_alu(unsigned bit12, unsigned funct2, unsigned rd, unsigned rs2)
{
    return (uint16_t)(4u << 13 | bit12 << 12 | 3u << 10 | prime(rd) << 7 | funct2 << 5 |
                      prime(rs2) << 2 | 1);
}

/* CL and CS of words: the register at bit 2 is rd or rs2. */
static uint16_t word_access(unsigned funct3, unsigned data, unsigned rs1, uint32_t offset)
{
    return (uint16_t)(funct3 << 13 | encode_part(offset, 5, 3, 10) | prime(rs1) << 7 |
                      encode_part(offset, 2, 2, 6) | encode_part(offset, 6, 6, 5) |
                      prime(data) << 2);
}

static uint16_t doubleword_access(unsigned funct3, unsigned data, unsigned rs1, uint32_t offset)
{
    return (uint16_t)(funct3 << 13 | encode_part(offset, 5, 3, 10) | prime(rs1) << 7 |
                      encode_part(offset, 7, 6, 5) | prime(data) << 2);
}

uint16_t encode_c_lw(unsigned rd, unsigned rs1, uint32_t offset)
{
    return word_access(2, rd, rs1, offset);
}

uint16_t encode_c_ld(unsigned rd, unsigned rs1, uint32_t offset)
{
    return doubleword_access(3, rd, rs1, offset);
}

uint16_t encode_c_sw(unsigned rs2, unsigned rs1, uint32_t offset)
{
    return word_access(6, rs2, rs1, offset);
}

uint16_t encode_c_sd(unsigned rs2, unsigned rs1, uint32_t offset)
{
    return doubleword_access(7, rs2, rs1, offset);
}

uint16_t encode_c_lwsp(unsigned rd, uint32_t offset)
{
    return (uint16_t)(2u << 13 | encode_part(offset, 5, 5, 12) | rd << 7 |
                      encode_part(offset, 4, 2, 4) | encode_part(offset, 7, 6, 2) | 2);
}

uint16_t encode_c_ldsp(unsigned rd, uint32_t offset)
{
    return (uint16_t)(3u << 13 | encode_part(offset, 5, 5, 12) | rd << 7 |
                      encode_part(offset, 4, 3, 5) | encode_part(offset, 8, 6, 2) | 2);
}

uint16_t encode_c_swsp(unsigned rs2, uint32_t offset)
{
    return (uint16_t)(6u << 13 | encode_part(offset, 5, 2, 9) | encode_part(offset, 7, 6, 7) |
                      rs2 << 2 | 2);
}

uint16_t encode_c_sdsp(unsigned rs2, uint32_t offset)
{
    return (uint16_t)(7u << 13 | encode_part(offset, 5, 3, 10) | encode_part(offset, 8, 6, 7) |
                      rs2 << 2 | 2);
}

uint16_t encode_c_fld(unsigned rd, unsigned rs1, uint32_t offset)
{
    return doubleword_access(1, rd, rs1, offset);
}

uint16_t encode_c_fsd(unsigned rs2, unsigned rs1, uint32_t offset)
{
    return doubleword_access(5, rs2, rs1, offset);
}

/* The same but for funct3, which is two less. */
uint16_t encode_c_fldsp(unsigned rd, uint32_t offset)
{
    return (uint16_t)(encode_c_ldsp(rd, offset) - (2u << 13));
}

uint16_t encode_c_fsdsp(unsigned rs2, uint32_t offset)
{
    return (uint16_t)(encode_c_sdsp(rs2, offset) - (2u << 13));
}

uint16_t encode_c_j(int32_t offset)
{
    uint32_t bits = (uint32_t)offset;
    return (uint16_t)(5u << 13 | encode_part(bits, 11, 11, 12) | encode_part(bits, 4, 4, 11) |
                      encode_part(bits, 9, 8, 9) | encode_part(bits, 10, 10, 8) |
                      encode_part(bits, 6, 6, 7) | encode_part(bits, 7, 7, 6) |
                      encode_part(bits, 3, 1, 3) | encode_part(bits, 5, 5, 2) | 1);
}

static uint16_t branch(unsigned funct3, unsigned rs1, int32_t offset)
{
    uint32_t bits = (uint32_t)offset;
    return (uint16_t)(funct3 << 13 | encode_part(bits, 8, 8, 12) | encode_part(bits, 4, 3, 10) |
                      prime(rs1) << 7 | encode_part(bits, 7, 6, 5) | encode_part(bits, 2, 1, 3) |
                      encode_part(bits, 5, 5, 2) | 1);
}

uint16_t encode_c_beqz(unsigned rs1, int32_t offset)
{
    return branch(6, rs1, offset);
}

uint16_t encode_c_bnez(unsigned rs1, int32_t offset)
{
    return branch(7, rs1, offset);
}
