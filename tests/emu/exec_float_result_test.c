/*
 * What floating-point instructions compute: results and flags by the manual's tables and by hand,
 * in both sizes. The same rules over millions of numbers are the business of other tests
 * [Unpriv. single-float-compute, int_conv, fclass].
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/encode.h"

enum { NX = 1, UF = 2, OF = 4, DZ = 8, NV = 16 };
enum { RNE, RTZ, RDN, RUP, RMM };

#define BOX UINT64_C(0xffffffff00000000)

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_float_result, .init = start, .fini = finish);

/* What a register holds for a number of this size. */
static uint64_t boxed(unsigned size, uint64_t bits)
{
    return size == 4 ? BOX | bits : bits;
}

/* The flags raised before each instruction. Inexact results take another way once NX is. */
static unsigned raised;

/* The hart before an instruction. FS is Dirty, as it is in most programs too. */
static void prepare(void)
{
    bench_reset(&bench);
    bench_float_unit(&bench, 3, raised);
}

/* Executes an instruction on f6 and f7, which hold numbers of this size. */
static void step(uint32_t bits, unsigned size, uint64_t a, uint64_t b)
{
    prepare();
    bench.hart.f[6] = boxed(size, a);
    bench.hart.f[7] = boxed(size, b);
    bench_step(&bench, bits);
}

static void expect_flags(unsigned flags)
{
    cr_expect(eq(uint, bench.hart.csr.fflags, flags | raised), "%s", bench.what);
}

/* Special numbers, the same in both sizes: {32 bits, 64 bits}. */
enum {
    MINUS_INFINITY,
    MINUS_MAX,
    MINUS_ONE,
    MINUS_SUBNORMAL,
    MINUS_ZERO,
    ZERO,
    SUBNORMAL,
    LARGEST_SUBNORMAL,
    SMALLEST_NORMAL,
    ONE,
    MAX,
    INFINITE,
    SIGNALING,
    MINUS_SIGNALING,
    QUIET,
    MINUS_QUIET,
    SPECIALS
};

static const uint64_t special[SPECIALS][2] = {
    [MINUS_INFINITY] = {0xff800000, UINT64_C(0xfff0000000000000)},
    [MINUS_MAX] = {0xff7fffff, UINT64_C(0xffefffffffffffff)},
    [MINUS_ONE] = {0xbf800000, UINT64_C(0xbff0000000000000)},
    [MINUS_SUBNORMAL] = {0x80000001, UINT64_C(0x8000000000000001)},
    [MINUS_ZERO] = {0x80000000, UINT64_C(0x8000000000000000)},
    [ZERO] = {0, 0},
    [SUBNORMAL] = {1, 1},
    [LARGEST_SUBNORMAL] = {0x007fffff, UINT64_C(0x000fffffffffffff)},
    [SMALLEST_NORMAL] = {0x00800000, UINT64_C(0x0010000000000000)},
    [ONE] = {0x3f800000, UINT64_C(0x3ff0000000000000)},
    [MAX] = {0x7f7fffff, UINT64_C(0x7fefffffffffffff)},
    [INFINITE] = {0x7f800000, UINT64_C(0x7ff0000000000000)},
    [SIGNALING] = {0x7f800001, UINT64_C(0x7ff0000000000001)},
    [MINUS_SIGNALING] = {0xffbfffff, UINT64_C(0xfff7ffffffffffff)},
    [QUIET] = {0x7fc00000, UINT64_C(0x7ff8000000000000)},
    [MINUS_QUIET] = {0xffffffff, UINT64_C(0xffffffffffffffff)},
};

static uint64_t number(unsigned which, unsigned size)
{
    return special[which][size == 8];
}

Test(exec_float_result, fclass_tells_all_ten_classes)
{
    static const uint64_t class_of[SPECIALS] = {
        [MINUS_INFINITY] = 1 << 0,
        [MINUS_MAX] = 1 << 1,
        [MINUS_ONE] = 1 << 1,
        [MINUS_SUBNORMAL] = 1 << 2,
        [MINUS_ZERO] = 1 << 3,
        [ZERO] = 1 << 4,
        [SUBNORMAL] = 1 << 5,
        [LARGEST_SUBNORMAL] = 1 << 5,
        [SMALLEST_NORMAL] = 1 << 6,
        [ONE] = 1 << 6,
        [MAX] = 1 << 6,
        [INFINITE] = 1 << 7,
        [SIGNALING] = 1 << 8,
        [MINUS_SIGNALING] = 1 << 8,
        [QUIET] = 1 << 9,
        [MINUS_QUIET] = 1 << 9,
    };

    for (unsigned i = 0; i < 2 * SPECIALS; i++) {
        unsigned size = i % 2 == 0 ? 4 : 8;
        bench_name(&bench, "fclass of special %u, %u bytes", i / 2, size);
        step(encode_float(FMV_TO_X, size, 1, 5, 6, 0), size, number(i / 2, size), 0);
        bench_expect_result(&bench, 5, class_of[i / 2]);
        expect_flags(0);
    }
}

