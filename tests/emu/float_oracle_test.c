/*
 * The oracle of floating-point arithmetic against results worked out by hand, and against the
 * host's own arithmetic in the four rounding modes that it has.
 */
#include "tests/support/float_oracle.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <fenv.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/chooser.h"
#include "tests/support/float_operands.h"

#define DEFAULT_SEED UINT64_C(0x5eed08ac1e000001)

enum {
    ALL = EXACT_ROUNDINGS, /* the same in each rounding mode */
    RNE = EXACT_RNE,
    RTZ = EXACT_RTZ,
    RDN = EXACT_RDN,
    RUP = EXACT_RUP,
    RMM = EXACT_RMM,
    NX = ORACLE_NX,
    UF = ORACLE_UF,
    OF = ORACLE_OF,
    DZ = ORACLE_DZ,
    NV = ORACLE_NV,
};

struct row {
    enum oracle_op op;
    unsigned mode;
    uint64_t operand[3];
    uint64_t bits;
    unsigned flags;
    const char *why;
};

static const struct row single_rows[] = {
    {ORACLE_ADD, RNE, {0x3f800000, 0x33800000}, 0x3f800000, NX, "1 + 2^-24: tie, 1 is even"},
    {ORACLE_ADD, RMM, {0x3f800000, 0x33800000}, 0x3f800001, NX, "the same tie, away from zero"},
    {ORACLE_ADD, RTZ, {0x3f800000, 0x33800000}, 0x3f800000, NX, "towards zero"},
    {ORACLE_ADD, RDN, {0x3f800000, 0x33800000}, 0x3f800000, NX, "down"},
    {ORACLE_ADD, RUP, {0x3f800000, 0x33800000}, 0x3f800001, NX, "up"},
    {ORACLE_ADD, RNE, {0x3f800001, 0x33800000}, 0x3f800002, NX, "tie, the upper one is even"},
    {ORACLE_ADD, RMM, {0xbf800000, 0xb3800000}, 0xbf800001, NX, "tie, away from zero, negative"},
    {ORACLE_ADD, RDN, {0xbf800000, 0xb3800000}, 0xbf800001, NX, "down, negative"},
    {ORACLE_ADD, RUP, {0xbf800000, 0xb3800000}, 0xbf800000, NX, "up, negative"},
    {ORACLE_ADD, RMM, {0x3f800000, 0x337fffff}, 0x3f800000, NX, "1 + less than a tie"},
    {ORACLE_ADD, RNE, {0x3f800000, 0x33800001}, 0x3f800001, NX, "1 + more than a tie"},
    {ORACLE_SUB, RNE, {0x3f800000, 0x3f800000}, 0, 0, "1 - 1 is +0"},
    {ORACLE_SUB, RDN, {0x3f800000, 0x3f800000}, 0x80000000, 0, "down, 1 - 1 is -0"},
    {ORACLE_ADD, RUP, {0, 0x80000000}, 0, 0, "+0 + -0"},
    {ORACLE_ADD, RDN, {0, 0x80000000}, 0x80000000, 0, "+0 + -0, down"},
    {ORACLE_ADD, ALL, {0x80000000, 0x80000000}, 0x80000000, 0, "-0 + -0"},
    {ORACLE_SUB, ALL, {0, 0x80000000}, 0, 0, "+0 - -0"},
    {ORACLE_SUB, ALL, {0x7f800000, 0x7f800000}, 0x7fc00000, NV, "infinity - infinity"},
    {ORACLE_ADD, ALL, {0x7f800000, 0xff7fffff}, 0x7f800000, 0, "infinity + a number"},
    {ORACLE_ADD, ALL, {0x7f800001, 0x3f800000}, 0x7fc00000, NV, "signaling NaN"},
    {ORACLE_ADD, ALL, {0xffc01234, 0x3f800000}, 0x7fc00000, 0, "quiet NaN with a payload"},
    {ORACLE_ADD, RNE, {0x7f7fffff, 0x73000000}, 0x7f800000, OF | NX, "greatest + half of its ulp"},
    {ORACLE_ADD, RMM, {0x7f7fffff, 0x73000000}, 0x7f800000, OF | NX, "the same, away from zero"},
    {ORACLE_ADD, RUP, {0x7f7fffff, 0x00000001}, 0x7f800000, OF | NX, "up from the greatest"},
    {ORACLE_ADD, RTZ, {0x7f7fffff, 0x73000000}, 0x7f7fffff, NX, "that is no overflow down there"},
    {ORACLE_ADD, RNE, {0x7f7fffff, 0x72ffffff}, 0x7f7fffff, NX, "greatest + less than half"},
    {ORACLE_ADD, RTZ, {0x7f7fffff, 0x7f7fffff}, 0x7f7fffff, OF | NX, "twice the greatest"},
    {ORACLE_ADD, RDN, {0x7f7fffff, 0x7f7fffff}, 0x7f7fffff, OF | NX, "twice the greatest, down"},
    {ORACLE_ADD, RUP, {0xff7fffff, 0xff7fffff}, 0xff7fffff, OF | NX, "twice the least, up"},
    {ORACLE_ADD, RDN, {0xff7fffff, 0xff7fffff}, 0xff800000, OF | NX, "twice the least, down"},
    {ORACLE_MUL, ALL, {0x00800000, 0x3f000000}, 0x00400000, 0, "subnormal and exact"},
    {ORACLE_MUL, RNE, {0x00000001, 0x3f000000}, 0, UF | NX, "half of the smallest: tie, 0 is even"},
    {ORACLE_MUL, RMM, {0x00000001, 0x3f000000}, 1, UF | NX, "half of the smallest, away"},
    {ORACLE_MUL, RUP, {0x00000001, 0x00000001}, 1, UF | NX, "next to nothing, up"},
    {ORACLE_MUL, RDN, {0x80000001, 0x00000001}, 0x80000001, UF | NX, "next to nothing, down"},
    {ORACLE_MUL, RNE, {0x80000001, 0x00000001}, 0x80000000, UF | NX, "next to nothing"},
    {ORACLE_MUL, RNE, {0x00000003, 0x3f000000}, 2, UF | NX, "tie of subnormals"},
    {ORACLE_MUL, RNE, {0x00800001, 0x3f7ffffe}, 0x00800000, NX, "2^-126 (1 - 2^-46): not tiny"},
    {ORACLE_MUL, RUP, {0x00800001, 0x3f7ffffe}, 0x00800000, NX, "not tiny after rounding up"},
    {ORACLE_MUL, RTZ, {0x00800001, 0x3f7ffffe}, 0x007fffff, UF | NX, "tiny after rounding down"},
    {ORACLE_MUL, RNE, {0x00800000, 0x3f7fffff}, 0x00800000, UF | NX, "2^-126 (1 - 2^-24): tiny"},
    {ORACLE_MUL, ALL, {0x7f800000, 0x80000000}, 0x7fc00000, NV, "infinity * -0"},
    {ORACLE_MUL, ALL, {0xff800000, 0x00000001}, 0xff800000, 0, "-infinity * a number"},
    {ORACLE_DIV, ALL, {0x3f800000, 0x80000000}, 0xff800000, DZ, "1 / -0"},
    {ORACLE_DIV, ALL, {0x00000000, 0x00000000}, 0x7fc00000, NV, "0 / 0"},
    {ORACLE_DIV, ALL, {0x7f800000, 0xff800000}, 0x7fc00000, NV, "infinity / infinity"},
    {ORACLE_DIV, ALL, {0x7f800000, 0x00000000}, 0x7f800000, 0, "infinity / 0"},
    {ORACLE_DIV, ALL, {0x3f800000, 0xff800000}, 0x80000000, 0, "1 / -infinity"},
    {ORACLE_DIV, ALL, {0x7fc00000, 0x00000000}, 0x7fc00000, 0, "NaN / 0 does not divide"},
    {ORACLE_DIV, RNE, {0x3f800000, 0x40400000}, 0x3eaaaaab, NX, "1 / 3"},
    {ORACLE_DIV, RTZ, {0x3f800000, 0x40400000}, 0x3eaaaaaa, NX, "1 / 3, towards zero"},
    {ORACLE_DIV, RDN, {0xbf800000, 0x40400000}, 0xbeaaaaab, NX, "-1 / 3, down"},
    {ORACLE_SQRT, RNE, {0x40000000}, 0x3fb504f3, NX, "root of 2"},
    {ORACLE_SQRT, RUP, {0x40000000}, 0x3fb504f4, NX, "root of 2, up"},
    {ORACLE_SQRT, ALL, {0x40800000}, 0x40000000, 0, "root of 4"},
    {ORACLE_SQRT, RNE, {0x00000001}, 0x1a3504f3, NX, "root of 2^-149"},
    {ORACLE_SQRT, ALL, {0x80000000}, 0x80000000, 0, "root of -0"},
    {ORACLE_SQRT, ALL, {0x80000001}, 0x7fc00000, NV, "root of a negative number"},
    {ORACLE_SQRT, ALL, {0xff800000}, 0x7fc00000, NV, "root of -infinity"},
    {ORACLE_SQRT, ALL, {0x7f800000}, 0x7f800000, 0, "root of infinity"},
    {ORACLE_MADD, ALL, {0x7f800000, 0, 0x7fc00000}, 0x7fc00000, NV, "infinity * 0 + quiet NaN"},
    {ORACLE_MADD, ALL, {0x7f800000, 1, 0xff800000}, 0x7fc00000, NV, "infinity - infinity"},
    {ORACLE_MADD, ALL, {0x3f800001, 0x3f800001, 0xbf800002}, 0x28800000, 0, "2^-46 is left"},
    {ORACLE_MADD, ALL, {0x7f7fffff, 0x40000000, 0xff7fffff}, 0x7f7fffff, 0, "great in between"},
    {ORACLE_MADD, ALL, {0x7f7fffff, 0x7f7fffff, 0xff800000}, 0xff800000, 0, "infinity is more"},
    {ORACLE_MADD, RUP, {1, 1, 0x3f800000}, 0x3f800001, NX, "1 + 2^-298, up"},
    {ORACLE_NMSUB, RTZ, {1, 1, 0x3f800000}, 0x3f7fffff, NX, "1 - 2^-298, towards zero"},
    {ORACLE_NMSUB, RNE, {0x3f800000, 0x3f800000, 0x3f800000}, 0, 0, "-(1 * 1) + 1"},
    {ORACLE_NMSUB, RDN, {0x3f800000, 0x3f800000, 0x3f800000}, 0x80000000, 0, "-(1 * 1) + 1, down"},
    {ORACLE_NMADD, ALL, {0, 0x3f800000, 0}, 0x80000000, 0, "-(0 * 1) - 0 is not -(0 + 0) rounded"},
    {ORACLE_NMADD, ALL, {0x3f800000, 0x40000000, 0x40400000}, 0xc0a00000, 0, "-(1 * 2) - 3"},
    {ORACLE_MSUB, ALL, {0x3f800000, 0x40000000, 0x40400000}, 0xbf800000, 0, "(1 * 2) - 3"},
    {ORACLE_MSUB, RDN, {0, 0x3f800000, 0}, 0x80000000, 0, "(0 * 1) - 0, down"},
    {ORACLE_MIN, ALL, {0, 0x80000000}, 0x80000000, 0, "-0 is less than +0"},
    {ORACLE_MAX, ALL, {0x80000000, 0}, 0, 0, "+0 is greater than -0"},
    {ORACLE_MIN, ALL, {0x7fc00000, 0x3f800000}, 0x3f800000, 0, "the number, not the NaN"},
    {ORACLE_MAX, ALL, {0x3f800000, 0x7f800001}, 0x3f800000, NV, "the number, but signaling"},
    {ORACLE_MIN, ALL, {0xffc00001, 0x7fc00002}, 0x7fc00000, 0, "two quiet NaNs"},
    {ORACLE_MAX, ALL, {0xff800000, 0xff7fffff}, 0xff7fffff, 0, "more than -infinity"},
    {ORACLE_EQ, ALL, {0x80000000, 0}, 1, 0, "-0 equals +0"},
    {ORACLE_EQ, ALL, {0x7fc00000, 0x7fc00000}, 0, 0, "quiet comparison"},
    {ORACLE_EQ, ALL, {0x3f800000, 0x7f800001}, 0, NV, "quiet comparison, signaling NaN"},
    {ORACLE_LT, ALL, {0x80000000, 0}, 0, 0, "-0 is not below +0"},
    {ORACLE_LT, ALL, {0xff800000, 0xff7fffff}, 1, 0, "-infinity is below all"},
    {ORACLE_LT, ALL, {0x7fc00000, 0x3f800000}, 0, NV, "signaling comparison"},
    {ORACLE_LE, ALL, {0x7f800000, 0x7f800000}, 1, 0, "infinity equals infinity"},
    {ORACLE_LE, ALL, {0xbf800000, 0xc0000000}, 0, 0, "-1 is above -2"},
    {ORACLE_CLASS, ALL, {0xff800000}, 1 << 0, 0, "-infinity"},
    {ORACLE_CLASS, ALL, {0x80800000}, 1 << 1, 0, "negative normal"},
    {ORACLE_CLASS, ALL, {0x807fffff}, 1 << 2, 0, "negative subnormal"},
    {ORACLE_CLASS, ALL, {0x80000000}, 1 << 3, 0, "-0"},
    {ORACLE_CLASS, ALL, {0x00000000}, 1 << 4, 0, "+0"},
    {ORACLE_CLASS, ALL, {0x00000001}, 1 << 5, 0, "positive subnormal"},
    {ORACLE_CLASS, ALL, {0x7f7fffff}, 1 << 6, 0, "positive normal"},
    {ORACLE_CLASS, ALL, {0x7f800000}, 1 << 7, 0, "infinity"},
    {ORACLE_CLASS, ALL, {0xff800001}, 1 << 8, 0, "signaling NaN"},
    {ORACLE_CLASS, ALL, {0xffc00000}, 1 << 9, 0, "quiet NaN"},
    {ORACLE_SGNJ, ALL, {0x7f800001, 0x80000000}, 0xff800001, 0, "a NaN keeps its payload"},
    {ORACLE_SGNJN, ALL, {0x3f800000, 0x3f800000}, 0xbf800000, 0, "negated"},
    {ORACLE_SGNJX, ALL, {0xbf800000, 0xbf800000}, 0x3f800000, 0, "absolute value"},
    {ORACLE_TO_W, RNE, {0x40200000}, 2, NX, "2.5"},
    {ORACLE_TO_W, RMM, {0x40200000}, 3, NX, "2.5, tie away"},
    {ORACLE_TO_W, RDN, {0xc0200000}, -3, NX, "-2.5, down"},
    {ORACLE_TO_W, RTZ, {0xc0200000}, -2, NX, "-2.5, towards zero"},
    {ORACLE_TO_W, ALL, {0x4f000000}, 0x7fffffff, NV, "2^31"},
    {ORACLE_TO_W, ALL, {0xcf000000}, -0x80000000l, 0, "-2^31"},
    {ORACLE_TO_W, ALL, {0xffc00000}, 0x7fffffff, NV, "a NaN counts as positive"},
    {ORACLE_TO_WU, RTZ, {0xbf000000}, 0, NX, "-0.5 towards zero"},
    {ORACLE_TO_WU, RNE, {0xbf000000}, 0, NX, "-0.5 to even"},
    {ORACLE_TO_WU, RMM, {0xbf000000}, 0, NV, "-0.5 away is -1"},
    {ORACLE_TO_WU, RDN, {0x80000001}, 0, NV, "next to nothing, down, is -1"},
    {ORACLE_TO_WU, ALL, {0x7f800000}, UINT64_MAX, NV, "unsigned words are sign-extended"},
    {ORACLE_TO_L, ALL, {0xdf000000}, UINT64_C(1) << 63, 0, "-2^63"},
    {ORACLE_TO_L, ALL, {0x5f000000}, INT64_MAX, NV, "2^63"},
    {ORACLE_TO_LU, ALL, {0x5f000000}, UINT64_C(1) << 63, 0, "2^63, unsigned"},
    {ORACLE_TO_LU, ALL, {0xff800000}, 0, NV, "-infinity, unsigned"},
    {ORACLE_FROM_W, ALL, {UINT64_C(0x12345678ffffffff)}, 0xbf800000, 0, "-1 in half a register"},
    {ORACLE_FROM_W, ALL, {0}, 0, 0, "0 is +0 even down"},
    {ORACLE_FROM_WU, RNE, {UINT64_C(0x12345678ffffffff)}, 0x4f800000, NX, "2^32 - 1"},
    {ORACLE_FROM_L, RNE, {16777217}, 0x4b800000, NX, "2^24 + 1: tie"},
    {ORACLE_FROM_L, RMM, {16777217}, 0x4b800001, NX, "2^24 + 1: tie away"},
    {ORACLE_FROM_L, ALL, {UINT64_C(1) << 63}, 0xdf000000, 0, "-2^63"},
    {ORACLE_FROM_LU, RTZ, {UINT64_MAX}, 0x5f7fffff, NX, "2^64 - 1"},
    {ORACLE_FROM_LU, RUP, {UINT64_MAX}, 0x5f800000, NX, "2^64 - 1, up"},
    {ORACLE_TO_OTHER, ALL, {0x7f800001}, UINT64_C(0x7ff8000000000000), NV, "signaling NaN"},
    {ORACLE_TO_OTHER, ALL, {0x80000001}, UINT64_C(0xb6a0000000000000), 0, "-2^-149 is normal"},
};

