#include "emu/report/functions.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 40 };

static struct symbol all[MOST];
static struct symbols symbols;
static struct profile_share shares[MOST + 4];
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

Test(functions, of_a_system_what_has_no_name_is_told_apart_by_mode)
{
    add("schedule", 0, 1, 0, 0);
    symbols.is_system = true;
    shares[1 + MMU_USER].count[MMU_L1I_MISS] = 4;
    shares[1 + MMU_SUPERVISOR].count[MMU_L1I_MISS] = 3;
    shares[1 + MMU_MACHINE].count[MMU_L1D_MISS] = 2;
    expect_json("[{\"symbol\":\"(user)\",\"l1i_misses\":4,\"l1d_misses\":0,\"l2_misses\":0,"
                "\"walks\":0},"
                "{\"symbol\":\"(kernel)\",\"l1i_misses\":3,\"l1d_misses\":0,\"l2_misses\":0,"
                "\"walks\":0},"
                "{\"symbol\":\"(firmware)\",\"l1i_misses\":0,\"l1d_misses\":2,\"l2_misses\":0,"
                "\"walks\":0},"
                "{\"symbol\":\"schedule\",\"l1i_misses\":0,\"l1d_misses\":1,\"l2_misses\":0,"
                "\"walks\":0}]");
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

Test(functions, of_a_system_the_table_has_fifteen_and_what_the_others_come_to)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j",
                                        "k", "l", "m", "n", "o", "p", "q", "r", "s"};
    char *text;

    for (unsigned i = 0; i < 19; i++) {
        add(names[i], 0, i < 15 ? 100 - i : 3, i == 15 ? 1 : 0, 0);
    }
    add("walks", 0, 0, 0, 1);
    symbols.is_system = true;
    text = text_of_counts();
    cr_expect(ne(ptr, strstr(text, "\no                                      6.1080%"), NULL), "%s",
              text);
    cr_expect(eq(ptr, strstr(text, "\np "), NULL));
    cr_expect(ne(ptr,
                 strstr(text, "\n4 others                               0.9233%                 0"
                              "                12                 1\n"),
                 NULL),
              "%s", text);
    free(text);
    symbols.is_system = false;
    text = text_of_counts();
    cr_expect(eq(ptr, strstr(text, "others"), NULL));
    cr_expect(eq(ptr, strstr(text, "\nf "), NULL));
    free(text);
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
