/*
 * result.h - what a rule's program showed: judged from how its process ended and what it printed.
 *
 * A run passes only if it ended by itself, said so in its end line, and gave the exit status that
 * belongs to that line: whatever was killed, fell silent or contradicts itself has failed.
 */
#ifndef EMU_CHECK_RESULT_H
#define EMU_CHECK_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "emu/check/protocol.h"
#include "emu/check/rules.h"

/* How a process ended and what it left. */
struct ending {
    enum {
        ENDED_ALONE,
        ENDED_BY_TIMEOUT,
        ENDED_BY_LENGTH
    } reason;             /* the last two: it was killed */
    int wait_status;      /* as of waitpid */
    unsigned timeout;     /* seconds it was given */
    double seconds;       /* it took */
    const char *output;   /* standard output */
    size_t output_length; /* bytes */
    const char *errors;   /* standard error, or its later part */
    size_t errors_length;
};

enum outcome { OUTCOME_PASS, OUTCOME_SKIP, OUTCOME_FAIL };
enum { OUTCOMES = OUTCOME_FAIL + 1 };

/* Why a rule failed. */
enum failure {
    FAILURE_NONE,
    FAILURE_RULE,     /* the program saw the rule broken */
    FAILURE_TIMEOUT,  /* it did not end */
    FAILURE_SIGNAL,   /* a signal ended it */
    FAILURE_SILENCE,  /* it ended without an end line */
    FAILURE_PROTOCOL, /* what it printed contradicts itself */
    FAILURE_STATUS,   /* its exit status contradicts its end line */
};

struct rule_result {
    const struct rule *rule;
    enum outcome outcome;
    enum failure failure;
    char reason[320]; /* of a skip or a failure, in words */
    struct transcript transcript;
    char *output_tail; /* the last lines of the output; "" unless a failure other than the rule's */
    char *errors_tail; /* of standard error, the same */
    double seconds;
};

/* Judges a run. Returns false if there is no memory, with nothing to finish. */
bool result_judge(struct rule_result *result, const struct rule *rule, const struct ending *ending);

/* The result of a rule that no program tests. Nothing needs to be finished. */
void result_skip(struct rule_result *result, const struct rule *rule);

void result_finish(struct rule_result *result);

/* A word for the kind of failure, such as "timeout". */
const char *failure_word(enum failure failure);

#endif
