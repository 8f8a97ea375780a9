/*
 * FEN-07: an address that is not valid raises no exception. Such a fence has no effect, but to
 * fence more than that is always allowed.
 *
 * Priv. [norm:sfence_vma_invalid_va] and the note after it.
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"bit 63", FENCE_VA, 0, .fence_flip = UINT64_C(1) << 63, .is_either = true},
    {"bit 63, by S", FENCE_VA, 0, .fence_flip = UINT64_C(1) << 63, .by = RULE_S, .is_either = true},
    {"bit 63, ASID", FENCE_VA_ASID, 0, .fence_flip = UINT64_C(1) << 63, .is_either = true},
    {"bit 63, ASID, by S", FENCE_VA_ASID, 0, .fence_flip = UINT64_C(1) << 63, .by = RULE_S,
     .is_either = true},
    {"bit 57", FENCE_VA, 0, .fence_flip = UINT64_C(1) << 57, .is_either = true},
    {"superpage, bit 63", FENCE_VA, 1, .fence_flip = UINT64_C(1) << 63, .is_either = true},
    {"upper half, bit 63", FENCE_VA, 0, .is_high = true, .fence_flip = UINT64_C(1) << 63,
     .is_either = true},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-07", "M", run);
