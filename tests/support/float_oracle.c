#include "tests/support/float_oracle.h"

#include <assert.h>
#include <stddef.h>

#include "tests/support/oracle_format.h"
#include "tests/support/oracle_integer.h"

struct operand {
    enum oracle_kind kind;
    struct exact x; /* of an infinity and a NaN, only the sign */
};

/* What is still to be done to the result. */
enum outcome { ROUND_TO_FLOAT, ROUND_TO_INTEGER, NOTHING };

struct work {
    const struct oracle_format *format; /* of the operands */
    const struct oracle_format *target; /* of the result, where that is a number to round */
    const uint64_t *bits;               /* the operands as they came */
    struct operand in[3];
    struct operand product; /* of a fused operation */
    enum outcome outcome;
    struct exact out;      /* to be rounded */
    bool is_balanced_zero; /* out is zero, the sum of two numbers of different signs */
    const struct oracle_integer *integer;
    uint64_t out_bits; /* where nothing is to be rounded */
    unsigned flags;
};

static bool is_nan(const struct operand *operand)
{
    return operand->kind == ORACLE_QUIET_NAN || operand->kind == ORACLE_SIGNALING_NAN;
}

static bool is_infinite(const struct operand *operand)
{
    return operand->kind == ORACLE_INFINITE;
}

static bool is_zero(const struct operand *operand)
{
    return operand->kind == ORACLE_REAL && exact_is_zero(&operand->x);
}

/* The result is known. */
static void settle(struct work *work, uint64_t bits)
{
    work->outcome = NOTHING;
    work->out_bits = bits;
}

static void invalid(struct work *work)
{
    work->flags |= ORACLE_NV;
    settle(work, oracle_canonical_nan(work->target));
}

static void flag_signaling_nans(struct work *work, unsigned operands)
{
    for (unsigned i = 0; i < operands; i++) {
        work->flags |= work->in[i].kind == ORACLE_SIGNALING_NAN ? ORACLE_NV : 0;
    }
}

/* "Except when otherwise stated, if the result of a floating-point operation is NaN, it is the
 * canonical NaN." Returns true if it is. */
static bool settle_nan(struct work *work, unsigned operands)
{
    bool is_any = false;

    flag_signaling_nans(work, operands);
    for (unsigned i = 0; i < operands; i++) {
        is_any = is_any || is_nan(&work->in[i]);
    }
    if (is_any) {
        settle(work, oracle_canonical_nan(work->target));
    }
    return is_any;
}

/* Neither x nor y is a NaN. */
static void sum(struct work *work, const struct operand *x, const struct operand *y)
{
    bool differ = x->x.is_negative != y->x.is_negative;

    if (is_infinite(x) && is_infinite(y) && differ) {
        invalid(work);
        return;
    }
    if (is_infinite(x) || is_infinite(y)) {
        const struct operand *infinite = is_infinite(x) ? x : y;
        settle(work, oracle_infinity(work->target, infinite->x.is_negative));
        return;
    }
    exact_sum(&work->out, &x->x, &y->x);
    if (exact_is_zero(&work->out)) {
        work->is_balanced_zero = differ;
        work->out.is_negative = x->x.is_negative;
    }
}

static void add(struct work *work)
{
    if (!settle_nan(work, 2)) {
        sum(work, &work->in[0], &work->in[1]);
    }
}

static void negate(struct operand *operand)
{
    operand->x.is_negative = !operand->x.is_negative;
}

static void sub(struct work *work)
{
    negate(&work->in[1]);
    add(work);
}

static bool is_infinity_times_zero(const struct operand *x, const struct operand *y)
{
    return (is_infinite(x) && is_zero(y)) || (is_zero(x) && is_infinite(y));
}

static void mul(struct work *work)
{
    const struct operand *x = &work->in[0];
    const struct operand *y = &work->in[1];

    if (settle_nan(work, 2)) {
        return;
    }
    if (is_infinity_times_zero(x, y)) {
        invalid(work);
        return;
    }
    if (is_infinite(x) || is_infinite(y)) {
        settle(work, oracle_infinity(work->target, x->x.is_negative != y->x.is_negative));
        return;
    }
    exact_product(&work->out, &x->x, &y->x);
}

