/*
 * SATP-05: the ASID bits that are there are the low ones, from none to all 16; the others read
 * zero.
 *
 * Priv. [norm:asidlen].
 */
#include "guest/rules/runtime/rule.h"

enum { ASID_SHIFT = 44, ASID_BITS = 16, ASID_ONES = 0xffff };

static uint64_t asid_after(uint64_t written)
{
    rule_switch(0, written);
    return csr_read(CSR_SATP) >> ASID_SHIFT & ASID_ONES;
}

static void program(void)
{
    uint64_t there = asid_after(ASID_ONES);
    uint64_t expected = 0;
    uint64_t seen = 0;

    rule_expect((there & (there + 1)) == 0, "all bits set", "low bits, none between missing",
                rule_text("%lx", there));

    for (unsigned bit = 0; bit < ASID_BITS && seen == expected; bit++) {
        uint64_t one = UINT64_C(1) << bit;

        expected = one & there;
        seen = asid_after(one);
    }
    rule_expect_value("each bit alone", expected, seen);
    rule_expect_value("every other bit", 0x5555 & there, asid_after(0x5555));
    rule_expect_value("the other bits", 0xaaaa & there, asid_after(0xaaaa));
    rule_expect_value("no bit", 0, asid_after(0));
}

RULE_PROGRAM("SATP-05", "M", program);
