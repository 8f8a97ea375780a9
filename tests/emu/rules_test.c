#include "emu/check/rules.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

enum { SUBJECTS = 12, RULES = 126, CACHE_BLOCK_RULES = 3 };

/* The manual's subjects: which ids belong to each, and how many there are of them in a row. */
static const struct {
    const char *section;
    struct {
        const char *prefix;
        unsigned count;
    } ids[5];
    unsigned count;
} subjects[SUBJECTS] = {
    {"satp", {{"SATP", 10}}, 10},
    {"virtual address", {{"VA", 5}}, 5},
    {"walk", {{"PTW", 16}}, 16},
    {"page-table entries", {{"PTE", 9}}, 9},
    {"permissions", {{"PRM", 14}}, 14},
    {"MPRV", {{"MPR", 5}}, 5},
    {"accessed and dirty", {{"AD", 15}}, 15},
    {"fences", {{"FEN", 20}}, 20},
    {"traps", {{"TRP", 15}}, 15},
    {"priority and returns", {{"PRI", 4}, {"RET", 4}, {"VIR", 2}}, 10},
    {"PMP and extensions", {{"PMP", 2}, {"NAP", 2}, {"PBM", 1}, {"INV", 1}, {"RSW", 1}}, 7},
    {"cache blocks", {{"CBO", CACHE_BLOCK_RULES}}, CACHE_BLOCK_RULES},
};

static const struct rule *find(const char *id)
{
    size_t count;
    const struct rule *rules = rules_all(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(rules[i].id, id) == 0) {
            return &rules[i];
        }
    }
    cr_fatal("there is no rule %s", id);
    return NULL;
}

Test(rules, are_exactly_those_of_the_manual_in_its_order)
{
    size_t count;
    const struct rule *rule = rules_all(&count);
    const struct rule *end = rule + count;

    cr_assert(eq(sz, count, RULES + CACHE_BLOCK_RULES));
    for (size_t i = 0; i < SUBJECTS; i++) {
        const struct rule *first = rule;

        for (size_t j = 0; j < 5 && subjects[i].ids[j].prefix != NULL; j++) {
            for (unsigned number = 1; number <= subjects[i].ids[j].count; number++, rule++) {
                char id[RULE_ID_LENGTH + 1];

                snprintf(id, sizeof id, "%s-%02u", subjects[i].ids[j].prefix, number);
                cr_assert(rule < end, "%s", id);
                cr_expect(eq(str, (char *)rule->id, id));
                cr_expect(eq(str, (char *)rule_section(rule), (char *)subjects[i].section));
            }
        }
        cr_expect(eq(sz, (size_t)(rule - first), subjects[i].count), "%s", subjects[i].section);
    }
    cr_expect(rule == end);
}

Test(rules, have_a_kind_and_words_that_a_report_can_hold)
{
    static const char *const kinds[] = {"M", "E", "L", "U", "M/E", "M/L", "E/L"};
    size_t count;
    const struct rule *rules = rules_all(&count);

    for (size_t i = 0; i < count; i++) {
        unsigned known = 0;

        for (size_t j = 0; j < sizeof kinds / sizeof *kinds; j++) {
            known += strcmp(rules[i].kind, kinds[j]) == 0;
        }
        cr_expect(eq(uint, known, 1), "%s", rules[i].id);
        cr_expect(le(sz, strlen(rules[i].id), RULE_ID_LENGTH), "%s", rules[i].id);
        cr_expect(le(sz, strlen(rules[i].words), RULE_WORDS_LENGTH), "%s", rules[i].id);
        cr_expect(gt(sz, strlen(rules[i].words), 8), "%s", rules[i].id);
        cr_expect(strpbrk(rules[i].words, "#\n\\<&\"") == NULL, "%s", rules[i].id);
        for (size_t j = 0; j < i; j++) {
            cr_expect(strcmp(rules[i].words, rules[j].words) != 0, "%s and %s", rules[i].id,
                      rules[j].id);
        }
    }
}

/* The list of the manual's checklist; what stands in is a matter of tests/cli. */
Test(rules, that_one_hart_cannot_see_say_why_they_are_not_tested)
{
    static const char *const untested[] = {"SATP-04", "PTE-09", "AD-03",  "AD-06",
                                           "AD-14",   "FEN-16", "FEN-17", "FEN-20"};
    size_t count;
    const struct rule *rules = rules_all(&count);
    size_t with_reason = 0;

    for (size_t i = 0; i < count; i++) {
        with_reason += rules[i].untested != NULL;
        cr_expect(rules[i].untested == NULL || *rules[i].untested != '\0', "%s", rules[i].id);
    }
    cr_expect(eq(sz, with_reason, sizeof untested / sizeof *untested));
    for (size_t i = 0; i < sizeof untested / sizeof *untested; i++) {
        cr_expect(find(untested[i])->untested != NULL, "%s", untested[i]);
    }
}

Test(rules, that_are_unspecified_are_never_tested)
{
    size_t count;
    const struct rule *rules = rules_all(&count);

    for (size_t i = 0; i < count; i++) {
        cr_expect(strchr(rules[i].kind, 'U') == NULL || rules[i].untested != NULL, "%s",
                  rules[i].id);
    }
}

Test(rules, have_the_kind_itself_and_each_part_of_it)
{
    static const struct {
        const char *id;
        const char *kind;
        bool has;
    } rows[] = {
        {"PTW-10", "M", true},  {"PTW-10", "L", false},   {"PTW-10", "", false},
        {"FEN-02", "M", true},  {"FEN-02", "L", true},    {"FEN-02", "M/L", true},
        {"FEN-02", "/", false}, {"FEN-02", "L/M", false}, {"FEN-02", "E", false},
        {"AD-01", "E", true},   {"AD-01", "EE", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(eq(int, rule_has_kind(find(rows[i].id), rows[i].kind), rows[i].has), "%s %s",
                  rows[i].id, rows[i].kind);
    }
}
