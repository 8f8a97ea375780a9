/*
 * rule_results.h - results of the rule suite of every kind, for tests of the forms they are written
 * in.
 */
#ifndef TESTS_SUPPORT_RULE_RESULTS_H
#define TESTS_SUPPORT_RULE_RESULTS_H

#include "emu/check/format.h"
#include "emu/check/suite.h"

/* The results, in this order. */
enum {
    RESULT_PASS,   /* one case that passed, one choice, one skipped */
    RESULT_SKIP,   /* skipped by the program */
    RESULT_BROKEN, /* two of three cases failed, with characters that need care */
    RESULT_HUNG,   /* killed after some lines of output and one of errors */
    RESULTS
};

/* A suite that has told all of them, in half a second. Needs suite_finish. */
void rule_results_make(struct suite *suite);

/* What the form writes for the suite; to be freed. */
char *rule_results_write(const struct check_format *format, const struct suite *suite);

#endif