static const struct row double_rows[] = {
    {ORACLE_ADD,
     RNE,
     {0x3ff0000000000000, 0x3ca0000000000000},
     0x3ff0000000000000,
     NX,
     "1 + 2^-53: tie"},
    {ORACLE_ADD,
     RMM,
     {0x3ff0000000000000, 0x3ca0000000000000},
     0x3ff0000000000001,
     NX,
     "1 + 2^-53: tie away"},
    {ORACLE_MUL,
     RNE,
     {0x0010000000000001, 0x3feffffffffffffe},
     0x0010000000000000,
     NX,
     "2^-1022 (1 - 2^-104): not tiny"},
    {ORACLE_MUL,
     RNE,
     {0x0010000000000000, 0x3fefffffffffffff},
     0x0010000000000000,
     UF | NX,
     "2^-1022 (1 - 2^-53): tiny"},
    {ORACLE_DIV, RNE, {0x3ff0000000000000, 0x4008000000000000}, 0x3fd5555555555555, NX, "1 / 3"},
    {ORACLE_DIV,
     RUP,
     {0x3ff0000000000000, 0x4008000000000000},
     0x3fd5555555555556,
     NX,
     "1 / 3, up"},
    {ORACLE_SQRT, RNE, {0x4000000000000000}, 0x3ff6a09e667f3bcd, NX, "root of 2"},
    {ORACLE_SQRT, RTZ, {0x4000000000000000}, 0x3ff6a09e667f3bcc, NX, "root of 2, towards zero"},
    {ORACLE_SQRT, ALL, {1}, 0x1e60000000000000, 0, "root of 2^-1074"},
    {ORACLE_MADD, RMM, {1, 0x3fe0000000000000, 0}, 1, UF | NX, "half of the smallest, away"},
    {ORACLE_MAX,
     ALL,
     {0x7ff0000000000001, 0xfff8000000000000},
     0x7ff8000000000000,
     NV,
     "two NaNs, one signaling"},
    {ORACLE_CLASS, ALL, {0x800fffffffffffff}, 1 << 2, 0, "negative subnormal"},
    {ORACLE_SGNJX, ALL, {0xbff0000000000000, 0x8000000000000000}, 0x3ff0000000000000, 0, "signs"},
    {ORACLE_TO_W, RTZ, {0x41dfffffffe00000}, 0x7fffffff, NX, "2^31 - 0.5 towards zero"},
    {ORACLE_TO_W, RNE, {0x41dfffffffe00000}, 0x7fffffff, NV, "2^31 - 0.5 rounds to too much"},
    {ORACLE_TO_WU, ALL, {0x41efffffffe00000}, UINT64_MAX, 0, "2^32 - 1, sign-extended"},
    {ORACLE_TO_L, ALL, {0x43e0000000000000}, INT64_MAX, NV, "2^63"},
    {ORACLE_TO_LU, ALL, {0x43efffffffffffff}, 0xfffffffffffff800, 0, "2^64 - 2^11"},
    {ORACLE_FROM_WU, ALL, {0xffffffff}, 0x41efffffffe00000, 0, "2^32 - 1"},
    {ORACLE_FROM_L, RNE, {0xffdfffffffffffff}, 0xc340000000000000, NX, "-(2^53 + 1): tie"},
    {ORACLE_FROM_L, RDN, {0xffdfffffffffffff}, 0xc340000000000001, NX, "-(2^53 + 1), down"},
    {ORACLE_TO_OTHER, RNE, {0x3690000000000000}, 0, UF | NX, "2^-150: tie"},
    {ORACLE_TO_OTHER, RMM, {0x3690000000000000}, 1, UF | NX, "2^-150: tie away"},
    {ORACLE_TO_OTHER, RTZ, {0x47f0000000000000}, 0x7f7fffff, OF | NX, "2^128, towards zero"},
    {ORACLE_TO_OTHER, RNE, {0x47efffffefffffff}, 0x7f7fffff, NX, "just no overflow"},
    {ORACLE_TO_OTHER, RNE, {0x47effffff0000000}, 0x7f800000, OF | NX, "tie, overflow"},
    {ORACLE_TO_OTHER, RNE, {0x380fffffffffffff}, 0x00800000, NX, "below 2^-126, not after"},
    {ORACLE_TO_OTHER, RNE, {0x380fffffe0000000}, 0x00800000, UF | NX, "2^-126 (1 - 2^-24)"},
    {ORACLE_TO_OTHER, ALL, {0xfff0000000000000}, 0xff800000, 0, "-infinity"},
    {ORACLE_TO_OTHER, ALL, {0xfff8000000001234}, 0x7fc00000, 0, "quiet NaN"},
};

