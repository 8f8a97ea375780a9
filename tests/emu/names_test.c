#include "emu/report/names.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(names, numbers_are_grouped_by_three)
{
    static const struct {
        uint64_t number;
        const char *text;
        const char *why;
    } rows[] = {
        {0, "0", "zero has a digit"},
        {7, "7", "one digit"},
        {999, "999", "no comma before the first group"},
        {1000, "1,000", "zeros inside a group stay"},
        {999999, "999,999", "two full groups"},
        {1204000000, "1,204,000,000", "four groups"},
        {UINT64_MAX, "18,446,744,073,709,551,615", "the longest fits"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[GROUPED_LENGTH];

        cr_expect(eq(str, (char *)number_grouped(text, rows[i].number), (char *)rows[i].text), "%s",
                  rows[i].why);
    }
}

Test(names, sizes_of_a_bank_are_joined)
{
    static const struct {
        unsigned sizes;
        const char *text;
        const char *why;
    } rows[] = {
        {1 << MMU_4K, "4K", "one needs no sign"},
        {1 << MMU_2M | 1 << MMU_1G, "2M+1G", "the smallest first"},
        {MMU_ALL_SIZES, "4K+64K+2M+1G+512G+256T", "the longest fits"},
        {0, "", "none"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[SIZES_LENGTH];

        cr_expect(eq(str, (char *)names_of_sizes(text, rows[i].sizes), (char *)rows[i].text), "%s",
                  rows[i].why);
    }
}

Test(names, sizes_that_the_page_tables_cannot_have_are_left_out)
{
    const unsigned super = 1 << MMU_2M | 1 << MMU_1G | 1 << MMU_512G | 1 << MMU_256T;
    static const struct {
        unsigned levels;
        unsigned left;
    } rows[] = {
        {SV39_LEVELS, 1 << MMU_2M | 1 << MMU_1G},
        {SV48_LEVELS, 1 << MMU_2M | 1 << MMU_1G | 1 << MMU_512G},
        {SV57_LEVELS, 1 << MMU_2M | 1 << MMU_1G | 1 << MMU_512G | 1 << MMU_256T},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(eq(uint, sizes_within(super, rows[i].levels), rows[i].left));
    }
    cr_expect(eq(uint, sizes_within(1 << MMU_512G, SV39_LEVELS), 1 << MMU_512G),
              "a bank keeps a name, even if it can hold nothing");
}

Test(names, classes_are_shown_each_once)
{
    unsigned shown = 0;

    for (size_t i = 0; i < MMU_MISS_CLASSES; i++) {
        shown |= 1u << classes_in_order[i];
    }
    cr_expect(eq(uint, shown, (1u << MMU_MISS_CLASSES) - 1));
}

Test(names, privileges_have_a_letter)
{
    cr_expect(eq(chr, letter_of_privilege(MMU_USER), 'U'));
    cr_expect(eq(chr, letter_of_privilege(MMU_SUPERVISOR), 'S'));
    cr_expect(eq(chr, letter_of_privilege(MMU_MACHINE), 'M'));
}