static void divide(struct work *work)
{
    const struct operand *x = &work->in[0];
    const struct operand *y = &work->in[1];
    bool is_negative = x->x.is_negative != y->x.is_negative;

    if (settle_nan(work, 2)) {
        return;
    }
    if ((is_infinite(x) && is_infinite(y)) || (is_zero(x) && is_zero(y))) {
        invalid(work);
        return;
    }
    if (is_infinite(x)) {
        settle(work, oracle_infinity(work->target, is_negative));
        return;
    }
    if (is_infinite(y)) {
        settle(work, oracle_zero(work->target, is_negative));
        return;
    }
    if (is_zero(y)) {
        work->flags |= ORACLE_DZ;
        settle(work, oracle_infinity(work->target, is_negative));
        return;
    }
    exact_quotient(&work->out, &x->x, &y->x);
}

static void square_root(struct work *work)
{
    const struct operand *x = &work->in[0];

    if (settle_nan(work, 1)) {
        return;
    }
    if (x->x.is_negative && !is_zero(x)) {
        invalid(work);
        return;
    }
    if (is_infinite(x)) {
        settle(work, oracle_infinity(work->target, false));
        return;
    }
    exact_root(&work->out, &x->x);
}

/* a * b + c. "must set the invalid operation exception flag when the multiplicands are infinity and
 * zero, even when the addend is a quiet NaN" [single-float-compute] */
static void fused(struct work *work)
{
    struct operand *product = &work->product;
    const struct operand *x = &work->in[0];
    const struct operand *y = &work->in[1];

    if (is_infinity_times_zero(x, y)) {
        invalid(work);
        return;
    }
    if (settle_nan(work, 3)) {
        return;
    }
    exact_product(&product->x, &x->x, &y->x);
    product->kind = is_infinite(x) || is_infinite(y) ? ORACLE_INFINITE : ORACLE_REAL;
    sum(work, product, &work->in[2]);
}

static void fused_msub(struct work *work)
{
    negate(&work->in[2]);
    fused(work);
}

/* A product is negated by negating a factor. */
static void fused_nmsub(struct work *work)
{
    negate(&work->in[0]);
    fused(work);
}

static void fused_nmadd(struct work *work)
{
    negate(&work->in[0]);
    negate(&work->in[2]);
    fused(work);
}

/* -1, 0 or 1: below, among or above the real numbers. */
static int rank(const struct operand *operand)
{
    return !is_infinite(operand) ? 0 : operand->x.is_negative ? -1 : 1;
}

/* Neither operand is a NaN. */
static int compare(const struct work *work)
{
    int ranks = rank(&work->in[0]) - rank(&work->in[1]);

    if (ranks != 0 || is_infinite(&work->in[0])) {
        return ranks;
    }
    return exact_compare(&work->in[0].x, &work->in[1].x);
}

static uint64_t operand_bits(const struct work *work, unsigned i)
{
    return work->bits[i] & UINT64_MAX >> (64 - work->format->width);
}

/* Settles as the operand that is the result of FMIN, or of FMAX. */
static void settle_extreme(struct work *work, bool is_max)
{
    bool first_is_nan = is_nan(&work->in[0]);
    bool second_is_nan = is_nan(&work->in[1]);

    flag_signaling_nans(work, 2);
    if (first_is_nan && second_is_nan) {
        settle(work, oracle_canonical_nan(work->target));
        return;
    }
    if (first_is_nan || second_is_nan) {
        settle(work, operand_bits(work, first_is_nan ? 1 : 0));
        return;
    }
    int order = compare(work);
    if (order == 0) { /* -0 is less than +0; others are the same bits */
        order = work->in[1].x.is_negative - work->in[0].x.is_negative;
    }
    bool is_second = is_max ? order < 0 : order > 0;
    settle(work, operand_bits(work, is_second ? 1 : 0));
}