static bool is_nan(unsigned which)
{
    return which >= SIGNALING;
}

static bool is_signaling(unsigned which)
{
    return which == SIGNALING || which == MINUS_SIGNALING;
}

/* The specials stand in their order; only the two zeros are equal. */
static int compare(unsigned a, unsigned b)
{
    bool are_zeros = (a == ZERO || a == MINUS_ZERO) && (b == ZERO || b == MINUS_ZERO);
    return are_zeros ? 0 : (a > b) - (a < b);
}

/* [norm:feq-s_flt-s_fle-s_NaN_input], [norm:flt-s_fle-s_signaling], [norm:feq-s_quiet]. */
Test(exec_float_result, comparisons_of_all_pairs)
{
    for (raised = 0; raised <= NX; raised += NX) {
        for (unsigned i = 0; i < SPECIALS * SPECIALS * 2 * 3; i++) {
            unsigned a = i / 6 / SPECIALS;
            unsigned b = i / 6 % SPECIALS;
            unsigned size = i % 2 == 0 ? 4 : 8;
            unsigned funct3 = i / 2 % 3; /* fle, flt, feq */
            bool has_nan = is_nan(a) || is_nan(b);
            bool has_signaling = is_signaling(a) || is_signaling(b);
            int order = compare(a, b);
            const bool holds[] = {order <= 0, order < 0, order == 0};
            bench_name(&bench, "comparison %u of specials %u and %u, %u bytes", funct3, a, b, size);
            step(encode_float(FCMP, size, funct3, 5, 6, 7), size, number(a, size), number(b, size));
            bench_expect_result(&bench, 5, !has_nan && holds[funct3]);
            expect_flags((funct3 == 2 ? has_signaling : has_nan) ? NV : 0);
        }
    }
}

/* -0 is less than +0 [norm:fmin-s_fmax-s_zero_compare]; NaNs give way to numbers. */
Test(exec_float_result, minima_and_maxima_of_all_pairs)
{
    for (unsigned i = 0; i < SPECIALS * SPECIALS * 2 * 2; i++) {
        unsigned a = i / 4 / SPECIALS;
        unsigned b = i / 4 % SPECIALS;
        unsigned size = i % 2 == 0 ? 4 : 8;
        bool is_max = i / 2 % 2 != 0;
        unsigned want = (a < b) == is_max ? b : a;
        if (is_nan(a) || is_nan(b)) {
            want = is_nan(a) && is_nan(b) ? QUIET : is_nan(a) ? b : a;
        }
        bench_name(&bench, "%s of specials %u and %u, %u bytes", is_max ? "max" : "min", a, b,
                   size);
        step(encode_float(FMIN, size, is_max, 5, 6, 7), size, number(a, size), number(b, size));
        bench_expect_float(&bench, 5, boxed(size, number(want, size)));
        expect_flags(is_signaling(a) || is_signaling(b) ? NV : 0);
    }
}

/* All bits but the sign are rs1's, of NaNs too [norm:fsgnj-s_fsgnjn-s_fsgnjx-s_op]. */
Test(exec_float_result, signs_are_injected)
{
    for (unsigned i = 0; i < SPECIALS * SPECIALS * 2 * 3; i++) {
        unsigned size = i % 2 == 0 ? 4 : 8;
        unsigned funct3 = i / 2 % 3;
        uint64_t a = number(i / 6 / SPECIALS, size);
        uint64_t b = number(i / 6 % SPECIALS, size);
        unsigned top = 8 * size - 1;
        const uint64_t sign[] = {b >> top, 1 - (b >> top), (a >> top) ^ (b >> top)};
        uint64_t magnitude = a & ((UINT64_C(1) << top) - 1);
        bench_name(&bench, "fsgnj %u of 0x%llx and 0x%llx", funct3, (unsigned long long)a,
                   (unsigned long long)b);
        step(encode_float(FSGNJ, size, funct3, 5, 6, 7), size, a, b);
        bench_expect_float(&bench, 5, boxed(size, sign[funct3] << top | magnitude));
        expect_flags(0);
    }
}

