#include "emu/hart/decode.h"

#include <stddef.h>

#include "emu/hart/bits.h"
#include "emu/hart/exec.h"
#include "emu/hart/rvc.h"

const struct insn_row insn_rows[OP_COUNT] = {
#define INSN(name, format, mask, match) {#name, exec_##name, FORMAT_##format, mask, match},
#include "emu/hart/insn.def"
};

/* The rows of one major opcode: [first, end). Empty where nothing is decoded. */
struct row_range {
    uint8_t first;
    uint8_t end;
};

/* Indexed by bits 6:2; bits 1:0 are 3 in every instruction of 32 bits. Unpriv. [opcodemap] */
static const struct row_range rows_of_opcode[32] = {
    [0x03 >> 2] = {OP_lb, OP_lwu + 1},
    [0x07 >> 2] = {OP_flw, OP_fld + 1},
    [0x0f >> 2] = {OP_fence, OP_cbo_zero + 1},
    [0x13 >> 2] = {OP_addi, OP_rev8 + 1},
    [0x17 >> 2] = {OP_auipc, OP_auipc + 1},
    [0x1b >> 2] = {OP_addiw, OP_cpopw + 1},
    [0x23 >> 2] = {OP_sb, OP_sd + 1},
    [0x27 >> 2] = {OP_fsw, OP_fsd + 1},
    [0x2f >> 2] = {OP_amoadd_w, OP_amomaxu_d + 1},
    [0x33 >> 2] = {OP_add, OP_czero_nez + 1},
    [0x37 >> 2] = {OP_lui, OP_lui + 1},
    [0x3b >> 2] = {OP_addw, OP_zext_h + 1},
    [0x43 >> 2] = {OP_fmadd_s, OP_fmadd_d + 1},
    [0x47 >> 2] = {OP_fmsub_s, OP_fmsub_d + 1},
    [0x4b >> 2] = {OP_fnmsub_s, OP_fnmsub_d + 1},
    [0x4f >> 2] = {OP_fnmadd_s, OP_fnmadd_d + 1},
    [0x53 >> 2] = {OP_fadd_s, OP_fmv_d_x + 1},
    [0x63 >> 2] = {OP_beq, OP_bgeu + 1},
    [0x67 >> 2] = {OP_jalr, OP_jalr + 1},
    [0x6f >> 2] = {OP_jal, OP_jal + 1},
    [0x73 >> 2] = {OP_ecall, OP_csrrci + 1},
};

/* The immediates of the base formats. Unpriv. [immtypes] */

static uint32_t imm_i(uint32_t bits)
{
    return bit_slice(bits, 31, 20);
}

static uint32_t imm_s(uint32_t bits)
{
    return bit_slice(bits, 31, 25) << 5 | bit_slice(bits, 11, 7);
}

static uint32_t imm_b(uint32_t bits)
{
    return bit_slice(bits, 31, 31) << 12 | bit_slice(bits, 7, 7) << 11 |
           bit_slice(bits, 30, 25) << 5 | bit_slice(bits, 11, 8) << 1;
}

static uint32_t imm_u(uint32_t bits)
{
    return bit_slice(bits, 31, 12) << 12;
}

static uint32_t imm_j(uint32_t bits)
{
    return bit_slice(bits, 31, 31) << 20 | bit_slice(bits, 19, 12) << 12 |
           bit_slice(bits, 20, 20) << 11 | bit_slice(bits, 30, 21) << 1;
}

/* The rounding mode of floating-point instructions. */
static uint32_t field_rm(uint32_t bits)
{
    return bit_slice(bits, 14, 12);
}

static int32_t to_signed(uint32_t imm, unsigned width)
{
    return (int32_t)sign_extend(imm, width);
}

