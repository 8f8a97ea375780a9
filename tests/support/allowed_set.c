#include "tests/support/allowed_set.h"

static bool is_same(const struct allowed_answer *a, const struct allowed_answer *b)
{
    if (a->outcome != b->outcome || a->stores != b->stores) {
        return false;
    }
    if (a->outcome == SV_OK && a->pa != b->pa) {
        return false;
    }
    return !a->stores || (a->stored_pa == b->stored_pa && a->stored_pte == b->stored_pte);
}

unsigned allowed_set_find(const struct allowed_set *set, const struct allowed_answer *answer)
{
    unsigned n = 0;

    while (n < set->count && !is_same(&set->answer[n], answer)) {
        n++;
    }
    return n;
}

void allowed_set_add(struct allowed_set *set, const struct allowed_answer *answer)
{
    if (allowed_set_find(set, answer) < set->count) {
        return;
    }
    if (set->count == ALLOWED_ANSWERS) {
        set->is_everything = true;
        return;
    }
    set->answer[set->count++] = *answer;
}

bool allowed_set_has_read(const struct allowed_set *set, uint64_t pte_pa)
{
    for (unsigned n = 0; n < set->reads; n++) {
        if (set->read_pa[n] == pte_pa) {
            return true;
        }
    }
    return false;
}

void allowed_set_add_read(struct allowed_set *set, uint64_t pte_pa)
{
    if (allowed_set_has_read(set, pte_pa)) {
        return;
    }
    if (set->reads == ALLOWED_ANSWERS) {
        set->is_everything = true;
        return;
    }
    set->read_pa[set->reads++] = pte_pa;
}
