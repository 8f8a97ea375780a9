/*
 * exec.h - the handlers that execute instructions, one per row of insn.def.
 *
 * A handler does its work and ends in NEXT, which tail-calls the handler of the instruction after
 * it, or in one of the functions that go elsewhere. If the instruction traps, the handler has
 * called trap_raise (or an access function that did) and returns instead: nothing after it runs.
 *
 * hart->pc and the hart's counters are up to date only after hart_sync: before anything that may
 * trap, count, or look at them.
 */
#ifndef EMU_HART_EXEC_H
#define EMU_HART_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/bits.h"
#include "emu/hart/hart.h"
#include "emu/hart/insn.h"

/* Calls the handler of an instruction. The empty statement makes the compiler take the address as
 * new: it is then in one register, from which handler and jump follow in one instruction. */
static inline void insn_execute(struct hart *hart, const struct insn *insn)
{
    __asm__("" : "+r"(insn));
    insn->exec(hart, insn);
}

/* Goes on with the next decoded instruction; returns from the handler. */
#define NEXT(hart, insn)                                                                           \
    do {                                                                                           \
        insn_execute((hart), (insn) + 1);                                                          \
        return;                                                                                    \
    } while (0)

/* Bytes from hart->code.va to the instruction. */
static inline uint64_t insn_place(const struct hart *hart, const struct insn *insn)
{
    return hart->code.place[insn - hart->code.base];
}

/* The address of the instruction being executed. */
static inline uint64_t insn_pc(const struct hart *hart, const struct insn *insn)
{
    return hart->code.va + insn_place(hart, insn);
}

/* The address of the instruction after it, in memory. */
static inline uint64_t insn_fall_through(const struct hart *hart, const struct insn *insn)
{
    return insn_pc(hart, insn) + insn->length;
}

/* What hart->code.account must be, for so many attempts to have been made before an instruction. */
static inline uint64_t account_for(uint64_t attempts, const struct insn *insn)
{
    return attempts * sizeof *insn - (uintptr_t)insn;
}

/* The attempts before an instruction of the current array. */
static inline uint64_t attempts_before(const struct hart *hart, const struct insn *insn)
{
    return (hart->code.account + (uintptr_t)insn) / sizeof *insn;
}

/* Goes on at an instruction of the same array. */
static inline void go_near(struct hart *hart, const struct insn *insn, const struct insn *target)
{
    uint64_t due = hart->code.account + (uintptr_t)(insn + 1);

    if (due > hart->code.limit) {
        hart->code.leave(hart, insn, insn_pc(hart, target));
        return;
    }
    hart->code.account = due - (uintptr_t)target;
    insn_execute(hart, target);
}

/* Goes on at the target of a branch or JAL; is_near is the instruction's note of whether that is in
 * the same array: imm is the way to it there then, in bytes of the array, else in bytes of code. */
static inline void go_to_target(struct hart *hart, const struct insn *insn, bool is_near)
{
    if (is_near) {
        go_near(hart, insn, (const struct insn *)((const char *)insn + insn->imm));
        return;
    }
    hart->code.jump(hart, insn, insn_pc(hart, insn) + (uint64_t)(int64_t)insn->imm);
}

/* Goes on anywhere in memory. */
static inline void go_to(struct hart *hart, const struct insn *insn, uint64_t pc)
{
    uint64_t place = pc - hart->code.va;

    if (place < hart->code.length && hart->code.index[place / 2] != 0) {
        go_near(hart, insn, hart->code.base + hart->code.index[place / 2]);
        return;
    }
    hart->code.leave(hart, insn, pc);
}

/* Goes on with the next instruction, but not before the engine has looked at what this one changed.
 */
static inline void go_on_with_care(struct hart *hart, const struct insn *insn)
{
    hart->needs_care = true;
    hart->code.leave(hart, insn, insn_fall_through(hart, insn));
}

/* Goes on behind an instruction that may have reached a device, or have changed something else that
 * an engine looks at between instructions. */
static inline void go_on_behind(struct hart *hart, const struct insn *insn)
{
    if (hart->needs_care) {
        go_on_with_care(hart, insn);
        return;
    }
    NEXT(hart, insn);
}

/* Brings hart->pc and the counters up to date, to before this instruction. One instruction at a
 * time, they always are. */
static inline void hart_sync(struct hart *hart, const struct insn *insn)
{
    if (hart->code.length == 0) {
        return;
    }
    uint64_t done = attempts_before(hart, insn) - hart->counters.attempts;

    hart->pc = insn_pc(hart, insn);
    hart->counters.attempts += done;
    hart->counters.retired += done;
    hart->counters.cycles += done;
}

/* The instruction being executed as it was fetched, a compressed one in the low half. */
uint32_t hart_insn_bits(const struct hart *hart, const struct insn *insn);

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

/* Writes the destination register, which is not x0 but INSN_SINK. */
static inline void set_rd(struct hart *hart, const struct insn *insn, uint64_t value)
{
    hart->x[insn->rd] = value;
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
