/*
 * register_form.h - checks of instructions that compute rd from rs1 and rs2 and do nothing else.
 *
 * A row says what the manual says an instruction computes; the checks execute it with every pair
 * of edge operands, and with registers that coincide with each other and with x0.
 */
#ifndef TESTS_SUPPORT_REGISTER_FORM_H
#define TESTS_SUPPORT_REGISTER_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "tests/support/bench_hart.h"

struct register_form {
    const char *name;
    unsigned opcode;
    unsigned funct3;
    unsigned funct7;
    uint64_t (*want)(uint64_t a, uint64_t b);
};

/* Executes each row with all pairs of edge_values. */
void register_form_check_pairs(struct bench_hart *bench, const struct register_form *rows,
                               size_t count);

/* Executes one row with these operands. */
void register_form_check_one(struct bench_hart *bench, const struct register_form *row, uint64_t a,
                             uint64_t b);

/* Executes each row with all triples of a few register numbers, x0 among them. */
void register_form_check_aliases(struct bench_hart *bench, const struct register_form *rows,
                                 size_t count);

#endif
