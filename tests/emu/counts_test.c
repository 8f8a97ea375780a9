#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/machine/counts.h"

enum { ASIDS = 4 };

static struct mmu_share_counters shares[ASIDS];
static struct counts now;
static struct region region;

static void start(void)
{
    now = (struct counts){.mmu = {.asid = shares, .asid_count = 1}};
    cr_assert(region_init(&region, ASIDS));
}

/* Time passes: instructions retire, an ASID has walks. */
static void pass(uint64_t instructions, unsigned asid, uint64_t walks)
{
    now.hart.retired += instructions;
    now.mmu.total.walk.count += walks;
    shares[asid].walks += walks;
    if (asid >= now.mmu.asid_count) {
        now.mmu.asid_count = asid + 1;
    }
}

Test(counts, a_region_holds_what_happens_between_its_markers)
{
    start();
    pass(100, 0, 10);
    region_mark(&region, HART_MARK_BEGIN, &now);
    pass(7, 0, 3);
    pass(5, 2, 2);
    region_mark(&region, HART_MARK_END, &now);
    pass(1000, 0, 100);
    cr_expect(region.was_opened);
    cr_expect(eq(u64, region.sum.hart.retired, 12));
    cr_expect(eq(u64, region.sum.mmu.total.walk.count, 5));
    cr_expect(eq(sz, region.sum.mmu.asid_count, 3));
    cr_expect(eq(u64, region.sum.mmu.asid[0].walks, 3));
    cr_expect(eq(u64, region.sum.mmu.asid[2].walks, 2), "an ASID first seen inside the region");
    region_finish(&region);
}

Test(counts, regions_add_up)
{
    start();
    for (unsigned i = 0; i < 3; i++) {
        region_mark(&region, HART_MARK_BEGIN, &now);
        pass(10, i, 1);
        region_mark(&region, HART_MARK_END, &now);
        pass(100, 0, 50);
    }
    cr_expect(eq(u64, region.sum.hart.retired, 30));
    cr_expect(eq(u64, region.sum.mmu.total.walk.count, 3));
    cr_expect(eq(u64, region.sum.mmu.asid[1].walks, 1));
    cr_expect(eq(u64, region.markers.begin, 3));
    cr_expect(eq(u64, region.markers.end, 3));
    region_finish(&region);
}

Test(counts, markers_in_the_wrong_place_are_counted_and_ignored)
{
    start();
    region_mark(&region, HART_MARK_END, &now);
    region_mark(&region, HART_MARK_BEGIN, &now);
    pass(4, 0, 0);
    region_mark(&region, HART_MARK_BEGIN, &now);
    pass(4, 0, 0);
    region_mark(&region, HART_MARK_END, &now);
    region_mark(&region, HART_MARK_END, &now);
    region_mark(&region, HART_MARK_EVENT, &now);
    region_mark(&region, 99, &now);
    cr_expect(eq(u64, region.sum.hart.retired, 8), "the second begin does not start anew");
    cr_expect(eq(u64, region.markers.ignored_begins, 1));
    cr_expect(eq(u64, region.markers.ignored_ends, 2));
    cr_expect(eq(u64, region.markers.begin, 2));
    cr_expect(eq(u64, region.markers.end, 3));
    cr_expect(eq(u64, region.markers.event, 1));
    cr_expect(eq(u64, region.markers.unknown, 1));
    region_finish(&region);
}

Test(counts, reset_forgets_and_an_open_region_goes_on)
{
    start();
    region_mark(&region, HART_MARK_BEGIN, &now);
    pass(50, 1, 5);
    region_mark(&region, HART_MARK_END, &now);
    region_mark(&region, HART_MARK_BEGIN, &now);
    pass(50, 1, 5);
    region_mark(&region, HART_MARK_RESET, &now);
    pass(2, 1, 1);
    region_mark(&region, HART_MARK_END, &now);
    cr_expect(eq(u64, region.sum.hart.retired, 2));
    cr_expect(eq(u64, region.sum.mmu.asid[1].walks, 1));
    region_mark(&region, HART_MARK_RESET, &now);
    cr_expect(not(region.was_opened), "nothing was opened since the reset");
    cr_expect(eq(u64, region.sum.hart.retired, 0));
    region_finish(&region);
}

Test(counts, a_region_left_open_ends_with_the_run)
{
    start();
    region_mark(&region, HART_MARK_BEGIN, &now);
    pass(9, 0, 0);
    region_close(&region, &now);
    region_close(&region, &now);
    cr_expect(eq(u64, region.sum.hart.retired, 9), "closing twice adds once");
    region_finish(&region);
}
