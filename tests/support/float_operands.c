#include "tests/support/float_operands.h"

#include <assert.h>
#include <stdbool.h>

static unsigned fraction_width(const struct oracle_format *format)
{
    return (unsigned)format->precision - 1;
}

static uint64_t sign_bit(const struct oracle_format *format)
{
    return power_of_2(format->width - 1);
}

/* The bits of 2^exponent, for an exponent of a normal number. Their neighbours are one more or
 * less. */
static uint64_t power(const struct oracle_format *format, int exponent)
{
    return (uint64_t)(exponent + format->emax) << fraction_width(format);
}

static void put(struct float_specials *specials, uint64_t bits)
{
    assert(specials->count < FLOAT_SPECIALS_MAX);
    specials->bits[specials->count++] = bits;
}

static void put_both(struct float_specials *specials, const struct oracle_format *format,
                     uint64_t bits)
{
    put(specials, bits);
    put(specials, bits + sign_bit(format));
}

static void put_around(struct float_specials *specials, const struct oracle_format *format,
                       uint64_t bits)
{
    put_both(specials, format, bits - 1);
    put_both(specials, format, bits);
    put_both(specials, format, bits + 1);
}

static void put_nans(struct float_specials *specials, const struct oracle_format *format)
{
    uint64_t quiet = oracle_canonical_nan(format);
    uint64_t infinity = oracle_infinity(format, false);

    put_both(specials, format, quiet);
    put_both(specials, format, infinity + 1); /* signaling */
    put_both(specials, format, quiet + 0x1234);
    put_both(specials, format, quiet - 1); /* signaling, the greatest payload */
}

/* (2 * half + 1) / 2, if the format has it. */
static void put_half(struct float_specials *specials, const struct oracle_format *format,
                     uint64_t half)
{
    uint64_t digits = 2 * half + 1;
    unsigned exponent = 0;

    while (digits >> exponent > 1) {
        exponent++;
    }
    if (exponent <= fraction_width(format)) {
        uint64_t fraction = (digits - power_of_2(exponent)) << (fraction_width(format) - exponent);
        put_both(specials, format, power(format, (int)exponent - 1) + fraction);
    }
}

void float_specials_of(const struct oracle_format *format, struct float_specials *specials)
{
    int p = format->precision;
    int emin = (int)oracle_emin(format);
    uint64_t least_normal = power(format, emin);
    const int core[] = {-p, 0, p};
    const int more[] = {
        emin + p,
        emin / 2,
        emin / 2 - p,
        1 - p,
        -1,
        1,
        p - 1,
        31,
        32,
        63,
        64,
        format->emax / 2,
        format->emax / 2 + 1,
        format->emax - p,
        format->emax - p + 1,
        format->emax,
    };
    const uint64_t halves[] = {
        1,          2,          3,           0x7ffffffe, 0x7fffffff,       0x80000000,
        0xfffffffe, 0xffffffff, 0x100000000, 0x3fffffff, UINT64_C(1) << 51};

    *specials = (struct float_specials){.count = 0};
    put_both(specials, format, 0);
    put_both(specials, format, 1); /* the smallest subnormal number */
    put_both(specials, format, 2);
    put_around(specials, format, least_normal);
    put_both(specials, format, oracle_greatest(format, false) - 1);
    put_both(specials, format, oracle_greatest(format, false));
    put_both(specials, format, oracle_infinity(format, false));
    for (size_t i = 0; i < sizeof core / sizeof *core; i++) {
        put_around(specials, format, power(format, core[i]));
    }
    put_nans(specials, format);
    specials->core = specials->count;
    put_both(specials, format, 3);
    put_both(specials, format, least_normal / 2);
    put_both(specials, format, least_normal / 2 + 1);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        put_around(specials, format, power(format, more[i]));
    }
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        put_half(specials, format, halves[i]);
    }
}

void float_special_integers(struct float_specials *specials)
{
    *specials = (struct float_specials){.count = 0};
    for (unsigned shift = 0; shift < 64; shift += shift < 22 || shift > 56 ? 1 : 2) {
        uint64_t value = power_of_2(shift);
        put(specials, value);
        put(specials, value - 1);
        put(specials, 0 - value - 1);
    }
    specials->core = specials->count;
}

