#include "emu/cli/parse.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

enum { UNTOUCHED = 12345 };

Test(parse, numbers_are_taken_whole_or_not)
{
    static const struct {
        const char *text;
        bool is_good;
        uint64_t number;
    } rows[] = {
        {"0", true, 0},
        {"007", true, 7},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, UNTOUCHED},
        {"99999999999999999999", false, UNTOUCHED},
        {"0x10", true, 16},
        {"0XaBcDeF", true, 0xabcdef},
        {"0xffffffffffffffff", true, UINT64_MAX},
        {"0x10000000000000000", false, UNTOUCHED},
        {"0x", false, UNTOUCHED},
        {"", false, UNTOUCHED},
        {"-1", false, UNTOUCHED},
        {"+1", false, UNTOUCHED},
        {" 1", false, UNTOUCHED},
        {"1 ", false, UNTOUCHED},
        {"1k", false, UNTOUCHED},
        {"12a", false, UNTOUCHED},
        {"0x1g", false, UNTOUCHED},
        {"1e9", false, UNTOUCHED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t number = UNTOUCHED;

        cr_expect(eq(int, parse_number(rows[i].text, &number), rows[i].is_good), "'%s'",
                  rows[i].text);
        cr_expect(eq(u64, number, rows[i].number), "'%s'", rows[i].text);
    }
}

Test(parse, sizes_may_end_in_a_letter)
{
    static const struct {
        const char *text;
        bool is_good;
        uint64_t size;
    } rows[] = {
        {"4096", true, 4096},
        {"4K", true, 4096},
        {"128M", true, UINT64_C(128) << 20},
        {"1G", true, UINT64_C(1) << 30},
        {"0x10K", true, 16384},
        {"17179869183G", true, UINT64_C(17179869183) << 30},
        {"17179869184G", false, UNTOUCHED}, /* 2^64 */
        {"K", false, UNTOUCHED},
        {"1KB", false, UNTOUCHED},
        {"1T", false, UNTOUCHED},
        {"1k", false, UNTOUCHED},
        {"1.5G", false, UNTOUCHED},
        {"", false, UNTOUCHED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t size = UNTOUCHED;

        cr_expect(eq(int, parse_size(rows[i].text, &size), rows[i].is_good), "'%s'", rows[i].text);
        cr_expect(eq(u64, size, rows[i].size), "'%s'", rows[i].text);
    }
}

static struct symbol all[] = {
    {.name = "main", .address = 0x1000},
    {.name = "main+8", .address = 0x2000},
    {.name = "mainly", .address = 0x3000},
};
static const struct symbols symbols = {.all = all, .count = sizeof all / sizeof *all};

Test(parse, places_are_numbers_or_symbols)
{
    static const struct {
        const char *text;
        bool is_good;
        uint64_t address;
        const char *why;
    } rows[] = {
        {"0x80000000", true, 0x80000000, "a number"},
        {"main", true, 0x1000, "a symbol"},
        {"main+16", true, 0x1010, "a symbol and a decimal offset"},
        {"main+0x10", true, 0x1010, "a symbol and a hexadecimal offset"},
        {"main+8", true, 0x2000, "a symbol of just this name comes first"},
        {"main+8+1", true, 0x2001, "the last plus begins the offset"},
        {"mainl", false, 0, "no such symbol, though a longer one begins so"},
        {"mai", false, 0, "no such symbol"},
        {"main+", false, 0, "no offset"},
        {"main+x", false, 0, "no number"},
        {"+8", false, 0, "no symbol"},
        {"", false, 0, "nothing"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t address = 0;

        cr_expect(eq(int, parse_place(rows[i].text, &symbols, &address), rows[i].is_good), "%s",
                  rows[i].why);
        cr_expect(eq(u64, address, rows[i].address), "%s", rows[i].why);
    }
}

Test(parse, costs_are_named_once_and_bounded)
{
    static const struct {
        const char *text;
        bool is_good;
        uint64_t l2_hit;
        uint64_t pte_read;
    } rows[] = {
        {"l2=7,pte=20", true, 7, 20},
        {"pte=20,l2=7", true, 7, 20},
        {"l2=7", true, 7, 0},
        {"pte=0x14", true, 0, 20},
        {"l2=0,pte=0", true, 0, 0},
        {"l2=1000000", true, 1000000, 0},
        {"l2=1000001", false, UNTOUCHED, UNTOUCHED},
        {"pte=18446744073709551615", false, UNTOUCHED, UNTOUCHED},
        {"", false, UNTOUCHED, UNTOUCHED},
        {",", false, UNTOUCHED, UNTOUCHED},
        {"l2=7,", false, UNTOUCHED, UNTOUCHED},
        {",l2=7", false, UNTOUCHED, UNTOUCHED},
        {"l2=", false, UNTOUCHED, UNTOUCHED},
        {"l2=7,l2=7", false, UNTOUCHED, UNTOUCHED},
        {"l1=7", false, UNTOUCHED, UNTOUCHED},
        {"l2=7;pte=20", false, UNTOUCHED, UNTOUCHED},
        {"l2=7 ", false, UNTOUCHED, UNTOUCHED},
        {"l2=-7", false, UNTOUCHED, UNTOUCHED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report_cost cost = {.l2_hit = UNTOUCHED, .pte_read = UNTOUCHED};

        cr_expect(eq(int, parse_cost(rows[i].text, &cost), rows[i].is_good), "'%s'", rows[i].text);
        cr_expect(eq(int, cost.is_asked, rows[i].is_good), "'%s'", rows[i].text);
        cr_expect(eq(u64, cost.l2_hit, rows[i].l2_hit), "'%s'", rows[i].text);
        cr_expect(eq(u64, cost.pte_read, rows[i].pte_read), "'%s'", rows[i].text);
    }
}