/* Any NaN operand makes the canonical NaN; only a signaling one is invalid. */
Test(exec_float_result, nans_become_canonical)
{
    static const unsigned nans[] = {SIGNALING, MINUS_SIGNALING, QUIET, MINUS_QUIET};
    static const unsigned funct5[] = {FADD, FSUB, FMUL, FDIV};

    for (raised = 0; raised <= NX; raised += NX) {
        for (unsigned i = 0; i < 4 * 4 * 2 * 2; i++) {
            unsigned nan = nans[i % 4];
            unsigned size = i / 4 % 2 == 0 ? 4 : 8;
            bool is_right = i / 8 % 2 != 0;
            uint64_t a = number(is_right ? ONE : nan, size);
            uint64_t b = number(is_right ? nan : ONE, size);
            bench_name(&bench, "operation %u with special %u, %u bytes", i / 16, nan, size);
            step(encode_float(funct5[i / 16], size, RNE, 5, 6, 7), size, a, b);
            bench_expect_float(&bench, 5, boxed(size, number(QUIET, size)));
            expect_flags(is_signaling(nan) ? NV : 0);
        }
    }
}

/* f5 = f6 op f7. */
static const struct {
    unsigned funct5;
    unsigned size;
    unsigned rm;
    uint64_t a;
    uint64_t b;
    uint64_t want;
    unsigned flags;
    const char *why;
} arithmetic[] = {
    {FADD, 4, RNE, 0x3f800000, 0x40000000, 0x40400000, 0, "1 + 2 = 3"},
    {FSUB, 4, RNE, 0x3f800000, 0x3f800000, 0x00000000, 0, "1 - 1 = +0"},
    {FSUB, 4, RDN, 0x3f800000, 0x3f800000, 0x80000000, 0, "1 - 1 = -0 rounding down"},
    {FADD, 4, RNE, 0x80000000, 0x80000000, 0x80000000, 0, "-0 + -0 = -0"},
    {FADD, 4, RUP, 0x80000000, 0x00000000, 0x00000000, 0, "-0 + 0 = +0"},
    {FADD, 4, RDN, 0x80000000, 0x00000000, 0x80000000, 0, "-0 + 0 = -0 rounding down"},
    {FADD, 4, RNE, 0x7f7fffff, 0x7f7fffff, 0x7f800000, OF | NX, "too large: infinity"},
    {FADD, 4, RTZ, 0x7f7fffff, 0x7f7fffff, 0x7f7fffff, OF | NX, "towards zero: the largest"},
    {FADD, 4, RDN, 0x7f7fffff, 0x7f7fffff, 0x7f7fffff, OF | NX, "down: the largest"},
    {FADD, 4, RUP, 0xff7fffff, 0xff7fffff, 0xff7fffff, OF | NX, "negative, up: the largest"},
    {FADD, 4, RMM, 0xff7fffff, 0xff7fffff, 0xff800000, OF | NX, "negative, RMM: infinity"},
    {FSUB, 4, RNE, 0x7f800000, 0x7f800000, 0x7fc00000, NV, "infinity - infinity"},
    {FADD, 4, RNE, 0x7f800000, 0xff7fffff, 0x7f800000, 0, "infinity - the largest"},
    {FADD, 4, RNE, 0x00000001, 0x00000001, 0x00000002, 0, "exact subnormals do not underflow"},
    {FMUL, 4, RNE, 0x7f800000, 0x80000000, 0x7fc00000, NV, "infinity * 0"},
    {FMUL, 4, RNE, 0x00000001, 0x3f000000, 0x00000000, UF | NX, "half the smallest: even is 0"},
    {FMUL, 4, RMM, 0x00000001, 0x3f000000, 0x00000001, UF | NX, "half the smallest: RMM is 1"},
    {FMUL, 4, RUP, 0x00000001, 0x3f000000, 0x00000001, UF | NX, "half the smallest, up"},
    {FMUL, 4, RUP, 0x80000001, 0x3f000000, 0x80000000, UF | NX, "minus half the smallest, up"},
    {FMUL, 4, RNE, 0x00800000, 0x3f7fffff, 0x00800000, UF | NX,
     "2^-126 (1 - 2^-24) has 24 bits: tiny, though it becomes a normal number"},
    {FMUL, 4, RNE, 0x00800001, 0x3f7ffffe, 0x00800000, NX,
     "2^-126 (1 - 2^-46) rounds to 2^-126 in 24 bits: not tiny"},
    {FMUL, 4, RDN, 0x00800001, 0x3f7ffffe, 0x007fffff, UF | NX, "the same rounded down is tiny"},
    {FMUL, 8, RNE, UINT64_C(0x0010000000000001), UINT64_C(0x3feffffffffffffe),
     UINT64_C(0x0010000000000000), NX, "the same in double precision: not tiny"},
    {FMUL, 8, RNE, UINT64_C(0x0010000000000000), UINT64_C(0x3fefffffffffffff),
     UINT64_C(0x0010000000000000), UF | NX, "the same in double precision: tiny"},
    {FDIV, 4, RNE, 0x3f800000, 0x80000000, 0xff800000, DZ, "1 / -0"},
    {FDIV, 4, RNE, 0x7f800000, 0x00000000, 0x7f800000, 0, "infinity / 0 is no division by zero"},
    {FDIV, 4, RNE, 0x00000000, 0x00000000, 0x7fc00000, NV, "0 / 0"},
    {FDIV, 4, RNE, 0x7f800000, 0xff800000, 0x7fc00000, NV, "infinity / infinity"},
    {FDIV, 4, RNE, 0xbf800000, 0x7f800000, 0x80000000, 0, "-1 / infinity"},
    {FDIV, 4, RNE, 0x80000000, 0x40000000, 0x80000000, 0, "-0 / 2"},
    {FDIV, 4, RNE, 0x00000001, 0x7f000000, 0x00000000, UF | NX, "the smallest / 2^127 is no zero"},
    {FDIV, 8, RNE, UINT64_C(0x8000000000000001), UINT64_C(0x7fe0000000000000),
     UINT64_C(0x8000000000000000), UF | NX, "the same in double precision, negative"},
    {FMUL, 4, RNE, 0x80000000, 0x40000000, 0x80000000, 0, "-0 * 2"},
    {FMUL, 8, RNE, 0, UINT64_C(0xc000000000000000), UINT64_C(0x8000000000000000), 0, "0 * -2"},
    {FMUL, 8, RNE, 1, UINT64_C(0x3fe0000000000000), 0, UF | NX, "half the smallest: even is 0"},
    {FMUL, 8, RNE, UINT64_C(0x0010000000000000), UINT64_C(0x3fe0000000000001),
     UINT64_C(0x0008000000000000), UF | NX, "inexact among the subnormals"},
    {FMUL, 4, RNE, 0x00800000, 0x3f000001, 0x00400000, UF | NX, "inexact among the subnormals"},
    {FADD, 8, RNE, UINT64_C(0x7fefffffffffffff), UINT64_C(0x7fefffffffffffff),
     UINT64_C(0x7ff0000000000000), OF | NX, "too large: infinity"},
    {FDIV, 8, RNE, UINT64_C(0x4024000000000000), UINT64_C(0x4014000000000000),
     UINT64_C(0x4000000000000000), 0, "10 / 5 = 2"},
    {FDIV, 8, RUP, UINT64_C(0x3ff0000000000000), UINT64_C(0x4024000000000000),
     UINT64_C(0x3fb999999999999a), NX, "1 / 10, up"},
    {FDIV, 8, RTZ, UINT64_C(0x3ff0000000000000), UINT64_C(0x4024000000000000),
     UINT64_C(0x3fb9999999999999), NX, "1 / 10, towards zero"},
    {FSQRT, 4, RNE, 0x40800000, 0, 0x40000000, 0, "the root of 4"},
    {FSQRT, 4, RNE, 0x80000000, 0, 0x80000000, 0, "the root of -0"},
    {FSQRT, 4, RNE, 0xbf800000, 0, 0x7fc00000, NV, "the root of -1"},
    {FSQRT, 4, RNE, 0xff800000, 0, 0x7fc00000, NV, "the root of minus infinity"},
    {FSQRT, 4, RNE, 0x7f800000, 0, 0x7f800000, 0, "the root of infinity"},
    {FSQRT, 8, RNE, UINT64_C(0x4000000000000000), 0, UINT64_C(0x3ff6a09e667f3bcd), NX,
     "the root of 2 is 1.6a09e667f3bcc908b..."},
    {FSQRT, 8, RDN, UINT64_C(0x4000000000000000), 0, UINT64_C(0x3ff6a09e667f3bcc), NX,
     "the root of 2, down"},
    {FSQRT, 8, RNE, 1, 0, UINT64_C(0x1e60000000000000), 0, "the root of 2^-1074"},
};

