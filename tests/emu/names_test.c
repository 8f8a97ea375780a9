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

Test(names, sizes_are_as_in_the_manual)
{
    static const char *const sizes[] = {"4K", "64K", "2M", "1G", "512G", "256T", "none"};

    for (int size = MMU_4K; size <= MMU_NO_SIZE; size++) {
        cr_expect(eq(str, (char *)name_of_size((enum mmu_page_size)size), (char *)sizes[size]));
    }
}

Test(names, privileges_have_a_letter)
{
    cr_expect(eq(chr, letter_of_privilege(MMU_USER), 'U'));
    cr_expect(eq(chr, letter_of_privilege(MMU_SUPERVISOR), 'S'));
    cr_expect(eq(chr, letter_of_privilege(MMU_MACHINE), 'M'));
}
