#include "emu/report/diff.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

/* Documents are written with ' in place of ". What every report has: */
#define NEEDED                                                                                     \
    "'schema': 1, 'instructions': 10, 'exit': {'reason': 'guest', 'status': 0},"                   \
    "'tlb': {'asid_bits': 16, 'l2': null}, 'l1i': {'accesses': 1, 'misses': 1},"                   \
    "'l1d': {'accesses': 1, 'misses': 1}, 'walks': {'count': 1}"

static struct diff_document document[DIFF_SIDES] = {{.file = "old.json"}, {.file = "new.json"}};
static struct diff diff;
static struct error error;
static char *text;

static void teardown(void)
{
    diff_finish(&diff);
    json_decref(document[DIFF_OLD].root);
    json_decref(document[DIFF_NEW].root);
    document[DIFF_OLD].root = NULL;
    document[DIFF_NEW].root = NULL;
    free(text);
    text = NULL;
}

TestSuite(diff, .fini = teardown);

static json_t *document_of(const char *single_quoted)
{
    char *quoted = strdup(single_quoted);
    json_error_t wrong;
    json_t *root;

    for (char *c = strchr(quoted, '\''); c != NULL; c = strchr(c, '\'')) {
        *c = '"';
    }
    root = json_loads(quoted, JSON_REJECT_DUPLICATES, &wrong);
    cr_assert(root != NULL, "%s: %s", quoted, wrong.text);
    free(quoted);
    return root;
}

/* A report with more in it. */
static json_t *report_with(const char *more)
{
    char *whole;
    json_t *root;

    cr_assert(asprintf(&whole, "{" NEEDED "%s%s}", *more == '\0' ? "" : ", ", more) >= 0);
    root = document_of(whole);
    free(whole);
    return root;
}

static bool compare(const char *old, const char *new)
{
    teardown();
    error.text[0] = '\0';
    document[DIFF_OLD].root = report_with(old);
    document[DIFF_NEW].root = report_with(new);
    return diff_compare(&diff, document, &error);
}

static const char *shown(void)
{
    size_t length;
    FILE *file = open_memstream(&text, &length);

    diff_text(file, &diff, NULL, 0);
    (void)fclose(file);
    return text;
}

