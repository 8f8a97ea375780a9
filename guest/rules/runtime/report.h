/*
 * report.h - the first and the last line of a run. The lines of cases are in rule.h.
 */
#ifndef GUEST_RULES_REPORT_H
#define GUEST_RULES_REPORT_H

/* Prints the line of the rule. */
void report_begin(void);

/* Prints the line of the end and ends the run: failed if a case did, skipped if none was tried, for
 * this reason or else that of the last skipped case. */
__attribute__((noreturn)) void report_end(const char *reason);

#endif
