/*
 * regions.h - how loads and stores that miss the L0 are translated without being checked from the
 * start: 2 MiB of addresses at a time, as a view has them. See struct mmu_region.
 */
#ifndef EMU_ENGINE_REGIONS_H
#define EMU_ENGINE_REGIONS_H

#include <stddef.h>
#include <stdint.h>

#include "emu/hart/l0.h"
#include "mmu/mmu.h"

enum { REGIONS = 256, REGION_SHIFT = 21 };

struct region {
    uint64_t tag; /* as that of a page in the L0; L0_NO_PAGE: of none */
    struct mmu_region mmu;
};

/* What a tag must be for an aligned access of size bytes at va. */
static inline uint64_t region_tag(const struct l0 *l0, uint64_t va, unsigned size)
{
    return (va & (UINT64_MAX << REGION_SHIFT | (size - 1))) | l0->view;
}

/* Where the region of va is, if it is there. */
static inline struct region *region_place(struct region *regions, uint64_t va)
{
    return &regions[(va >> REGION_SHIFT ^ va >> (REGION_SHIFT + 8)) % REGIONS];
}

#endif
