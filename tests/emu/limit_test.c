#include "emu/report/limit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define MOST UINT64_C(9223372036854775807) /* 2^63 - 1 */

static const struct {
    const char *text;
    const char *why;
    size_t name_length; /* 0: refused */
    uint64_t amount;
    unsigned decimals;
    bool is_percent;
} parse_rows[] = {
    {"l1d.misses=5", "a number", 10, 5, 0, false},
    {"a=0", "no increase at all", 1, 0, 0, false},
    {"a=5%", "a percentage", 1, 5, 0, true},
    {"a=0.5%", "a fraction of one", 1, 5, 1, true},
    {"a=12.050%", "zeros behind the point are digits", 1, 12050, 3, true},
    {"a=0.000000001%", "nine decimals", 1, 1, 9, true},
    {"a=0.0000000001%", "ten are too many", 0, 0, 0, false},
    {"a=9223372036854775807", "the largest count", 1, MOST, 0, false},
    {"a=9223372036854775808", "no count is so large", 0, 0, 0, false},
    {"a=92233720368547758.08%", "nor the digits of a percentage", 0, 0, 0, false},
    {"by_function.operator==.walks=1", "the last = counts", 28, 1, 0, false},
    {"a", "no =", 0, 0, 0, false},
    {"", "nothing", 0, 0, 0, false},
    {"=5", "no name", 0, 0, 0, false},
    {"a=", "no number", 0, 0, 0, false},
    {"a=%", "no number", 0, 0, 0, false},
    {"a=-1", "a sign", 0, 0, 0, false},
    {"a=+1", "a sign", 0, 0, 0, false},
    {"a= 1", "a blank", 0, 0, 0, false},
    {"a=1 ", "a blank", 0, 0, 0, false},
    {"a=0x10", "not decimal", 0, 0, 0, false},
    {"a=1.5", "a fraction of a count", 0, 0, 0, false},
    {"a=.5%", "no digit before the point", 0, 0, 0, false},
    {"a=5.%", "no digit behind the point", 0, 0, 0, false},
    {"a=1.2.3%", "two points", 0, 0, 0, false},
    {"a=5%%", "two signs", 0, 0, 0, false},
    {"a=1e3", "an exponent", 0, 0, 0, false},
};

Test(limit, is_name_and_number_or_percentage)
{
    for (size_t i = 0; i < sizeof parse_rows / sizeof *parse_rows; i++) {
        const char *text = parse_rows[i].text;
        const char *why = parse_rows[i].why;
        struct limit limit = {.amount = 0};

        cr_expect(eq(int, limit_parse(text, &limit), parse_rows[i].name_length > 0), "%s: %s", text,
                  why);
        cr_expect(eq(sz, limit.name_length, parse_rows[i].name_length), "%s: %s", text, why);
        cr_expect(eq(u64, limit.amount, parse_rows[i].amount), "%s: %s", text, why);
        cr_expect(eq(uint, limit.decimals, parse_rows[i].decimals), "%s: %s", text, why);
        cr_expect(eq(int, limit.is_percent, parse_rows[i].is_percent), "%s: %s", text, why);
    }
}

static const struct {
    const char *text;
    uint64_t before;
    uint64_t most; /* that is allowed */
    const char *why;
} apply_rows[] = {
    {"a=5", 10, 15, "a number is added"},
    {"a=0", 10, 10, "no increase at all"},
    {"a=5", 0, 5, "from 0 too"},
    {"a=5%", 100, 105, "just five percent"},
    {"a=5%", 119, 124, "5.95 is rounded down: 6 is more"},
    {"a=5%", 120, 126, "6 is not more than 6"},
    {"a=0.5%", 1000, 1005, "a fraction"},
    {"a=0.5%", 199, 199, "one more would be 0.503%"},
    {"a=0.5%", 200, 201, "one more is 0.5%"},
    {"a=0.10%", 1000, 1001, "the zero behind it changes nothing"},
    {"a=33.333333333%", 3, 3, "1 of 3 is more than that"},
    {"a=33.333333334%", 3, 4, "and not more than that"},
    {"a=1000%", 0, 0, "from 0 every increase is more"},
    {"a=0%", 7, 7, "no increase at all"},
    {"a=200%", 7, 21, "more than double"},
    {"a=0.000000001%", UINT64_C(99999999999), UINT64_C(99999999999),
     "0.99999999999 is less than 1"},
    {"a=0.000000001%", UINT64_C(100000000000), UINT64_C(100000000001), "just 1"},
    {"a=0.000000001%", MOST - 92233721, MOST - 92233721 + 92233720, "close to the largest count"},
    {"a=50%", UINT64_C(1) << 62, UINT64_C(3) << 61, "a product beyond 64 bits"},
    {"a=9223372036854775807%", MOST, MOST, "more than there can be is all"},
    {"a=9223372036854775807", MOST, MOST, "more than there can be is all"},
};

Test(limit, is_exceeded_by_one_more_than_the_most)
{
    for (size_t i = 0; i < sizeof apply_rows / sizeof *apply_rows; i++) {
        uint64_t most = apply_rows[i].most;
        const char *why = apply_rows[i].why;
        struct limit limit;
        struct limit_verdict verdict;

        cr_assert(limit_parse(apply_rows[i].text, &limit));
        verdict = limit_apply(&limit, apply_rows[i].before, most);
        cr_expect(eq(u64, verdict.most, most), "%s: %s", apply_rows[i].text, why);
        cr_expect(not(limit_is_exceeded(&verdict)), "%s: %s", apply_rows[i].text, why);
        verdict = limit_apply(&limit, apply_rows[i].before, most + 1);
        cr_expect(limit_is_exceeded(&verdict), "%s: %s", apply_rows[i].text, why);
    }
}

Test(limit, is_never_exceeded_by_less)
{
    struct limit limit;
    struct limit_verdict verdict;

    cr_assert(limit_parse("a=0", &limit));
    verdict = limit_apply(&limit, 10, 9);
    cr_expect(not(limit_is_exceeded(&verdict)));
    cr_expect(eq(u64, verdict.before, 10));
    cr_expect(eq(u64, verdict.after, 9));
    cr_assert(limit_parse("a=0%", &limit));
    verdict = limit_apply(&limit, 10, 0);
    cr_expect(not(limit_is_exceeded(&verdict)));
}
