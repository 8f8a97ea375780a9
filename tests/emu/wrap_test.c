#include "emu/report/wrap.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static FILE *file;
static char *text;
static size_t length;

static void setup(void)
{
    file = open_memstream(&text, &length);
}

static void teardown(void)
{
    (void)fclose(file);
    free(text);
}

TestSuite(wrap, .init = setup, .fini = teardown);

static void expect_text(const char *wanted)
{
    (void)fflush(file);
    cr_expect(eq(str, text, (char *)wanted));
}

/* That many letters. */
static const char *letters(int count)
{
    static char word[REPORT_COLUMNS + 1];

    memset(word, 'x', (size_t)count);
    word[count] = '\0';
    return word;
}

Test(wrap, pieces_stand_in_one_line_while_they_fit)
{
    struct wrap line = wrap_begin(file, "label", 8);

    wrap_put(&line, ", ", "one");
    wrap_put(&line, ", ", "two");
    wrap_put(&line, " | ", "three");
    wrap_end(&line);
    expect_text("label   one, two | three\n");
}

Test(wrap, a_label_may_be_longer_than_the_indent)
{
    struct wrap line = wrap_begin(file, "a long label ", 4);

    wrap_put(&line, " ", letters(84));
    wrap_put(&line, " ", "next");
    wrap_end(&line);
    (void)fflush(file);
    cr_expect(strncmp(text, "a long label xxx", 16) == 0);
    cr_expect(strstr(text, "x\n    next\n") != NULL);
}

Test(wrap, a_line_ends_at_the_last_column_with_its_separator)
{
    static const struct {
        int letters;
        bool breaks;
        const char *why;
    } rows[] = {
        {REPORT_COLUMNS - 4 - 3 - 2, false, "and two columns are left for what follows"},
        {REPORT_COLUMNS - 4 - 3 - 1, true, "one too many"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wrap line = wrap_begin(file, "", 3);

        (void)fflush(file);
        size_t start = length;

        wrap_put(&line, "", "a");
        wrap_put(&line, " | ", letters(rows[i].letters));
        wrap_end(&line);
        (void)fflush(file);
        cr_expect(eq(int, strstr(text + start, "a |\n   x") != NULL, rows[i].breaks), "%s: %s",
                  rows[i].why, text + start);
    }
}

Test(wrap, a_piece_longer_than_a_line_has_one_of_its_own)
{
    struct wrap line = wrap_begin(file, "", 3);

    wrap_put(&line, ",", "a");
    wrap_put(&line, ",", letters(REPORT_COLUMNS));
    wrap_put(&line, ",", "b");
    wrap_end(&line);
    (void)fflush(file);
    cr_expect(strncmp(text, "   a,\n   xx", 11) == 0);
    cr_expect(strstr(text, "x,\n   b\n") != NULL);
}

Test(wrap, words_are_parted_at_blanks)
{
    struct wrap line = wrap_begin(file, "", 90);

    wrap_put_words(&line, "one  two three");
    wrap_end(&line);
    (void)fflush(file);
    cr_expect(strstr(text, "one two\n") != NULL, "%s", text);
    cr_expect(strstr(text, " three\n") != NULL);
}

Test(wrap, goes_on_where_another_line_is)
{
    struct wrap line;

    fprintf(file, "12345");
    line = wrap_continue(file, 8, 5);
    wrap_put(&line, ", ", letters(88));
    wrap_put(&line, ", ", "next");
    wrap_end(&line);
    (void)fflush(file);
    cr_expect(strncmp(text, "12345   xxx", 11) == 0);
    cr_expect(strstr(text, "x,\n        next\n") != NULL);
}
