#include "emu/machine/counts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Counters are structs of nothing but uint64_t, so that they can be added without naming each. */
static_assert(sizeof(struct hart_counters) % sizeof(uint64_t) == 0, "only uint64_t inside");
static_assert(sizeof(struct mmu_counters) % sizeof(uint64_t) == 0, "only uint64_t inside");
static_assert(sizeof(struct mmu_share_counters) % sizeof(uint64_t) == 0, "only uint64_t inside");

void counts_add_difference(void *sum, const void *now, const void *base, size_t size)
{
    uint64_t *to = sum;
    const uint64_t *from = now;
    const uint64_t *start = base;

    for (size_t i = 0; i < size / sizeof *to; i++) {
        to[i] += from[i] - start[i];
    }
}

/* The sum over all functions. */
static struct profile_share sum_of_functions(const struct profile_counts *functions)
{
    struct profile_share sum = {.count = {0}};

    for (size_t row = 0; row < profile_rows(functions->symbols); row++) {
        for (size_t event = 0; event < PROFILE_EVENTS; event++) {
            sum.count[event] += functions->share[row].count[event];
        }
    }
    return sum;
}

static uint64_t misses(const struct counts *counts, enum mmu_array array)
{
    const uint64_t *count = counts->mmu.total.array[array].misses;

    return count[MMU_FETCH] + count[MMU_LOAD] + count[MMU_STORE];
}

bool counts_laws_hold(const struct counts *counts, struct mmu_law_broken *broken)
{
    if (counts->functions.share == NULL) {
        return true;
    }
    const struct profile_share sum = sum_of_functions(&counts->functions);
    const struct mmu_law_broken law[PROFILE_EVENTS] = {
        [MMU_L1I_MISS] = {"L1I misses, summed over functions = L1I misses", sum.count[MMU_L1I_MISS],
                          misses(counts, MMU_L1I)},
        [MMU_L1D_MISS] = {"L1D misses, summed over functions = L1D misses", sum.count[MMU_L1D_MISS],
                          misses(counts, MMU_L1D)},
        [MMU_L2_MISS] = {"L2 misses, summed over functions = L2 misses", sum.count[MMU_L2_MISS],
                         misses(counts, MMU_L2)},
        [MMU_WALK_MADE] = {"walks, summed over functions = walks", sum.count[MMU_WALK_MADE],
                           counts->mmu.total.walk.count},
    };

    for (size_t event = 0; event < PROFILE_EVENTS; event++) {
        if (law[event].left != law[event].right) {
            *broken = law[event];
            return false;
        }
    }
    return true;
}

bool region_init(struct region *region, size_t asid_capacity, struct profile *profile)
{
    *region = (struct region){.profile = profile};
    region->sum_asid = calloc(asid_capacity, sizeof *region->sum_asid);
    region->base_asid = calloc(asid_capacity, sizeof *region->base_asid);
    if (region->sum_asid == NULL || region->base_asid == NULL) {
        region_finish(region);
        return false;
    }
    region->sum.mmu.asid = region->sum_asid;
    region->base.mmu.asid = region->base_asid;
    return true;
}

void region_finish(struct region *region)
{
    free(region->sum_asid);
    free(region->base_asid);
    *region = (struct region){.is_open = false};
}

/* The counts from which the open region is measured. */
static void take_base(struct region *region, const struct counts *now)
{
    region->base.hart = now->hart;
    region->base.mmu.total = now->mmu.total;
    memcpy(region->base_asid, now->mmu.asid, now->mmu.asid_count * sizeof *region->base_asid);
    region->base.mmu.asid_count = now->mmu.asid_count;
}

void region_open(struct region *region, const struct counts *now)
{
    if (region->is_open) {
        return;
    }
    region->is_open = true;
    region->was_opened = true;
    take_base(region, now);
}

/* What is no sum of events is as it is now. */
static void copy_state(struct mmu_counts *to, const struct mmu_counts *from)
{
    to->asid_count = from->asid_count;
    memcpy(to->valid, from->valid, sizeof to->valid);
    memcpy(to->valid_by_size, from->valid_by_size, sizeof to->valid_by_size);
    memcpy(to->valid_by_bank, from->valid_by_bank, sizeof to->valid_by_bank);
    to->has_l2 = from->has_l2;
    to->has_classes = from->has_classes;
    to->classes_are_whole = from->classes_are_whole;
    to->levels = from->levels;
}

void region_close(struct region *region, const struct counts *now)
{
    struct counts *sum = &region->sum;
    const struct counts *base = &region->base;

    if (!region->is_open) {
        return;
    }
    region->is_open = false;
    counts_add_difference(&sum->hart, &now->hart, &base->hart, sizeof sum->hart);
    counts_add_difference(&sum->mmu.total, &now->mmu.total, &base->mmu.total,
                          sizeof sum->mmu.total);

    /* ASIDs first seen inside the region have no base of their own: it is zero. */
    memset(&region->base_asid[base->mmu.asid_count], 0,
           (now->mmu.asid_count - base->mmu.asid_count) * sizeof *region->base_asid);
    for (size_t asid = 0; asid < now->mmu.asid_count; asid++) {
        counts_add_difference(&region->sum_asid[asid], &now->mmu.asid[asid],
                              &region->base_asid[asid], sizeof *region->sum_asid);
    }
    copy_state(&sum->mmu, &now->mmu);
    sum->functions = profile_of_region(region->profile);
}

/* Forgets what was gathered. A region that is open goes on from here. */
static void reset_regions(struct region *region, const struct counts *now)
{
    profile_forget_region(region->profile);
    memset(region->sum_asid, 0, region->sum.mmu.asid_count * sizeof *region->sum_asid);
    region->sum = (struct counts){.mmu = {.asid = region->sum_asid}};
    region->was_opened = region->is_open;
    if (region->is_open) {
        take_base(region, now);
    }
}

void region_mark(struct region *region, unsigned marker, const struct counts *now)
{
    switch (marker) {
    case HART_MARK_BEGIN:
        region->markers.begin++;
        region->markers.ignored_begins += region->is_open;
        region_open(region, now);
        break;
    case HART_MARK_END:
        region->markers.end++;
        region->markers.ignored_ends += !region->is_open;
        region_close(region, now);
        break;
    case HART_MARK_RESET:
        region->markers.reset++;
        reset_regions(region, now);
        break;
    case HART_MARK_EVENT: region->markers.event++; break;
    default: region->markers.unknown++; break;
    }
}
