#include "emu/report/limit.h"

#include <ctype.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

/* Appends the digits at *text to *number and moves *text behind them; returns how many. None if
 * the number would not stay below 2^63. */
static size_t take_digits(const char **text, uint64_t *number)
{
    const char *start = *text;
    const char *end = start;
    uint64_t value = *number;

    for (; isdigit((unsigned char)*end); end++) {
        unsigned digit = (unsigned)(*end - '0');

        if (value > ((uint64_t)INT64_MAX - digit) / 10) {
            return 0;
        }
        value = value * 10 + digit;
    }
    *text = end;
    *number = value;
    return (size_t)(end - start);
}

bool limit_parse(const char *text, struct limit *limit)
{
    const char *equals = strrchr(text, '=');
    struct limit parsed = {.text = text};
    const char *rest;

    if (equals == NULL || equals == text) {
        return false;
    }
    parsed.name_length = (size_t)(equals - text);
    rest = equals + 1;
    if (take_digits(&rest, &parsed.amount) == 0) {
        return false;
    }
    if (*rest == '.') {
        rest++;
        parsed.decimals = (unsigned)take_digits(&rest, &parsed.amount);
        if (parsed.decimals == 0 || parsed.decimals > LIMIT_DECIMALS || *rest != '%') {
            return false;
        }
    }
    if (*rest == '%') {
        parsed.is_percent = true;
        rest++;
    }
    if (*rest != '\0') {
        return false;
    }
    *limit = parsed;
    return true;
}

/* amount / 10^decimals percent of a number, rounded down: an increase is an integer, so it is above
 * the one exactly if it is above the other. The product is below 2^126. */
static uint128 percentage_of(const struct limit *limit, uint64_t number)
{
    uint64_t whole = 100;

    for (unsigned i = 0; i < limit->decimals; i++) {
        whole *= 10;
    }
    return (uint128)limit->amount * number / whole;
}

struct limit_verdict limit_apply(const struct limit *limit, uint64_t before, uint64_t after)
{
    uint128 increase = limit->is_percent ? percentage_of(limit, before) : limit->amount;
    uint128 most = increase + before;

    return (struct limit_verdict){
        .before = before,
        .after = after,
        .most = most > INT64_MAX ? (uint64_t)INT64_MAX : (uint64_t)most,
    };
}

bool limit_is_exceeded(const struct limit_verdict *verdict)
{
    return verdict->after > verdict->most;
}
