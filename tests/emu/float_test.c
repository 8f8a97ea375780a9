/*
 * The arithmetic of F and D against exact numbers, rounded once: every operation in every rounding
 * mode, on all pairs of special values, for the fused ones all triples, and on random operands.
 *
 * PAGEWALK_SEED and PAGEWALK_STEPS, from the environment, choose the random operands and how many
 * of them each operation gets in each format; with PAGEWALK_FULL set these are 3 million, and the
 * triples are of all special values.
 */
#include "emu/hart/float.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/chooser.h"
#include "tests/support/float_operands.h"
#include "tests/support/float_oracle.h"

enum { BOUNDED_STEPS = 30000, FULL_STEPS = 3000000, DIFFERENCES_SHOWN = 5 };

#define DEFAULT_SEED UINT64_C(0x5eedf10a7b175001)

typedef uint64_t call_fn(enum oracle_op op, const uint64_t *x, enum float_rounding rm,
                         unsigned *flags);

/* Words are sign-extended, as the oracle's are. */
static uint64_t word(uint32_t value)
{
    return (uint64_t)(int64_t)(int32_t)value;
}

static uint64_t call_single(enum oracle_op op, const uint64_t *x, enum float_rounding rm,
                            unsigned *flags)
{
    uint32_t a = (uint32_t)x[0];
    uint32_t b = (uint32_t)x[1];
    uint32_t c = (uint32_t)x[2];

    switch (op) {
    case ORACLE_ADD: return float32_add(a, b, rm, flags);
    case ORACLE_SUB: return float32_sub(a, b, rm, flags);
    case ORACLE_MUL: return float32_mul(a, b, rm, flags);
    case ORACLE_DIV: return float32_div(a, b, rm, flags);
    case ORACLE_SQRT: return float32_sqrt(a, rm, flags);
    case ORACLE_MADD: return float32_fma(a, b, c, rm, flags);
    case ORACLE_MSUB: return float32_fma(a, b, c ^ FLOAT32_SIGN, rm, flags);
    case ORACLE_NMSUB: return float32_fma(a ^ FLOAT32_SIGN, b, c, rm, flags);
    case ORACLE_NMADD: return float32_fma(a ^ FLOAT32_SIGN, b, c ^ FLOAT32_SIGN, rm, flags);
    case ORACLE_MIN: return float32_min(a, b, flags);
    case ORACLE_MAX: return float32_max(a, b, flags);
    case ORACLE_EQ: return float32_eq(a, b, flags);
    case ORACLE_LT: return float32_lt(a, b, flags);
    case ORACLE_LE: return float32_le(a, b, flags);
    case ORACLE_CLASS: return float32_classify(a);
    case ORACLE_TO_W: return word((uint32_t)float32_to_int32(a, rm, flags));
    case ORACLE_TO_WU: return word(float32_to_uint32(a, rm, flags));
    case ORACLE_TO_L: return (uint64_t)float32_to_int64(a, rm, flags);
    case ORACLE_TO_LU: return float32_to_uint64(a, rm, flags);
    case ORACLE_FROM_W: return float32_from_int64((int32_t)a, rm, flags);
    case ORACLE_FROM_WU: return float32_from_uint64(a, rm, flags);
    case ORACLE_FROM_L: return float32_from_int64((int64_t)x[0], rm, flags);
    case ORACLE_FROM_LU: return float32_from_uint64(x[0], rm, flags);
    case ORACLE_TO_OTHER: return float64_from_float32(a, flags);
    case ORACLE_SGNJ:
    case ORACLE_SGNJN:
    case ORACLE_SGNJX:
    case ORACLE_OPS: break;
    }
    cr_fatal("no function for %s", oracle_name(op));
}

