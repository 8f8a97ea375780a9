/*
 * TRP-01: xtval holds the faulting virtual address, of a page fault and, while paging is on, also
 * of an access fault. Which of the two it is, is another rule's matter. Not to tell, by zero, is
 * legal for mtval, and for stval without Sstvala.
 *
 * Priv. [norm:stval_op_faulting_addr]. Priv. [norm:mtval_vaddr_not_paddr].
 * Priv. [norm:sstvala_stval_faulting_vaddr].
 */
#include "guest/rules/trp/provoke.h"

/* What is at the address, in pages that follow one another; for the last two, in tables of their
 * own. */
enum place { UNMAPPED, MISSING_MEMORY, MISSING_TABLE, UPPER_HALF, PLACES };

static const char *const place_names[PLACES] = {
    [UNMAPPED] = "page not mapped",
    [MISSING_MEMORY] = "missing memory",
    [MISSING_TABLE] = "missing page table",
    [UPPER_HALF] = "page not mapped in the upper half",
};

static const enum rule_op ops[] = {RULE_FETCH, RULE_LOAD, RULE_STORE, RULE_LR};

/* An address there, not at the start of its page. */
static uint64_t address(enum place place)
{
    uint64_t va = rule_va(0, 0) + 0xab8;
    uint64_t upper_half = ~UINT64_C(0) << (PAGE_SHIFT + SV39_VPN_BITS * rule_paging->levels - 1);

    switch (place) {
    case UNMAPPED: return va;
    case MISSING_MEMORY: return va + PAGE_SIZE;
    case MISSING_TABLE: return va + rule_size(1);
    case UPPER_HALF: return va | upper_half;
    case PLACES: break;
    }
    return 0;
}

static void prepare(void)
{
    rule_map(address(MISSING_MEMORY), RULE_MISSING, LEAF_RWX, 0);
    *rule_pte(address(MISSING_TABLE), 1) = pte_make(RULE_MISSING, PTE_V);
    rule_fence();
}

static void try_all(enum place place, const char *csr)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        struct rule_outcome outcome = rule_try(ops[i], RULE_S, address(place));
        bool is_access_fault = outcome.cause == rule_access_fault(ops[i]);
        uint64_t cause = is_access_fault ? outcome.cause : rule_page_fault(ops[i]);

        expect_tval(rule_text("%s, %s of %s", csr, rule_op_name(ops[i]), place_names[place]),
                    &outcome, cause, address(place));
    }
}

static void tval_is_virtual(void)
{
    prepare();
    for (enum place place = UNMAPPED; place < PLACES; place++) {
        csr_write(CSR_MEDELEG, 0);
        try_all(place, "mtval");
        csr_write(CSR_MEDELEG, 0xb0a2); /* all page faults and access faults */
        try_all(place, "stval");
    }
}

RULE_PROGRAM("TRP-01", "M", tval_is_virtual);