static void minimum(struct work *work)
{
    settle_extreme(work, false);
}

static void maximum(struct work *work)
{
    settle_extreme(work, true);
}

static bool is_unordered(const struct work *work)
{
    return is_nan(&work->in[0]) || is_nan(&work->in[1]);
}

static void equal(struct work *work)
{
    flag_signaling_nans(work, 2);
    settle(work, !is_unordered(work) && compare(work) == 0);
}

static void flag_nans(struct work *work)
{
    work->flags |= is_unordered(work) ? ORACLE_NV : 0;
}

static void less(struct work *work)
{
    flag_nans(work);
    settle(work, !is_unordered(work) && compare(work) < 0);
}

static void less_or_equal(struct work *work)
{
    flag_nans(work);
    settle(work, !is_unordered(work) && compare(work) <= 0);
}

/* The bit of the mask: those of negative numbers mirror those of positive ones [fclass]. */
static unsigned class_bit(const struct work *work)
{
    const struct operand *x = &work->in[0];
    unsigned magnitude = 3; /* infinite */

    if (is_nan(x)) {
        return x->kind == ORACLE_SIGNALING_NAN ? 8 : 9;
    }
    if (x->kind == ORACLE_REAL) {
        bool is_normal = !is_zero(x) && exact_exponent(&x->x) >= oracle_emin(work->format);
        magnitude = is_zero(x) ? 0 : is_normal ? 2 : 1;
    }
    return x->x.is_negative ? 3 - magnitude : 4 + magnitude;
}

static void classify(struct work *work)
{
    settle(work, power_of_2(class_bit(work)));
}

static void inject_sign(struct work *work, bool is_negative)
{
    uint64_t sign = power_of_2(work->format->width - 1);
    settle(work, work->bits[0] % sign + (is_negative ? sign : 0));
}

static void sgnj(struct work *work)
{
    inject_sign(work, work->in[1].x.is_negative);
}

static void sgnjn(struct work *work)
{
    inject_sign(work, !work->in[1].x.is_negative);
}

static void sgnjx(struct work *work)
{
    inject_sign(work, work->in[0].x.is_negative != work->in[1].x.is_negative);
}

static void to_integer(struct work *work, const struct oracle_integer *type)
{
    const struct operand *x = &work->in[0];

    if (x->kind == ORACLE_REAL) {
        work->outcome = ROUND_TO_INTEGER;
        work->integer = type;
        return;
    }
    work->flags |= ORACLE_NV;
    /* a NaN counts as plus infinity */
    settle(work, oracle_integer_end(type, is_infinite(x) && x->x.is_negative));
}

static void to_w(struct work *work)
{
    to_integer(work, &oracle_w);
}

static void to_wu(struct work *work)
{
    to_integer(work, &oracle_wu);
}

static void to_l(struct work *work)
{
    to_integer(work, &oracle_l);
}

static void to_lu(struct work *work)
{
    to_integer(work, &oracle_lu);
}

static void from_w(struct work *work)
{
    oracle_load_integer(&oracle_w, work->bits[0], &work->out);
}

static void from_wu(struct work *work)
{
    oracle_load_integer(&oracle_wu, work->bits[0], &work->out);
}

static void from_l(struct work *work)
{
    oracle_load_integer(&oracle_l, work->bits[0], &work->out);
}

static void from_lu(struct work *work)
{
    oracle_load_integer(&oracle_lu, work->bits[0], &work->out);
}

static void to_other(struct work *work)
{
    const struct operand *x = &work->in[0];

    work->target = work->format == &oracle_single ? &oracle_double : &oracle_single;
    if (settle_nan(work, 1)) {
        return;
    }
    if (is_infinite(x)) {
        settle(work, oracle_infinity(work->target, x->x.is_negative));
        return;
    }
    mpz_set(work->out.digits, x->x.digits);
    work->out.scale = x->x.scale;
    work->out.is_negative = x->x.is_negative;
}