Test(exec_float_result, arithmetic_rounds_and_raises)
{
    for (raised = 0; raised <= NX; raised += NX) {
        for (size_t i = 0; i < sizeof arithmetic / sizeof *arithmetic; i++) {
            unsigned size = arithmetic[i].size;
            unsigned rs2 = arithmetic[i].funct5 == FSQRT ? 0 : 7;
            bench_name(&bench, "%s", arithmetic[i].why);
            step(encode_float(arithmetic[i].funct5, size, arithmetic[i].rm, 5, 6, rs2), size,
                 arithmetic[i].a, arithmetic[i].b);
            bench_expect_float(&bench, 5, boxed(size, arithmetic[i].want));
            expect_flags(arithmetic[i].flags);
        }
    }
}

/* a * b + c and its three companions. */
static const struct {
    unsigned rm;
    unsigned size;
    uint64_t a;
    uint64_t b;
    uint64_t c;
    uint64_t want[4]; /* fmadd, fmsub, fnmsub, fnmadd */
    unsigned flags;
    const char *why;
} fused[] = {
    {RNE,
     4,
     0x40000000,
     0x40400000,
     0x41200000,
     {0x41800000, 0xc0800000, 0x40800000, 0xc1800000},
     0,
     "2, 3, 10: 16, -4, 4, -16"},
    {RNE,
     4,
     0x3f800000,
     0x3f800000,
     0x3f800000,
     {0x40000000, 0x00000000, 0x00000000, 0xc0000000},
     0,
     "1, 1, 1: exact differences are +0"},
    {RDN,
     4,
     0x3f800000,
     0x3f800000,
     0x3f800000,
     {0x40000000, 0x80000000, 0x80000000, 0xc0000000},
     0,
     "1, 1, 1: -0 rounding down"},
    {RNE,
     4,
     0x00000000,
     0x3f800000,
     0x00000000,
     {0x00000000, 0x00000000, 0x00000000, 0x80000000},
     0,
     "0, 1, 0: the product is negated, not the sum"},
    {RNE,
     4,
     0x7f800000,
     0x00000000,
     0x7fc00001,
     {0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000},
     NV,
     "infinity, 0, a quiet NaN"},
    {RNE,
     4,
     0x3f800000,
     0x3f800000,
     0x7fffffff,
     {0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000},
     0,
     "1, 1, a quiet NaN"},
    {RNE,
     4,
     0x7fc00000,
     0x3f800000,
     0xff800001,
     {0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000},
     NV,
     "a quiet NaN, 1, a signaling NaN"},
    {RNE,
     8,
     UINT64_C(0x3ff0000000000001),
     UINT64_C(0x3ff0000000000001),
     UINT64_C(0xbff0000000000002),
     {UINT64_C(0x3970000000000000), UINT64_C(0x4000000000000002), UINT64_C(0xc000000000000002),
      UINT64_C(0xb970000000000000)},
     NX,
     "1 + u, 1 + u, -(1 + 2u): what is left is u^2, 2^-104"},
};

