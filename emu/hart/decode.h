/*
 * decode.h - from the bits of an instruction to its handler and operands.
 *
 * Spec: Unpriv. [base instruction formats], [rvc]. insn.def is the table.
 */
#ifndef EMU_HART_DECODE_H
#define EMU_HART_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/insn.h"

/* Where the operands of an instruction are. */
enum insn_format {
    FORMAT_R,     /* rd rs1 rs2 */
    FORMAT_UNARY, /* rd rs1 */
    FORMAT_I,     /* rd rs1 imm */
    FORMAT_SHIFT, /* rd rs1, imm is the 6-bit (or 5-bit) shift amount */
    FORMAT_S,     /* rs1 rs2 imm */
    FORMAT_B,     /* rs1 rs2 imm */
    FORMAT_U,     /* rd imm */
    FORMAT_J,     /* rd imm */
    FORMAT_CSR,   /* rd rs1, imm is the CSR number, 0 to 4095 */
    FORMAT_FI,    /* as I, but rd is an f register */
    FORMAT_FR,    /* rd rs1 rs2, imm is rm; rd is an f register */
    FORMAT_FX,    /* the same, but rd is an x register */
    FORMAT_R4,    /* rd rs1 rs2, imm is rs3 * 8 + rm; all are f registers */
    FORMAT_NONE,  /* no operands */
};

/* One number per row of insn.def, in its order; OP_illegal for what no row matches. */
enum insn_op {
#define INSN(name, format, mask, match) OP_##name,
#include "emu/hart/insn.def"
    OP_COUNT,
    OP_illegal = OP_COUNT,
};

struct insn_row {
    const char *name;
    exec_fn *exec;
    enum insn_format format;
    uint32_t mask;
    uint32_t match;
};

/* The rows of insn.def. Where two match the same word, the earlier and more specific one wins. */
extern const struct insn_row insn_rows[OP_COUNT];

/* The operation that 32 bits (not compressed) stand for. */
enum insn_op decode_op(uint32_t bits);

/* True if the low bits say that the instruction is 2 bytes long. */
static inline bool decode_is_compressed(uint32_t bits)
{
    return (bits & 3) != 3;
}

/* The letter of the registers that an instruction of this format writes to, x or f; NUL: to none.
 */
char decode_destination(enum insn_format format);

/* The other form of a handler: it passes its result on to the next, which must have it as rs1. NULL
 * if there is none. */
exec_fn *decode_passes_on(exec_fn *exec);

/* Decodes one instruction, compressed or not. Never fails: what is no instruction decodes to
 * exec_illegal. */
void decode(uint32_t bits, struct insn *insn);

#endif
