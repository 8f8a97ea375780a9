/*
 * FEN-09: a fence with an address is for leaves. Of a pointer that was changed, the old or the new
 * may be used until a fence with rs1 = x0.
 *
 * Priv. [norm:sfence_vma_va_all_asid], [norm:sfence_vma_va_asid]: leaf page table entries.
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"pointer", FENCE_VA, 0, .above = RULE_EACH_LEVEL, .is_either = true},
    {"pointer above a megapage", FENCE_VA, 1, .above = 1, .is_either = true},
    {"pointer, ASID", FENCE_VA_ASID, 0, .above = 1, .is_either = true},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-09", "L", run);