static void check_rows(const struct oracle_format *format, const struct row *rows, size_t count)
{
    for (const struct row *row = rows; row < rows + count; row++) {
        struct oracle_answer answer[EXACT_ROUNDINGS];
        oracle_ask(row->op, format, row->operand, answer);
        for (unsigned mode = 0; mode < EXACT_ROUNDINGS; mode++) {
            if (row->mode == ALL || row->mode == mode) {
                cr_expect(eq(u64, answer[mode].bits, row->bits), "%s, mode %u", row->why, mode);
                cr_expect(eq(uint, answer[mode].flags, row->flags), "%s, mode %u", row->why, mode);
            }
        }
    }
}

Test(float_oracle, knows_results_worked_out_by_hand)
{
    check_rows(&oracle_single, single_rows, sizeof single_rows / sizeof *single_rows);
    check_rows(&oracle_double, double_rows, sizeof double_rows / sizeof *double_rows);
}

/* The host computes between reads and writes that a compiler leaves where they are. */
static volatile double host_double[4];
static volatile float host_single[4];
static volatile int64_t host_integer;

static void host_compute_double(enum oracle_op op)
{
    double a = host_double[0];
    double b = host_double[1];
    double c = host_double[2];

    if (op == ORACLE_ADD) {
        host_double[3] = a + b;
    } else if (op == ORACLE_SUB) {
        host_double[3] = a - b;
    } else if (op == ORACLE_MUL) {
        host_double[3] = a * b;
    } else if (op == ORACLE_DIV) {
        host_double[3] = a / b;
    } else if (op == ORACLE_SQRT) {
        host_double[3] = sqrt(a);
    } else if (op == ORACLE_MADD) {
        host_double[3] = fma(a, b, c);
    } else if (op == ORACLE_FROM_L) {
        host_double[3] = (double)host_integer;
    } else {
        host_single[3] = (float)a;
    }
}

