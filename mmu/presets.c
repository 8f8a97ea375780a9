#include "mmu/presets.h"

#include <string.h>

static const struct mmu_preset presets[] = {
    {
        .name = "default",
        .spec = "l1i=32,l1d=32,l2=256x4:lru,asid=16",
        .source = "pagewalk's own: a mid-size application core, no particular one",
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
