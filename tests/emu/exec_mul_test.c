/*
 * The M extension against its definition in 128 bits [Unpriv. ext:m].
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"
#include "tests/support/register_form.h"

enum { M_EXTENSION = 0x01 }; /* funct7 */

static uint64_t want_mul(uint64_t a, uint64_t b)
{
    return (uint64_t)((uint128)a * b);
}

/* The upper half of a product that fits 128 bits as a signed number. */
static uint64_t upper_half(int128 product)
{
    return (uint64_t)((uint128)product >> 64);
}

static uint64_t want_mulh(uint64_t a, uint64_t b)
{
    return upper_half(as_signed(a, 64) * as_signed(b, 64));
}

static uint64_t want_mulhsu(uint64_t a, uint64_t b)
{
    return upper_half(as_signed(a, 64) * (int128)as_unsigned(b, 64));
}

static uint64_t want_mulhu(uint64_t a, uint64_t b)
{
    return (uint64_t)((as_unsigned(a, 64) * as_unsigned(b, 64)) >> 64);
}

/* In 128 bits the quotient that overflows 64 does not: cut down it is the dividend, as required
 * [norm:signed_div_overflow]. Only division by zero stands apart [norm:div_by_zero]. */
static uint64_t signed_quotient(int128 a, int128 b)
{
    return b == 0 ? UINT64_MAX : (uint64_t)(a / b);
}

static uint64_t signed_remainder(int128 a, int128 b)
{
    return b == 0 ? (uint64_t)a : (uint64_t)(a % b);
}

static uint64_t unsigned_quotient(uint128 a, uint128 b)
{
    return b == 0 ? UINT64_MAX : (uint64_t)(a / b);
}

static uint64_t unsigned_remainder(uint128 a, uint128 b)
{
    return b == 0 ? (uint64_t)a : (uint64_t)(a % b);
}

static uint64_t want_div(uint64_t a, uint64_t b)
{
    return signed_quotient(as_signed(a, 64), as_signed(b, 64));
}

static uint64_t want_divu(uint64_t a, uint64_t b)
{
    return unsigned_quotient(a, b);
}

static uint64_t want_rem(uint64_t a, uint64_t b)
{
    return signed_remainder(as_signed(a, 64), as_signed(b, 64));
}

static uint64_t want_remu(uint64_t a, uint64_t b)
{
    return unsigned_remainder(a, b);
}

static uint64_t want_mulw(uint64_t a, uint64_t b)
{
    return word_result((uint64_t)(as_unsigned(a, 32) * as_unsigned(b, 32)));
}

static uint64_t want_divw(uint64_t a, uint64_t b)
{
    return word_result(signed_quotient(as_signed(a, 32), as_signed(b, 32)));
}

static uint64_t want_divuw(uint64_t a, uint64_t b)
{
    return word_result(unsigned_quotient(as_unsigned(a, 32), as_unsigned(b, 32)));
}

static uint64_t want_remw(uint64_t a, uint64_t b)
{
    return word_result(signed_remainder(as_signed(a, 32), as_signed(b, 32)));
}

static uint64_t want_remuw(uint64_t a, uint64_t b)
{
    return word_result(unsigned_remainder(as_unsigned(a, 32), as_unsigned(b, 32)));
}

static const struct register_form operations[] = {
    {"mul", OPCODE_OP, 0, M_EXTENSION, want_mul},
    {"mulh", OPCODE_OP, 1, M_EXTENSION, want_mulh},
    {"mulhsu", OPCODE_OP, 2, M_EXTENSION, want_mulhsu},
    {"mulhu", OPCODE_OP, 3, M_EXTENSION, want_mulhu},
    {"div", OPCODE_OP, 4, M_EXTENSION, want_div},
    {"divu", OPCODE_OP, 5, M_EXTENSION, want_divu},
    {"rem", OPCODE_OP, 6, M_EXTENSION, want_rem},
    {"remu", OPCODE_OP, 7, M_EXTENSION, want_remu},
    {"mulw", OPCODE_OP_32, 0, M_EXTENSION, want_mulw},
    {"divw", OPCODE_OP_32, 4, M_EXTENSION, want_divw},
    {"divuw", OPCODE_OP_32, 5, M_EXTENSION, want_divuw},
    {"remw", OPCODE_OP_32, 6, M_EXTENSION, want_remw},
    {"remuw", OPCODE_OP_32, 7, M_EXTENSION, want_remuw},
};

