/*
 * FEN-02: SFENCE.VMA x0, asid makes earlier changes at every level of that address space seen,
 * whichever satp names, but need not for global mappings and other address spaces.
 *
 * Priv. [norm:sfence_vma_asid_only].
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"leaf", FENCE_ASID, RULE_EACH_LEVEL},
    {"leaf, upper half", FENCE_ASID, .is_high = true},
    {"leaf, fenced by S", FENCE_ASID, .by = RULE_S},
    {"pointer", FENCE_ASID, 0, .above = RULE_EACH_LEVEL},
    {"pointer above a megapage", FENCE_ASID, 1, .above = 1},
    {"leaf of ASID 1", FENCE_ASID, RULE_EACH_LEVEL, .asid = 1, .current = 1, .fence_asid = 1},
    {"leaf of ASID 1 from ASID 0", FENCE_ASID, 0, .asid = 1, .fence_asid = 1},
    {"leaf of ASID 0 from ASID 1", FENCE_ASID, 0, .current = 1},
    {"pointer of ASID 1 from ASID 0", FENCE_ASID, 0, .above = RULE_EACH_LEVEL, .asid = 1,
     .fence_asid = 1},
    {"global leaf", FENCE_ASID, 0, .leaf = PTE_G, .is_either = true},
    {"leaf below a global pointer", FENCE_ASID, 0, .pointer = PTE_G, .is_either = true},
    {"leaf of another ASID", FENCE_ASID, 0, .asid = 1, .current = 1, .is_either = true},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-02", "M", run);
