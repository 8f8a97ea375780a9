/*
 * Instructions of F and D on a hart, with random registers, against exact numbers: which register
 * is which operand, signs of the fused ones, rounding modes static and dynamic, NaN boxing, words
 * in integer registers, and flags that accrue.
 *
 * PAGEWALK_SEED and PAGEWALK_STEPS, from the environment, choose the operands and how many of them
 * each instruction gets.
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdio.h>

#include "tests/support/bench_hart.h"
#include "tests/support/chooser.h"
#include "tests/support/encode.h"
#include "tests/support/float_operands.h"
#include "tests/support/float_oracle.h"

#define DEFAULT_SEED UINT64_C(0x5eedf10a7e0ec001)
#define BOX UINT64_C(0xffffffff00000000)

enum { STEPS = 4000, RM_DYNAMIC = 7, SOME_RM = 8, SOME_RS2 = 32 };
enum { FS_INITIAL = 1, FS_DIRTY = 3 };

/* An instruction, by the fields of its encoding; those of single precision, fmt being 0. */
struct form {
    enum oracle_op op;
    unsigned opcode;
    unsigned funct5; /* the upper bits of funct7; fmt is below */
    unsigned rm;     /* what selects the operation, or SOME_RM: a rounding mode */
    unsigned rs2;    /* what selects the operation, or SOME_RS2: a register */
};

static const struct form forms[] = {
    {ORACLE_ADD, OPCODE_OP_FP, 0x00, SOME_RM, SOME_RS2},
    {ORACLE_SUB, OPCODE_OP_FP, 0x01, SOME_RM, SOME_RS2},
    {ORACLE_MUL, OPCODE_OP_FP, 0x02, SOME_RM, SOME_RS2},
    {ORACLE_DIV, OPCODE_OP_FP, 0x03, SOME_RM, SOME_RS2},
    {ORACLE_SQRT, OPCODE_OP_FP, 0x0b, SOME_RM, 0},
    {ORACLE_MADD, OPCODE_MADD, 0, SOME_RM, SOME_RS2},
    {ORACLE_MSUB, OPCODE_MSUB, 0, SOME_RM, SOME_RS2},
    {ORACLE_NMSUB, OPCODE_NMSUB, 0, SOME_RM, SOME_RS2},
    {ORACLE_NMADD, OPCODE_NMADD, 0, SOME_RM, SOME_RS2},
    {ORACLE_MIN, OPCODE_OP_FP, 0x05, 0, SOME_RS2},
    {ORACLE_MAX, OPCODE_OP_FP, 0x05, 1, SOME_RS2},
    {ORACLE_LE, OPCODE_OP_FP, 0x14, 0, SOME_RS2},
    {ORACLE_LT, OPCODE_OP_FP, 0x14, 1, SOME_RS2},
    {ORACLE_EQ, OPCODE_OP_FP, 0x14, 2, SOME_RS2},
    {ORACLE_CLASS, OPCODE_OP_FP, 0x1c, 1, 0},
    {ORACLE_SGNJ, OPCODE_OP_FP, 0x04, 0, SOME_RS2},
    {ORACLE_SGNJN, OPCODE_OP_FP, 0x04, 1, SOME_RS2},
    {ORACLE_SGNJX, OPCODE_OP_FP, 0x04, 2, SOME_RS2},
    {ORACLE_TO_W, OPCODE_OP_FP, 0x18, SOME_RM, 0},
    {ORACLE_TO_WU, OPCODE_OP_FP, 0x18, SOME_RM, 1},
    {ORACLE_TO_L, OPCODE_OP_FP, 0x18, SOME_RM, 2},
    {ORACLE_TO_LU, OPCODE_OP_FP, 0x18, SOME_RM, 3},
    {ORACLE_FROM_W, OPCODE_OP_FP, 0x1a, SOME_RM, 0},
    {ORACLE_FROM_WU, OPCODE_OP_FP, 0x1a, SOME_RM, 1},
    {ORACLE_FROM_L, OPCODE_OP_FP, 0x1a, SOME_RM, 2},
    {ORACLE_FROM_LU, OPCODE_OP_FP, 0x1a, SOME_RM, 3},
};

/* One execution: the registers that it names, what they hold, the mode and flags before it. */
struct step {
    unsigned rd;
    unsigned rs[3];
    uint64_t operand[3]; /* as the instruction must read them */
    unsigned rm;
    unsigned frm;
    unsigned fflags;
    unsigned fs;
};

static struct bench_hart bench;
static struct chooser chooser;

static bool is_from_integer(enum oracle_op op)
{
    return op >= ORACLE_FROM_W && op <= ORACLE_FROM_LU;
}

static bool is_to_integer(enum oracle_op op)
{
    return (op >= ORACLE_TO_W && op <= ORACLE_TO_LU) || (op >= ORACLE_EQ && op <= ORACLE_CLASS);
}

/* Stores a number as an f register holds it; now and then a single that is not NaN-boxed, which
 * reads as the canonical NaN [nanboxing]. */
static void put_number(struct step *step, unsigned i, const struct oracle_format *format)
{
    uint64_t value = step->operand[i];

    if (format == &oracle_single) {
        value |= BOX;
        if (chooser_percent(&chooser, 5)) {
            value ^= UINT64_C(1) << (32 + chooser_below(&chooser, 32));
            step->operand[i] = 0x7fc00000;
        }
    }
    bench.hart.f[step->rs[i]] = value;
}

