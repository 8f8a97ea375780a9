/*
 * cases.h - the table of a rule, row by row.
 */
#ifndef GUEST_RULES_CASES_H
#define GUEST_RULES_CASES_H

#include "guest/rules/runtime/rule.h"

/* Tries a row under rule_paging, with all its ops, modes and levels, and prints a case for each. */
void cases_run(const struct rule_case *row);

#endif
