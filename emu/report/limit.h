/*
 * limit.h - by how much a number may grow: NAME=N, or NAME=N% with a fraction if wanted.
 *
 * Decided with integers, exactly. What grows from 0 passes every percentage; what shrinks passes
 * none.
 */
#ifndef EMU_REPORT_LIMIT_H
#define EMU_REPORT_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LIMIT_DECIMALS = 9 }; /* of a percentage, at most */

struct limit {
    const char *text; /* as given */
    size_t name_length;
    bool is_percent;
    uint64_t amount;   /* below 2^63; 25 for 2.5% */
    unsigned decimals; /* 1 for 2.5% */
};

/* What a limit says of two numbers below 2^63. */
struct limit_verdict {
    uint64_t before;
    uint64_t after;
    uint64_t most; /* that after may be; 2^63 - 1 if it may be anything */
};

/* Reads NAME=N or NAME=N%. The text must outlive the limit. The last = counts: a function's name
 * may have one. Returns false if it is neither. */
bool limit_parse(const char *text, struct limit *limit);

struct limit_verdict limit_apply(const struct limit *limit, uint64_t before, uint64_t after);

bool limit_is_exceeded(const struct limit_verdict *verdict);

#endif