static uint64_t call_double(enum oracle_op op, const uint64_t *x, enum float_rounding rm,
                            unsigned *flags)
{
    uint64_t a = x[0];
    uint64_t b = x[1];
    uint64_t c = x[2];

    switch (op) {
    case ORACLE_ADD: return float64_add(a, b, rm, flags);
    case ORACLE_SUB: return float64_sub(a, b, rm, flags);
    case ORACLE_MUL: return float64_mul(a, b, rm, flags);
    case ORACLE_DIV: return float64_div(a, b, rm, flags);
    case ORACLE_SQRT: return float64_sqrt(a, rm, flags);
    case ORACLE_MADD: return float64_fma(a, b, c, rm, flags);
    case ORACLE_MSUB: return float64_fma(a, b, c ^ FLOAT64_SIGN, rm, flags);
    case ORACLE_NMSUB: return float64_fma(a ^ FLOAT64_SIGN, b, c, rm, flags);
    case ORACLE_NMADD: return float64_fma(a ^ FLOAT64_SIGN, b, c ^ FLOAT64_SIGN, rm, flags);
    case ORACLE_MIN: return float64_min(a, b, flags);
    case ORACLE_MAX: return float64_max(a, b, flags);
    case ORACLE_EQ: return float64_eq(a, b, flags);
    case ORACLE_LT: return float64_lt(a, b, flags);
    case ORACLE_LE: return float64_le(a, b, flags);
    case ORACLE_CLASS: return float64_classify(a);
    case ORACLE_TO_W: return word((uint32_t)float64_to_int32(a, rm, flags));
    case ORACLE_TO_WU: return word(float64_to_uint32(a, rm, flags));
    case ORACLE_TO_L: return (uint64_t)float64_to_int64(a, rm, flags);
    case ORACLE_TO_LU: return float64_to_uint64(a, rm, flags);
    case ORACLE_FROM_W: return float64_from_int64((int32_t)a, rm, flags);
    case ORACLE_FROM_WU: return float64_from_uint64((uint32_t)a, rm, flags);
    case ORACLE_FROM_L: return float64_from_int64((int64_t)a, rm, flags);
    case ORACLE_FROM_LU: return float64_from_uint64(a, rm, flags);
    case ORACLE_TO_OTHER: return float32_from_float64(a, rm, flags);
    case ORACLE_SGNJ:
    case ORACLE_SGNJN:
    case ORACLE_SGNJX:
    case ORACLE_OPS: break;
    }
    cr_fatal("no function for %s", oracle_name(op));
}

/* One operation in one format under test. */
struct subject {
    enum oracle_op op;
    const struct oracle_format *format;
    call_fn *call;
    uint64_t asked;
    uint64_t differences;
    uint64_t seed; /* of what is random; else 0 */
};

static bool is_from_integer(enum oracle_op op)
{
    return op >= ORACLE_FROM_W && op <= ORACLE_FROM_LU;
}

/* The text of flags, as the manual names them. */
static const char *flag_names(unsigned flags, char text[24])
{
    (void)snprintf(text, 24, "%s%s%s%s%s%s", flags & ORACLE_NV ? " NV" : "",
                   flags & ORACLE_DZ ? " DZ" : "", flags & ORACLE_OF ? " OF" : "",
                   flags & ORACLE_UF ? " UF" : "", flags & ORACLE_NX ? " NX" : "",
                   flags == 0 ? " -" : "");
    return text;
}

static void differ(struct subject *subject, unsigned mode, const uint64_t *operand, unsigned before,
                   const struct oracle_answer *got, const struct oracle_answer *want)
{
    static const char *const mode_names[] = {"RNE", "RTZ", "RDN", "RUP", "RMM"};
    char operands[80];
    char before_flags[24];
    char got_flags[24];
    char want_flags[24];
    int length = 0;

    subject->differences++;
    if (subject->differences > DIFFERENCES_SHOWN) {
        return;
    }
    for (unsigned i = 0; i < oracle_operands(subject->op); i++) {
        length +=
            snprintf(operands + length, sizeof operands - (size_t)length, " %#" PRIx64, operand[i]);
    }
    cr_expect(false,
              "%s.%s %s%s, after%s: got %#" PRIx64 "%s, want %#" PRIx64
              "%s (PAGEWALK_SEED=%#" PRIx64 ")",
              oracle_name(subject->op), subject->format->suffix, mode_names[mode], operands,
              flag_names(before, before_flags), got->bits, flag_names(got->flags, got_flags),
              want->bits, flag_names(want->flags, want_flags), subject->seed);
}

/* Calls the function with these flags raised before: they must stay, and not change the result. */
static void ask_mode(struct subject *subject, unsigned mode, const uint64_t operand[3],
                     struct oracle_answer want, unsigned flags)
{
    struct oracle_answer got = {.flags = flags};

    want.flags |= flags;
    got.bits = subject->call(subject->op, operand, (enum float_rounding)mode, &got.flags);
    if (got.bits != want.bits || got.flags != want.flags) {
        differ(subject, mode, operand, flags, &got, &want);
    }
}

/* In each mode, once with no flag raised, once with NX, alone or with others: programs that do not
 * look at flags have it most of the time. */
static void ask(struct subject *subject, const uint64_t operand[3])
{
    struct oracle_answer want[EXACT_ROUNDINGS];
    unsigned raised = (unsigned)(subject->asked++ % 32) | ORACLE_NX;

    oracle_ask(subject->op, subject->format, operand, want);
    for (unsigned mode = 0; mode < EXACT_ROUNDINGS; mode++) {
        ask_mode(subject, mode, operand, want[mode], 0);
        ask_mode(subject, mode, operand, want[mode], mode % 2 == 0 ? raised : ORACLE_NX);
    }
}

static bool is_full(void)
{
    return getenv("PAGEWALK_FULL") != NULL;
}