static const struct {
    const char *old;
    const char *new;
    const char *want;
    const char *why;
} shown_rows[] = {
    {"", "", "no differences\n", "nothing differs"},
    {"'a': 7, 'b': {'c': [1, 'x', null]}", "'a': 7, 'b': {'c': [1, 'x', null]}", "no differences\n",
     "nothing differs"},
    {"'a': 1, 'b': 2", "'b': 2, 'a': 1", "no differences\n", "the order of names is no difference"},
    {"'a': 100", "'a': 103",
     "name  old  new  difference  percent\n"
     "a     100  103          +3   +3.00%\n",
     "an increase"},
    {"'a': 3", "'a': 1",
     "name  old  new  difference  percent\n"
     "a       3    1          -2  -66.67%\n",
     "a decrease, its percentage rounded up"},
    {"'a': 0", "'a': 1234567",
     "name  old        new  difference  percent\n"
     "a       0  1,234,567  +1,234,567   from 0\n",
     "no percentage of 0"},
    {"'a': 9223372036854775807", "'a': 0",
     "name                        old  new                  difference   percent\n"
     "a     9,223,372,036,854,775,807    0  -9,223,372,036,854,775,807  -100.00%\n",
     "the largest count"},
    {"'a': 1", "'a': 9223372036854775807",
     "name  old                        new                  difference      percent\n"
     "a       1  9,223,372,036,854,775,807  +9,223,372,036,854,775,806  >1,000,000%\n",
     "the largest percentage"},
    {"'a': 1", "'a': 10001",
     "name  old     new  difference         percent\n"
     "a       1  10,001     +10,000  +1,000,000.00%\n",
     "the largest percentage that is shown exactly"},
    {"'a': {'b': {'c': 1}}", "'a': {'b': {'c': 2}}",
     "name   old  new  difference   percent\n"
     "a.b.c    1    2          +1  +100.00%\n",
     "objects are joined by dots"},
    {"'a': [4, [1]]", "'a': [4, [2]]",
     "name     old  new  difference   percent\n"
     "a[1][0]    1    2          +1  +100.00%\n",
     "elements are named by number"},
    {"'a': [{'name': '4K', 'b': 1}]", "'a': [{'name': '4K', 'b': 2}]",
     "name    old  new  difference   percent\n"
     "a.4K.b    1    2          +1  +100.00%\n",
     "or by name"},
    {"'a': [{'name': 'x', 'b': 1}, {'name': 'y', 'b': 2}]",
     "'a': [{'name': 'y', 'b': 2}, {'name': 'x', 'b': 1}]", "no differences\n",
     "the order of named elements is no difference"},
    {"'by_function': [{'symbol': 'f', 'walks': 1}]", "'by_function': [{'symbol': 'f', 'walks': 2}]",
     "name                 old  new  difference   percent\n"
     "by_function.f.walks    1    2          +1  +100.00%\n",
     "functions are named by symbol"},
    {"'by_function': [{'symbol': 'f', 'walks': 1}, {'symbol': 'f', 'walks': 2}]",
     "'by_function': [{'symbol': 'f', 'walks': 3}]", "no differences\n",
     "functions of one name are added up"},
    {"'by_function': [{'symbol': 'f', 'walks': 4, 'misses': 0}]", "'by_function': []",
     "name                 old  new  difference   percent\n"
     "by_function.f.walks    4    -          -4  -100.00%\n",
     "a function that is not there counts nothing"},
    {"'roi': {'by_asid': {}}", "'roi': {'by_asid': {'5': {'walks': 4, 'l1d': {'hits': 2}}}}",
     "name                    old  new  difference  percent\n"
     "roi.by_asid.5.walks       -    4          +4   from 0\n"
     "roi.by_asid.5.l1d.hits    -    2          +2   from 0\n",
     "nor does an ASID"},
    {"'by_asid': {'1': {'l2': null}}", "'by_asid': {}", "no differences\n",
     "what is no number in it says nothing"},
    {"'by_asid': {'1': {'l2': null, 'a': 'x'}}", "'by_asid': {'1': {'l2': {'a': 1}, 'a': 'y'}}",
     "Not counts:\n"
     "  by_asid.1.a   \"x\" -> \"y\"\n"
     "  by_asid.1.l2  null -> {...}\n",
     "unless it is in both"},
    {"", "'by_function': [{'symbol': 'f', 'walks': 4}]",
     "Not counts:\n"
     "  by_function  - -> [...]\n",
     "a report without functions is not one where they count nothing"},
    {"'processes': [{'pid': 1, 'name': 'a', 'exit': null, 'swap_ins': 4},"
     "              {'pid': 2, 'name': 'a', 'exit': 0, 'swap_ins': 4}]",
     "'processes': [{'pid': 2, 'name': 'b', 'exit': 0, 'swap_ins': 6},"
     "              {'pid': 1, 'name': 'a', 'exit': 0, 'swap_ins': 4},"
     "              {'pid': 3, 'name': 'a', 'exit': 0, 'swap_ins': 1}]",
     "Not counts:\n"
     "  processes.1.exit  null -> 0\n"
     "  processes.2.name  \"a\" -> \"b\"\n"
     "  processes.3       - -> {...}\n"
     "\n"
     "name                  old  new  difference  percent\n"
     "processes.2.swap_ins    4    6          +2  +50.00%\n",
     "a process is the one with its pid, whatever its name, and one that was not there is none"},
    {"'roi': null", "'roi': {'by_asid': {'1': {'walks': 2}}, 'l1d': {'misses': 3}}",
     "Not counts:\n"
     "  roi  null -> {...}\n",
     "a region that was not there is no region of nothing"},
    {"'l1d2': {'miss_class': {'flush': 3}}", "'l1d2': {}",
     "Not counts:\n"
     "  l1d2.miss_class  {...} -> -\n",
     "classes that were not counted are not 0"},
    {"'a': 3", "",
     "Not counts:\n"
     "  a  3 -> -\n",
     "nor is a number of another version"},
    {"'a': 'x', 'b': true, 'c': null, 'd': 1", "'a': 'y', 'b': false, 'c': 1, 'd': '1'",
     "Not counts:\n"
     "  a  \"x\" -> \"y\"\n"
     "  b  true -> false\n"
     "  c  null -> 1\n"
     "  d  1 -> \"1\"\n",
     "what is no number on both sides"},
    {"'a': [1]", "'a': {'b': 1}",
     "Not counts:\n"
     "  a.b   - -> 1\n"
     "  a[0]  1 -> -\n",
     "a list and an object"},
    {"'\\u001b[2J\x7f': 1, 'b': '\\u001b'", "'\\u001b[2J\x7f': 2, 'b': '\\u009b'",
     "Not counts:\n"
     "  b  \"\\u001B\" -> \"\\u009B\"\n"
     "\n"
     "name   old  new  difference   percent\n"
     "?[2J?    1    2          +1  +100.00%\n",
     "nothing reaches the terminal"},
};