static const struct row {
    const char *name;
    unsigned operands;
    void (*work)(struct work *work);
} rows[ORACLE_OPS] = {
    [ORACLE_ADD] = {"fadd", 2, add},
    [ORACLE_SUB] = {"fsub", 2, sub},
    [ORACLE_MUL] = {"fmul", 2, mul},
    [ORACLE_DIV] = {"fdiv", 2, divide},
    [ORACLE_SQRT] = {"fsqrt", 1, square_root},
    [ORACLE_MADD] = {"fmadd", 3, fused},
    [ORACLE_MSUB] = {"fmsub", 3, fused_msub},
    [ORACLE_NMSUB] = {"fnmsub", 3, fused_nmsub},
    [ORACLE_NMADD] = {"fnmadd", 3, fused_nmadd},
    [ORACLE_MIN] = {"fmin", 2, minimum},
    [ORACLE_MAX] = {"fmax", 2, maximum},
    [ORACLE_EQ] = {"feq", 2, equal},
    [ORACLE_LT] = {"flt", 2, less},
    [ORACLE_LE] = {"fle", 2, less_or_equal},
    [ORACLE_CLASS] = {"fclass", 1, classify},
    [ORACLE_SGNJ] = {"fsgnj", 2, sgnj},
    [ORACLE_SGNJN] = {"fsgnjn", 2, sgnjn},
    [ORACLE_SGNJX] = {"fsgnjx", 2, sgnjx},
    [ORACLE_TO_W] = {"fcvt.w", 1, to_w},
    [ORACLE_TO_WU] = {"fcvt.wu", 1, to_wu},
    [ORACLE_TO_L] = {"fcvt.l", 1, to_l},
    [ORACLE_TO_LU] = {"fcvt.lu", 1, to_lu},
    [ORACLE_FROM_W] = {"fcvt.from.w", 1, from_w},
    [ORACLE_FROM_WU] = {"fcvt.from.wu", 1, from_wu},
    [ORACLE_FROM_L] = {"fcvt.from.l", 1, from_l},
    [ORACLE_FROM_LU] = {"fcvt.from.lu", 1, from_lu},
    [ORACLE_TO_OTHER] = {"fcvt.to.other", 1, to_other},
};

const char *oracle_name(enum oracle_op op)
{
    return rows[op].name;
}

unsigned oracle_operands(enum oracle_op op)
{
    return rows[op].operands;
}

/* A sum of opposites is +0, "except under roundTowardNegative" [IEEE 754, 6.3]. */
static void round_float(struct work *work, enum exact_rounding rounding,
                        struct oracle_answer *answer)
{
    if (work->is_balanced_zero) {
        work->out.is_negative = rounding == EXACT_RDN;
    }
    oracle_round(work->target, &work->out, rounding, answer);
}

static void finish(struct work *work, enum exact_rounding rounding, struct oracle_answer *answer)
{
    *answer = (struct oracle_answer){.flags = work->flags};
    switch (work->outcome) {
    case ROUND_TO_FLOAT: round_float(work, rounding, answer); return;
    case ROUND_TO_INTEGER:
        oracle_round_integer(work->integer, &work->in[0].x, rounding, answer);
        return;
    case NOTHING: answer->bits = work->out_bits; return;
    }
}

void oracle_ask(enum oracle_op op, const struct oracle_format *format, const uint64_t *operand,
                struct oracle_answer answer[EXACT_ROUNDINGS])
{
    struct work work = {.format = format, .target = format, .bits = operand};

    exact_init(&work.out);
    exact_init(&work.product.x);
    for (unsigned i = 0; i < rows[op].operands; i++) {
        exact_init(&work.in[i].x);
        work.in[i].kind = oracle_load(format, operand[i], &work.in[i].x);
    }
    rows[op].work(&work);
    for (unsigned mode = 0; mode < EXACT_ROUNDINGS; mode++) {
        finish(&work, (enum exact_rounding)mode, &answer[mode]);
    }
    for (unsigned i = 0; i < rows[op].operands; i++) {
        exact_finish(&work.in[i].x);
    }
    exact_finish(&work.product.x);
    exact_finish(&work.out);
}
