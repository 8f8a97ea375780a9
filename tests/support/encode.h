/*
 * encode.h - 32-bit instructions built from their fields, for tests that execute them.
 *
 * Written from the manual's pictures of the formats and apart from the emulator's decoder, so that
 * a bit misplaced in one of the two shows. Immediates are the values that the instruction is to
 * have; bits that its format cannot hold are dropped.
 *
 * Spec: Unpriv. [base_instr], [immtypes].
 */
#ifndef TESTS_SUPPORT_ENCODE_H
#define TESTS_SUPPORT_ENCODE_H

#include <stdint.h>

/* The seven low bits of an instruction. */
enum {
    OPCODE_LOAD = 0x03,
    OPCODE_LOAD_FP = 0x07,
    OPCODE_MISC_MEM = 0x0f,
    OPCODE_OP_IMM = 0x13,
    OPCODE_AUIPC = 0x17,
    OPCODE_OP_IMM_32 = 0x1b,
    OPCODE_STORE = 0x23,
    OPCODE_STORE_FP = 0x27,
    OPCODE_AMO = 0x2f,
    OPCODE_OP = 0x33,
    OPCODE_LUI = 0x37,
    OPCODE_OP_32 = 0x3b,
    OPCODE_MADD = 0x43,
    OPCODE_MSUB = 0x47,
    OPCODE_NMSUB = 0x4b,
    OPCODE_NMADD = 0x4f,
    OPCODE_OP_FP = 0x53,
    OPCODE_BRANCH = 0x63,
    OPCODE_JALR = 0x67,
    OPCODE_JAL = 0x6f,
    OPCODE_SYSTEM = 0x73,
};

/* funct3 of the CSR instructions. */
enum { CSRRW = 1, CSRRS = 2, CSRRC = 3, CSRRWI = 5, CSRRSI = 6, CSRRCI = 7 };

/* funct5 of the atomic instructions. */
enum {
    AMOADD = 0x00,
    AMOSWAP = 0x01,
    LR = 0x02,
    SC = 0x03,
    AMOXOR = 0x04,
    AMOOR = 0x08,
    AMOAND = 0x0c,
    AMOMIN = 0x10,
    AMOMAX = 0x14,
    AMOMINU = 0x18,
    AMOMAXU = 0x1c,
};

/* funct5 of the floating-point instructions. */
enum {
    FADD = 0x00,
    FSUB = 0x01,
    FMUL = 0x02,
    FDIV = 0x03,
    FSGNJ = 0x04, /* funct3 0, 1 and 2: FSGNJ, FSGNJN, FSGNJX */
    FMIN = 0x05,  /* funct3 0 and 1: FMIN, FMAX */
    FCVT_FLOAT = 0x08,
    FSQRT = 0x0b,
    FCMP = 0x14, /* funct3 0, 1 and 2: FLE, FLT, FEQ */
    FCVT_TO_INTEGER = 0x18,
    FCVT_FROM_INTEGER = 0x1a,
    FMV_TO_X = 0x1c, /* funct3 1: FCLASS */
    FMV_FROM_X = 0x1e,
};

/* The type of integer in rs2 of the conversions. */
enum { TYPE_W = 0, TYPE_WU = 1, TYPE_L = 2, TYPE_LU = 3 };

/* Instructions without operands. */
enum {
    INSN_NOP = 0x00000013,
    INSN_ECALL = 0x00000073,
    INSN_EBREAK = 0x00100073,
    INSN_SRET = 0x10200073,
    INSN_MRET = 0x30200073,
    INSN_WFI = 0x10500073,
    INSN_WRS_NTO = 0x00d00073,
    INSN_WRS_STO = 0x01d00073,
};

/* value[high:low], moved so that its lowest bit is bit `at`. */
uint32_t encode_part(uint32_t value, unsigned high, unsigned low, unsigned at);

uint32_t encode_r(unsigned opcode, unsigned funct3, unsigned funct7, unsigned rd, unsigned rs1,
                  unsigned rs2);
uint32_t encode_i(unsigned opcode, unsigned funct3, unsigned rd, unsigned rs1, int32_t imm);
uint32_t encode_s(unsigned funct3, unsigned rs1, unsigned rs2, int32_t imm);
uint32_t encode_b(unsigned funct3, unsigned rs1, unsigned rs2, int32_t offset);
/* imm is the 20-bit number that an assembler takes. */
uint32_t encode_u(unsigned opcode, unsigned rd, uint32_t imm);
uint32_t encode_j(unsigned rd, int32_t offset);
/* rs1 is the register or the 5-bit immediate. */
uint32_t encode_csr(unsigned funct3, unsigned rd, unsigned csr, unsigned rs1);
/* FLW, FLD, FSW and FSD; size is 4 or 8. */
uint32_t encode_float_load(unsigned size, unsigned rd, unsigned rs1, int32_t imm);
uint32_t encode_float_store(unsigned size, unsigned rs1, unsigned rs2, int32_t imm);
/* OP-FP; size is 4 or 8, rm also the funct3 of those without rounding, rs2 also their number. */
uint32_t encode_float(unsigned funct5, unsigned size, unsigned rm, unsigned rd, unsigned rs1,
                      unsigned rs2);
/* rd = rs1 * rs2 + rs3 and the like, with the opcodes MADD to NMADD. */
uint32_t encode_fused(unsigned opcode, unsigned size, unsigned rm, unsigned rd,
                      const unsigned rs[3]);
/* size is 4 or 8; aq and rl are clear (bits 26 and 25). */
uint32_t encode_atomic(unsigned funct5, unsigned size, unsigned rd, unsigned rs1, unsigned rs2);

#endif
