/*
 * TRP-05: of several faults in the translation of one access, the first encountered is reported. Of
 * an instruction that crosses pages that is the first half's: until it is fetched there is no
 * second half. A misaligned load or store is decomposed into parts in no given order, so either
 * half's fault may be reported, but with the address that belongs to it.
 *
 * Priv. [norm:exc_priority]. Priv. [norm:stval_op_load_store_fault].
 */
#include "guest/rules/trp/crossing.h"
#include "guest/rules/trp/provoke.h"

static const struct {
    const char *name;
    enum half first, second;
    bool first_is_page_fault, second_is_page_fault;
} rows[] = {
    {"page fault, then access fault", HALF_UNMAPPED, HALF_MISSING, true, false},
    {"access fault, then page fault", HALF_MISSING, HALF_UNMAPPED, false, true},
    {"page fault twice", HALF_UNMAPPED, HALF_UNMAPPED, true, true},
    {"access fault twice", HALF_MISSING, HALF_MISSING, false, false},
};

static uint64_t fault(enum rule_op op, bool is_page_fault)
{
    return is_page_fault ? rule_page_fault(op) : rule_access_fault(op);
}

static bool is_fault(const struct rule_outcome *outcome, uint64_t cause, uint64_t va)
{
    bool is_in_half = page_down(outcome->tval) == page_down(va);

    return outcome->cause == cause && (is_in_half || outcome->tval == 0);
}

static void check_data(unsigned i, enum rule_op op)
{
    uint64_t va = crossing_border() - 3;
    uint64_t first = fault(op, rows[i].first_is_page_fault);
    uint64_t second = fault(op, rows[i].second_is_page_fault);
    struct rule_outcome outcome = rule_try(op, RULE_S, va);

    rule_choice(is_fault(&outcome, first, va) || is_fault(&outcome, second, crossing_border()) ||
                    is_misaligned(&outcome),
                rule_text("%s, %s", rule_op_name(op), rows[i].name),
                rule_text("cause %lu tval %lx | cause %lu tval %lx | misaligned", first, va, second,
                          crossing_border()),
                rule_outcome_text(&outcome));
}

static void check_fetch(unsigned i)
{
    uint64_t va = crossing_border() - 2;
    struct rule_outcome outcome = rule_try(RULE_FETCH, RULE_S, va);

    expect_tval(rule_text("fetch, %s", rows[i].name), &outcome,
                fault(RULE_FETCH, rows[i].first_is_page_fault), va);
}

static void first_fault(void)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        crossing_map(rows[i].first, rows[i].second);
        check_data(i, RULE_LOAD);
        check_data(i, RULE_STORE);
        check_fetch(i);
    }
}

RULE_PROGRAM("TRP-05", "M", first_fault);
