#include "emu/check/format.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/rule_results.h"

static struct suite suite;

static void setup(void)
{
    rule_results_make(&suite);
}

static void teardown(void)
{
    suite_finish(&suite);
}

TestSuite(tap, .init = setup, .fini = teardown);

Test(tap, every_kind_of_result_has_its_lines)
{
    char *text = rule_results_write(&format_tap, &suite);

    cr_expect(eq(str, text,
                 "TAP version 13\n"
                 "1..4\n"
                 "ok 1 - PTW-01 the first\n"
                 "# choice c: allowed d | e, seen d\n"
                 "# f: skip no g\n"
                 "ok 2 - NAP-01 the second \\\\ \\#2 # SKIP no Svnapot\n"
                 "not ok 3 - PTW-10 the third\n"
                 "  ---\n"
                 "  message: '2 of 3 cases: it''s: expected <a> & \"b\", seen c'\n"
                 "  failure: 'rule'\n"
                 "  cases: |\n"
                 "    it's: expected <a> & \"b\", seen c\n"
                 "    k: expected x, seen y\n"
                 "  ...\n"
                 "not ok 4 - FEN-01 the <fourth>\n"
                 "  ---\n"
                 "  message: 'did not end within 10 s and was killed'\n"
                 "  failure: 'timeout'\n"
                 "  output: |\n"
                 "    rule FEN-01 M\n"
                 "    blanks\n"
                 "    > ...\n"
                 "    case half: expec\n"
                 "  errors: |\n"
                 "    what's up\n"
                 "  ...\n"
                 "# 1 passed, 2 failed, 1 skipped\n"));
    free(text);
}

Test(tap, a_suite_that_was_cut_short_bails_out)
{
    char *text;

    suite_finish(&suite);
    suite.told = 0;
    suite.rule_count = 129;
    memset(suite.count, 0, sizeof suite.count);
    strcpy(suite.cut, "ended by SIGINT after 0 of 129 rules");
    text = rule_results_write(&format_tap, &suite);
    cr_expect(eq(str, text,
                 "TAP version 13\n"
                 "1..129\n"
                 "Bail out!  ended by SIGINT after 0 of 129 rules\n"
                 "# 0 passed, 0 failed, 0 skipped\n"));
    free(text);
}