static void host_compute_single(enum oracle_op op)
{
    float a = host_single[0];
    float b = host_single[1];
    float c = host_single[2];

    if (op == ORACLE_ADD) {
        host_single[3] = a + b;
    } else if (op == ORACLE_SUB) {
        host_single[3] = a - b;
    } else if (op == ORACLE_MUL) {
        host_single[3] = a * b;
    } else if (op == ORACLE_DIV) {
        host_single[3] = a / b;
    } else if (op == ORACLE_SQRT) {
        host_single[3] = sqrtf(a);
    } else if (op == ORACLE_MADD) {
        host_single[3] = fmaf(a, b, c);
    } else if (op == ORACLE_FROM_L) {
        host_single[3] = (float)host_integer;
    } else {
        host_double[3] = a;
    }
}

static void host_give(unsigned i, uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    double as_double;
    float as_single;

    memcpy(&as_double, &bits, sizeof as_double);
    memcpy(&as_single, &low, sizeof as_single);
    host_double[i] = as_double;
    host_single[i] = as_single;
}

static uint64_t host_take(const struct oracle_format *format)
{
    double as_double = host_double[3];
    float as_single = host_single[3];
    uint64_t bits;
    uint32_t low;

    memcpy(&bits, &as_double, sizeof bits);
    memcpy(&low, &as_single, sizeof low);
    if (format == &oracle_single) {
        return isnan(as_single) ? oracle_canonical_nan(format) : low;
    }
    return isnan(as_double) ? oracle_canonical_nan(format) : bits;
}

