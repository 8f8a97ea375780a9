/*
 * allowed_set.h - the answers that one access may get, and the PTEs that it may read.
 */
#ifndef TESTS_SUPPORT_ALLOWED_SET_H
#define TESTS_SUPPORT_ALLOWED_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/sv_model.h"

enum { ALLOWED_ANSWERS = 64 };

/* One answer to an access: its outcome, and the PTE that step 9 stored on the way. */
struct allowed_answer {
    enum sv_outcome outcome;
    uint64_t pa; /* valid if outcome is SV_OK */
    bool stores;
    uint64_t stored_pa; /* valid if it stores */
    uint64_t stored_pte;
};

struct allowed_set {
    unsigned count;
    unsigned fresh; /* the first ones, which memory alone gives */
    struct allowed_answer answer[ALLOWED_ANSWERS];
    unsigned reads;
    uint64_t read_pa[ALLOWED_ANSWERS];
    bool is_everything; /* there are too many to tell */
};

/* Puts an answer, or the address of a PTE, into the set. */
void allowed_set_add(struct allowed_set *set, const struct allowed_answer *answer);
void allowed_set_add_read(struct allowed_set *set, uint64_t pte_pa);

/* The number of an answer in the set; set->count if it is not there. */
unsigned allowed_set_find(const struct allowed_set *set, const struct allowed_answer *answer);

bool allowed_set_has_read(const struct allowed_set *set, uint64_t pte_pa);

#endif
