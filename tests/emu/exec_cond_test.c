/*
 * Zicond: rs1 or zero [Unpriv. ext:zicond].
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/encode.h"
#include "tests/support/register_form.h"

/* Zero if the condition is equal to zero. */
static uint64_t want_czero_eqz(uint64_t value, uint64_t condition)
{
    return condition == 0 ? 0 : value;
}

/* Zero if the condition is not equal to zero. */
static uint64_t want_czero_nez(uint64_t value, uint64_t condition)
{
    return condition == 0 ? value : 0;
}

static const struct register_form operations[] = {
    {"czero.eqz", OPCODE_OP, 5, 0x07, want_czero_eqz},
    {"czero.nez", OPCODE_OP, 7, 0x07, want_czero_nez},
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

TestSuite(exec_cond, .init = start, .fini = finish);

Test(exec_cond, all_pairs_of_edge_operands_give_what_the_manual_defines)
{
    register_form_check_pairs(&bench, operations, OPERATIONS);
}

Test(exec_cond, registers_may_coincide)
{
    register_form_check_aliases(&bench, operations, OPERATIONS);
}

Test(exec_cond, any_bit_makes_the_condition)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        register_form_check_one(&bench, &operations[0], 7, UINT64_C(1) << bit);
        register_form_check_one(&bench, &operations[1], 7, UINT64_C(1) << bit);
    }
}
