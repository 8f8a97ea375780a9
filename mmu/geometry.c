#include "mmu/geometry.h"

const char *mmu_policy_name(enum mmu_policy policy)
{
    static const char *const names[MMU_POLICIES] = {
        [MMU_LRU] = "lru",   [MMU_TREE_PLRU] = "plru",          [MMU_BIT_PLRU] = "bit-plru",
        [MMU_FIFO] = "fifo", [MMU_ROUND_ROBIN] = "round-robin", [MMU_RANDOM] = "random",
    };
    return names[policy];
}

const char *mmu_page_size_name(enum mmu_page_size size)
{
    static const char *const names[MMU_PAGE_SIZES + 1] = {
        [MMU_4K] = "4K",     [MMU_64K] = "64K",   [MMU_2M] = "2M",        [MMU_1G] = "1G",
        [MMU_512G] = "512G", [MMU_256T] = "256T", [MMU_NO_SIZE] = "none",
    };
    return names[size];
}

unsigned mmu_array_entries(const struct mmu_array_geometry *array)
{
    unsigned entries = 0;

    for (unsigned i = 0; i < array->bank_count; i++) {
        entries += array->bank[i].sets * array->bank[i].ways * array->bank[i].pages;
    }
    return entries;
}