static unsigned host_flags(void)
{
    int raised = fetestexcept(FE_ALL_EXCEPT);
    unsigned flags = 0;

    flags |= raised & FE_INEXACT ? NX : 0;
    flags |= raised & FE_UNDERFLOW ? UF : 0;
    flags |= raised & FE_OVERFLOW ? OF : 0;
    flags |= raised & FE_DIVBYZERO ? DZ : 0;
    flags |= raised & FE_INVALID ? NV : 0;
    return flags;
}

static struct oracle_answer host_ask(enum oracle_op op, const struct oracle_format *format,
                                     const uint64_t *operand, unsigned mode)
{
    static const int modes[] = {
        [RNE] = FE_TONEAREST, [RTZ] = FE_TOWARDZERO, [RDN] = FE_DOWNWARD, [RUP] = FE_UPWARD};
    bool is_single = format == &oracle_single;
    const struct oracle_format *target = format;
    struct oracle_answer answer;

    if (op == ORACLE_TO_OTHER) {
        target = is_single ? &oracle_double : &oracle_single;
    }
    host_integer = (int64_t)operand[0];
    for (unsigned i = 0; i < 3; i++) {
        host_give(i, operand[i]);
    }
    cr_assert(eq(int, fesetround(modes[mode]), 0));
    (void)feclearexcept(FE_ALL_EXCEPT);
    if (is_single) {
        host_compute_single(op);
    } else {
        host_compute_double(op);
    }
    answer.flags = host_flags();
    (void)fesetround(FE_TONEAREST);
    answer.bits = host_take(target);
    return answer;
}