Test(exec_float_result, fused_operations_round_once)
{
    static const unsigned opcodes[] = {OPCODE_MADD, OPCODE_MSUB, OPCODE_NMSUB, OPCODE_NMADD};
    static const unsigned rs[] = {6, 7, 8};

    for (raised = 0; raised <= NX; raised += NX) {
        for (size_t i = 0; i < 4 * sizeof fused / sizeof *fused; i++) {
            unsigned size = fused[i / 4].size;
            uint64_t want = fused[i / 4].want[i % 4];
            bool is_square = size == 8 && (i % 4 == 0 || i % 4 == 3); /* exact */
            bench_name(&bench, "operation %zu of %s", i % 4, fused[i / 4].why);
            prepare();
            bench.hart.f[6] = boxed(size, fused[i / 4].a);
            bench.hart.f[7] = boxed(size, fused[i / 4].b);
            bench.hart.f[8] = boxed(size, fused[i / 4].c);
            bench_step(&bench, encode_fused(opcodes[i % 4], size, fused[i / 4].rm, 5, rs));
            bench_expect_float(&bench, 5, boxed(size, want));
            expect_flags(is_square ? 0 : fused[i / 4].flags);
        }
    }
}

/* Unpriv. [int_conv]: from a number of 4 or 8 bytes to an integer. */
static const struct {
    unsigned size;
    unsigned rm;
    unsigned type;
    uint64_t a;
    uint64_t want;
    unsigned flags;
    const char *why;
} to_integer[] = {
    {4, RTZ, TYPE_W, 0x3fc00000, 1, NX, "1.5 towards zero"},
    {4, RNE, TYPE_W, 0x40200000, 2, NX, "2.5 to even"},
    {4, RMM, TYPE_W, 0x40200000, 3, NX, "2.5 to max magnitude"},
    {4, RDN, TYPE_W, 0xbf000000, UINT64_MAX, NX, "-0.5 down"},
    {4, RUP, TYPE_W, 0xbf000000, 0, NX, "-0.5 up"},
    {4, RNE, TYPE_W, 0x80000000, 0, 0, "-0"},
    {4, RNE, TYPE_W, 0x4f000000, 0x7fffffff, NV, "2^31"},
    {4, RNE, TYPE_W, 0xcf000000, UINT64_C(0xffffffff80000000), 0, "-2^31"},
    {4, RNE, TYPE_W, 0xcf000001, UINT64_C(0xffffffff80000000), NV, "-2^31 - 256"},
    {4, RNE, TYPE_W, 0x7f800000, 0x7fffffff, NV, "infinity"},
    {4, RNE, TYPE_W, 0xff800000, UINT64_C(0xffffffff80000000), NV, "minus infinity"},
    {4, RNE, TYPE_W, 0xffc00000, 0x7fffffff, NV, "a NaN, whatever its sign"},
    {4, RNE, TYPE_WU, 0x4f7fffff, UINT64_C(0xffffffffffffff00), 0, "2^32 - 256, sign-extended"},
    {4, RNE, TYPE_WU, 0x4f800000, UINT64_MAX, NV, "2^32"},
    {4, RTZ, TYPE_WU, 0xbf7fffff, 0, NX, "just above -1, towards zero: 0"},
    {4, RTZ, TYPE_WU, 0xbf800000, 0, NV, "-1"},
    {4, RNE, TYPE_WU, 0xbf000000, 0, NX, "-0.5 to even is 0"},
    {4, RMM, TYPE_WU, 0xbf000000, 0, NV, "-0.5 to max magnitude is -1"},
    {4, RNE, TYPE_WU, 0xff800000, 0, NV, "minus infinity"},
    {4, RNE, TYPE_WU, 0x7fc00000, UINT64_MAX, NV, "a NaN"},
    {4, RNE, TYPE_L, 0x5f000000, UINT64_C(0x7fffffffffffffff), NV, "2^63"},
    {4, RNE, TYPE_L, 0xdf000000, UINT64_C(0x8000000000000000), 0, "-2^63"},
    {4, RNE, TYPE_L, 0x7f800001, UINT64_C(0x7fffffffffffffff), NV, "a signaling NaN"},
    {4, RNE, TYPE_LU, 0x5f7fffff, UINT64_C(0xffffff0000000000), 0, "2^64 - 2^40"},
    {4, RNE, TYPE_LU, 0x5f800000, UINT64_MAX, NV, "2^64"},
    {4, RUP, TYPE_LU, 0x80000001, 0, NX, "the smallest below zero, up"},
    {4, RDN, TYPE_LU, 0x80000001, 0, NV, "the smallest below zero, down"},
    {8, RNE, TYPE_W, UINT64_C(0x41dfffffffdfffff), 0x7fffffff, NX, "just below 2^31 - 0.5"},
    {8, RNE, TYPE_W, UINT64_C(0x41dfffffffe00000), 0x7fffffff, NV, "2^31 - 0.5 rounds to 2^31"},
    {8, RTZ, TYPE_W, UINT64_C(0x41dfffffffffffff), 0x7fffffff, NX, "just below 2^31, cut off"},
    {8, RNE, TYPE_W, UINT64_C(0xc1e0000000100000), UINT64_C(0xffffffff80000000), NX,
     "-2^31 - 0.5 to even"},
    {8, RDN, TYPE_W, UINT64_C(0xc1e0000000000001), UINT64_C(0xffffffff80000000), NV,
     "just below -2^31, down"},
    {8, RTZ, TYPE_W, UINT64_C(0xc1e00000001fffff), UINT64_C(0xffffffff80000000), NX,
     "just above -2^31 - 1, cut off"},
    {8, RNE, TYPE_WU, UINT64_C(0x41efffffffe00000), UINT64_MAX, 0, "2^32 - 1"},
    {8, RUP, TYPE_WU, UINT64_C(0x41efffffffe00001), UINT64_MAX, NV, "just above 2^32 - 1, up"},
    {8, RNE, TYPE_L, UINT64_C(0x43dfffffffffffff), UINT64_C(0x7ffffffffffffc00), 0,
     "the number below 2^63"},
    {8, RNE, TYPE_L, UINT64_C(0xc3e0000000000001), UINT64_C(0x8000000000000000), NV,
     "the number below -2^63"},
    {8, RNE, TYPE_LU, UINT64_C(0x43efffffffffffff), UINT64_C(0xfffffffffffff800), 0,
     "the number below 2^64"},
    {8, RTZ, TYPE_LU, UINT64_C(0xbfefffffffffffff), 0, NX, "just above -1"},
    {8, RNE, TYPE_LU, UINT64_C(0x7ff8000000000000), UINT64_MAX, NV, "a NaN"},
};

