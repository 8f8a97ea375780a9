/*
 * format.h - a form in which the results of the rule suite are written: TAP as they come, JUnit's
 * XML when all are there.
 */
#ifndef EMU_CHECK_FORMAT_H
#define EMU_CHECK_FORMAT_H

#include <stddef.h>
#include <stdio.h>

#include "emu/check/suite.h"

/* Functions may be NULL where there is nothing to write. */
struct check_format {
    void (*begin)(FILE *file, size_t rule_count);
    /* number counts from 1. */
    void (*tell)(FILE *file, size_t number, const struct rule_result *result);
    /* The suite is over, or was ended by a signal. */
    void (*end)(FILE *file, const struct suite *suite);
};

/* Version 13 of the Test Anything Protocol. */
extern const struct check_format format_tap;

/* The XML that JUnit made common. */
extern const struct check_format format_junit;

#endif
