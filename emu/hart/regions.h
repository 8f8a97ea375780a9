/*
 * regions.h - how loads and stores that miss the L1D are translated without being checked from the
 * start: 2 MiB of addresses at a time, as a view has them. See struct mmu_region.
 *
 * The reference engine has none. Who learns them: emu/engine/direct.c.
 */
#ifndef EMU_HART_REGIONS_H
#define EMU_HART_REGIONS_H

#include <stddef.h>
#include <stdint.h>

#include "emu/hart/l0.h"
#include "mmu/mmu.h"

enum { REGIONS = 256, REGION_SHIFT = 21 };

struct region {
    uint64_t tag;  /* as that of a page in the L0; L0_NO_PAGE: of none */
    bool is_plain; /* PMP permits loads and stores of all RAM */
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
