/*
 * Zba, Zbb and Zbs against slow definitions, bit by bit, written from the manual's words and its
 * SAIL-like text [Unpriv. ext:b].
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>

#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"
#include "tests/support/register_form.h"

enum { RANDOM_OPERANDS = 2000 };

static bool bit_of(uint64_t value, unsigned bit)
{
    return value >> bit & 1;
}

/* 2^bit if the condition holds. */
static uint64_t bit_if(bool condition, unsigned bit)
{
    return condition ? UINT64_C(1) << bit : 0;
}

static uint64_t low_word(uint64_t value)
{
    return (uint64_t)as_unsigned(value, 32);
}

/* Addresses: index times 2, 4 or 8, plus base. */

static uint64_t want_add_uw(uint64_t a, uint64_t b)
{
    return low_word(a) + b;
}

static uint64_t want_sh1add(uint64_t a, uint64_t b)
{
    return a * 2 + b;
}

static uint64_t want_sh2add(uint64_t a, uint64_t b)
{
    return a * 4 + b;
}

static uint64_t want_sh3add(uint64_t a, uint64_t b)
{
    return a * 8 + b;
}

static uint64_t want_sh1add_uw(uint64_t a, uint64_t b)
{
    return low_word(a) * 2 + b;
}

static uint64_t want_sh2add_uw(uint64_t a, uint64_t b)
{
    return low_word(a) * 4 + b;
}

static uint64_t want_sh3add_uw(uint64_t a, uint64_t b)
{
    return low_word(a) * 8 + b;
}

/* Logic, by the truth table {00, 01, 10, 11} of one bit of rs1 and one of rs2. */
static uint64_t by_truth_table(uint64_t a, uint64_t b, const char *table)
{
    uint64_t result = 0;

    for (unsigned i = 0; i < 64; i++) {
        result |= bit_if(table[2 * bit_of(a, i) + bit_of(b, i)] == '1', i);
    }
    return result;
}

static uint64_t want_andn(uint64_t a, uint64_t b)
{
    return by_truth_table(a, b, "0010");
}

static uint64_t want_orn(uint64_t a, uint64_t b)
{
    return by_truth_table(a, b, "1011");
}

static uint64_t want_xnor(uint64_t a, uint64_t b)
{
    return by_truth_table(a, b, "1001");
}

static uint64_t want_min(uint64_t a, uint64_t b)
{
    return as_signed(b, 64) < as_signed(a, 64) ? b : a;
}

static uint64_t want_max(uint64_t a, uint64_t b)
{
    return want_min(a, b) == a ? b : a;
}

static uint64_t want_minu(uint64_t a, uint64_t b)
{
    return as_unsigned(b, 64) < as_unsigned(a, 64) ? b : a;
}

static uint64_t want_maxu(uint64_t a, uint64_t b)
{
    return want_minu(a, b) == a ? b : a;
}

/* Bit i of the result is bit i + amount of the operand, round and round. */
static uint64_t rotated(uint64_t value, unsigned width, uint64_t amount)
{
    uint64_t result = 0;

    for (unsigned i = 0; i < width; i++) {
        result |= bit_if(bit_of(value, (i + amount % width) % width), i);
    }
    return result;
}

static uint64_t want_ror(uint64_t a, uint64_t b)
{
    return rotated(a, 64, b);
}

static uint64_t want_rol(uint64_t a, uint64_t b)
{
    return rotated(a, 64, 64 - b % 64);
}

static uint64_t want_rorw(uint64_t a, uint64_t b)
{
    return word_result(rotated(a, 32, b));
}

static uint64_t want_rolw(uint64_t a, uint64_t b)
{
    return word_result(rotated(a, 32, 32 - b % 32));
}

/* Single bits: the number of the bit is rs2 or the immediate, modulo 64. */
static uint64_t with_bit(uint64_t value, unsigned bit, bool is_set)
{
    uint64_t result = 0;

    for (unsigned i = 0; i < 64; i++) {
        result |= bit_if(i == bit ? is_set : bit_of(value, i), i);
    }
    return result;
}

static uint64_t want_bclr(uint64_t a, uint64_t b)
{
    return with_bit(a, b % 64, false);
}

static uint64_t want_bset(uint64_t a, uint64_t b)
{
    return with_bit(a, b % 64, true);
}

static uint64_t want_binv(uint64_t a, uint64_t b)
{
    return with_bit(a, b % 64, !bit_of(a, b % 64));
}

static uint64_t want_bext(uint64_t a, uint64_t b)
{
    return bit_of(a, b % 64) ? 1 : 0;
}

static uint64_t want_slli_uw(uint64_t a, uint64_t b)
{
    return (uint64_t)((uint128)low_word(a) << b);
}