/* IEEE 754 lets a host choose when it looks for tininess, and whether infinity * 0 + a quiet NaN is
 * invalid; the manual does not. */
static unsigned flags_of_choice(enum oracle_op op, const uint64_t *operand,
                                const struct oracle_format *format)
{
    const uint64_t tiny_before_rounding[] = {0x0010000000000001, 0x3feffffffffffffe, 0};
    unsigned flags = host_ask(ORACLE_MUL, &oracle_double, tiny_before_rounding, RNE).flags & UF;
    struct oracle_answer class[EXACT_ROUNDINGS];

    oracle_ask(ORACLE_CLASS, format, &operand[2], class);
    bool is_quiet_addend = op == ORACLE_MADD && class[0].bits == 1 << 9;
    return is_quiet_addend ? flags | NV : flags;
}

static void compare_with_host(struct chooser *chooser, enum oracle_op op,
                              const struct oracle_format *format)
{
    uint64_t operand[3] = {0};
    struct oracle_answer want[EXACT_ROUNDINGS];

    float_random_operands(chooser, op, format, operand);
    oracle_ask(op, format, operand, want);
    for (unsigned mode = RNE; mode <= RUP; mode++) {
        struct oracle_answer host = host_ask(op, format, operand, mode);
        unsigned choice = flags_of_choice(op, operand, format);
        cr_assert(eq(u64, want[mode].bits, host.bits),
                  "%s.%s mode %u: %#" PRIx64 " %#" PRIx64 " %#" PRIx64, oracle_name(op),
                  format->suffix, mode, operand[0], operand[1], operand[2]);
        cr_assert(eq(uint, want[mode].flags | choice, host.flags | choice),
                  "%s.%s mode %u: %#" PRIx64 " %#" PRIx64 " %#" PRIx64, oracle_name(op),
                  format->suffix, mode, operand[0], operand[1], operand[2]);
    }
}