/* Registers of their own for the operands; rd may be one of them. */
static void choose(struct step *step, enum oracle_op op, const struct oracle_format *format)
{
    unsigned first = 1 + chooser_below(&chooser, 31);

    step->rd = 1 + chooser_below(&chooser, 31);
    step->rm = chooser_below(&chooser, 6);
    step->rm = step->rm == 5 ? RM_DYNAMIC : step->rm;
    step->frm = chooser_below(&chooser, EXACT_ROUNDINGS);
    step->fs = chooser_percent(&chooser, 50) ? FS_DIRTY : FS_INITIAL + chooser_below(&chooser, 2);
    step->fflags =
        chooser_percent(&chooser, 50) ? chooser_below(&chooser, 2) : chooser_below(&chooser, 32);
    float_random_operands(&chooser, op, format, step->operand);
    for (unsigned i = 0; i < 3; i++) {
        step->rs[i] = 1 + (first + i * 7) % 31;
    }
    for (unsigned i = 0; i < oracle_operands(op); i++) {
        if (is_from_integer(op)) {
            bench.hart.x[step->rs[i]] = step->operand[i];
        } else {
            put_number(step, i, format);
        }
    }
}

static uint32_t encode(const struct form *form, const struct step *step, unsigned fmt)
{
    unsigned rs2 = form->rs2 == SOME_RS2 ? step->rs[1] : form->rs2;
    unsigned rm = form->rm == SOME_RM ? step->rm : form->rm;
    unsigned upper = form->opcode == OPCODE_OP_FP ? form->funct5 : step->rs[2];
    return encode_r(form->opcode, rm, upper << 2 | fmt, step->rd, step->rs[0], rs2);
}

static void expect(enum oracle_op op, const struct step *step, const struct oracle_format *target,
                   const struct oracle_answer *want)
{
    const struct hart *hart = &bench.hart;
    bool is_in_x = is_to_integer(op);
    uint64_t boxed = target == &oracle_single && !is_in_x ? BOX | want->bits : want->bits;

    cr_assert(eq(u64, is_in_x ? hart->x[step->rd] : hart->f[step->rd], boxed), "%s", bench.what);
    cr_assert(eq(uint, hart->csr.fflags, want->flags | step->fflags), "%s", bench.what);
    cr_assert(eq(u64, hart->pc, BENCH_CODE + 4), "%s", bench.what);
    for (unsigned i = 0; i < 32; i++) {
        bool is_x_rd = is_in_x && i == step->rd;
        bool is_f_rd = !is_in_x && i == step->rd;
        cr_assert(is_x_rd || hart->x[i] == bench.before.x[i], "%s: x%u", bench.what, i);
        cr_assert(is_f_rd || hart->f[i] == bench.before.f[i], "%s: f%u", bench.what, i);
    }
}

static void execute(const struct form *form, const struct oracle_format *format, unsigned fmt)
{
    const struct oracle_format *target = format;
    struct oracle_answer answer[EXACT_ROUNDINGS];
    struct step step = {.rd = 0};

    if (form->op == ORACLE_TO_OTHER) {
        target = format == &oracle_single ? &oracle_double : &oracle_single;
    }
    bench_reset(&bench);
    choose(&step, form->op, format);
    bench_float_unit(&bench, step.fs, step.frm << 5 | step.fflags);
    oracle_ask(form->op, format, step.operand, answer);
    bench_name(&bench, "%s.%s rm %u frm %u, %#" PRIx64 " %#" PRIx64 " %#" PRIx64,
               oracle_name(form->op), format->suffix, step.rm, step.frm, step.operand[0],
               step.operand[1], step.operand[2]);
    (void)bench_step(&bench, encode(form, &step, fmt));
    expect(form->op, &step, target, &answer[step.rm == RM_DYNAMIC ? step.frm : step.rm]);
}

static void execute_often(const struct form *form, const struct oracle_format *format, unsigned fmt)
{
    uint64_t steps = chooser_setting("PAGEWALK_STEPS", STEPS);

    for (uint64_t i = 0; i < steps; i++) {
        execute(form, format, fmt);
    }
}

Test(exec_float_exact, instructions_compute_what_the_manual_defines)
{
    /* fmt is that of the result, and rs2 says what the operand is */
    static const struct form to_double = {ORACLE_TO_OTHER, OPCODE_OP_FP, 0x08, SOME_RM, 0};
    static const struct form to_single = {ORACLE_TO_OTHER, OPCODE_OP_FP, 0x08, SOME_RM, 1};
    uint64_t seed = chooser_setting("PAGEWALK_SEED", DEFAULT_SEED);

    (void)fprintf(stderr, "PAGEWALK_SEED=%#" PRIx64 "\n", seed);
    chooser = chooser_from_seed(seed);
    bench_init(&bench);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        execute_often(&forms[i], &oracle_single, 0);
        execute_often(&forms[i], &oracle_double, 1);
    }
    execute_often(&to_double, &oracle_single, 1);
    execute_often(&to_single, &oracle_double, 0);
    bench_finish(&bench);
}
