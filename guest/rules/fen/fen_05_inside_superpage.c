/*
 * FEN-05: any address inside a superpage fences all of it, however far from the addresses that were
 * used, and in however many pieces it is cached.
 *
 * Priv. [norm:sfence_vma_va_all_asid], [norm:sfence_vma_va_asid]: entries that contain the leaf PTE
 * corresponding to the address.
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"next 4 KiB", FENCE_VA, 1, .fence_flip = 1 << 12},
    {"other half", FENCE_VA, 1, .fence_flip = 1 << 20},
    {"other end", FENCE_VA, RULE_EACH_LEVEL, .is_far = true},
    {"next 4 KiB", FENCE_VA, 2, .fence_flip = 1 << 12},
    {"next 2 MiB", FENCE_VA, 2, .fence_flip = 1 << 21},
    {"other half", FENCE_VA, 2, .fence_flip = 1 << 29},
    {"other half", FENCE_VA, 3, .fence_flip = UINT64_C(1) << 38},
    {"other half", FENCE_VA, 4, .fence_flip = UINT64_C(1) << 47},
    {"other end, upper half", FENCE_VA, 1, .is_high = true, .is_far = true},
    {"other end, global", FENCE_VA, 1, .leaf = PTE_G, .is_far = true},
    {"next 4 KiB, ASID", FENCE_VA_ASID, 1, .fence_flip = 1 << 12},
    {"other half, ASID", FENCE_VA_ASID, 2, .fence_flip = 1 << 29},
    {"other end, ASID", FENCE_VA_ASID, RULE_EACH_LEVEL, .is_far = true},
    {"other end, ASID 1", FENCE_VA_ASID, 1, .is_far = true, .asid = 1, .current = 1,
     .fence_asid = 1},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-05", "M", run);
