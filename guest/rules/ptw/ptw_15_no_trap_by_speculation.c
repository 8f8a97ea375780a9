/*
 * PTW-15: an exception comes only from an instruction that is executed, never from what a hart
 * fetches, walks or loads ahead of it.
 *
 * Priv. [norm:sfence_vma_implicit_access]. Priv. [sv32algorithm]: speculative executions must not
 * trigger an exception. That they read no table out of reach is not visible to a program.
 *
 * The last instruction and the last data of a page, when the next page would fault in some way.
 */
#include "guest/rules/runtime/rule.h"

#define LAST_WORD                                                                                  \
    (RULE_PAGE_BASE + 0x1ff8) /* a mark: its code ends two bytes before the page does */

static void next_page_is_missing(uint64_t va, volatile uint64_t *leaf)
{
    (void)leaf;
    rule_map(page_down(va) + PAGE_SIZE, RULE_MISSING, LEAF_RWX, 0);
}

static void next_page_is_reserved(uint64_t va, volatile uint64_t *leaf)
{
    (void)leaf;
    rule_map(page_down(va) + PAGE_SIZE, rule_page(2), LEAF_RWX | PTE_RESERVED, 0);
}

static const struct rule_case cases[] = {
    {"next page not mapped", 0, LEAF_RWX, .pa = LAST_WORD, .ops = RULE_ANY,
     .modes = RULE_S | RULE_U},
    {"next page not memory", 0, LEAF_RWX, .pa = LAST_WORD, .prepare = next_page_is_missing,
     .ops = RULE_ANY, .modes = RULE_S | RULE_U},
    {"next page not valid", 0, LEAF_RWX, .pa = LAST_WORD, .prepare = next_page_is_reserved,
     .ops = RULE_ANY, .modes = RULE_S | RULE_U},
};

/* A branch that is taken over a load, and a load that is jumped over: neither load happens. */
RULE_CODE static void loads_that_are_not_reached(void)
{
    __asm__ volatile("    beqz   zero, 1f\n"
                     "    ld     a0, (a1)\n"
                     "1:  j      2f\n"
                     "    sd     a0, (a1)\n"
                     "2:  li     a0, 1\n" RULE_END);
}

static void code_that_is_not_reached(void)
{
    uint64_t va = rule_va(0, rule_page(1)); /* not mapped */

    for (enum rule_mode mode = RULE_U; mode <= RULE_S; mode = (enum rule_mode)(mode << 1)) {
        struct rule_outcome outcome = rule_run(&(struct rule_run){
            .code = loads_that_are_not_reached, .mode = mode, .a = {RULE_UNTOUCHED, va}});

        rule_expect(!outcome.trapped && outcome.value == 1,
                    rule_text("loads behind a branch, %s", rule_mode_name(mode)), "value 0x1",
                    rule_outcome_text(&outcome));
    }
}

const struct rule rule = {RULE_TABLE("PTW-15", "M", cases), .program = code_that_is_not_reached};
