/*
 * class_breach.c - pagewalk that had no memory left to classify every miss.
 *
 * Linked with emu/cli/main.c and --wrap=mmu_count, so that everything else is as it is installed.
 * What it says about it is what cli/class_test.py looks at.
 */
#include "mmu/mmu.h"

void __real_mmu_count(const struct mmu *mmu, struct mmu_counts *counts);
void __wrap_mmu_count(const struct mmu *mmu, struct mmu_counts *counts);

void __wrap_mmu_count(const struct mmu *mmu, struct mmu_counts *counts)
{
    __real_mmu_count(mmu, counts);
    counts->classes_are_whole = false;
}