Test(exec_float_result, conversions_to_integers_round_and_clip)
{
    for (raised = 0; raised <= NX; raised += NX) {
        for (size_t i = 0; i < sizeof to_integer / sizeof *to_integer; i++) {
            unsigned size = to_integer[i].size;
            bench_name(&bench, "%s, type %u", to_integer[i].why, to_integer[i].type);
            step(encode_float(FCVT_TO_INTEGER, size, to_integer[i].rm, 5, 6, to_integer[i].type),
                 size, to_integer[i].a, 0);
            bench_expect_result(&bench, 5, to_integer[i].want);
            expect_flags(to_integer[i].flags);
        }
    }
}

static const struct {
    unsigned size;
    unsigned rm;
    unsigned type;
    uint64_t value;
    uint64_t want;
    unsigned flags;
    const char *why;
} from_integer[] = {
    {4, RDN, TYPE_W, 0, 0, 0, "0 is +0, rounding down too"},
    {4, RNE, TYPE_W, UINT64_C(0xdeadbeefffffffff), 0xbf800000, 0, "-1, the upper half ignored"},
    {4, RNE, TYPE_WU, UINT64_C(0xdeadbeefffffffff), 0x4f800000, NX, "2^32 - 1 to 2^32"},
    {4, RTZ, TYPE_WU, UINT64_C(0xffffffff), 0x4f7fffff, NX, "2^32 - 1, towards zero"},
    {4, RNE, TYPE_W, 0x1000001, 0x4b800000, NX, "2^24 + 1, a tie to even"},
    {4, RMM, TYPE_W, 0x1000001, 0x4b800001, NX, "2^24 + 1, a tie to max magnitude"},
    {4, RUP, TYPE_W, UINT64_C(0xfffffffffeffffff), 0xcb800000, NX, "-(2^24 + 1), up"},
    {4, RNE, TYPE_L, UINT64_C(0x8000000000000000), 0xdf000000, 0, "-2^63"},
    {4, RNE, TYPE_LU, UINT64_C(0x8000000000000000), 0x5f000000, 0, "2^63"},
    {4, RNE, TYPE_L, INT64_MAX, 0x5f000000, NX, "2^63 - 1"},
    {4, RDN, TYPE_LU, UINT64_MAX, 0x5f7fffff, NX, "2^64 - 1, down"},
    {8, RNE, TYPE_W, UINT64_C(0xdeadbeef80000000), UINT64_C(0xc1e0000000000000), 0, "-2^31"},
    {8, RNE, TYPE_WU, UINT64_C(0xdeadbeef80000000), UINT64_C(0x41e0000000000000), 0, "2^31"},
    {8, RNE, TYPE_L, UINT64_C(0x20000000000001), UINT64_C(0x4340000000000000), NX,
     "2^53 + 1, a tie to even"},
    {8, RUP, TYPE_L, UINT64_C(0x20000000000001), UINT64_C(0x4340000000000001), NX, "2^53 + 1, up"},
    {8, RNE, TYPE_L, UINT64_MAX, UINT64_C(0xbff0000000000000), 0, "-1"},
    {8, RNE, TYPE_LU, UINT64_MAX, UINT64_C(0x43f0000000000000), NX, "2^64 - 1"},
    {8, RTZ, TYPE_LU, UINT64_MAX, UINT64_C(0x43efffffffffffff), NX, "2^64 - 1, towards zero"},
};

