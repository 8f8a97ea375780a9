/*
 * FEN-08: of rs2 only the ASID bits that satp has count: the rest is ignored.
 *
 * Priv. [norm:sfence_vma_rs2_bits]: bits above ASIDMAX, and ASIDMAX-1:ASIDLEN.
 */
#include "guest/rules/fen/stale.h"

#define ABOVE_ASIDMAX UINT64_C(0xffffffffffff0000)

static const struct stale_row rows[] = {
    {"bits above ASIDMAX", FENCE_ASID, 0, .fence_asid = ABOVE_ASIDMAX},
    {"bits above ASIDMAX", FENCE_VA_ASID, 0, .fence_asid = ABOVE_ASIDMAX},
    {"bit 16", FENCE_ASID, 0, .fence_asid = 1 << 16},
    {"bit 63", FENCE_VA_ASID, 0, .fence_asid = UINT64_C(1) << 63},
    {"ASID 1 and bits above", FENCE_ASID, 0, .asid = 1, .current = 1,
     .fence_asid = ABOVE_ASIDMAX | 1},
    {"ASID 1 and bits above", FENCE_VA_ASID, 0, .asid = 1, .current = 1,
     .fence_asid = ABOVE_ASIDMAX | 1},
};

static void run(void)
{
    uint64_t missing = ~asid_mask() & STALE_ASIDS;
    struct stale_row row = {"bits from ASIDLEN on", FENCE_ASID, 0, .fence_asid = missing};

    STALE_RUN(rows, sfence_vma);
    if (missing == 0) {
        rule_skip(row.name, "satp has 16 ASID bits");
        return;
    }
    stale_run_row(&row, sfence_vma);
    row.form = FENCE_VA_ASID;
    stale_run_row(&row, sfence_vma);
}

RULE_PROGRAM("FEN-08", "M", run);