enum { OPERATIONS = sizeof operations / sizeof *operations };

/* The manual's table of special cases, in its own numbers: it checks the definitions above too. */
static const struct {
    unsigned opcode;
    unsigned funct3;
    uint64_t a;
    uint64_t b;
    uint64_t want;
    const char *why;
} special_rows[] = {
    {OPCODE_OP, 4, 7, 0, UINT64_MAX, "div by zero is -1"},
    {OPCODE_OP, 5, 7, 0, UINT64_MAX, "divu by zero is 2^64 - 1"},
    {OPCODE_OP, 6, UINT64_C(0x8000000000000000), 0, UINT64_C(0x8000000000000000),
     "rem by zero is the dividend"},
    {OPCODE_OP, 7, 7, 0, 7, "remu by zero is the dividend"},
    {OPCODE_OP, 4, UINT64_C(0x8000000000000000), UINT64_MAX, UINT64_C(0x8000000000000000),
     "div overflow is the dividend"},
    {OPCODE_OP, 6, UINT64_C(0x8000000000000000), UINT64_MAX, 0, "rem at overflow is 0"},
    {OPCODE_OP_32, 4, 7, UINT64_C(0x100000000), UINT64_MAX, "divw by a low word of zero is -1"},
    {OPCODE_OP_32, 5, 7, 0, UINT64_MAX, "divuw by zero is 2^32 - 1, sign-extended"},
    {OPCODE_OP_32, 6, UINT64_C(0x80000000), 0, UINT64_C(0xffffffff80000000),
     "remw by zero is the dividend, sign-extended"},
    {OPCODE_OP_32, 7, UINT64_C(0x80000000), 0, UINT64_C(0xffffffff80000000),
     "remuw by zero is the dividend, sign-extended"},
    {OPCODE_OP_32, 4, UINT64_C(0x80000000), UINT64_C(0xffffffff), UINT64_C(0xffffffff80000000),
     "divw overflow is the dividend, sign-extended"},
    {OPCODE_OP_32, 6, UINT64_C(0x80000000), UINT64_C(0xffffffff), 0, "remw at overflow is 0"},
    {OPCODE_OP, 4, UINT64_C(0xfffffffffffffff9), 2, UINT64_C(0xfffffffffffffffd),
     "div rounds towards zero"},
    {OPCODE_OP, 6, UINT64_C(0xfffffffffffffff9), 2, UINT64_MAX, "rem has the sign of the dividend"},
    {OPCODE_OP, 6, 7, UINT64_C(0xfffffffffffffffe), 1, "rem ignores the sign of the divisor"},
    {OPCODE_OP, 2, UINT64_MAX, UINT64_MAX, UINT64_MAX, "mulhsu is signed times unsigned"},
    {OPCODE_OP, 1, UINT64_MAX, UINT64_MAX, 0, "mulh is signed times signed"},
    {OPCODE_OP, 3, UINT64_MAX, UINT64_MAX, UINT64_MAX - 1, "mulhu is unsigned times unsigned"},
};

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_mul, .init = start, .fini = finish);

Test(exec_mul, all_pairs_of_edge_operands_give_what_the_manual_defines)
{
    register_form_check_pairs(&bench, operations, OPERATIONS);
}

Test(exec_mul, registers_may_coincide)
{
    register_form_check_aliases(&bench, operations, OPERATIONS);
}

Test(exec_mul, special_cases_follow_the_table_of_the_manual)
{
    for (size_t i = 0; i < sizeof special_rows / sizeof *special_rows; i++) {
        bench_reset(&bench);
        bench_name(&bench, "%s", special_rows[i].why);
        bench.hart.x[11] = special_rows[i].a;
        bench.hart.x[12] = special_rows[i].b;
        bench_step(&bench, encode_r(special_rows[i].opcode, special_rows[i].funct3, M_EXTENSION, 10,
                                    11, 12));
        bench_expect_result(&bench, 10, special_rows[i].want);
    }
}

Test(exec_mul, words_have_no_upper_half_multiplication)
{
    for (unsigned funct3 = 1; funct3 <= 3; funct3++) {
        uint32_t bits = encode_r(OPCODE_OP_32, funct3, M_EXTENSION, 1, 2, 3);
        bench_reset(&bench);
        bench_name(&bench, "OP-32 with funct7 1 and funct3 %u", funct3);
        bench_step(&bench, bits);
        bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, bits);
    }
}
