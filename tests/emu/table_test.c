#include "emu/report/table.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(table, lengths_are_in_the_largest_unit_without_rest)
{
    static const struct {
        uint64_t kibibytes;
        const char *text;
    } rows[] = {
        {0, "0 KiB"},
        {4, "4 KiB"},
        {1023, "1023 KiB"},
        {1024, "1 MiB"},
        {1536, "1536 KiB"},
        {UINT64_C(3) << 20, "3 GiB"},
        {UINT64_C(5) << 30, "5 TiB"},
        {UINT64_C(1) << 54, "16777216 TiB"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[LENGTH_LENGTH];

        cr_expect(eq(str, (char *)length_words(text, rows[i].kibibytes), (char *)rows[i].text));
    }
}
