/*
 * presets.h - TLB geometries that have a name, each with its source.
 */
#ifndef MMU_PRESETS_H
#define MMU_PRESETS_H

#include <stddef.h>

struct mmu_preset {
    const char *name;
    const char *spec;   /* what mmu_geometry_parse reads; names every array */
    const char *source; /* where the numbers come from, in one phrase */
};

/* All presets in the order they are listed to people. Lives as long as the program. */
const struct mmu_preset *mmu_presets(size_t *count);

/* The preset with this name, which need not end in a NUL; NULL if there is none. */
const struct mmu_preset *mmu_preset_find(const char *name, size_t length);

#endif
