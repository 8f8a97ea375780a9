#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "emu/machine/counts.h"

enum { ASIDS = 4 };

static struct mmu_share_counters shares[ASIDS];
static struct counts now;
static struct region region;

static struct symbol function = {
    .name = (char[]){"main"}, .address = 0x1000, .size = 0x100, .is_code = true};
static const struct symbols symbols = {.all = &function, .count = 1};
static struct profile profile;

static void start(void)
{
    now = (struct counts){.mmu = {.asid = shares, .asid_count = 1}};
    cr_assert(profile_init(&profile, &symbols));
    cr_assert(region_init(&region, ASIDS, &profile));
}

static void finish(void)
{
    region_finish(&region);
    profile_finish(&profile);
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
    cr_expect(eq(u64, region.markers.ignored_begins, 0));
    finish();
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
    finish();
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
    finish();
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
    finish();
}

Test(counts, a_region_left_open_ends_with_the_run)
{
    start();
    region_mark(&region, HART_MARK_BEGIN, &now);
    pass(9, 0, 0);
    region_close(&region, &now);
    region_close(&region, &now);
    cr_expect(eq(u64, region.sum.hart.retired, 9), "closing twice adds once");
    finish();
}

Test(counts, a_region_opened_twice_and_closed_once_is_one)
{
    start();
    region_open(&region, &now);
    pass(3, 0, 0);
    region_open(&region, &now);
    pass(4, 0, 0);
    region_close(&region, &now);
    pass(5, 0, 0);
    region_open(&region, &now);
    region_close(&region, &now);
    cr_expect(eq(u64, region.sum.hart.retired, 7));
    cr_expect(eq(u64, region.markers.begin, 0), "no marker was executed");
    cr_expect(eq(u64, region.markers.ignored_begins, 0));
    finish();
}

Test(counts, what_is_no_sum_is_as_it_was_at_the_last_end)
{
    start();
    now.mmu.levels = 4;
    now.mmu.has_l2 = true;
    now.mmu.has_classes = true;
    now.mmu.classes_are_whole = true;
    for (uint64_t round = 1; round <= 2; round++) {
        region_open(&region, &now);
        now.mmu.valid[MMU_L2] = round;
        now.mmu.valid_by_size[MMU_L1D][MMU_NO_SIZE] = 10 * round;
        now.mmu.valid_by_bank[MMU_L1I][MMU_MAX_BANKS - 1] = 100 * round;
        region_close(&region, &now);
    }
    now.mmu.valid[MMU_L2] = 99;
    cr_expect(eq(u64, region.sum.mmu.valid[MMU_L2], 2));
    cr_expect(eq(u64, region.sum.mmu.valid_by_size[MMU_L1D][MMU_NO_SIZE], 20));
    cr_expect(eq(u64, region.sum.mmu.valid_by_bank[MMU_L1I][MMU_MAX_BANKS - 1], 200));
    cr_expect(eq(u32, region.sum.mmu.levels, 4));
    cr_expect(region.sum.mmu.has_l2);
    cr_expect(region.sum.mmu.has_classes);
    cr_expect(region.sum.mmu.classes_are_whole);
    finish();
}

static void miss_at(uint64_t pc, enum mmu_event event)
{
    const struct profile_miss miss = {
        .pc = pc, .events = 1u << event, .is_in_region = region.is_open};

    profile_count(&profile, &miss);
}

Test(counts, regions_have_their_shares_of_functions_which_reset_forgets)
{
    start();
    region_open(&region, &now);
    miss_at(0x1000, MMU_L2_MISS);
    region_close(&region, &now);
    miss_at(0x1000, MMU_L2_MISS);
    cr_assert(ne(ptr, (void *)region.sum.functions.share, NULL));
    cr_expect(eq(u64, region.sum.functions.share[0].count[MMU_L2_MISS], 1));
    region_open(&region, &now);
    region_mark(&region, HART_MARK_RESET, &now);
    miss_at(0x2000, MMU_L2_MISS);
    region_close(&region, &now);
    cr_expect(eq(u64, region.sum.functions.share[0].count[MMU_L2_MISS], 0));
    cr_expect(eq(u64, region.sum.functions.share[1].count[MMU_L2_MISS], 1));
    finish();
}

/* As many events of each kind in a function, and outside of all, as the MMU counts. */
static void miss_as_told(void)
{
    static const unsigned times[PROFILE_EVENTS] = {3, 5, 7, 9};

    for (size_t event = 0; event < PROFILE_EVENTS; event++) {
        for (unsigned i = 0; i < times[event]; i++) {
            miss_at(i == 0 ? 0 : 0x1000, (enum mmu_event)event);
        }
    }
    now.mmu.total.array[MMU_L1I].misses[MMU_FETCH] = 3;
    now.mmu.total.array[MMU_L1D].misses[MMU_LOAD] = 4;
    now.mmu.total.array[MMU_L1D].misses[MMU_STORE] = 1;
    now.mmu.total.array[MMU_L2].misses[MMU_FETCH] = 2;
    now.mmu.total.array[MMU_L2].misses[MMU_LOAD] = 5;
    now.mmu.total.walk.count = 9;
    now.functions = profile_of_run(&profile);
}

Test(counts, functions_add_up_to_what_the_mmu_counts)
{
    static const struct {
        const char *law;
        uint64_t left;
    } laws[PROFILE_EVENTS] = {{"L1I misses", 3}, {"L1D misses", 5}, {"L2 misses", 7}, {"walks", 9}};
    struct mmu_law_broken broken;

    start();
    miss_as_told();
    cr_expect(counts_laws_hold(&now, &broken));
    for (size_t event = 0; event < PROFILE_EVENTS; event++) {
        profile.total[1].count[event]++;
        cr_assert(not(counts_laws_hold(&now, &broken)), "%s", laws[event].law);
        cr_expect(eq(int, strncmp(broken.law, laws[event].law, strlen(laws[event].law)), 0), "%s",
                  broken.law);
        cr_expect(eq(u64, broken.left, laws[event].left + 1), "%s", broken.law);
        cr_expect(eq(u64, broken.right, laws[event].left), "%s", broken.law);
        profile.total[1].count[event]--;
    }
    now.functions = (struct profile_counts){.share = NULL};
    cr_expect(counts_laws_hold(&now, &broken), "nothing was profiled");
    finish();
}
