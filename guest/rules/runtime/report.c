/*
 * report.c - the lines of cases, and whether one of them failed.
 */
#include "guest/rules/runtime/runtime.h"

#include "guest/rules/runtime/report.h"

static bool some_failed;
static bool some_tried;
static const char *skip_reason;

static void print_name(const char *name)
{
    console_write("case ");
    console_write(name);
    if (rule_paging != NULL) {
        console_write(" [");
        console_write(rule_paging->name);
        console_write("]");
    }
}

static void print_case(const char *name, const char *expected, const char *seen,
                       const char *verdict)
{
    print_name(name);
    console_write(expected);
    console_write(", seen ");
    console_write(seen);
    console_write(": ");
    console_write(verdict);
    console_write("\n");
}

void rule_expect(bool ok, const char *name, const char *expected, const char *seen)
{
    some_tried = true;
    some_failed = some_failed || !ok;
    print_case(name, rule_text(": expected %s", expected), seen, ok ? "ok" : "FAIL");
}

void rule_choice(bool allowed, const char *name, const char *allowed_set, const char *seen)
{
    some_tried = true;
    some_failed = some_failed || !allowed;
    print_case(name, rule_text(": allowed %s", allowed_set), seen, allowed ? "choice" : "FAIL");
}

void rule_skip(const char *name, const char *reason)
{
    skip_reason = reason;
    print_name(name);
    console_write(": skip ");
    console_write(reason);
    console_write("\n");
}

void report_begin(void)
{
    console_write(rule_text("rule %s %s\n", rule.id, rule.kind));
}

void report_end(const char *reason)
{
    if (some_failed) {
        console_write("end FAIL\n");
    } else if (some_tried) {
        console_write("end ok\n");
    } else {
        reason = reason != NULL ? reason : skip_reason;
        console_write("end skip ");
        console_write(reason != NULL ? reason : "nothing to try");
        console_write("\n");
    }
    console_exit(!some_failed);
}

void rule_unexpected(uint64_t cause, uint64_t epc, uint64_t tval)
{
    some_failed = true;
    print_case("the test itself", ": expected no trap",
               rule_text("cause %lu epc %lx tval %lx", cause, epc, tval), "FAIL");
    report_end(NULL);
}

const char *rule_outcome_text(const struct rule_outcome *outcome)
{
    uint64_t pa = rule_marked_pa(outcome->value);

    if (outcome->trapped) {
        return rule_text("cause %lu tval %lx", outcome->cause, outcome->tval);
    }
    return pa != 0 ? rule_text("pa %lx", pa) : rule_text("value %lx", outcome->value);
}

void rule_expect_trap(const char *name, const struct rule_outcome *outcome, uint64_t cause,
                      uint64_t tval)
{
    rule_expect(outcome->trapped && outcome->cause == cause && outcome->tval == tval, name,
                rule_text("cause %lu tval %lx", cause, tval), rule_outcome_text(outcome));
}

void rule_expect_done(const char *name, const struct rule_outcome *outcome)
{
    rule_expect(!outcome->trapped, name, "no trap",
                outcome->trapped ? rule_outcome_text(outcome) : "no trap");
}

void rule_expect_pa(const char *name, const struct rule_outcome *outcome, uint64_t pa)
{
    bool reached = outcome->value == pa || outcome->value == rule_mark_of(pa);

    rule_expect(!outcome->trapped && reached, name, rule_text("pa %lx", pa),
                outcome->value == pa ? rule_text("pa %lx", pa) : rule_outcome_text(outcome));
}

void rule_expect_value(const char *name, uint64_t expected, uint64_t seen)
{
    rule_expect(expected == seen, name, rule_text("%lx", expected), rule_text("%lx", seen));
}
