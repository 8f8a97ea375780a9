/*
 * exec.h - the handlers that execute instructions, one per row of insn.def.
 *
 * A handler is given the value of its first operand by the handler before it. That has mostly just
 * computed it: to store it in the hart and load it again takes the host several times as long as
 * the addition in between. So a handler whose result is an x register comes in two forms. The plain
 * one loads what the next one needs, as all others do; exec_<name>_on passes its result on. An
 * engine that knows what follows may put the second in place of the first (decode_passes_on).
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

#include "emu/hart/hart.h"
#include "emu/hart/insn.h"

/* Begins the definition of a handler; its parameters are those of exec_fn. Each has a line of the
 * host's cache to begin in: one that lies across two is a cycle or two slower. */
#define HANDLER(name)                                                                              \
    __attribute__((aligned(64))) void exec_##name(struct hart *hart, const struct insn *insn,      \
                                                  __attribute__((unused)) uint64_t rs1)

/* Calls the handler of an instruction. The empty statement makes the compiler take the address as
 * new: it is then in one register, from which handler and jump follow in one instruction. */
static inline void insn_execute(struct hart *hart, const struct insn *insn)
{
    __asm__("" : "+r"(insn));
    insn->exec(hart, insn, hart->x[insn->rs1]);
}

/* The same where the value of x[insn->rs1] is at hand. */
static inline void insn_execute_with(struct hart *hart, const struct insn *insn, uint64_t rs1)
{
    __asm__("" : "+r"(insn));
    insn->exec(hart, insn, rs1);
}

/* Goes on with the next decoded instruction; returns from the handler. */
#define NEXT(hart, insn)                                                                           \
    do {                                                                                           \
        insn_execute((hart), (insn) + 1);                                                          \
        return;                                                                                    \
    } while (0)

/* The same where value is what the next one has as rs1. */
#define NEXT_ON(hart, insn, value)                                                                 \
    do {                                                                                           \
        insn_execute_with((hart), (insn) + 1, (value));                                            \
        return;                                                                                    \
    } while (0)

/* Begins the definition of a function that returns the result of an instruction that does nothing
 * but write it to rd, and defines both forms of its handler. */
#define COMPUTES(name)                                                                             \
    static inline uint64_t compute_##name(struct hart *hart, const struct insn *insn,              \
                                          uint64_t rs1);                                           \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        set_rd(hart, insn, compute_##name(hart, insn, rs1));                                       \
        NEXT(hart, insn);                                                                          \
    }                                                                                              \
    HANDLER(name##_on)                                                                             \
    {                                                                                              \
        uint64_t result = compute_##name(hart, insn, rs1);                                         \
                                                                                                   \
        set_rd(hart, insn, result);                                                                \
        NEXT_ON(hart, insn, result);                                                               \
    }                                                                                              \
    __attribute__((always_inline)) static inline uint64_t compute_##name(                          \
        __attribute__((unused)) struct hart *hart,                                                 \
        __attribute__((unused)) const struct insn *insn, __attribute__((unused)) uint64_t rs1)

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

/* What hart->code.end must be, for so many attempts to have been made before an instruction. */
static inline uintptr_t end_for(const struct hart *hart, uint64_t attempts, const struct insn *insn)
{
    return (uintptr_t)insn + (hart->code.limit - attempts) * sizeof *insn;
}

/* The attempts before an instruction of the current array; it may be behind the end. */
static inline uint64_t attempts_before(const struct hart *hart, const struct insn *insn)
{
    return (hart->code.limit * sizeof *insn + (uintptr_t)insn - hart->code.end) / sizeof *insn;
}

/* Goes on elsewhere in the array, so many bytes of it from the instruction that would be next. */
static inline void go_near(struct hart *hart, const struct insn *insn, int64_t way)
{
    const struct insn *target = (const struct insn *)((const char *)(insn + 1) + way);

    if (__builtin_expect((uintptr_t)insn >= hart->code.end, 0)) {
        hart->code.leave(hart, insn, insn_pc(hart, target));
        return;
    }
    hart->code.end += (uint64_t)way;
    insn_execute(hart, target);
}

/* Goes on at the target of a branch or JAL that has not been looked for in the array: imm is the
 * way to it in bytes of code. */
static inline void jump_far(struct hart *hart, const struct insn *insn)
{
    hart->code.jump(hart, insn, insn_pc(hart, insn) + (uint64_t)(int64_t)insn->imm);
}

/* The same where it has been found: imm is what go_near needs. */
static inline void jump_near(struct hart *hart, const struct insn *insn)
{
    go_near(hart, insn, insn->imm);
}

/* Goes on anywhere in memory. */
static inline void go_to(struct hart *hart, const struct insn *insn, uint64_t pc)
{
    uint64_t place = pc - hart->code.va;

    if (place < hart->code.length && hart->code.index[place / 2] != 0) {
        const struct insn *target = hart->code.base + hart->code.index[place / 2];
        go_near(hart, insn, (const char *)target - (const char *)(insn + 1));
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

/* The operands, the immediate sign-extended to 64 bits. The first one is at hand in a handler, as
 * rs1; this is for functions that it calls. */
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

#define INSN(name, format, mask, match) exec_fn exec_##name;
#define RESULT(name, format, mask, match) exec_fn exec_##name, exec_##name##_on;
#include "emu/hart/insn.def"

/* The handlers of branches and JAL once their target is near: an engine puts them in place of the
 * others, see jump_near. */
exec_fn exec_beq_near, exec_bne_near, exec_blt_near, exec_bge_near, exec_bltu_near, exec_bgeu_near,
    exec_jal_near;

/* Raises an illegal-instruction exception with the instruction's own bits. */
void raise_illegal(struct hart *hart, const struct insn *insn);

/* The handler of what is no instruction. */
exec_fn exec_illegal;

#endif
