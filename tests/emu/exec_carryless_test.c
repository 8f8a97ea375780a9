/*
 * Zbc against multiplication of polynomials, coefficient by coefficient [Unpriv. ext:zbc].
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"
#include "tests/support/register_form.h"

enum { RANDOM_OPERANDS = 500 };

/* Coefficient k of a product is the sum, modulo 2, of all a[i] * b[k - i]. */
static unsigned coefficient(uint64_t a, uint64_t b, unsigned k)
{
    unsigned sum = 0;

    for (unsigned i = k < 64 ? 0 : k - 63; i <= k && i < 64; i++) {
        sum += (a >> i & 1) * (b >> (k - i) & 1);
    }
    return sum % 2;
}

/* 64 coefficients of the product from this one on. */
static uint64_t product_from(uint64_t a, uint64_t b, unsigned first)
{
    uint64_t result = 0;

    for (unsigned i = 0; i < 64; i++) {
        result |= (uint64_t)coefficient(a, b, first + i) << i;
    }
    return result;
}

static uint64_t want_clmul(uint64_t a, uint64_t b)
{
    return product_from(a, b, 0);
}

static uint64_t want_clmulh(uint64_t a, uint64_t b)
{
    return product_from(a, b, 64);
}

static uint64_t want_clmulr(uint64_t a, uint64_t b)
{
    return product_from(a, b, 63);
}

static const struct register_form operations[] = {
    {"clmul", OPCODE_OP, 1, 0x05, want_clmul},
    {"clmulr", OPCODE_OP, 2, 0x05, want_clmulr},
    {"clmulh", OPCODE_OP, 3, 0x05, want_clmulh},
};

enum { OPERATIONS = sizeof operations / sizeof *operations };

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_carryless, .init = start, .fini = finish);

Test(exec_carryless, all_pairs_of_edge_operands_give_the_product)
{
    register_form_check_pairs(&bench, operations, OPERATIONS);
}

Test(exec_carryless, registers_may_coincide)
{
    register_form_check_aliases(&bench, operations, OPERATIONS);
}

Test(exec_carryless, random_operands_give_the_product)
{
    uint64_t state = 1;

    for (unsigned i = 0; i < RANDOM_OPERANDS; i++) {
        uint64_t a = state;

        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        for (unsigned row = 0; row < OPERATIONS; row++) {
            register_form_check_one(&bench, &operations[row], a, state);
        }
    }
}

/* Worked out by hand: (x + 1)(x + 1) = x^2 + 1, and x^63 * x^63 = x^126. */
Test(exec_carryless, products_that_can_be_seen_through)
{
    static const struct {
        unsigned funct3;
        uint64_t a;
        uint64_t b;
        uint64_t want;
    } rows[] = {
        {1, 3, 3, 5},
        {1, 0xff, 3, 0x101},
        {3, UINT64_C(1) << 63, UINT64_C(1) << 63, UINT64_C(1) << 62},
        {2, UINT64_C(1) << 63, UINT64_C(1) << 63, UINT64_C(1) << 63},
        {2, UINT64_C(1) << 63, 1, 1},
        {3, UINT64_C(1) << 63, 1, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_reset(&bench);
        bench_name(&bench, "row %zu", i);
        bench.hart.x[11] = rows[i].a;
        bench.hart.x[12] = rows[i].b;
        bench_step(&bench, encode_r(OPCODE_OP, rows[i].funct3, 0x05, 10, 11, 12));
        bench_expect_result(&bench, 10, rows[i].want);
    }
}
