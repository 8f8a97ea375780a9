/*
 * exec.h - the handlers that execute instructions, one per row of insn.def.
 *
 * A handler does its work and ends in NEXT, which tail-calls the handler of the element after it.
 * If the instruction traps, the handler has called trap_raise (or an access function that did) and
 * returns instead: nothing after it runs. So a chain that reaches its end has retired.
 */
#ifndef EMU_HART_EXEC_H
#define EMU_HART_EXEC_H

#include <stdint.h>

#include "emu/hart/bits.h"
#include "emu/hart/hart.h"
#include "emu/hart/insn.h"

/* Goes on with the next decoded instruction; returns from the handler. */
#define NEXT(hart, insn)                                                                           \
    do {                                                                                           \
        (insn)[1].exec((hart), (insn) + 1);                                                        \
        return;                                                                                    \
    } while (0)

/* The address of the instruction being executed. */
static inline uint64_t insn_pc(const struct hart *hart, const struct insn *insn)
{
    (void)insn;
    return hart->pc;
}

/* The address of the instruction after it, in memory. */
static inline uint64_t insn_fall_through(const struct hart *hart, const struct insn *insn)
{
    return insn_pc(hart, insn) + insn->length;
}

/* The operands, the immediate sign-extended to 64 bits. */
static inline uint64_t get_rs1(const struct hart *hart, const struct insn *insn)
{
    return hart->x[insn->rs1];
}

static inline uint64_t get_rs2(const struct hart *hart, const struct insn *insn)
{
    return hart->x[insn->rs2];
}

/* A register shifts by its low 6 bits [norm:sll_srl_sra_Sh_amt_rv64i]. */
static inline uint64_t get_shift(const struct hart *hart, const struct insn *insn)
{
    return get_rs2(hart, insn) & 63;
}

static inline uint64_t get_imm(const struct insn *insn)
{
    return (uint64_t)(int64_t)insn->imm;
}

/* Writes the destination register; x0 stays zero. */
static inline void set_rd(struct hart *hart, const struct insn *insn, uint64_t value)
{
    hart->x[insn->rd] = value;
    hart->x[0] = 0;
}

/* The same for a 32-bit result, which every *w instruction sign-extends [norm:rv64_w_sex]. */
static inline void set_rd_word(struct hart *hart, const struct insn *insn, uint64_t value)
{
    set_rd(hart, insn, sign_extend(value, 32));
}

#define INSN(name, format, mask, match) exec_fn exec_##name;
#include "emu/hart/insn.def"
#undef INSN

/* Raises an illegal-instruction exception with the instruction's own bits. */
exec_fn exec_illegal;

#endif
