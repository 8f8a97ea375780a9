/*
 * exec_int.c - RV64I without memory and system: arithmetic, shifts, jumps, branches, the marker.
 *
 * Spec: Unpriv. [rv32], [rv64].
 */
#include "emu/hart/exec.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/bits.h"
#include "emu/hart/hart.h"

static bool is_less(uint64_t a, uint64_t b)
{
    return (int64_t)a < (int64_t)b;
}

/* The sign bit fills the vacated bits [norm:srai_op]. */
static uint64_t shift_right_arithmetic(uint64_t value, uint64_t amount)
{
    return (uint64_t)((int64_t)value >> amount);
}

/* In *w instructions by its low 5 bits [norm:sllw_srlw_sraw_op]. */
static uint64_t get_word_shift(const struct hart *hart, const struct insn *insn)
{
    return get_rs2(hart, insn) & 31;
}

COMPUTES(lui)
{
    return get_imm(insn);
}

COMPUTES(auipc)
{
    return insn_pc(hart, insn) + get_imm(insn);
}

/* Register and immediate, 64 bits. */

COMPUTES(addi)
{
    return rs1 + get_imm(insn);
}

COMPUTES(slti)
{
    return is_less(rs1, get_imm(insn));
}

COMPUTES(sltiu)
{
    return rs1 < get_imm(insn);
}

COMPUTES(xori)
{
    return rs1 ^ get_imm(insn);
}

COMPUTES(ori)
{
    return rs1 | get_imm(insn);
}

COMPUTES(andi)
{
    return rs1 & get_imm(insn);
}

COMPUTES(slli)
{
    return rs1 << insn->imm;
}

COMPUTES(srli)
{
    return rs1 >> insn->imm;
}

COMPUTES(srai)
{
    return shift_right_arithmetic(rs1, get_imm(insn));
}

/* The HINT slti x0, x0, imm changes nothing that a program can see [norm:hints_op]. */
HANDLER(marker)
{
    hart->marker = (unsigned)insn->imm & 0xfff;
    NEXT(hart, insn);
}

/* Register and immediate, 32 bits: every *w instruction sign-extends its result
 * [norm:rv64_w_sex]. */

COMPUTES(addiw)
{
    return sign_extend(rs1 + get_imm(insn), 32);
}

COMPUTES(slliw)
{
    return sign_extend(rs1 << insn->imm, 32);
}

COMPUTES(srliw)
{
    return sign_extend((uint32_t)rs1 >> insn->imm, 32);
}

COMPUTES(sraiw)
{
    uint64_t word = sign_extend(rs1, 32);

    return sign_extend(shift_right_arithmetic(word, get_imm(insn)), 32);
}

/* Two registers, 64 bits. */

COMPUTES(add)
{
    return rs1 + get_rs2(hart, insn);
}

COMPUTES(sub)
{
    return rs1 - get_rs2(hart, insn);
}

COMPUTES(slt)
{
    return is_less(rs1, get_rs2(hart, insn));
}

COMPUTES(sltu)
{
    return rs1 < get_rs2(hart, insn);
}

COMPUTES(xor)
{
    return rs1 ^ get_rs2(hart, insn);
}

COMPUTES(or)
{
    return rs1 | get_rs2(hart, insn);
}

COMPUTES(and)
{
    return rs1 & get_rs2(hart, insn);
}

COMPUTES(sll)
{
    return rs1 << get_shift(hart, insn);
}

COMPUTES(srl)
{
    return rs1 >> get_shift(hart, insn);
}

COMPUTES(sra)
{
    return shift_right_arithmetic(rs1, get_shift(hart, insn));
}

/* Two registers, 32 bits. */

COMPUTES(addw)
{
    return sign_extend(rs1 + get_rs2(hart, insn), 32);
}

COMPUTES(subw)
{
    return sign_extend(rs1 - get_rs2(hart, insn), 32);
}

COMPUTES(sllw)
{
    return sign_extend(rs1 << get_word_shift(hart, insn), 32);
}

COMPUTES(srlw)
{
    return sign_extend((uint32_t)rs1 >> get_word_shift(hart, insn), 32);
}

COMPUTES(sraw)
{
    uint64_t word = sign_extend(rs1, 32);

    return sign_extend(shift_right_arithmetic(word, get_word_shift(hart, insn)), 32);
}

/* Jumps. With C every even target is aligned, so a jump raises nothing [norm:Zca_no_misaligned]. */

HANDLER(jal)
{
    set_rd(hart, insn, insn_fall_through(hart, insn));
    jump_far(hart, insn);
}

HANDLER(jal_near)
{
    set_rd(hart, insn, insn_fall_through(hart, insn));
    jump_near(hart, insn);
}

/* rd may be rs1: the target comes first. */
HANDLER(jalr)
{
    uint64_t target = (rs1 + get_imm(insn)) & ~UINT64_C(1);

    set_rd(hart, insn, insn_fall_through(hart, insn));
    go_to(hart, insn, target);
}

/* Branches: the handler that asks for the target when it is taken, and the one that knows it. */
#define BRANCH(name, is_taken)                                                                     \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        if (is_taken) {                                                                            \
            jump_far(hart, insn);                                                                  \
            return;                                                                                \
        }                                                                                          \
        NEXT(hart, insn);                                                                          \
    }                                                                                              \
    HANDLER(name##_near)                                                                           \
    {                                                                                              \
        if (is_taken) {                                                                            \
            jump_near(hart, insn);                                                                 \
            return;                                                                                \
        }                                                                                          \
        NEXT(hart, insn);                                                                          \
    }

BRANCH(beq, rs1 == get_rs2(hart, insn))
BRANCH(bne, rs1 != get_rs2(hart, insn))
BRANCH(blt, is_less(rs1, get_rs2(hart, insn)))
BRANCH(bge, !is_less(rs1, get_rs2(hart, insn)))
BRANCH(bltu, rs1 < get_rs2(hart, insn))
BRANCH(bgeu, rs1 >= get_rs2(hart, insn))
