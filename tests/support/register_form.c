#include "tests/support/register_form.h"

#include <inttypes.h>

#include "tests/support/edge_values.h"
#include "tests/support/encode.h"

struct registers {
    unsigned rd;
    unsigned rs1;
    unsigned rs2;
};

static void set_register(struct bench_hart *bench, unsigned number, uint64_t value)
{
    if (number != 0) {
        bench->hart.x[number] = value;
    }
}

/* Executes one row: rs1 is given a and then rs2 b, unless they are x0. */
static void check(struct bench_hart *bench, const struct register_form *row, struct registers at,
                  uint64_t a, uint64_t b)
{
    bench_reset(bench);
    set_register(bench, at.rs1, a);
    set_register(bench, at.rs2, b);
    a = bench->hart.x[at.rs1];
    b = bench->hart.x[at.rs2];
    bench_name(bench, "%s x%u, x%u, x%u with 0x%" PRIx64 " and 0x%" PRIx64, row->name, at.rd,
               at.rs1, at.rs2, a, b);
    bench_step(bench, encode_r(row->opcode, row->funct3, row->funct7, at.rd, at.rs1, at.rs2));
    bench_expect_result(bench, at.rd, row->want(a, b));
}

void register_form_check_one(struct bench_hart *bench, const struct register_form *row, uint64_t a,
                             uint64_t b)
{
    check(bench, row, (struct registers){.rd = 5, .rs1 = 6, .rs2 = 7}, a, b);
}

void register_form_check_pairs(struct bench_hart *bench, const struct register_form *rows,
                               size_t count)
{
    for (size_t row = 0; row < count; row++) {
        for (size_t pair = 0; pair < EDGE_VALUES * EDGE_VALUES; pair++) {
            register_form_check_one(bench, &rows[row], edge_values[pair / EDGE_VALUES],
                                    edge_values[pair % EDGE_VALUES]);
        }
    }
}

void register_form_check_aliases(struct bench_hart *bench, const struct register_form *rows,
                                 size_t count)
{
    static const unsigned numbers[] = {0, 1, 2, 8, 15, 16, 31};
    enum { NUMBERS = sizeof numbers / sizeof *numbers };

    for (size_t row = 0; row < count; row++) {
        for (size_t i = 0; i < NUMBERS * NUMBERS * NUMBERS; i++) {
            struct registers at = {.rd = numbers[i % NUMBERS],
                                   .rs1 = numbers[i / NUMBERS % NUMBERS],
                                   .rs2 = numbers[i / NUMBERS / NUMBERS]};
            check(bench, &rows[row], at, UINT64_C(0x8123456789abcdef),
                  UINT64_C(0xfffffffffffffff9));
            check(bench, &rows[row], at, 7, UINT64_C(0x00000000c0000003));
        }
    }
}
