/*
 * PTW-13: all 44 bits of a PPN count, also on a machine with a smaller physical address space,
 * where such an address is one without memory: an access fault.
 *
 * Priv. [sv32algorithm], last note: no ignoring of high-order PPN bits.
 *
 * No machine of this kind has memory from 2^40 on, so each bit alone must lead away from the page.
 * Whether a table there is an access fault, as it must be, is PTW-03; here it must be a fault.
 */
#include "guest/rules/runtime/rule.h"

#define PPN_BIT(n) (UINT64_C(1) << (PTE_PPN_SHIFT + (n)))

static const struct rule_case cases[] = {
    {"no bit too much", 0, LEAF_RWX, .ops = RULE_ANY, .want = RULE_NO_TRAP},
    {"leaf bit 43", RULE_EACH_LEVEL, LEAF_RWX | PPN_BIT(43), .ops = RULE_ANY,
     .want = RULE_ACCESS_FAULT},
    {"leaf bit 42", 0, LEAF_RWX | PPN_BIT(42), .want = RULE_ACCESS_FAULT},
    {"leaf bit 40", 0, LEAF_RWX | PPN_BIT(40), .want = RULE_ACCESS_FAULT},
    {"leaf bit 36", 0, LEAF_RWX | PPN_BIT(36), .want = RULE_ACCESS_FAULT},
    {"leaf bit 34", 0, LEAF_RWX | PPN_BIT(34), .want = RULE_ACCESS_FAULT},
    {"leaf bit 32", 0, LEAF_RWX | PPN_BIT(32), .want = RULE_ACCESS_FAULT},
    {"leaf bit 28", 0, LEAF_RWX | PPN_BIT(28), .want = RULE_ACCESS_FAULT},
    {"pointer bit 43", 0, LEAF_RWX, .pointer = PTE_V | PPN_BIT(43),
     .pointer_level = RULE_EACH_LEVEL, .ops = RULE_ANY, .want = RULE_ANY_FAULT},
    {"pointer bit 40", 0, LEAF_RWX, .pointer = PTE_V | PPN_BIT(40), .want = RULE_ANY_FAULT},
    {"pointer bit 32", 0, LEAF_RWX, .pointer = PTE_V | PPN_BIT(32), .want = RULE_ANY_FAULT},
    {"pointer bit 28", 0, LEAF_RWX, .pointer = PTE_V | PPN_BIT(28), .want = RULE_ANY_FAULT},
};

/* satp.PPN need not hold every address, but what it holds counts. */
static void high_bit_of_the_root(void)
{
    static const char name[] = "satp.PPN bit 43, load MPRV=S";
    uint64_t satp = rule_satp_of(0, 0) | UINT64_C(1) << 43;
    uint64_t va = rule_va(0, rule_page(1));

    rule_map(va, rule_page(1), LEAF_R, 0);
    csr_write(CSR_SATP, satp);
    rule_fence();
    if (csr_read(CSR_SATP) != satp) {
        rule_skip(name, "satp.PPN has not this bit");
        return;
    }
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_MPRV_S, va);

    rule_expect(outcome.cause == CAUSE_LOAD_ACCESS_FAULT || outcome.cause == CAUSE_LOAD_PAGE_FAULT,
                name, "cause 5 or 13", rule_outcome_text(&outcome));
}

const struct rule rule = {RULE_TABLE("PTW-13", "M", cases), .program = high_bit_of_the_root};
