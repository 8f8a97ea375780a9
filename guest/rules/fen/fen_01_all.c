/*
 * FEN-01: SFENCE.VMA x0, x0 makes every earlier change of a page table seen, at every level, for
 * all address spaces and addresses, and of global mappings, too.
 *
 * Priv. [norm:sfence_vma_all_asid_va].
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"leaf", FENCE_ALL, RULE_EACH_LEVEL},
    {"leaf, upper half", FENCE_ALL, .is_high = true},
    {"leaf, fenced by S", FENCE_ALL, .by = RULE_S},
    {"pointer", FENCE_ALL, 0, .above = RULE_EACH_LEVEL},
    {"pointer above a megapage", FENCE_ALL, 1, .above = 1},
    {"global leaf", FENCE_ALL, RULE_EACH_LEVEL, .leaf = PTE_G},
    {"leaf below a global pointer", FENCE_ALL, .pointer = PTE_G},
    {"global pointer", FENCE_ALL, .above = 1, .pointer = PTE_G},
    {"leaf of another ASID", FENCE_ALL, 0, .asid = 1},
    {"pointer of another ASID", FENCE_ALL, 0, .above = RULE_EACH_LEVEL, .asid = 1},
    {"global leaf of another ASID", FENCE_ALL, 0, .leaf = PTE_G, .asid = 1},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-01", "M", run);
