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

void exec_lui(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_imm(insn));
    NEXT(hart, insn);
}

void exec_auipc(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, insn_pc(hart, insn) + get_imm(insn));
    NEXT(hart, insn);
}

/* Register and immediate, 64 bits. */

void exec_addi(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) + get_imm(insn));
    NEXT(hart, insn);
}

void exec_slti(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, is_less(get_rs1(hart, insn), get_imm(insn)));
    NEXT(hart, insn);
}

void exec_sltiu(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) < get_imm(insn));
    NEXT(hart, insn);
}

void exec_xori(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) ^ get_imm(insn));
    NEXT(hart, insn);
}

void exec_ori(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) | get_imm(insn));
    NEXT(hart, insn);
}

void exec_andi(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) & get_imm(insn));
    NEXT(hart, insn);
}

void exec_slli(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) << insn->imm);
    NEXT(hart, insn);
}

void exec_srli(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) >> insn->imm);
    NEXT(hart, insn);
}

void exec_srai(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, shift_right_arithmetic(get_rs1(hart, insn), get_imm(insn)));
    NEXT(hart, insn);
}

/* The HINT slti x0, x0, imm changes nothing that a program can see [norm:hints_op]. */
void exec_marker(struct hart *hart, const struct insn *insn)
{
    hart->marker = (unsigned)insn->imm & 0xfff;
    NEXT(hart, insn);
}

/* Register and immediate, 32 bits. */

void exec_addiw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, get_rs1(hart, insn) + get_imm(insn));
    NEXT(hart, insn);
}

void exec_slliw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, get_rs1(hart, insn) << insn->imm);
    NEXT(hart, insn);
}

void exec_srliw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, (uint32_t)get_rs1(hart, insn) >> insn->imm);
    NEXT(hart, insn);
}

void exec_sraiw(struct hart *hart, const struct insn *insn)
{
    uint64_t word = sign_extend(get_rs1(hart, insn), 32);
    set_rd_word(hart, insn, shift_right_arithmetic(word, get_imm(insn)));
    NEXT(hart, insn);
}

/* Two registers, 64 bits. */

void exec_add(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) + get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_sub(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) - get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_slt(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, is_less(get_rs1(hart, insn), get_rs2(hart, insn)));
    NEXT(hart, insn);
}

void exec_sltu(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) < get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_xor(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) ^ get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_or(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) | get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_and(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) & get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_sll(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) << get_shift(hart, insn));
    NEXT(hart, insn);
}

void exec_srl(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs1(hart, insn) >> get_shift(hart, insn));
    NEXT(hart, insn);
}

void exec_sra(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, shift_right_arithmetic(get_rs1(hart, insn), get_shift(hart, insn)));
    NEXT(hart, insn);
}

/* Two registers, 32 bits. */

void exec_addw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, get_rs1(hart, insn) + get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_subw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, get_rs1(hart, insn) - get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_sllw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, get_rs1(hart, insn) << get_word_shift(hart, insn));
    NEXT(hart, insn);
}

void exec_srlw(struct hart *hart, const struct insn *insn)
{
    set_rd_word(hart, insn, (uint32_t)get_rs1(hart, insn) >> get_word_shift(hart, insn));
    NEXT(hart, insn);
}

void exec_sraw(struct hart *hart, const struct insn *insn)
{
    uint64_t word = sign_extend(get_rs1(hart, insn), 32);
    set_rd_word(hart, insn, shift_right_arithmetic(word, get_word_shift(hart, insn)));
    NEXT(hart, insn);
}

/* Jumps. With C every even target is aligned, so a jump raises nothing [norm:Zca_no_misaligned]. */

void exec_jal(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, insn_fall_through(hart, insn));
    go_to_target(hart, insn, insn->rs1 != 0);
}

/* rd may be rs1: the target comes first. */
void exec_jalr(struct hart *hart, const struct insn *insn)
{
    uint64_t target = (get_rs1(hart, insn) + get_imm(insn)) & ~UINT64_C(1);

    set_rd(hart, insn, insn_fall_through(hart, insn));
    go_to(hart, insn, target);
}

/* Branches. */

static inline void branch_if(struct hart *hart, const struct insn *insn, bool is_taken)
{
    if (is_taken) {
        go_to_target(hart, insn, insn->rd != 0);
        return;
    }
    NEXT(hart, insn);
}

void exec_beq(struct hart *hart, const struct insn *insn)
{
    branch_if(hart, insn, get_rs1(hart, insn) == get_rs2(hart, insn));
}

void exec_bne(struct hart *hart, const struct insn *insn)
{
    branch_if(hart, insn, get_rs1(hart, insn) != get_rs2(hart, insn));
}

void exec_blt(struct hart *hart, const struct insn *insn)
{
    branch_if(hart, insn, is_less(get_rs1(hart, insn), get_rs2(hart, insn)));
}

void exec_bge(struct hart *hart, const struct insn *insn)
{
    branch_if(hart, insn, !is_less(get_rs1(hart, insn), get_rs2(hart, insn)));
}

void exec_bltu(struct hart *hart, const struct insn *insn)
{
    branch_if(hart, insn, get_rs1(hart, insn) < get_rs2(hart, insn));
}

void exec_bgeu(struct hart *hart, const struct insn *insn)
{
    branch_if(hart, insn, get_rs1(hart, insn) >= get_rs2(hart, insn));
}
