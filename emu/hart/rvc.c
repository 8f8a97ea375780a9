#include "emu/hart/rvc.h"

#include <stdbool.h>
#include <stddef.h>

#include "emu/hart/bits.h"
#include "emu/hart/decode.h"

/*
 * A function below is one instruction of the manual's listings and is called with words that have
 * its quadrant (bits 1:0) and funct3 (bits 15:13). Immediates are scattered: where the listing has,
 * say, uimm[5:4|9:6|2|3] in bits 12 to 5, each slice moves to the place that it names.
 */
typedef uint32_t expand_fn(uint32_t bits);

enum { ZERO = 0, RA = 1, SP = 2 };

/* The 32-bit instructions to expand to: Unpriv. [base_instr]. Excess bits of imm are dropped. */

static uint32_t r_type(enum insn_op op, unsigned rd, unsigned rs1, unsigned rs2)
{
    return insn_rows[op].match | rs2 << 20 | rs1 << 15 | rd << 7;
}

/* Also shifts by a constant, imm being the amount. */
static uint32_t i_type(enum insn_op op, unsigned rd, unsigned rs1, uint32_t imm)
{
    return insn_rows[op].match | imm << 20 | rs1 << 15 | rd << 7;
}

static uint32_t s_type(enum insn_op op, unsigned rs1, unsigned rs2, uint32_t imm)
{
    return insn_rows[op].match | bit_slice(imm, 11, 5) << 25 | rs2 << 20 | rs1 << 15 |
           bit_slice(imm, 4, 0) << 7;
}

static uint32_t b_type(enum insn_op op, unsigned rs1, unsigned rs2, uint32_t imm)
{
    return insn_rows[op].match | bit_slice(imm, 12, 12) << 31 | bit_slice(imm, 10, 5) << 25 |
           rs2 << 20 | rs1 << 15 | bit_slice(imm, 4, 1) << 8 | bit_slice(imm, 11, 11) << 7;
}

static uint32_t u_type(enum insn_op op, unsigned rd, uint32_t imm)
{
    return insn_rows[op].match | bit_slice(imm, 31, 12) << 12 | rd << 7;
}

static uint32_t j_type(enum insn_op op, unsigned rd, uint32_t imm)
{
    return insn_rows[op].match | bit_slice(imm, 20, 20) << 31 | bit_slice(imm, 10, 1) << 21 |
           bit_slice(imm, 11, 11) << 20 | bit_slice(imm, 19, 12) << 12 | rd << 7;
}

/* Fields of compressed instructions: Unpriv. [rvc-form]. */

/* rd or rs1, all 32 registers. */
static unsigned reg_rd(uint32_t bits)
{
    return bit_slice(bits, 11, 7);
}

/* rs2, all 32 registers. */
static unsigned reg_rs2(uint32_t bits)
{
    return bit_slice(bits, 6, 2);
}

/* rd' or rs1' in bits 9:7, x8 to x15 [norm:Zca_regs8]. */
static unsigned reg_rs1_short(uint32_t bits)
{
    return 8 + bit_slice(bits, 9, 7);
}

/* rd' or rs2' in bits 4:2. */
static unsigned reg_rs2_short(uint32_t bits)
{
    return 8 + bit_slice(bits, 4, 2);
}

/* imm[5] and imm[4:0] of the CI format: also a shift amount. */
static uint32_t imm_ci_unsigned(uint32_t bits)
{
    return bit_slice(bits, 12, 12) << 5 | bit_slice(bits, 6, 2);
}

static uint32_t imm_ci(uint32_t bits)
{
    return (uint32_t)sign_extend(imm_ci_unsigned(bits), 6);
}

/* c.lw and c.sw: uimm[5:3], uimm[2|6]. */
static uint32_t offset_word(uint32_t bits)
{
    return bit_slice(bits, 12, 10) << 3 | bit_slice(bits, 6, 6) << 2 | bit_slice(bits, 5, 5) << 6;
}

/* c.ld, c.sd, c.fld and c.fsd: uimm[5:3], uimm[7:6]. */
static uint32_t offset_double(uint32_t bits)
{
    return bit_slice(bits, 12, 10) << 3 | bit_slice(bits, 6, 5) << 6;
}

/* c.beqz and c.bnez: imm[8|4:3], imm[7:6|2:1|5]. */
static uint32_t offset_branch(uint32_t bits)
{
    uint32_t imm = bit_slice(bits, 12, 12) << 8 | bit_slice(bits, 11, 10) << 3 |
                   bit_slice(bits, 6, 5) << 6 | bit_slice(bits, 4, 3) << 1 |
                   bit_slice(bits, 2, 2) << 5;
    return (uint32_t)sign_extend(imm, 9);
}

