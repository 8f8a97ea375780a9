#include "tests/support/rule_results.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct rule rules[RESULTS] = {
    {"PTW-01", "M/L", "the first", NULL},
    {"NAP-01", "E", "the second \\ #2", NULL},
    {"PTW-10", "M", "the third", NULL},
    {"FEN-01", "M", "the <fourth>", NULL},
};

static const struct rule *const in_order[RESULTS] = {&rules[0], &rules[1], &rules[2], &rules[3]};

static const char *const outputs[RESULTS] = {
    "rule PTW-01 M\ncase a: expected b, seen b: ok\ncase c: allowed d | e, seen d: choice\n"
    "case f: skip no g\nend ok\n",
    "rule NAP-01 E\nend skip no Svnapot\n",
    "rule PTW-10 M\ncase it's: expected <a> & \"b\", seen c: FAIL\n"
    "case good: expected a, seen a: ok\ncase k: expected x, seen y: FAIL\nend FAIL\n",
    "rule FEN-01 M\n  blanks\n \n...\ncase half: expec",
};

void rule_results_make(struct suite *suite)
{
    *suite = (struct suite){
        .rules = in_order,
        .rule_count = RESULTS,
        .results = calloc(RESULTS, sizeof *suite->results),
        .told = RESULTS,
        .seconds = 0.5,
    };
    cr_assert(suite->results != NULL);
    for (size_t i = 0; i < RESULTS; i++) {
        const struct ending ending = {
            .reason = i == RESULT_HUNG ? ENDED_BY_TIMEOUT : ENDED_ALONE,
            .wait_status = i == RESULT_BROKEN ? 1 << 8 : 0,
            .timeout = 10,
            .seconds = 0.125,
            .output = outputs[i],
            .output_length = strlen(outputs[i]),
            .errors = "what's up\n",
            .errors_length = strlen("what's up\n"),
        };

        cr_assert(result_judge(&suite->results[i], &rules[i], &ending));
        suite->count[suite->results[i].outcome]++;
    }
}

char *rule_results_write(const struct check_format *format, const struct suite *suite)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    cr_assert(file != NULL);
    if (format->begin != NULL) {
        format->begin(file, suite->rule_count);
    }
    for (size_t i = 0; format->tell != NULL && i < suite->told; i++) {
        format->tell(file, i + 1, &suite->results[i]);
    }
    format->end(file, suite);
    cr_assert(fclose(file) == 0);
    return text;
}
