/*
 * scheme.h - A and D set by hardware or by software: the rules that are about one of them.
 *
 * With Svadu a machine does both, as menvcfg.ADUE says; without, it does one, and a rule about the
 * other is skipped.
 */
#ifndef GUEST_RULES_SCHEME_H
#define GUEST_RULES_SCHEME_H

#include "guest/rules/runtime/cases.h"

enum scheme { SCHEME_HARDWARE, SCHEME_SVADE, SCHEME_ANY };

/* Turns the scheme on, and fences. False if the machine has it not. A reset forgets it. */
static inline bool scheme_select(enum scheme scheme)
{
    switch (rule_ad()) {
    case RULE_AD_HARDWARE: return scheme != SCHEME_SVADE;
    case RULE_AD_SVADE: return scheme != SCHEME_HARDWARE;
    case RULE_AD_SVADU: return rule_menvcfg(scheme == SCHEME_SVADE ? 0 : MENVCFG_ADUE);
    }
    return false;
}

/* The same for a rule: if it cannot, it prints that the rule is skipped. Tables are empty after. */
static inline bool scheme_start(enum scheme scheme)
{
    rule_reset();

    bool is_there = scheme_select(scheme);

    if (!is_there) {
        rule_skip("scheme", scheme == SCHEME_SVADE ? "A and D are set by hardware"
                                                   : "A and D are set by software");
    }
    return is_there;
}

/* For rows: hardware updates where there is a choice. */
static inline void scheme_prepare(uint64_t va, volatile uint64_t *leaf)
{
    (void)va;
    (void)leaf;
    rule_menvcfg(MENVCFG_ADUE);
}

/* Runs rows under this scheme. Rows with a prepare of their own select the scheme in it. */
static inline void scheme_run(enum scheme scheme, const struct rule_case *rows, size_t count)
{
    if (!scheme_start(scheme)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct rule_case row = rows[i];

        if (row.prepare == NULL && scheme != SCHEME_SVADE) {
            row.prepare = scheme_prepare;
        }
        cases_run(&row);
    }
}

#define SCHEME_RUN(SCHEME, ROWS) scheme_run(SCHEME, ROWS, sizeof(ROWS) / sizeof *(ROWS))

/* What became of a PTE. */
static inline const char *scheme_change(uint64_t before, uint64_t after)
{
    uint64_t change = before ^ after;

    if (change == 0) {
        return "pte same";
    }
    if ((before & change) != 0 || (change & ~(PTE_A | PTE_D)) != 0) {
        return rule_text("pte %lx", after);
    }
    return change == PTE_A ? "pte +A" : change == PTE_D ? "pte +D" : "pte +A+D";
}

/* One case: no trap, the mark of pa, and this PTE in memory. */
static inline void scheme_expect(const char *name, const struct rule_outcome *outcome, uint64_t pte,
                                 uint64_t seen)
{
    rule_expect(
        !outcome->trapped && pte == seen, name, rule_text("no trap, pte %lx", pte),
        rule_text("%s, pte %lx", outcome->trapped ? rule_outcome_text(outcome) : "no trap", seen));
}

#endif