Test(diff, shows_what_differs)
{
    for (size_t i = 0; i < sizeof shown_rows / sizeof *shown_rows; i++) {
        const char *why = shown_rows[i].why;

        cr_assert(compare(shown_rows[i].old, shown_rows[i].new), "%s: %s", why, error.text);
        cr_expect(eq(str, (char *)shown(), (char *)shown_rows[i].want), "%s", why);
    }
}

Test(diff, documents_are_left_alone)
{
    const char *more = "'by_function': [{'symbol': 'f', 'n': 1}, {'symbol': 'f', 'n': 2}]";
    json_t *before = report_with(more);

    cr_assert(compare(more, more));
    cr_expect(json_equal(document[DIFF_OLD].root, before));
    json_decref(before);
}

/* Compares two reports of which one is changed in what every report has. */
static void compare_changed(const char *object, const char *key, const char *value)
{
    json_t *changed;

    teardown();
    document[DIFF_OLD].root = report_with("'a': 1");
    document[DIFF_NEW].root = report_with("'a': 2");
    changed = json_object_get(document[DIFF_NEW].root, object);
    json_object_set_new(changed, key, json_loads(value, JSON_DECODE_ANY, NULL));
    cr_assert(diff_compare(&diff, document, &error));
}

Test(diff, says_first_that_geometries_or_ends_differ)
{
    compare_changed("tlb", "asid_bits", "15");
    cr_expect(eq(str, (char *)shown(),
                 "THE TLB IS NOT THE SAME, so the counts do not compare:\n"
                 "  tlb.asid_bits  16 -> 15\n"
                 "\n"
                 "name  old  new  difference   percent\n"
                 "a       1    2          +1  +100.00%\n"));
    compare_changed("tlb", "l2", "{\"sets\": 1}");
    cr_expect(eq(str, (char *)shown(),
                 "THE TLB IS NOT THE SAME, so the counts do not compare:\n"
                 "  tlb.l2  null -> {...}\n"
                 "\n"
                 "name  old  new  difference   percent\n"
                 "a       1    2          +1  +100.00%\n"));
    compare_changed("exit", "status", "1");
    cr_expect(eq(str, (char *)shown(),
                 "THE RUNS DID NOT END ALIKE, so the counts may not compare:\n"
                 "  exit.status  0 -> 1\n"
                 "\n"
                 "name  old  new  difference   percent\n"
                 "a       1    2          +1  +100.00%\n"));
    compare_changed("tlb", "spec", "\"l1i=4\"");
    cr_expect(eq(str, (char *)shown(),
                 "Not counts:\n"
                 "  tlb.spec  - -> \"l1i=4\"\n"
                 "\n"
                 "name  old  new  difference   percent\n"
                 "a       1    2          +1  +100.00%\n"),
              "two spellings may mean one geometry");
}