Test(exec_float_result, conversions_from_integers_round)
{
    for (raised = 0; raised <= NX; raised += NX) {
        for (size_t i = 0; i < sizeof from_integer / sizeof *from_integer; i++) {
            unsigned size = from_integer[i].size;
            bench_name(&bench, "%s, type %u", from_integer[i].why, from_integer[i].type);
            prepare();
            bench.hart.x[6] = from_integer[i].value;
            bench_step(&bench, encode_float(FCVT_FROM_INTEGER, size, from_integer[i].rm, 5, 6,
                                            from_integer[i].type));
            bench_expect_float(&bench, 5, boxed(size, from_integer[i].want));
            expect_flags(from_integer[i].flags);
        }
    }
}

static const struct {
    unsigned size; /* of the operand: the result has the other */
    unsigned rm;
    uint64_t a;
    uint64_t want;
    unsigned flags;
    const char *why;
} between[] = {
    {4, RNE, 0x3f800000, UINT64_C(0x3ff0000000000000), 0, "1"},
    {4, RNE, 0x00000001, UINT64_C(0x36a0000000000000), 0, "the smallest, which is normal now"},
    {4, RNE, 0x80000000, UINT64_C(0x8000000000000000), 0, "-0"},
    {4, RNE, 0xff800000, UINT64_C(0xfff0000000000000), 0, "minus infinity"},
    {4, RNE, 0xffc12345, UINT64_C(0x7ff8000000000000), 0, "a quiet NaN loses all but that"},
    {4, RNE, 0x7f800001, UINT64_C(0x7ff8000000000000), NV, "a signaling NaN"},
    {8, RNE, UINT64_C(0x3ff0000010000000), 0x3f800000, NX, "1 + 2^-24, a tie to even"},
    {8, RMM, UINT64_C(0x3ff0000010000000), 0x3f800001, NX, "1 + 2^-24, a tie to max magnitude"},
    {8, RNE, UINT64_C(0x47efffffe0000000), 0x7f7fffff, 0, "the largest single"},
    {8, RNE, UINT64_C(0x47efffffefffffff), 0x7f7fffff, NX, "what still rounds to it"},
    {8, RNE, UINT64_C(0x47effffff0000000), 0x7f800000, OF | NX, "what rounds to infinity"},
    {8, RTZ, UINT64_C(0x7fefffffffffffff), 0x7f7fffff, OF | NX, "the largest double, cut off"},
    {8, RNE, UINT64_C(0x36a0000000000000), 0x00000001, 0, "2^-149"},
    {8, RNE, UINT64_C(0x3690000000000000), 0x00000000, UF | NX, "2^-150, a tie to even"},
    {8, RNE, UINT64_C(0x3690000000000001), 0x00000001, UF | NX, "just above 2^-150"},
    {8, RNE, UINT64_C(0x380fffffffffffff), 0x00800000, NX, "just below 2^-126: not tiny"},
    {8, RNE, UINT64_C(0x380fffffe0000000), 0x00800000, UF | NX, "2^-126 (1 - 2^-24): tiny"},
    {8, RUP, 1, 0x00000001, UF | NX, "the smallest double, up"},
    {8, RNE, UINT64_C(0xfff8000000000001), 0x7fc00000, 0, "a quiet NaN"},
    {8, RNE, UINT64_C(0xfff0000000000001), 0x7fc00000, NV, "a signaling NaN"},
};

Test(exec_float_result, conversions_between_sizes)
{
    for (raised = 0; raised <= NX; raised += NX) {
        for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
            unsigned size = between[i].size;
            unsigned other = 12 - size;
            unsigned source = size == 8 ? 1 : 0; /* the format of the operand, in rs2 */
            bench_name(&bench, "%s, from %u bytes", between[i].why, size);
            step(encode_float(FCVT_FLOAT, other, between[i].rm, 5, 6, source), size, between[i].a,
                 0);
            bench_expect_float(&bench, 5, boxed(other, between[i].want));
            expect_flags(between[i].flags);
        }
    }
}