static uint64_t in_format(const struct oracle_format *format, uint64_t bits)
{
    return bits & UINT64_MAX >> (64 - format->width);
}

static int exponent_of(const struct oracle_format *format, uint64_t bits)
{
    uint64_t magnitude = bits % sign_bit(format);
    return (int)(magnitude >> fraction_width(format)) - format->emax;
}

/* Below 2^(p-1): random, or few bits at either end, or all but few: those make ties. */
static uint64_t some_fraction(struct chooser *chooser, const struct oracle_format *format)
{
    unsigned width = fraction_width(format);
    uint64_t limit = power_of_2(width);
    uint64_t word = chooser_word(chooser) % limit;
    uint64_t few = chooser_below(chooser, 4);

    switch (chooser_below(chooser, 6)) {
    case 0: return few;
    case 1: return limit - 1 - few;
    case 2: return (word >> chooser_below(chooser, width)) % limit;
    case 3: return (word << chooser_below(chooser, width)) % limit;
    case 4: return power_of_2(chooser_below(chooser, width)) ^ few;
    default: return word;
    }
}

/* Some number whose exponent is about this one, as far as there are such numbers. */
static uint64_t some_near(struct chooser *chooser, const struct oracle_format *format, int exponent)
{
    uint64_t sign = chooser_percent(chooser, 50) ? sign_bit(format) : 0;
    int biased = exponent + format->emax;

    biased = biased < 0 ? 0 : biased > 2 * format->emax ? 2 * format->emax : biased;
    return sign + ((uint64_t)biased << fraction_width(format)) + some_fraction(chooser, format);
}

static uint64_t some_neighbour(struct chooser *chooser, const struct oracle_format *format,
                               uint64_t bits)
{
    uint64_t sign = chooser_percent(chooser, 50) ? sign_bit(format) : 0;
    return in_format(format, bits + chooser_below(chooser, 7) - 3) ^ sign;
}

static uint64_t some_special(struct chooser *chooser, const struct oracle_format *format)
{
    static struct float_specials known[2];
    struct float_specials *specials = &known[format == &oracle_double];

    if (specials->count == 0) {
        float_specials_of(format, specials);
    }
    return specials->bits[chooser_below(chooser, (unsigned)specials->count)];
}

static int some_exponent(struct chooser *chooser, const struct oracle_format *format)
{
    int spread = (int)chooser_below(chooser, 8) - 4;

    switch (chooser_below(chooser, 5)) {
    case 0: return spread - format->emax;
    case 1: return format->emax - spread;
    case 2: return (int)chooser_below(chooser, 68) - 2; /* of integers */
    case 3: return spread;
    default: return (int)chooser_below(chooser, 2 * (unsigned)format->emax) - format->emax;
    }
}

static uint64_t some_number(struct chooser *chooser, const struct oracle_format *format)
{
    unsigned dice = chooser_below(chooser, 100);

    if (dice < 40) {
        return in_format(format, chooser_word(chooser));
    }
    if (dice < 55) {
        return some_special(chooser, format);
    }
    return some_near(chooser, format, some_exponent(chooser, format));
}

/* Where the result would be the smallest or the greatest, or of any size near it. */
static int some_target(struct chooser *chooser, const struct oracle_format *format)
{
    int below_emin = (int)chooser_below(chooser, (unsigned)format->precision + 6) - 3;
    return chooser_percent(chooser, 70) ? 1 - format->emax - below_emin
                                        : format->emax + (int)chooser_below(chooser, 4) - 2;
}

/* A second factor or a divisor that takes the result where something happens. */
static uint64_t some_partner(struct chooser *chooser, const struct oracle_format *format,
                             uint64_t a, bool is_divisor)
{
    int exponent = exponent_of(format, a);
    int target = some_target(chooser, format);
    return some_near(chooser, format, is_divisor ? exponent - target : target - exponent);
}

/* Next to minus (or plus) what the operation gives for the operands so far. */
static uint64_t some_near_result(struct chooser *chooser, enum oracle_op op,
                                 const struct oracle_format *format, const uint64_t *operand)
{
    struct oracle_answer answer[EXACT_ROUNDINGS];

    oracle_ask(op, format, operand, answer);
    return some_neighbour(chooser, format, answer[EXACT_RTZ].bits);
}

