#include "tests/support/oracle_integer.h"

const struct oracle_integer oracle_w = {32, true};
const struct oracle_integer oracle_wu = {32, false};
const struct oracle_integer oracle_l = {64, true};
const struct oracle_integer oracle_lu = {64, false};

static uint64_t greatest_unsigned(unsigned width)
{
    return UINT64_MAX >> (64 - width);
}

/* How far from zero the type reaches on one side. */
static uint64_t reach(const struct oracle_integer *type, bool is_negative)
{
    if (is_negative) {
        return type->is_signed ? power_of_2(type->width - 1) : 0;
    }
    return greatest_unsigned(type->is_signed ? type->width - 1 : type->width);
}

void oracle_load_integer(const struct oracle_integer *type, uint64_t value, struct exact *x)
{
    uint64_t low = value & greatest_unsigned(type->width);
    bool is_negative = low > reach(type, false);

    exact_set(x, is_negative, is_negative ? greatest_unsigned(type->width) - low + 1 : low, 0);
}

static uint64_t in_register(const struct oracle_integer *type, uint64_t magnitude, bool is_negative)
{
    uint64_t low = (is_negative ? 0 - magnitude : magnitude) & greatest_unsigned(type->width);
    bool is_filled = (low >> (type->width - 1)) % 2 != 0;
    return is_filled ? low | ~greatest_unsigned(type->width) : low;
}

uint64_t oracle_integer_end(const struct oracle_integer *type, bool is_least)
{
    return in_register(type, reach(type, is_least), is_least);
}

void oracle_round_integer(const struct oracle_integer *type, const struct exact *x,
                          enum exact_rounding rounding, struct oracle_answer *answer)
{
    mpz_t rounded;

    mpz_init(rounded);
    bool is_inexact = exact_round(x, 0, rounding, rounded);
    if (mpz_cmp_ui(rounded, reach(type, x->is_negative)) > 0) {
        answer->flags |= ORACLE_NV;
        answer->bits = oracle_integer_end(type, x->is_negative);
    } else {
        answer->flags |= is_inexact ? ORACLE_NX : 0;
        answer->bits = in_register(type, mpz_get_ui(rounded), x->is_negative);
    }
    mpz_clear(rounded);
}