/* Quadrant 0: Unpriv. [rvc-instr-table0]. */

/* uimm[5:4|9:6|2|3]; 0 is reserved, which covers the all-zero word [norm:Zca_illegal]. */
static uint32_t expand_addi4spn(uint32_t bits)
{
    uint32_t uimm = bit_slice(bits, 12, 11) << 4 | bit_slice(bits, 10, 7) << 6 |
                    bit_slice(bits, 6, 6) << 2 | bit_slice(bits, 5, 5) << 3;
    return uimm == 0 ? 0 : i_type(OP_addi, reg_rs2_short(bits), SP, uimm);
}

static uint32_t expand_fld(uint32_t bits)
{
    return i_type(OP_fld, reg_rs2_short(bits), reg_rs1_short(bits), offset_double(bits));
}

static uint32_t expand_lw(uint32_t bits)
{
    return i_type(OP_lw, reg_rs2_short(bits), reg_rs1_short(bits), offset_word(bits));
}

static uint32_t expand_ld(uint32_t bits)
{
    return i_type(OP_ld, reg_rs2_short(bits), reg_rs1_short(bits), offset_double(bits));
}

static uint32_t expand_fsd(uint32_t bits)
{
    return s_type(OP_fsd, reg_rs1_short(bits), reg_rs2_short(bits), offset_double(bits));
}

static uint32_t expand_sw(uint32_t bits)
{
    return s_type(OP_sw, reg_rs1_short(bits), reg_rs2_short(bits), offset_word(bits));
}

static uint32_t expand_sd(uint32_t bits)
{
    return s_type(OP_sd, reg_rs1_short(bits), reg_rs2_short(bits), offset_double(bits));
}

/* Quadrant 1: Unpriv. [rvc-instr-table1]. */

/* Also c.nop, with rd = x0. */
static uint32_t expand_addi(uint32_t bits)
{
    return i_type(OP_addi, reg_rd(bits), reg_rd(bits), imm_ci(bits));
}

static uint32_t expand_addiw(uint32_t bits)
{
    unsigned rd = reg_rd(bits);
    return rd == ZERO ? 0 : i_type(OP_addiw, rd, rd, imm_ci(bits));
}

static uint32_t expand_li(uint32_t bits)
{
    return i_type(OP_addi, reg_rd(bits), ZERO, imm_ci(bits));
}

/* imm[9], imm[4|6|8:7|5]. */
static uint32_t expand_addi16sp(uint32_t bits)
{
    uint32_t imm = bit_slice(bits, 12, 12) << 9 | bit_slice(bits, 6, 6) << 4 |
                   bit_slice(bits, 5, 5) << 6 | bit_slice(bits, 4, 3) << 7 |
                   bit_slice(bits, 2, 2) << 5;
    return i_type(OP_addi, SP, SP, (uint32_t)sign_extend(imm, 10));
}

/* With an immediate of 0 both are reserved. */
static uint32_t expand_lui_or_addi16sp(uint32_t bits)
{
    if (imm_ci(bits) == 0) {
        return 0;
    }
    if (reg_rd(bits) == SP) {
        return expand_addi16sp(bits);
    }
    return u_type(OP_lui, reg_rd(bits), imm_ci(bits) << 12);
}

/* c.sub to c.and with bit 12 clear; c.subw and c.addw with it set, the other two are reserved. */
static uint32_t expand_register_alu(uint32_t bits)
{
    static const enum insn_op op[2][4] = {
        {OP_sub, OP_xor, OP_or, OP_and},
        {OP_subw, OP_addw, OP_illegal, OP_illegal},
    };
    enum insn_op chosen = op[bit_slice(bits, 12, 12)][bit_slice(bits, 6, 5)];
    unsigned rd = reg_rs1_short(bits);

    return chosen == OP_illegal ? 0 : r_type(chosen, rd, rd, reg_rs2_short(bits));
}

static uint32_t expand_misc_alu(uint32_t bits)
{
    unsigned rd = reg_rs1_short(bits);

    switch (bit_slice(bits, 11, 10)) {
    case 0: return i_type(OP_srli, rd, rd, imm_ci_unsigned(bits));
    case 1: return i_type(OP_srai, rd, rd, imm_ci_unsigned(bits));
    case 2: return i_type(OP_andi, rd, rd, imm_ci(bits));
    default: return expand_register_alu(bits);
    }
}

/* imm[11|4|9:8|10|6|7|3:1|5]. */
static uint32_t expand_j(uint32_t bits)
{
    uint32_t imm = bit_slice(bits, 12, 12) << 11 | bit_slice(bits, 11, 11) << 4 |
                   bit_slice(bits, 10, 9) << 8 | bit_slice(bits, 8, 8) << 10 |
                   bit_slice(bits, 7, 7) << 6 | bit_slice(bits, 6, 6) << 7 |
                   bit_slice(bits, 5, 3) << 1 | bit_slice(bits, 2, 2) << 5;
    return j_type(OP_jal, ZERO, (uint32_t)sign_extend(imm, 12));
}

