/*
 * float_oracle.h - what F and D must answer: the exact result, rounded once, and its flags.
 *
 * Written from IEEE 754 and the manual, with big integers; it shares nothing with emu/hart, not
 * even a constant, and is slow. It answers for all five rounding modes at once. Numbers are given
 * as bits and not NaN-boxed; bits above a format's width are ignored, and zero in results.
 *
 * Spec: Unpriv. [f-st-ext], [d-st-ext], [single-float-compute], [int_conv], [fclass].
 */
#ifndef TESTS_SUPPORT_FLOAT_ORACLE_H
#define TESTS_SUPPORT_FLOAT_ORACLE_H

#include <stdint.h>

#include "tests/support/oracle_format.h"

enum oracle_op {
    ORACLE_ADD,
    ORACLE_SUB,
    ORACLE_MUL,
    ORACLE_DIV,
    ORACLE_SQRT,
    ORACLE_MADD,  /*  (a * b) + c */
    ORACLE_MSUB,  /*  (a * b) - c */
    ORACLE_NMSUB, /* -(a * b) + c */
    ORACLE_NMADD, /* -(a * b) - c */
    ORACLE_MIN,
    ORACLE_MAX,
    ORACLE_EQ,
    ORACLE_LT,
    ORACLE_LE,
    ORACLE_CLASS,
    ORACLE_SGNJ,
    ORACLE_SGNJN,
    ORACLE_SGNJX,
    ORACLE_TO_W, /* integer results are as rd holds them: words sign-extended */
    ORACLE_TO_WU,
    ORACLE_TO_L,
    ORACLE_TO_LU,
    ORACLE_FROM_W, /* of the operand, the low 32 bits count */
    ORACLE_FROM_WU,
    ORACLE_FROM_L,
    ORACLE_FROM_LU,
    ORACLE_TO_OTHER, /* from this format to the other one */
    ORACLE_OPS,
};

/* As in the manual, without the format. */
const char *oracle_name(enum oracle_op op);
/* How many operands it has: 1 to 3. */
unsigned oracle_operands(enum oracle_op op);

/* Answers for each rounding mode. Of operand, as many are read as op has. */
void oracle_ask(enum oracle_op op, const struct oracle_format *format, const uint64_t *operand,
                struct oracle_answer answer[EXACT_ROUNDINGS]);

#endif
