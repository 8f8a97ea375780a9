#include "mmu/presets.h"

#include <string.h>

/* Rocket's L1, and that of BOOM, which is built from it: entries of four pages, and four for
 * superpages. */
#define ROCKET_L1(entries) entries ":pages=4:4K:pieces:plru+4:super:plru"

/* BOOM's, as configured for its third version; the fourth has no PTE cache: pwc=none. */
#define BOOM(l1d_entries)                                                                          \
    "l1i=" ROCKET_L1("8") ",l1d=" ROCKET_L1(                                                       \
        l1d_entries) ",l2=512x1:4K,pwc=8:plru:pte,asid=0,ad=svade"

#define BOOM_SOURCE "riscv-boom b6d9856 config-mixins; PTE cache as in BOOM v3 (v4: pwc=none)"

/* 32 sets of 4K pages and 32 of 2M, into which 1G pages are cut. */
#define SPINAL_L1(ways_4k, ways_2m)                                                                \
    "32x" ways_4k ":4K:pieces:round-robin+32x" ways_2m ":2M:pieces:round-robin"

static const struct mmu_preset presets[] = {
    {
        .name = "default",
        .spec = "l1i=32,l1d=32,l2=256x4:lru,asid=16",
        .source = "pagewalk's own: a mid-size application core, no particular one",
    },
    {
        .name = "unforgiving",
        .spec = "l1i=65536,l1d=65536,l2=none,pwc=65536:va,asid=16,invalid=leaf+non-leaf",
        .source = "pagewalk's own: keeps everything that the manual allows a TLB to keep",
    },
    {
        .name = "rocket",
        .spec =
            "l1i=" ROCKET_L1("8") ",l1d=" ROCKET_L1("8") ",l2=none,pwc=8:plru:pte,asid=0,ad=svade",
        .source = "rocket-chip c1dda58: HellaCache, ICache, TLB, PTW",
    },
    {.name = "boom-mega", .spec = BOOM("8"), .source = BOOM_SOURCE},
    {.name = "boom-large", .spec = BOOM("4"), .source = BOOM_SOURCE},
    {.name = "boom-small", .spec = BOOM("2"), .source = BOOM_SOURCE},
    {
        .name = "u54",
        .spec = "l1i=32:lru?,l1d=32:lru?,l2=none,asid=16?,ad=svade",
        .source = "the vendor's page on the U54's MMU; no L2 documented",
    },
    {
        .name = "cva6",
        .spec = "l1i=16:plru,l1d=16:plru,l2=none,asid=16,ad=svade",
        .source = "cva6 6cb2001, sv39 configuration",
    },
    {
        .name = "cva6-shared",
        .spec = "l1i=16:plru,l1d=16:plru,l2=64x2:random,asid=16,ad=svade",
        .source = "cva6 6cb2001, sv39 configuration with cva6_shared_tlb",
    },
    {
        .name = "c906",
        .spec = "l1i=10:plru,l1d=10:plru,l2=64x2:fifo,asid=16,ad=svade",
        .source = "openc906 b0c06eb",
    },
    {
        .name = "c910",
        .spec = "l1i=32:plru,l1d=16:4K:2M:pieces:plru+1:1G:512G:256T,l2=256x4:fifo,asid=16,"
                "ad=svade",
        .source = "openc910 b91c909",
    },
    {
        .name = "vexii",
        .spec = "l1i=" SPINAL_L1("2", "1") ",l1d=" SPINAL_L1("3", "1") ",l2=none,asid=16?,ad=svade",
        .source = "VexiiRiscv 3cff1cc",
    },
    {
        .name = "nax",
        .spec = "l1i=" SPINAL_L1("4", "2") ",l1d=" SPINAL_L1("4", "2") ",l2=none,asid=0,ad=svade",
        .source = "NaxRiscv 89069d6",
    },
    {
        .name = "wally",
        .spec = "l1i=32:bit-plru,l1d=32:bit-plru,l2=none,asid=16?,ad=hw",
        .source = "cvw 28c6cce",
    },
    {
        .name = "a53",
        .spec = "l1i=10:lru?,l1d=10:lru?,l2=128x4:lru?,pwc=16x4:lru?:va?,asid=16?",
        .source = "Arm Cortex-A53 TRM, ddi0500e",
    },
    {
        .name = "gem5",
        .spec = "l1i=64:lru,l1d=64:lru,l2=none,asid=16?",
        .source = "gem5 RiscvTLB.py, for cross-checks",
    },
};

enum { PRESET_COUNT = sizeof presets / sizeof *presets };

const struct mmu_preset *mmu_presets(size_t *count)
{
    *count = PRESET_COUNT;
    return presets;
}

const struct mmu_preset *mmu_preset_find(const char *name, size_t length)
{
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        if (strlen(presets[i].name) == length && memcmp(presets[i].name, name, length) == 0) {
            return &presets[i];
        }
    }
    return NULL;
}