static int32_t decode_imm(uint32_t bits, enum insn_format format)
{
    switch (format) {
    case FORMAT_I:
    case FORMAT_FI: return to_signed(imm_i(bits), 12);
    case FORMAT_SHIFT: return (int32_t)bit_slice(bits, 25, 20);
    case FORMAT_S: return to_signed(imm_s(bits), 12);
    case FORMAT_B: return to_signed(imm_b(bits), 13);
    case FORMAT_U: return to_signed(imm_u(bits), 32);
    case FORMAT_J: return to_signed(imm_j(bits), 21);
    case FORMAT_CSR: return (int32_t)imm_i(bits);
    case FORMAT_FR:
    case FORMAT_FX: return (int32_t)field_rm(bits);
    case FORMAT_R4: return (int32_t)(bit_slice(bits, 31, 27) << 3 | field_rm(bits));
    case FORMAT_R:
    case FORMAT_UNARY:
    case FORMAT_NONE: break;
    }
    return 0;
}

/* Which register fields a format has, as a mask over its bits: the others decode to x0. */
static uint32_t register_fields(enum insn_format format)
{
    enum { RD = 0x1f << 7, RS1 = 0x1f << 15, RS2 = 0x1f << 20 };

    static const uint32_t fields[] = {
        [FORMAT_R] = RD | RS1 | RS2,
        [FORMAT_UNARY] = RD | RS1,
        [FORMAT_I] = RD | RS1,
        [FORMAT_SHIFT] = RD | RS1,
        [FORMAT_S] = RS1 | RS2,
        [FORMAT_B] = RS1 | RS2,
        [FORMAT_U] = RD,
        [FORMAT_J] = RD,
        [FORMAT_CSR] = RD | RS1,
        [FORMAT_FI] = RD | RS1,
        [FORMAT_FR] = RD | RS1 | RS2,
        [FORMAT_FX] = RD | RS1 | RS2,
        [FORMAT_R4] = RD | RS1 | RS2,
        [FORMAT_NONE] = 0,
    };

    return fields[format];
}

char decode_destination(enum insn_format format)
{
    switch (format) {
    case FORMAT_R:
    case FORMAT_UNARY:
    case FORMAT_I:
    case FORMAT_SHIFT:
    case FORMAT_U:
    case FORMAT_J:
    case FORMAT_FX:
    case FORMAT_CSR: return 'x';
    case FORMAT_FI:
    case FORMAT_FR:
    case FORMAT_R4: return 'f';
    case FORMAT_S:
    case FORMAT_B:
    case FORMAT_NONE: break;
    }
    return '\0';
}

enum insn_op decode_op(uint32_t bits)
{
    struct row_range range = rows_of_opcode[bit_slice(bits, 6, 2)];

    for (unsigned op = range.first; op < range.end; op++) {
        if ((bits & insn_rows[op].mask) == insn_rows[op].match) {
            return (enum insn_op)op;
        }
    }
    return OP_illegal;
}

exec_fn *decode_passes_on(exec_fn *exec)
{
    static const struct {
        exec_fn *plain;
        exec_fn *on;
    } forms[] = {
#define INSN(name, format, mask, match)
#define RESULT(name, format, mask, match) {exec_##name, exec_##name##_on},
#include "emu/hart/insn.def"
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].plain == exec) {
            return forms[i].on;
        }
    }
    return NULL;
}

void decode(uint32_t bits, struct insn *insn)
{
    uint8_t length = 4;

    if (decode_is_compressed(bits)) {
        bits = rvc_expand((uint16_t)bits);
        length = 2;
    }

    enum insn_op op = decode_op(bits);
    if (op == OP_illegal) {
        *insn = (struct insn){.exec = exec_illegal, .length = length};
        return;
    }

    const struct insn_row *row = &insn_rows[op];
    uint32_t operands = bits & ~row->mask;
    uint32_t registers = operands & register_fields(row->format);
    *insn = (struct insn){
        .exec = row->exec,
        .imm = decode_imm(operands, row->format),
        .rd = (uint8_t)bit_slice(registers, 11, 7),
        .rs1 = (uint8_t)bit_slice(registers, 19, 15),
        .rs2 = (uint8_t)bit_slice(registers, 24, 20),
        .length = length,
    };
    if (insn->rd == 0 && decode_destination(row->format) == 'x') {
        insn->rd = INSN_SINK;
    }
}
