#include "emu/hart/hpm_events.h"

#include <assert.h>
#include <stddef.h>

/* An event and the counts that it is the sum of: neighbours in struct mmu_counters, which holds
 * nothing but uint64_t. */
struct row {
    enum hpm_event event;
    size_t offset; /* of the first count */
    size_t length; /* of all, in bytes */
};

#define COUNTS(field)                                                                              \
    offsetof(struct mmu_counters, field), sizeof((const struct mmu_counters *)NULL)->field

static const struct row rows[] = {
    {HPM_NO_EVENT, 0, 0},
    {HPM_L1D_LOAD_ACCESSES, COUNTS(array[MMU_L1D].accesses[MMU_LOAD])},
    {HPM_L1D_LOAD_MISSES, COUNTS(array[MMU_L1D].misses[MMU_LOAD])},
    {HPM_L1D_STORE_ACCESSES, COUNTS(array[MMU_L1D].accesses[MMU_STORE])},
    {HPM_L1D_STORE_MISSES, COUNTS(array[MMU_L1D].misses[MMU_STORE])},
    {HPM_L1I_ACCESSES, COUNTS(array[MMU_L1I].accesses)},
    {HPM_L1I_MISSES, COUNTS(array[MMU_L1I].misses)},
    {HPM_L1D_ACCESSES, COUNTS(array[MMU_L1D].accesses)},
    {HPM_L1D_MISSES, COUNTS(array[MMU_L1D].misses)},
    {HPM_L2_ACCESSES, COUNTS(array[MMU_L2].accesses)},
    {HPM_L2_MISSES, COUNTS(array[MMU_L2].misses)},
    {HPM_WALKS, COUNTS(walk.count)},
    {HPM_PTE_READS, COUNTS(walk.pte_reads)},
};

static const struct row *find(uint64_t number)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].event == number) {
            return &rows[i];
        }
    }
    return NULL;
}

bool hpm_event_exists(uint64_t number)
{
    return find(number) != NULL;
}

uint64_t hpm_event_count(uint64_t number, const struct mmu_counters *counters)
{
    const struct row *row = find(number);
    const uint64_t *counts = (const uint64_t *)counters;
    uint64_t sum = 0;

    assert(row != NULL);
    counts += row->offset / sizeof *counts;
    for (size_t i = 0; i < row->length / sizeof *counts; i++) {
        sum += counts[i];
    }
    return sum;
}