/* Every combination of special operands. */
static void ask_specials(struct subject *subject)
{
    static struct float_specials specials;
    unsigned operands = oracle_operands(subject->op);
    uint64_t operand[3] = {0};

    if (is_from_integer(subject->op)) {
        float_special_integers(&specials);
    } else {
        float_specials_of(subject->format, &specials);
    }
    size_t count = operands < 3 || is_full() ? specials.count : specials.core;
    for (size_t i = 0; i < count; i++) {
        operand[0] = specials.bits[i];
        for (size_t j = 0; j < (operands < 2 ? 1 : count); j++) {
            operand[1] = specials.bits[j];
            for (size_t k = 0; k < (operands < 3 ? 1 : count); k++) {
                operand[2] = specials.bits[k];
                ask(subject, operand);
            }
        }
    }
}

static void ask_random(struct subject *subject)
{
    uint64_t seed = chooser_setting("PAGEWALK_SEED", DEFAULT_SEED);
    uint64_t steps = chooser_setting("PAGEWALK_STEPS", is_full() ? FULL_STEPS : BOUNDED_STEPS);
    struct chooser chooser = chooser_from_seed(seed + subject->op);
    uint64_t operand[3] = {0};

    subject->seed = seed;
    for (uint64_t i = 0; i < steps; i++) {
        float_random_operands(&chooser, subject->op, subject->format, operand);
        ask(subject, operand);
    }
}

/* All that is asked of the operations from first to last, in both formats. */
static void compare_operations(enum oracle_op first, enum oracle_op last)
{
    (void)fprintf(stderr, "PAGEWALK_SEED=%#" PRIx64 "\n",
                  chooser_setting("PAGEWALK_SEED", DEFAULT_SEED));
    for (unsigned op = first; op <= last; op++) {
        struct subject subjects[] = {
            {.op = (enum oracle_op)op, .format = &oracle_single, .call = call_single},
            {.op = (enum oracle_op)op, .format = &oracle_double, .call = call_double},
        };
        for (size_t i = 0; i < 2; i++) {
            ask_specials(&subjects[i]);
            ask_random(&subjects[i]);
            cr_expect(eq(u64, subjects[i].differences, 0), "%s.%s, of %" PRIu64,
                      oracle_name((enum oracle_op)op), subjects[i].format->suffix,
                      subjects[i].asked);
        }
    }
}

Test(float, sums_are_exact_and_rounded_once)
{
    compare_operations(ORACLE_ADD, ORACLE_SUB);
}

Test(float, products_and_quotients_are_exact_and_rounded_once)
{
    compare_operations(ORACLE_MUL, ORACLE_DIV);
}

Test(float, square_roots_are_exact_and_rounded_once)
{
    compare_operations(ORACLE_SQRT, ORACLE_SQRT);
}

Test(float, fused_operations_round_once)
{
    compare_operations(ORACLE_MADD, ORACLE_MSUB);
}

Test(float, fused_operations_with_a_negated_product_round_once)
{
    compare_operations(ORACLE_NMSUB, ORACLE_NMADD);
}

Test(float, minimum_and_maximum_order_zeros_and_pass_over_nans)
{
    compare_operations(ORACLE_MIN, ORACLE_MAX);
}

Test(float, comparisons_are_exact_and_signal_as_the_manual_says)
{
    compare_operations(ORACLE_EQ, ORACLE_LE);
}

Test(float, every_number_is_of_one_class)
{
    compare_operations(ORACLE_CLASS, ORACLE_CLASS);
}

Test(float, conversions_to_integers_round_and_clip)
{
    compare_operations(ORACLE_TO_W, ORACLE_TO_LU);
}

Test(float, conversions_from_integers_round)
{
    compare_operations(ORACLE_FROM_W, ORACLE_FROM_LU);
}

Test(float, conversions_between_the_formats_round)
{
    compare_operations(ORACLE_TO_OTHER, ORACLE_TO_OTHER);
}

/* A product half-way between two numbers, less a little: rounded to even first, the little would be
 * lost. With NX raised before, the host's own arithmetic may serve. */
Test(float, a_fused_product_is_not_rounded_before_the_sum)
{
    for (unsigned before = 0; before <= FLOAT_NX; before += FLOAT_NX) {
        unsigned flags = before;

        cr_expect(eq(u32, float32_fma(0x3f800001, 0x3fc00000, 0x97800000, FLOAT_RNE, &flags),
                     0x3fc00001));
        cr_expect(eq(uint, flags, FLOAT_NX));
        flags = before;
        cr_expect(eq(u64,
                     float64_fma(0x3ff0000000000001, 0x3ff8000000000000, 0xb5f0000000000000,
                                 FLOAT_RNE, &flags),
                     0x3ff8000000000001));
        cr_expect(eq(uint, flags, FLOAT_NX));
    }
}
