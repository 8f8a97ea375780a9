#include "emu/report/functions.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 12 };

static struct symbol all[MOST];
static struct symbols symbols;
static struct profile_share shares[MOST + 1];
static struct counts counts;

/* Begins anew: no functions, and nothing counted. */
static void clear(void)
{
    memset(shares, 0, sizeof shares);
    symbols = (struct symbols){.all = all, .count = 0};
    counts = (struct counts){.functions = {.symbols = &symbols, .share = shares}};
}

TestSuite(functions, .init = clear);

/* Adds a function; what no symbol covers, shares[symbols.count], is to be set after the last. */
static void add(const char *name, uint64_t l1i, uint64_t l1d, uint64_t l2, uint64_t walks)
{
    shares[symbols.count] = (struct profile_share){.count = {[MMU_L1I_MISS] = l1i,
                                                             [MMU_L1D_MISS] = l1d,
                                                             [MMU_L2_MISS] = l2,
                                                             [MMU_WALK_MADE] = walks}};
    all[symbols.count++] = (struct symbol){.name = (char *)name};
}

static void expect_json(const char *want)
{
    json_t *list = functions_as_json(&counts);
    char *text = json_dumps(list, JSON_COMPACT);

    cr_assert(ne(ptr, text, NULL));
    cr_expect(eq(str, text, (char *)want));
    free(text);
    json_decref(list);
}

static char *text_of_counts(void)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    functions_as_text(file, &counts);
    cr_assert(eq(int, fclose(file), 0));
    return text;
}

static void expect_text(const char *want)
{
    char *text = text_of_counts();

    cr_expect(eq(str, text, (char *)want));
    free(text);
}

Test(functions, the_one_with_the_most_misses_comes_first)
{
    add("few", 1, 1, 1, 1);
    add("zebra", 2, 3, 4, 0);
    add("none", 0, 0, 0, 0);
    add("apple", 4, 3, 2, 1);
    add("walks_only", 0, 0, 0, 99);
    shares[symbols.count].count[MMU_L2_MISS] = 100;
    expect_json(
        "[{\"symbol\":\"?\",\"l1i_misses\":0,\"l1d_misses\":0,\"l2_misses\":100,\"walks\":0},"
        "{\"symbol\":\"apple\",\"l1i_misses\":4,\"l1d_misses\":3,\"l2_misses\":2,\"walks\":1},"
        "{\"symbol\":\"zebra\",\"l1i_misses\":2,\"l1d_misses\":3,\"l2_misses\":4,\"walks\":0},"
        "{\"symbol\":\"few\",\"l1i_misses\":1,\"l1d_misses\":1,\"l2_misses\":1,\"walks\":1},"
        "{\"symbol\":\"walks_only\",\"l1i_misses\":0,\"l1d_misses\":0,\"l2_misses\":0,"
        "\"walks\":99}]");
}

Test(functions, of_one_name_share_a_row)
{
    add("init", 1, 2, 3, 4);
    add("other", 9, 0, 0, 0);
    add("init", 10, 20, 30, 40);
    expect_json(
        "[{\"symbol\":\"init\",\"l1i_misses\":11,\"l1d_misses\":22,\"l2_misses\":33,\"walks\":44},"
        "{\"symbol\":\"other\",\"l1i_misses\":9,\"l1d_misses\":0,\"l2_misses\":0,\"walks\":0}]");
}

Test(functions, a_name_that_is_no_utf_8_is_made_printable)
{
    add("caf\xe9", 1, 0, 0, 0);
    expect_json("[{\"symbol\":\"caf?\",\"l1i_misses\":1,\"l1d_misses\":0,\"l2_misses\":0,"
                "\"walks\":0}]");
}

Test(functions, without_misses_there_is_nothing)
{
    add("main", 0, 0, 0, 0);
    expect_json("[]");
    expect_text("");
    counts.functions = (struct profile_counts){.symbols = NULL};
    expect_json("[]");
    expect_text("");
}

Test(functions, the_table_has_the_first_five)
{
    add("a", 0, 0, 1, 0);
    add("b", 0, 2, 0, 0);
    add("c", 3, 0, 0, 0);
    add("d", 0, 1000, 0, 0);
    add("e", 0, 5, 0, 0);
    add("f", 0, 6, 0, 0);
    shares[symbols.count].count[MMU_L1D_MISS] = 983;
    expect_text("function                         of all misses        L1I misses        L1D misses"
                "         L2 misses\n"
                "d                                     50.0000%                 0             1,000"
                "                 0\n"
                "?                                     49.1500%                 0               983"
                "                 0\n"
                "f                                      0.3000%                 0                 6"
                "                 0\n"
                "e                                      0.2500%                 0                 5"
                "                 0\n"
                "c                                      0.1500%                 3                 0"
                "                 0\n");
}

Test(functions, long_names_are_cut_and_no_line_is_wider_than_100_columns)
{
    static const char *const names[] = {
        "a_name_of_thirty_two_characters_", "a_name_of_thirty_three_characters",
        "_ZNSt6vectorIiSaIiEE17_M_realloc_insertIJiEEEvN9__gnu_cxx17__normal_iteratorIPiS1_EEDpOT_",
        "control\x1b[31m\nand caf\xc3\xa9"};
    static const char *const want[] = {
        "a_name_of_thirty_two_characters_ ", "a_name_of_thirty_three_charac... ",
        "_ZNSt6vectorIiSaIiEE17_M_real... ", "control?[31m?and caf??           "};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        clear();
        add(names[i], UINT64_C(999999999999), UINT64_C(999999999999), UINT64_C(999999999999), 0);

        char *text = text_of_counts();
        const char *row = strchr(text, '\n') + 1;

        cr_expect(eq(sz, strcspn(text, "\n"), 100));
        cr_expect(eq(sz, strlen(row), 101), "%s", row);
        cr_expect(eq(int, strncmp(row, want[i], 32), 0), "%s", row);
        free(text);
    }
}
