/*
 * FEN-06: it is the number of the register that makes a fence one for all: another register that
 * holds 0 means address 0, or ASID 0. So these are fenced; anything else need not be.
 *
 * Priv. [norm:sfence_vma_va_all_asid], [norm:sfence_vma_asid_only]: rs1 or rs2 not x0.
 */
#include "guest/rules/fen/stale.h"

static const struct stale_row rows[] = {
    {"address 0", FENCE_VA, 0, .is_zero = true},
    {"address 0", FENCE_VA, 1, .is_zero = true},
    {"address 0, ASID 0", FENCE_VA_ASID, 0, .is_zero = true},
    {"ASID 0", FENCE_ASID, 0},
    {"another address", FENCE_VA, 0, .is_fence_zero = true, .is_either = true},
    {"another address, ASID 0", FENCE_VA_ASID, 0, .is_fence_zero = true, .is_either = true},
    {"another ASID", FENCE_ASID, 0, .asid = 1, .current = 1, .is_either = true},
    {"another ASID, address 0", FENCE_VA_ASID, 0, .is_zero = true, .asid = 1, .current = 1,
     .is_either = true},
};

static void run(void)
{
    STALE_RUN(rows, sfence_vma);
}

RULE_PROGRAM("FEN-06", "M", run);