Test(float_oracle, agrees_with_the_host)
{
    static const enum oracle_op ops[] = {
        ORACLE_ADD,  ORACLE_SUB,  ORACLE_MUL,    ORACLE_DIV,
        ORACLE_SQRT, ORACLE_MADD, ORACLE_FROM_L, ORACLE_TO_OTHER,
    };
    uint64_t seed = chooser_setting("PAGEWALK_SEED", DEFAULT_SEED);
    struct chooser chooser = chooser_from_seed(seed);

    (void)fprintf(stderr, "PAGEWALK_SEED=%#" PRIx64 "\n", seed);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        for (unsigned step = 0; step < 20000; step++) {
            compare_with_host(&chooser, ops[i], &oracle_single);
            compare_with_host(&chooser, ops[i], &oracle_double);
        }
    }
}

static double single_value(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float value;

    memcpy(&value, &low, sizeof value);
    return value;
}

/* No host rounds ties away. But a double, and the two singles next to it, tell which is nearer. */
Test(float_oracle, ties_away_go_to_the_nearer_or_else_the_greater)
{
    struct chooser chooser = chooser_from_seed(chooser_setting("PAGEWALK_SEED", DEFAULT_SEED));
    unsigned ties = 0;

    for (unsigned step = 0; step < 100000; step++) {
        uint64_t bits[3];
        double value;
        float_random_operands(&chooser, ORACLE_TO_OTHER, &oracle_double, bits);
        memcpy(&value, bits, sizeof value);
        uint64_t less = host_ask(ORACLE_TO_OTHER, &oracle_double, bits, RTZ).bits;
        uint64_t more =
            host_ask(ORACLE_TO_OTHER, &oracle_double, bits, signbit(value) ? RDN : RUP).bits;
        if (isnan(value) || isinf(single_value(more))) {
            continue;
        }
        double to_less = fabs(value - single_value(less));
        double to_more = fabs(single_value(more) - value);
        struct oracle_answer answer[EXACT_ROUNDINGS];
        oracle_ask(ORACLE_TO_OTHER, &oracle_double, bits, answer);
        cr_assert(eq(u64, answer[RMM].bits, to_less < to_more ? less : more), "%#" PRIx64, bits[0]);
        ties += less != more && to_less == to_more;
    }
    cr_expect(gt(uint, ties, 1000));
}
