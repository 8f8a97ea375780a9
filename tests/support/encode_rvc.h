/*
 * encode_rvc.h - compressed instructions built from their operands, for tests that execute them.
 *
 * One function per picture of an immediate. Registers are given by their full numbers; where a
 * format has three bits for one it must be x8 to x15. Immediates are the values that the
 * instruction is to have.
 *
 * Spec: Unpriv. [rvc-form], [rvc-instr-table0], [rvc-instr-table1], [rvc-instr-table2].
 */
#ifndef TESTS_SUPPORT_ENCODE_RVC_H
#define TESTS_SUPPORT_ENCODE_RVC_H

#include <stdint.h>

/* CR: C.MV and C.ADD; with rs2 = x0, C.JR, C.JALR and C.EBREAK. */
uint16_t encode_c_mv(unsigned rd, unsigned rs2);
uint16_t encode_c_add(unsigned rd, unsigned rs2);

/* CI with a plain 6-bit immediate: C.ADDI 0, C.ADDIW 1, C.LI 2; C.LUI 3 takes bits 17..12. */
uint16_t encode_c_immediate(unsigned funct3, unsigned rd, int32_t imm);
uint16_t encode_c_addi16sp(int32_t imm);
uint16_t encode_c_addi4spn(unsigned rd, uint32_t imm);
uint16_t encode_c_slli(unsigned rd, unsigned shamt);

/* CB arithmetic: C.SRLI 0, C.SRAI 1, C.ANDI 2. */
uint16_t encode_c_alu_immediate(unsigned funct2, unsigned rd, int32_t imm);

/* CA: {wide, funct2} is C.SUB 0 0, C.XOR 0 1, C.OR 0 2, C.AND 0 3, C.SUBW 1 0, C.ADDW 1 1. */
uint16_t encode_c_alu(unsigned bit12, unsigned funct2, unsigned rd, unsigned rs2);

uint16_t encode_c_lw(unsigned rd, unsigned rs1, uint32_t offset);
uint16_t encode_c_ld(unsigned rd, unsigned rs1, uint32_t offset);
uint16_t encode_c_sw(unsigned rs2, unsigned rs1, uint32_t offset);
uint16_t encode_c_sd(unsigned rs2, unsigned rs1, uint32_t offset);
uint16_t encode_c_lwsp(unsigned rd, uint32_t offset);
uint16_t encode_c_ldsp(unsigned rd, uint32_t offset);
uint16_t encode_c_swsp(unsigned rs2, uint32_t offset);
uint16_t encode_c_sdsp(unsigned rs2, uint32_t offset);

uint16_t encode_c_fld(unsigned rd, unsigned rs1, uint32_t offset);
uint16_t encode_c_fsd(unsigned rs2, unsigned rs1, uint32_t offset);
uint16_t encode_c_fldsp(unsigned rd, uint32_t offset);
uint16_t encode_c_fsdsp(unsigned rs2, uint32_t offset);

uint16_t encode_c_j(int32_t offset);
uint16_t encode_c_beqz(unsigned rs1, int32_t offset);
uint16_t encode_c_bnez(unsigned rs1, int32_t offset);

#endif
