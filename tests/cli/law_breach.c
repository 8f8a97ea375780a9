/*
 * law_breach.c - pagewalk with a mistake in it: one walk too many is counted.
 *
 * Linked with emu/cli/main.c and --wrap=mmu_count, so that everything else is as it is installed.
 * What it does about its mistake is what cli/law_test.py looks at.
 */
#include "mmu/mmu.h"

void __real_mmu_count(const struct mmu *mmu, struct mmu_counts *counts);
void __wrap_mmu_count(const struct mmu *mmu, struct mmu_counts *counts);

void __wrap_mmu_count(const struct mmu *mmu, struct mmu_counts *counts)
{
    __real_mmu_count(mmu, counts);
    counts->total.walk.count++;
}
