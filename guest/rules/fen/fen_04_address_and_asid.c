/*
 * FEN-04: SFENCE.VMA va, asid makes earlier changes of the leaf for that address in that address
 * space seen, but need not if the mapping is global, or is another space's.
 *
 * Priv. [norm:sfence_vma_va_asid].
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"leaf", FENCE_VA_ASID, RULE_EACH_LEVEL},
    {"leaf, upper half", FENCE_VA_ASID, RULE_EACH_LEVEL, .is_high = true},
    {"leaf, fenced by S", FENCE_VA_ASID, .by = RULE_S},
    {"last byte of the page", FENCE_VA_ASID, 0, .is_far = true},
    {"leaf of ASID 1", FENCE_VA_ASID, RULE_EACH_LEVEL, .asid = 1, .current = 1, .fence_asid = 1},
    {"leaf of ASID 1 from ASID 0", FENCE_VA_ASID, 0, .asid = 1, .fence_asid = 1},
    {"leaf of ASID 0 from ASID 1", FENCE_VA_ASID, 0, .current = 1},
    {"global leaf", FENCE_VA_ASID, 0, .leaf = PTE_G, .is_either = true},
    {"leaf below a global pointer", FENCE_VA_ASID, 0, .pointer = PTE_G, .is_either = true},
    {"leaf of another ASID", FENCE_VA_ASID, 0, .asid = 1, .current = 1, .is_either = true},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-04", "M", run);
