/*
 * insn.h - one decoded instruction: the handler that executes it and its operands.
 *
 * Engines keep decoded instructions in arrays, in the order in which they are executed if none
 * jumps; a handler ends by tail-calling the handler of the next element (NEXT in exec.h). A
 * compressed instruction is decoded as the instruction that it stands for, with length 2.
 */
#ifndef EMU_HART_INSN_H
#define EMU_HART_INSN_H

#include <stdint.h>

struct hart;
struct insn;

/* rs1 is what the register insn->rs1 holds, x[0] to x[31], even where that field is none or means
 * something else. */
typedef void exec_fn(struct hart *hart, const struct insn *insn, uint64_t rs1);

/* The rd of an instruction that writes x0: a register that nobody reads. So x0 stays zero without a
 * store or a test in every handler. */
enum { INSN_SINK = 32 };

struct insn {
    exec_fn *exec;
    int32_t imm; /* the immediate, sign-extended; the CSR number; rm, or rs3 * 8 + rm;
                  * 0 in formats without one */
    uint8_t rd;
    uint8_t rs1; /* also the 5-bit immediate of csrrwi, csrrsi, csrrci */
    uint8_t rs2;
    uint8_t length; /* bytes in memory: 2 or 4 */
};

#endif
