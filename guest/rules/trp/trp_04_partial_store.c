/*
 * TRP-04: a misaligned store may be done in parts, so that where its second page faults each byte
 * in the first page may be stored or not. Bytes around it never change.
 *
 * Priv. [norm:pmp_misaligned_access_behavior].
 */
#include "guest/rules/trp/crossing.h"

#define OLD UINT64_C(0x1111111111111111)
#define NEW UINT64_C(0x2222222222222222)

enum { BEFORE = 4 }; /* bytes of the store before the border */

static const struct {
    const char *name;
    enum half second;
    uint64_t cause;
} rows[] = {
    {"second page not mapped", HALF_UNMAPPED, CAUSE_STORE_PAGE_FAULT},
    {"second page read-only", HALF_READ_ONLY, CAUSE_STORE_PAGE_FAULT},
    {"second page missing", HALF_MISSING, CAUSE_STORE_ACCESS_FAULT},
};

/* How many of the bytes that the store has in the first page are new; all others are old, or it is
 * more than there are. */
static unsigned new_bytes(uint64_t word)
{
    unsigned count = 0;

    for (unsigned i = 0; i < 8; i++) {
        uint8_t byte = (uint8_t)(word >> (8 * i));

        if (i >= 8 - BEFORE && byte == (uint8_t)NEW) {
            count++;
        } else if (byte != (uint8_t)OLD) {
            return BEFORE + 1;
        }
    }
    return count;
}

static void partial_store(void)
{
    volatile uint64_t *end_of_first = rule_memory(crossing_page(0) + PAGE_SIZE - 8);
    volatile uint64_t *start_of_second = rule_memory(crossing_page(1));

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        *end_of_first = OLD;
        *start_of_second = OLD;
        crossing_map(HALF_THERE, rows[i].second);
        struct rule_outcome outcome = rule_access(&(struct rule_access){
            .op = RULE_STORE, .mode = RULE_S, .va = crossing_border() - BEFORE, .value = NEW});
        unsigned stored = new_bytes(*end_of_first);

        rule_expect(outcome.cause == rows[i].cause || is_misaligned(&outcome),
                    rule_text("trap, %s", rows[i].name),
                    rule_text("cause %lu, or %u", rows[i].cause, CAUSE_STORE_MISALIGNED),
                    rule_outcome_text(&outcome));
        rule_choice(stored <= BEFORE && !(is_misaligned(&outcome) && stored > 0),
                    rule_text("first page, %s", rows[i].name), "0 to 4 bytes stored",
                    stored <= BEFORE ? rule_text("%u stored", stored)
                                     : rule_text("memory %lx", *end_of_first));
        rule_expect_value(rule_text("second page, %s", rows[i].name), OLD, *start_of_second);
    }
    rule_mark(crossing_page(1));
}

RULE_PROGRAM("TRP-04", "L", partial_store);
