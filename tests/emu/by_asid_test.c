#include "emu/report/by_asid.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

enum { ASIDS = 65536 };

static struct mmu_share_counters shares[ASIDS];
static struct mmu_counts counts;

static void clear(void)
{
    memset(shares, 0, sizeof shares);
    counts = (struct mmu_counts){.asid = shares, .asid_count = ASIDS};
}

TestSuite(by_asid, .init = clear);

static void miss(unsigned asid, uint64_t l1i, uint64_t l1d, uint64_t l2)
{
    shares[asid].array[MMU_L1I].misses = l1i;
    shares[asid].array[MMU_L1D].misses = l1d;
    shares[asid].array[MMU_L2].misses = l2;
}

static char *text_of_counts(void)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    asids_as_text(file, &counts);
    cr_assert(eq(int, fclose(file), 0));
    return text;
}

static void expect_text(const char *want)
{
    char *text = text_of_counts();

    cr_expect(eq(str, text, (char *)want));
    free(text);
}

Test(by_asid, one_that_missed_is_not_worth_a_table)
{
    expect_text("");
    miss(7, 1, 2, 3);
    shares[8].array[MMU_L1D].accesses = 100; /* which all hit */
    expect_text("");
    counts.asid_count = 0;
    expect_text("");
}

Test(by_asid, the_one_with_the_most_misses_comes_first)
{
    miss(0, 1, 1, 1);
    miss(3, 1, 2, 3);
    miss(65535, 100, 0, 0);
    miss(2, 3, 2, 1);
    expect_text("ASID                             of all misses        L1I misses        L1D misses"
                "         L2 misses\n"
                "65535                                 86.9565%               100                 0"
                "                 0\n"
                "2                                      5.2174%                 3                 2"
                "                 1\n"
                "3                                      5.2174%                 1                 2"
                "                 3\n"
                "0                                      2.6087%                 1                 1"
                "                 1\n");
}

/* Which eight of many stand there must not depend on their order. */
Test(by_asid, eight_have_rows_and_the_others_one)
{
    for (unsigned multiplier = 1; multiplier < 400; multiplier += 2) {
        uint64_t l1i = 0;
        char *text;
        const char *row;

        clear();
        for (unsigned i = 0; i < 256; i++) { /* each number of misses once, in another order */
            unsigned misses = i * multiplier % 256;

            miss(i, misses, 0, 0);
            l1i += misses > 0 && misses < 248 ? misses : 0;
        }
        text = text_of_counts();
        row = strchr(text, '\n') + 1;
        for (unsigned misses = 255; misses > 247; misses--) {
            unsigned asid = (unsigned)strtoul(row, NULL, 10);

            cr_assert(eq(u32, asid * multiplier % 256, misses), "%u", multiplier);
            row = strchr(row, '\n') + 1;
        }
        cr_expect(eq(int, strncmp(row, "247 others  ", 12), 0), "%s", row);
        cr_expect(ne(ptr, strstr(row, "30,628 "), NULL), "%s", row);
        cr_expect(eq(u64, l1i, 30628));
        cr_expect(eq(str, strchr(row, '\n'), "\n"), "it is the last");
        free(text);
    }
}

Test(by_asid, no_line_is_wider_than_100_columns)
{
    for (unsigned asid = 0; asid < 30000; asid++) {
        miss(asid + 30000, 33333333, 33333333, 33333333);
    }

    char *text = text_of_counts();

    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        cr_expect(eq(sz, strcspn(line, "\n"), 100));
    }
    cr_expect(ne(ptr, strstr(text, "\n29,992 others "), NULL));
    free(text);
}
