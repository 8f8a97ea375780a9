/*
 * rules.h - the rules of the manual that an Sv39 MMU must keep, as pagewalk check lists them.
 *
 * Each has an id that does not change, a kind, and a few words. A rule that a program on one hart
 * can see broken is tested by the program of the suite that has its id; the others say why there is
 * none, and which test of the project stands in for it.
 *
 * Spec: Priv. [satp], [sv39], [sv32algorithm], [sfence.vma], [mcsr], [pmp]; docs/rules.md.
 */
#ifndef EMU_CHECK_RULES_H
#define EMU_CHECK_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* Lengths that hold for every row. */
enum { RULE_ID_LENGTH = 7, RULE_WORDS_LENGTH = 72 };

struct rule {
    const char *id; /* such as PTW-10 */
    /* M: mandatory. E: mandatory where an extension or mode is there. L: a choice among answers
     * that are all legal. U: unspecified. Two of them with a slash: for parts of the rule. */
    const char *kind;
    const char *words;
    const char *untested; /* why no program of the suite tests it; NULL if one does */
};

/* All rules in the order of the manual's subjects. */
const struct rule *rules_all(size_t *count);

/* The subject that the rule belongs to, such as "walk"; NULL for an id of no subject. */
const char *rule_section(const struct rule *rule);

/* True if kind, as a program of the suite gives it, is the rule's or one part of it. */
bool rule_has_kind(const struct rule *rule, const char *kind);

#endif