static uint32_t expand_beqz(uint32_t bits)
{
    return b_type(OP_beq, reg_rs1_short(bits), ZERO, offset_branch(bits));
}

static uint32_t expand_bnez(uint32_t bits)
{
    return b_type(OP_bne, reg_rs1_short(bits), ZERO, offset_branch(bits));
}

/* Quadrant 2: Unpriv. [rvc-instr-table2]. */

static uint32_t expand_slli(uint32_t bits)
{
    return i_type(OP_slli, reg_rd(bits), reg_rd(bits), imm_ci_unsigned(bits));
}

/* uimm[5], uimm[4:2|7:6]; rd = x0 is reserved. */
static uint32_t expand_lwsp(uint32_t bits)
{
    uint32_t uimm =
        bit_slice(bits, 12, 12) << 5 | bit_slice(bits, 6, 4) << 2 | bit_slice(bits, 3, 2) << 6;
    return reg_rd(bits) == ZERO ? 0 : i_type(OP_lw, reg_rd(bits), SP, uimm);
}

/* c.ldsp and c.fldsp: uimm[5], uimm[4:3|8:6]. */
static uint32_t offset_ldsp(uint32_t bits)
{
    return bit_slice(bits, 12, 12) << 5 | bit_slice(bits, 6, 5) << 3 | bit_slice(bits, 4, 2) << 6;
}

static uint32_t expand_fldsp(uint32_t bits)
{
    return i_type(OP_fld, reg_rd(bits), SP, offset_ldsp(bits));
}

/* rd = x0 is reserved. */
static uint32_t expand_ldsp(uint32_t bits)
{
    return reg_rd(bits) == ZERO ? 0 : i_type(OP_ld, reg_rd(bits), SP, offset_ldsp(bits));
}

/* c.jr, c.jalr and c.ebreak: no rs2. */
static uint32_t expand_jump_register(uint32_t bits, bool links)
{
    unsigned rs1 = reg_rd(bits);

    if (rs1 == ZERO) {
        return links ? insn_rows[OP_ebreak].match : 0;
    }
    return i_type(OP_jalr, links ? RA : ZERO, rs1, 0);
}

/* c.mv and c.add, or without rs2 a jump. */
static uint32_t expand_jump_mv_add(uint32_t bits)
{
    bool bit12 = bit_slice(bits, 12, 12) != 0;
    unsigned rd = reg_rd(bits);
    unsigned rs2 = reg_rs2(bits);

    if (rs2 == ZERO) {
        return expand_jump_register(bits, bit12);
    }
    return r_type(OP_add, rd, bit12 ? rd : ZERO, rs2);
}

/* uimm[5:2|7:6]. */
static uint32_t expand_swsp(uint32_t bits)
{
    uint32_t uimm = bit_slice(bits, 12, 9) << 2 | bit_slice(bits, 8, 7) << 6;
    return s_type(OP_sw, SP, reg_rs2(bits), uimm);
}

/* c.sdsp and c.fsdsp: uimm[5:3|8:6]. */
static uint32_t offset_sdsp(uint32_t bits)
{
    return bit_slice(bits, 12, 10) << 3 | bit_slice(bits, 9, 7) << 6;
}

static uint32_t expand_fsdsp(uint32_t bits)
{
    return s_type(OP_fsd, SP, reg_rs2(bits), offset_sdsp(bits));
}

static uint32_t expand_sdsp(uint32_t bits)
{
    return s_type(OP_sd, SP, reg_rs2(bits), offset_sdsp(bits));
}

/* By quadrant and funct3, as in Unpriv. [rvcopcodemap]. NULL: reserved. */
static expand_fn *const expanders[3][8] = {
    {expand_addi4spn, expand_fld, expand_lw, expand_ld, NULL, expand_fsd, expand_sw, expand_sd},
    {expand_addi, expand_addiw, expand_li, expand_lui_or_addi16sp, expand_misc_alu, expand_j,
     expand_beqz, expand_bnez},
    {expand_slli, expand_fldsp, expand_lwsp, expand_ldsp, expand_jump_mv_add, expand_fsdsp,
     expand_swsp, expand_sdsp},
};

uint32_t rvc_expand(uint16_t bits)
{
    if (!decode_is_compressed(bits)) {
        return 0;
    }

    expand_fn *expand = expanders[bit_slice(bits, 1, 0)][bit_slice(bits, 15, 13)];
    return expand == NULL ? 0 : expand(bits);
}