/* An addend that cancels what it is added to, or is half of its last bit, or some. */
static uint64_t some_addend(struct chooser *chooser, const struct oracle_format *format,
                            uint64_t to)
{
    unsigned dice = chooser_below(chooser, 3);
    int spread = (int)chooser_below(chooser, 5) - 2;
    int reach = format->precision + 3;

    if (dice == 0) {
        return some_neighbour(chooser, format, to);
    }
    if (dice == 1) {
        return some_near(chooser, format, exponent_of(format, to) - format->precision + spread);
    }
    int distance = (int)chooser_below(chooser, 2 * (unsigned)reach) - reach;
    return some_near(chooser, format, exponent_of(format, to) + distance);
}

static uint64_t some_integer(struct chooser *chooser)
{
    uint64_t word = chooser_word(chooser) >> chooser_below(chooser, 64);
    uint64_t few = chooser_below(chooser, 4);

    switch (chooser_below(chooser, 4)) {
    case 0: word = (word << chooser_below(chooser, 64)) + few; break;
    case 1:
        word = power_of_2(chooser_below(chooser, 64)) ^ power_of_2(chooser_below(chooser, 64));
        break;
    default: break;
    }
    return chooser_percent(chooser, 50) ? 0 - word : word;
}

static bool is_to_integer(enum oracle_op op)
{
    return op == ORACLE_TO_W || op == ORACLE_TO_WU || op == ORACLE_TO_L || op == ORACLE_TO_LU;
}

static bool is_from_integer(enum oracle_op op)
{
    return op == ORACLE_FROM_W || op == ORACLE_FROM_WU || op == ORACLE_FROM_L ||
           op == ORACLE_FROM_LU;
}

/* The root of a square, and of its neighbours, is as near to a representable number as can be. */
static uint64_t some_square(struct chooser *chooser, const struct oracle_format *format, uint64_t a)
{
    const uint64_t factors[] = {a, a};
    return some_near_result(chooser, ORACLE_MUL, format, factors) & ~sign_bit(format);
}

static uint64_t some_to_narrow(struct chooser *chooser)
{
    uint64_t word = chooser_word(chooser);
    uint64_t tie = UINT64_C(1) << 28; /* of the 29 bits that are lost */
    uint64_t low = chooser_percent(chooser, 50) ? tie + chooser_below(chooser, 3) - 1 : word;
    int exponent = chooser_percent(chooser, 70) ? (int)chooser_below(chooser, 30) - 152
                                                : (int)chooser_below(chooser, 6) + 124;
    uint64_t number = some_near(chooser, &oracle_double, exponent);
    return (number & ~(2 * tie - 1)) | (low & (2 * tie - 1));
}

/* Some operands in which the last is chosen for the ones before it. */
static void aim(struct chooser *chooser, enum oracle_op op, const struct oracle_format *format,
                uint64_t operand[3])
{
    if (is_to_integer(op)) {
        bool is_word = op == ORACLE_TO_W || op == ORACLE_TO_WU;
        operand[0] = some_near(chooser, format, (int)chooser_below(chooser, is_word ? 35 : 67) - 2);
    } else if (op == ORACLE_TO_OTHER && format == &oracle_double) {
        operand[0] = some_to_narrow(chooser);
    } else if (op == ORACLE_SQRT) {
        operand[0] = some_square(chooser, format, operand[0]);
    } else if (op == ORACLE_MUL || op == ORACLE_DIV) {
        operand[1] = some_partner(chooser, format, operand[0], op == ORACLE_DIV);
    } else if (oracle_operands(op) == 2) {
        operand[1] = some_addend(chooser, format, operand[0]);
    } else if (oracle_operands(op) == 3) {
        if (chooser_percent(chooser, 50)) {
            operand[1] = some_partner(chooser, format, operand[0], false);
        }
        uint64_t product = some_near_result(chooser, ORACLE_MUL, format, operand);
        operand[2] = some_addend(chooser, format, product);
    }
}

void float_random_operands(struct chooser *chooser, enum oracle_op op,
                           const struct oracle_format *format, uint64_t operand[3])
{
    for (unsigned i = 0; i < oracle_operands(op); i++) {
        operand[i] = is_from_integer(op) ? some_integer(chooser) : some_number(chooser, format);
    }
    if (!is_from_integer(op) && chooser_percent(chooser, 60)) {
        aim(chooser, op, format, operand);
    }
}
