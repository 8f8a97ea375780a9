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

TestSuite(junit, .init = setup, .fini = teardown);

#define HEADING "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

Test(junit, every_kind_of_result_has_its_elements)
{
    char *text = rule_results_write(&format_junit, &suite);

    cr_expect(
        eq(str, text,
           HEADING
           "<testsuites name=\"pagewalk check\" tests=\"4\" failures=\"2\" errors=\"0\" "
           "skipped=\"1\" time=\"0.500\">\n"
           "  <testsuite name=\"Sv39 rules\" tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\" "
           "time=\"0.500\">\n"
           "    <testcase classname=\"walk\" name=\"PTW-01\" time=\"0.125\">\n"
           "      <system-out>the first\nchoice c: allowed d | e, seen d\nf: skip no g\n"
           "</system-out>\n"
           "    </testcase>\n"
           "    <testcase classname=\"PMP and extensions\" name=\"NAP-01\" time=\"0.125\">\n"
           "      <skipped message=\"no Svnapot\"/>\n"
           "      <system-out>the second \\ #2\n</system-out>\n"
           "    </testcase>\n"
           "    <testcase classname=\"walk\" name=\"PTW-10\" time=\"0.125\">\n"
           "      <failure message=\"2 of 3 cases: it's: expected &lt;a&gt; &amp; &quot;b&quot;, "
           "seen c\" type=\"rule\">it's: expected &lt;a&gt; &amp; &quot;b&quot;, seen c\n"
           "k: expected x, seen y\n</failure>\n"
           "      <system-out>the third\n</system-out>\n"
           "    </testcase>\n"
           "    <testcase classname=\"fences\" name=\"FEN-01\" time=\"0.125\">\n"
           "      <failure message=\"did not end within 10 s and was killed\" type=\"timeout\">"
           "rule FEN-01 M\n  blanks\n \n...\ncase half: expec\nwhat's up\n</failure>\n"
           "      <system-out>the &lt;fourth&gt;\n</system-out>\n"
           "    </testcase>\n"
           "  </testsuite>\n"
           "</testsuites>\n"));
    free(text);
}

Test(junit, a_suite_that_was_cut_short_has_an_error)
{
    char *text;

    suite_finish(&suite);
    suite.told = 0;
    suite.seconds = 2;
    memset(suite.count, 0, sizeof suite.count);
    strcpy(suite.cut, "ended by SIGINT after 0 of 129 rules");
    text = rule_results_write(&format_junit, &suite);
    cr_expect(eq(str, text,
                 HEADING
                 "<testsuites name=\"pagewalk check\" tests=\"1\" failures=\"0\" errors=\"1\" "
                 "skipped=\"0\" time=\"2.000\">\n"
                 "  <testsuite name=\"Sv39 rules\" tests=\"1\" failures=\"0\" errors=\"1\" "
                 "skipped=\"0\" time=\"2.000\">\n"
                 "    <testcase classname=\"suite\" name=\"end\" time=\"0.000\">\n"
                 "      <error message=\"ended by SIGINT after 0 of 129 rules\" "
                 "type=\"cut short\"/>\n"
                 "    </testcase>\n"
                 "  </testsuite>\n"
                 "</testsuites>\n"));
    free(text);
}