static const struct register_form operations[] = {
    {"add.uw", OPCODE_OP_32, 0, 0x04, want_add_uw},
    {"sh1add", OPCODE_OP, 2, 0x10, want_sh1add},
    {"sh2add", OPCODE_OP, 4, 0x10, want_sh2add},
    {"sh3add", OPCODE_OP, 6, 0x10, want_sh3add},
    {"sh1add.uw", OPCODE_OP_32, 2, 0x10, want_sh1add_uw},
    {"sh2add.uw", OPCODE_OP_32, 4, 0x10, want_sh2add_uw},
    {"sh3add.uw", OPCODE_OP_32, 6, 0x10, want_sh3add_uw},
    {"andn", OPCODE_OP, 7, 0x20, want_andn},
    {"orn", OPCODE_OP, 6, 0x20, want_orn},
    {"xnor", OPCODE_OP, 4, 0x20, want_xnor},
    {"min", OPCODE_OP, 4, 0x05, want_min},
    {"minu", OPCODE_OP, 5, 0x05, want_minu},
    {"max", OPCODE_OP, 6, 0x05, want_max},
    {"maxu", OPCODE_OP, 7, 0x05, want_maxu},
    {"rol", OPCODE_OP, 1, 0x30, want_rol},
    {"ror", OPCODE_OP, 5, 0x30, want_ror},
    {"rolw", OPCODE_OP_32, 1, 0x30, want_rolw},
    {"rorw", OPCODE_OP_32, 5, 0x30, want_rorw},
    {"bclr", OPCODE_OP, 1, 0x24, want_bclr},
    {"bext", OPCODE_OP, 5, 0x24, want_bext},
    {"binv", OPCODE_OP, 1, 0x34, want_binv},
    {"bset", OPCODE_OP, 1, 0x14, want_bset},
};

enum { OPERATIONS = sizeof operations / sizeof *operations };

/* The immediate is the shift amount, in 6 bits; for words in 5. */
static const struct {
    const char *name;
    unsigned opcode;
    unsigned funct3;
    unsigned funct6;
    unsigned width;
    uint64_t (*want)(uint64_t a, uint64_t amount);
} immediates[] = {
    {"slli.uw", OPCODE_OP_IMM_32, 1, 0x02, 64, want_slli_uw},
    {"rori", OPCODE_OP_IMM, 5, 0x18, 64, want_ror},
    {"roriw", OPCODE_OP_IMM_32, 5, 0x18, 32, want_rorw},
    {"bclri", OPCODE_OP_IMM, 1, 0x12, 64, want_bclr},
    {"bexti", OPCODE_OP_IMM, 5, 0x12, 64, want_bext},
    {"binvi", OPCODE_OP_IMM, 1, 0x1a, 64, want_binv},
    {"bseti", OPCODE_OP_IMM, 1, 0x0a, 64, want_bset},
};

/* Counts, of the low width bits. */

static uint64_t leading_zeros(uint64_t value, unsigned width)
{
    uint64_t count = 0;

    while (count < width && !bit_of(value, width - 1 - count)) {
        count++;
    }
    return count;
}

static uint64_t trailing_zeros(uint64_t value, unsigned width)
{
    uint64_t count = 0;

    while (count < width && !bit_of(value, count)) {
        count++;
    }
    return count;
}

static uint64_t ones(uint64_t value, unsigned width)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < width; i++) {
        count += bit_of(value, i);
    }
    return count;
}

static uint64_t sign_extended(uint64_t value, unsigned width)
{
    return (uint64_t)as_signed(value, width);
}

static uint64_t zero_extended(uint64_t value, unsigned width)
{
    return (uint64_t)as_unsigned(value, width);
}

static uint64_t combined_bytes(uint64_t value, unsigned width)
{
    uint64_t result = 0;

    for (unsigned i = 0; i < width; i += 8) {
        result |= (value >> i) % 256 == 0 ? 0 : UINT64_C(255) << i;
    }
    return result;
}

static uint64_t reversed_bytes(uint64_t value, unsigned width)
{
    uint64_t result = 0;

    for (unsigned i = 0; i < width; i += 8) {
        result |= ((value >> i) % 256) << (width - 8 - i);
    }
    return result;
}

