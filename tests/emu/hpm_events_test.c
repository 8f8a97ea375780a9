/* The events by their numbers as docs/counters.md has them, and the counts that each stands for. */
#include "emu/hart/hpm_events.h"

#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* Every count another number, so far apart that no two sums of them agree. */
static struct mmu_counters make_counters(void)
{
    struct mmu_counters counters;
    uint64_t *counts = (uint64_t *)&counters;

    for (size_t i = 0; i < sizeof counters / sizeof *counts; i++) {
        counts[i] = (i + 1) * (i + 1) * UINT64_C(1000003);
    }
    return counters;
}

Test(hpm_events, each_number_selects_its_counts)
{
    const struct mmu_counters counters = make_counters();
    const struct mmu_array_counters *l1i = &counters.array[MMU_L1I];
    const struct mmu_array_counters *l1d = &counters.array[MMU_L1D];
    const struct mmu_array_counters *l2 = &counters.array[MMU_L2];
    const struct {
        uint64_t number;
        uint64_t want;
        const char *why;
    } rows[] = {
        {0, 0, "no event"},
        {0x10018, l1d->accesses[MMU_LOAD], "L1D load accesses"},
        {0x10019, l1d->misses[MMU_LOAD], "L1D load misses"},
        {0x1001a, l1d->accesses[MMU_STORE], "L1D store accesses"},
        {0x1001b, l1d->misses[MMU_STORE], "L1D store misses"},
        {0x10020, l1i->accesses[0] + l1i->accesses[1] + l1i->accesses[2], "L1I accesses"},
        {0x10021, l1i->misses[0] + l1i->misses[1] + l1i->misses[2], "L1I misses"},
        {0x100010, l1d->accesses[0] + l1d->accesses[1] + l1d->accesses[2], "L1D accesses"},
        {0x100011, l1d->misses[0] + l1d->misses[1] + l1d->misses[2], "L1D misses"},
        {0x100020, l2->accesses[0] + l2->accesses[1] + l2->accesses[2], "L2 accesses"},
        {0x100021, l2->misses[0] + l2->misses[1] + l2->misses[2], "L2 misses"},
        {0x100030, counters.walk.count, "walks"},
        {0x100031, counters.walk.pte_reads, "PTE reads"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(hpm_event_exists(rows[i].number), "%s", rows[i].why);
        cr_expect(eq(u64, hpm_event_count(rows[i].number, &counters), rows[i].want), "%s",
                  rows[i].why);
    }
}

Test(hpm_events, there_are_no_others)
{
    unsigned found = 0;

    for (uint64_t number = 0; number < UINT64_C(0x200000); number++) {
        found += hpm_event_exists(number);
    }
    cr_expect(eq(uint, found, 13));
    for (unsigned bit = 21; bit < 64; bit++) {
        cr_expect(not(hpm_event_exists(UINT64_C(1) << bit | 0x10018)), "bit %u", bit);
        cr_expect(not(hpm_event_exists(UINT64_C(1) << bit)), "bit %u", bit);
    }
}