Test(diff, largest_change_in_percent_is_first)
{
    static const char *const names[] = {
        "new_much", "new_little", "tenfold", "huge_up", "twice_more", "twice_a", "twice_b",
        "gone",     "all_but_1",  "third",   "large",   "huge_b",     "huge_a",
    };

    cr_assert(compare("'huge_up': 1000000000000000000, 'third': 3, 'twice_b': 10, 'twice_a': 10, "
                      "'twice_more': 20, 'tenfold': 1,"
                      "'new_little': 0, 'new_much': 0, 'gone': 4, 'all_but_1': 1000,"
                      "'large': 1000000, 'huge_a': 9223372036854775807,"
                      "'huge_b': 9223372036854775806",
                      "'huge_up': 9000000000000000000, 'third': 2, 'twice_b': 20, 'twice_a': 20, "
                      "'twice_more': 40, 'tenfold': 11,"
                      "'new_little': 1, 'new_much': 2, 'gone': 0, 'all_but_1': 1,"
                      "'large': 1000100, 'huge_a': 9223372036854775806,"
                      "'huge_b': 9223372036854775805"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_expect(eq(str, diff.items[i].name, (char *)names[i]));
        cr_expect(eq(int, diff.items[i].part, DIFF_COUNTS));
    }
    cr_expect(eq(int, diff.items[sizeof names / sizeof *names].part, DIFF_SILENT));
}

Test(diff, names_that_are_too_long_have_a_line_of_their_own)
{
    char name[121];
    char old[160];
    char new[160];
    char want[1024];

    memset(name, 'f', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(old, sizeof old, "'a': 1, '%s': 10", name);
    snprintf(new, sizeof new, "'a': 2, '%s': 11", name);
    cr_assert(compare(old, new));
    /* The other columns have 2 + 3, 2 + 3, 2 + 10 and 2 + 8 characters: 68 are left. */
    snprintf(want, sizeof want,
             "%-68s  old  new  difference   percent\n"
             "%-68s    1    2          +1  +100.00%%\n"
             "%s\n"
             "%-68s   10   11          +1   +10.00%%\n",
             "name", "a", name, "");
    cr_expect(eq(str, (char *)shown(), want));
}

static const struct {
    const char *text;
    const char *want;
    const char *why;
} refused_rows[] = {
    {"{}", "x.json: is no report of pagewalk: it has no number schema", "an empty object"},
    {"[1]", "x.json: is no report of pagewalk: it has no number schema", "a list"},
    {"{'schema': '1'}", "x.json: is no report of pagewalk: it has no number schema", "a text"},
    {"{'schema': 1.0}", "x.json: is no report of pagewalk: it has no number schema", "a real"},
    {"{'schema': 2}", "x.json: has schema 2, and this pagewalk knows schema 1 only", "another"},
    {"{'schema': -1}", "x.json: has schema -1, and this pagewalk knows schema 1 only", "another"},
    {"{'schema': 1, 'presets': []}",
     "x.json: is no report of pagewalk: it has no number instructions", "presets --json"},
    {"{'schema': 1, 'tlb': [], 'exit': [], 'counts': []}",
     "x.json: is no report of pagewalk: it has no number instructions", "diff --json"},
    {"{'schema': 1, 'instructions': 1, 'exit': 3}",
     "x.json: is no report of pagewalk: it has no number exit.status", "no object"},
    {"{'schema': 1, 'instructions': 1, 'exit': {'status': 0}, 'tlb': {}}",
     "x.json: is no report of pagewalk: it has no number tlb.asid_bits", "no geometry"},
    {"{'schema': 1, 'instructions': 1, 'exit': {'status': 0}, 'tlb': {'asid_bits': 1},"
     "'l1i': {'accesses': 1, 'misses': 1}, 'l1d': {'accesses': 1, 'misses': 'many'}}",
     "x.json: is no report of pagewalk: it has no number l1d.misses", "no number"},
};

Test(diff, other_documents_are_refused)
{
    for (size_t i = 0; i < sizeof refused_rows / sizeof *refused_rows; i++) {
        struct diff_document other = {.file = "x.json", .root = document_of(refused_rows[i].text)};

        cr_expect(not(diff_is_report(&other, &error)), "%s", refused_rows[i].why);
        cr_expect(eq(str, error.text, (char *)refused_rows[i].want), "%s", refused_rows[i].why);
        json_decref(other.root);
    }
}

Test(diff, a_report_is_not_refused)
{
    document[DIFF_OLD].root = report_with("");
    cr_expect(diff_is_report(&document[DIFF_OLD], &error), "%s", error.text);
}

static const struct {
    const char *more;
    const char *name; /* NULL: nothing is wrong */
    const char *why;
} no_count_rows[] = {
    {"'a': -1", "a", "negative"},
    {"'a': 0.5", "a", "a fraction"},
    {"'a': 1e300", "a", "beyond every count"},
    {"'a': 1.0", "a", "a real, even if it is whole"},
    {"'roi': {'l1d': [0, -9223372036854775808]}", "roi.l1d[1]", "deeper"},
    {"'by_function': [{'symbol': 'f', 'n': 9223372036854775807}, {'symbol': 'f', 'n': 1},"
     "{'symbol': 'f', 'n': 1}]",
     "by_function.f.n", "a sum of 2^63 and more"},
    {"'by_function': [{'symbol': 'f', 'n': 9223372036854775806}, {'symbol': 'f', 'n': 1}]", NULL,
     "a sum below 2^63"},
    {"'exit': {'code': -1}", "exit.code", "a code is one as well"},
};

/* Puts more into a side. */
static void add_to(enum diff_side side, const char *more)
{
    char *object;
    json_t *added;

    cr_assert(asprintf(&object, "{%s}", more) >= 0);
    added = document_of(object);
    json_object_update(document[side].root, added);
    json_decref(added);
    free(object);
}

/* Compares a report with one of which this side has more in it. */
static bool compare_with_more(enum diff_side side, const char *more)
{
    teardown();
    error.text[0] = '\0';
    document[DIFF_OLD].root = report_with("");
    document[DIFF_NEW].root = report_with("");
    add_to(side, more);
    return diff_compare(&diff, document, &error);
}

Test(diff, numbers_that_are_no_counts_are_refused_on_both_sides)
{
    for (size_t i = 0; i < sizeof no_count_rows / sizeof *no_count_rows; i++) {
        const char *name = no_count_rows[i].name;
        const char *why = no_count_rows[i].why;

        for (int side = 0; side < DIFF_SIDES; side++) {
            char want[256] = "";

            if (name != NULL) {
                snprintf(want, sizeof want,
                         "%s: %s is no count, which is an integer from 0 to 2^63 - 1",
                         document[side].file, name);
            }
            cr_expect(eq(int, compare_with_more(side, no_count_rows[i].more), name == NULL), "%s",
                      why);
            cr_expect(eq(str, error.text, want), "%s", why);
        }
    }
}

Test(diff, numbers_of_the_geometry_may_be_anything)
{
    cr_assert(compare_with_more(DIFF_NEW, "'tlb': {'asid_bits': 16, 'l2': null, 'seed': -1}"));
    cr_expect(eq(str, (char *)shown(),
                 "THE TLB IS NOT THE SAME, so the counts do not compare:\n"
                 "  tlb.seed  - -> -1\n"));
}

Test(diff, names_have_an_end)
{
    enum { MOST = 4096 };
    char *more;

    for (int length = MOST; length <= MOST + 1; length++) {
        cr_assert(asprintf(&more, "'a': {'%0*d': 1}", length - 2, 0) >= 0);
        cr_expect(eq(int, compare_with_more(DIFF_OLD, more), length == MOST));
        free(more);
    }
    cr_expect(eq(str, error.text,
                 "old.json: is no report of pagewalk: it has a name of more than 4096 characters"));
}

Test(diff, deep_nesting_is_no_danger)
{
    enum { DEPTH = 1000 };
    char more[8 * DEPTH];
    char *end = stpcpy(more, "'a': ");

    for (int i = 0; i < DEPTH; i++) {
        end = stpcpy(end, "{'': ");
    }
    end = stpcpy(end, "1");
    for (int i = 0; i < DEPTH; i++) {
        *end++ = '}';
    }
    *end = '\0';
    cr_assert(compare(more, more), "%s", error.text);
    cr_expect(eq(str, (char *)shown(), "no differences\n"));
}

static const struct {
    const char *limit;
    const char *error; /* NULL: there is a verdict */
    uint64_t before;
    uint64_t after;
    bool is_exceeded;
} judge_rows[] = {
    {"instructions=0", NULL, 10, 10, false},
    {"exit.status=0", NULL, 0, 0, false},
    {"up=1", NULL, 10, 12, true},
    {"up=2", NULL, 10, 12, false},
    {"up=20%", NULL, 10, 12, false},
    {"up=19.999999999%", NULL, 10, 12, true},
    {"down=0", NULL, 12, 10, false},
    {"zero=1000%", NULL, 0, 1, true},
    {"by_asid.1.walks=5", NULL, 4, 0, false},
    {"by_asid.2.walks=5", NULL, 0, 6, true},
    {"by_asid.2.l1d.misses=5", NULL, 0, 5, false},
    {"list[1]=0", NULL, 2, 3, true},
    {"x.y=0", NULL, 5, 6, true}, /* and a text of that name */
    {"u=0", "--max-increase=u=0: neither old.json nor new.json has this name", 0, 0, false},
    {"upp=0", "--max-increase=upp=0: neither old.json nor new.json has this name", 0, 0, false},
    {"by_asid.3.walks=0",
     "--max-increase=by_asid.3.walks=0: neither old.json nor new.json has this name", 0, 0, false},
    {"text=0", "--max-increase=text=0: old.json has no count of this name", 0, 0, false},
    {"by_asid=0", "--max-increase=by_asid=0: old.json has no count of this name", 0, 0, false},
    {"roi=0", "--max-increase=roi=0: old.json has no count of this name", 0, 0, false},
    {"roi.l1d.misses=0", "--max-increase=roi.l1d.misses=0: new.json has no count of this name", 0,
     0, false},
    {"roi.by_asid.1.walks=0",
     "--max-increase=roi.by_asid.1.walks=0: new.json has no count of this name", 0, 0, false},
    {"added=0", "--max-increase=added=0: old.json has no count of this name", 0, 0, false},
    {"one=0", "--max-increase=one=0: new.json has no count of this name", 0, 0, false},
};

static void compare_for_limits(void)
{
    cr_assert(compare("'up': 10, 'down': 12, 'zero': 0, 'by_asid': {'1': {'walks': 4}},"
                      "'list': [1, 2], 'text': 'x', 'one': 1, 'x.y': '5', 'x': {'y': 5},"
                      "'roi': {'l1d': {'misses': 1}, 'by_asid': {'1': {'walks': 1}}}",
                      "'up': 12, 'down': 10, 'zero': 1,"
                      "'by_asid': {'2': {'walks': 6, 'l1d': {'misses': 5}}},"
                      "'list': [1, 3], 'text': 'x', 'one': '1', 'x.y': '5', 'x': {'y': 6}, 'roi': "
                      "null, 'added': 1"));
}

Test(diff, limits_are_judged_or_refused)
{
    compare_for_limits();
    for (size_t i = 0; i < sizeof judge_rows / sizeof *judge_rows; i++) {
        const char *text_of_limit = judge_rows[i].limit;
        const char *want = judge_rows[i].error == NULL ? "" : judge_rows[i].error;
        struct diff_check check = {.verdict = {.before = 0}};

        cr_assert(limit_parse(text_of_limit, &check.limit));
        error.text[0] = '\0';
        cr_expect(eq(int, diff_judge(&diff, &check, &error), *want == '\0'), "%s", text_of_limit);
        cr_expect(eq(str, error.text, (char *)want), "%s", text_of_limit);
        cr_expect(eq(u64, check.verdict.before, judge_rows[i].before), "%s", text_of_limit);
        cr_expect(eq(u64, check.verdict.after, judge_rows[i].after), "%s", text_of_limit);
        cr_expect(eq(int, limit_is_exceeded(&check.verdict), judge_rows[i].is_exceeded), "%s",
                  text_of_limit);
    }
}

/* Two limits of which the second, if it is small, is exceeded. */
static void judge_two(struct diff_check checks[2], const char *second)
{
    cr_assert(compare("'a': 1000", "'a': 2000"));
    cr_assert(limit_parse("instructions=5%", &checks[0].limit));
    cr_assert(limit_parse(second, &checks[1].limit));
    for (size_t i = 0; i < 2; i++) {
        cr_assert(diff_judge(&diff, &checks[i], &error));
    }
}

static const char *shown_with(const struct diff_check checks[2],
                              void (*show)(FILE *file, const struct diff_check checks[2]))
{
    size_t length;
    FILE *file;

    free(text);
    file = open_memstream(&text, &length);
    show(file, checks);
    (void)fclose(file);
    return text;
}

static void show_text(FILE *file, const struct diff_check checks[2])
{
    diff_text(file, &diff, checks, 2);
}

static void show_json(FILE *file, const struct diff_check checks[2])
{
    cr_expect(diff_json(file, &diff, checks, 2));
}

Test(diff, limits_are_told_at_the_end)
{
    struct diff_check checks[2];

    judge_two(checks, "a=99.9%");
    cr_expect(eq(str, (char *)shown_with(checks, show_text),
                 "name    old    new  difference   percent\n"
                 "a     1,000  2,000      +1,000  +100.00%\n"
                 "\n"
                 "LIMIT EXCEEDED: a=99.9%: from 1,000 to 2,000, at most 1,999 allowed\n"));
    judge_two(checks, "a=100%");
    cr_expect(eq(str, (char *)shown_with(checks, show_text),
                 "name    old    new  difference   percent\n"
                 "a     1,000  2,000      +1,000  +100.00%\n"
                 "\n"
                 "All limits are kept.\n"));
}

Test(diff, json_says_the_same)
{
    struct diff_check checks[2];
    json_t *want;
    json_t *got;

    judge_two(checks, "a=99.9%");
    add_to(DIFF_NEW, "'tlb': {'asid_bits': 15, 'l2': null}, 'b': 'x', 'a': 10,"
                     "'exit': {'reason': 'limit', 'status': 0}");
    diff_finish(&diff);
    cr_assert(diff_compare(&diff, document, &error));
    want = document_of(
        "{'schema': 1,"
        "'tlb': [{'name': 'tlb.asid_bits', 'old': 16, 'new': 15}],"
        "'exit': [{'name': 'exit.reason', 'old': 'guest', 'new': 'limit'}],"
        "'other': [{'name': 'b', 'old': null, 'new': 'x'}],"
        "'counts': [{'name': 'a', 'old': 1000, 'new': 10, 'difference': -990}],"
        "'limits': ["
        "{'limit': 'instructions=5%', 'old': 10, 'new': 10, 'most': 10, 'exceeded': false},"
        "{'limit': 'a=99.9%', 'old': 1000, 'new': 2000, 'most': 1999, 'exceeded': true}]}");
    got = json_loads(shown_with(checks, show_json), 0, NULL);
    cr_expect(json_equal(got, want), "%s", text);
    cr_expect(text[strlen(text) - 1] == '\n');
    json_decref(want);
    json_decref(got);
}
