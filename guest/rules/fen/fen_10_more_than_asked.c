/*
 * FEN-10: what a fence does not name may be used as it was or as it is: more may be fenced than was
 * asked. These rows tell how exact the fences are.
 *
 * Priv. [sfence.vma], note: it is always legal to over-fence.
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"next page", FENCE_VA, 0, .fence_flip = 1 << 12, .is_either = true},
    {"page far away", FENCE_VA, 0, .fence_flip = 1 << 30, .is_either = true},
    {"next megapage", FENCE_VA, 1, .fence_flip = 1 << 21, .is_either = true},
    {"next page, ASID", FENCE_VA_ASID, 0, .fence_flip = 1 << 12, .is_either = true},
    {"other ASID", FENCE_ASID, 0, .asid = 1, .current = 1, .is_either = true},
    {"other ASID, this address", FENCE_VA_ASID, 0, .asid = 1, .current = 1, .is_either = true},
    {"global, its ASID", FENCE_ASID, 0, .leaf = PTE_G, .is_either = true},
    {"global, its ASID and address", FENCE_VA_ASID, 0, .leaf = PTE_G, .is_either = true},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-10", "L", run);