/* One operand; funct12 stands where an immediate does. */
static const struct {
    const char *name;
    unsigned opcode;
    unsigned funct3;
    unsigned funct12;
    uint64_t (*want)(uint64_t value, unsigned width);
    unsigned width;
} unaries[] = {
    {"clz", OPCODE_OP_IMM, 1, 0x600, leading_zeros, 64},
    {"clzw", OPCODE_OP_IMM_32, 1, 0x600, leading_zeros, 32},
    {"ctz", OPCODE_OP_IMM, 1, 0x601, trailing_zeros, 64},
    {"ctzw", OPCODE_OP_IMM_32, 1, 0x601, trailing_zeros, 32},
    {"cpop", OPCODE_OP_IMM, 1, 0x602, ones, 64},
    {"cpopw", OPCODE_OP_IMM_32, 1, 0x602, ones, 32},
    {"sext.b", OPCODE_OP_IMM, 1, 0x604, sign_extended, 8},
    {"sext.h", OPCODE_OP_IMM, 1, 0x605, sign_extended, 16},
    {"zext.h", OPCODE_OP_32, 4, 0x080, zero_extended, 16},
    {"orc.b", OPCODE_OP_IMM, 5, 0x287, combined_bytes, 64},
    {"rev8", OPCODE_OP_IMM, 5, 0x6b8, reversed_bytes, 64},
};

enum {
    IMMEDIATES = sizeof immediates / sizeof *immediates,
    UNARIES = sizeof unaries / sizeof *unaries,
};

static struct bench_hart bench;
static uint64_t state;

static void start(void)
{
    bench_init(&bench);
    state = 1;
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_bit, .init = start, .fini = finish);

/* xorshift, with some of the upper bits shifted out so that short numbers come, too. */
static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state >> (state % 7 * 9);
}

static void check_unary(unsigned row, unsigned rd, unsigned rs1, uint64_t a)
{
    bench_reset(&bench);
    bench_name(&bench, "%s x%u, x%u of 0x%" PRIx64, unaries[row].name, rd, rs1, a);
    if (rs1 != 0) {
        bench.hart.x[rs1] = a;
    }
    bench_step(&bench, unaries[row].funct12 << 20 |
                           encode_i(unaries[row].opcode, unaries[row].funct3, rd, rs1, 0));
    bench_expect_result(&bench, rd, unaries[row].want(bench.before.x[rs1], unaries[row].width));
}

static void check_immediate(unsigned row, unsigned rd, unsigned rs1, uint64_t a, unsigned amount)
{
    int32_t imm = (int32_t)(immediates[row].funct6 << 6 | amount);

    bench_reset(&bench);
    bench_name(&bench, "%s x%u, x%u of 0x%" PRIx64 ", %u", immediates[row].name, rd, rs1, a,
               amount);
    if (rs1 != 0) {
        bench.hart.x[rs1] = a;
    }
    bench_step(&bench, encode_i(immediates[row].opcode, immediates[row].funct3, rd, rs1, imm));
    bench_expect_result(&bench, rd, immediates[row].want(bench.before.x[rs1], amount));
}

Test(exec_bit, all_pairs_of_edge_operands_give_what_the_manual_defines)
{
    register_form_check_pairs(&bench, operations, OPERATIONS);
}

Test(exec_bit, registers_may_coincide)
{
    register_form_check_aliases(&bench, operations, OPERATIONS);
}

Test(exec_bit, random_operands_do_so_too)
{
    for (unsigned row = 0; row < OPERATIONS; row++) {
        for (unsigned i = 0; i < RANDOM_OPERANDS; i++) {
            register_form_check_one(&bench, &operations[row], next_random(), next_random());
        }
    }
}

Test(exec_bit, instructions_of_one_operand_give_what_the_manual_defines)
{
    for (unsigned row = 0; row < UNARIES; row++) {
        for (unsigned i = 0; i < EDGE_VALUES; i++) {
            check_unary(row, 5, 6, edge_values[i]);
        }
        for (unsigned bit = 0; bit < 64; bit++) {
            check_unary(row, 5, 6, UINT64_C(1) << bit);
            check_unary(row, 5, 6, UINT64_MAX >> bit);
            check_unary(row, 5, 6, UINT64_MAX << bit);
        }
        for (unsigned i = 0; i < RANDOM_OPERANDS; i++) {
            check_unary(row, 5, 6, next_random());
        }
        check_unary(row, 7, 7, UINT64_C(0x80f0000000120000));
        check_unary(row, 0, 6, 1);
        check_unary(row, 5, 0, 0);
    }
}

Test(exec_bit, every_immediate_gives_what_the_manual_defines)
{
    for (unsigned row = 0; row < IMMEDIATES; row++) {
        for (unsigned amount = 0; amount < immediates[row].width; amount++) {
            for (unsigned i = 0; i < EDGE_VALUES; i++) {
                check_immediate(row, 5, 6, edge_values[i], amount);
            }
            check_immediate(row, 5, 6, next_random(), amount);
            check_immediate(row, 7, 7, UINT64_C(0x80f0000000120001), amount);
            check_immediate(row, 0, 6, 1, amount);
            check_immediate(row, 5, 0, 0, amount);
        }
    }
}
