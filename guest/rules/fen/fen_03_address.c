/*
 * FEN-03: SFENCE.VMA va, x0 makes earlier changes of the leaf for that address seen, in all address
 * spaces and whether it is global or not.
 *
 * Priv. [norm:sfence_vma_va_all_asid].
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"leaf", FENCE_VA, RULE_EACH_LEVEL},
    {"leaf, upper half", FENCE_VA, RULE_EACH_LEVEL, .is_high = true},
    {"leaf, fenced by S", FENCE_VA, .by = RULE_S},
    {"last byte of the page", FENCE_VA, 0, .is_far = true},
    {"global leaf", FENCE_VA, RULE_EACH_LEVEL, .leaf = PTE_G},
    {"leaf below a global pointer", FENCE_VA, 0, .pointer = PTE_G},
    {"leaf of another ASID", FENCE_VA, RULE_EACH_LEVEL, .asid = 1},
    {"leaf of ASID 0 from ASID 1", FENCE_VA, 0, .current = 1},
    {"global leaf of another ASID", FENCE_VA, 0, .leaf = PTE_G, .asid = 1},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-03", "M", run);
