#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "mmu/mmu.h"
#include "mmu/pte.h"
#include "tests/support/pte_memory.h"

static struct pte_memory memory;
static struct mmu *mmu;
static struct mmu_mode mode;
static uint64_t root;

#define VA UINT64_C(0x12345000)
#define LEAF (UINT64_C(0x80123) << PTE_PPN_SHIFT | PTE_V | PTE_R | PTE_W)

static void start(const char *spec, uint64_t leaf)
{
    const struct mmu_memory for_mmu = pte_memory_for_mmu(&memory);
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;

    cr_assert(mmu_geometry_parse(spec, &geometry, &error));
    mmu = mmu_create(&geometry, &for_mmu);
    root = pte_memory_new_table(&memory);
    pte_memory_map(&memory, sv_satp(SV_39, 0, root), VA, 0, leaf);
    mode = (struct mmu_mode){.satp = UINT64_C(8) << SATP_MODE_SHIFT | root >> PAGE_SHIFT,
                             .privilege = MMU_SUPERVISOR,
                             .hardware_ad = true};
}

Test(probe, it_foresees_the_translation_and_changes_nothing)
{
    struct mmu_counts before;
    struct mmu_counts after;
    struct mmu_probe probe;
    uint64_t pa = 0;

    start("default", LEAF);
    mmu_count(mmu, &before);
    mmu_probe(mmu, &mode, VA + 0x123, MMU_STORE, &probe);
    mmu_count(mmu, &after);
    cr_expect(eq(int, memcmp(&before.total, &after.total, sizeof before.total), 0));
    cr_expect(eq(u64, memory.writes, 0), "neither A nor D is set");
    cr_expect(eq(int, probe.rule, MMU_ALLOWED));
    cr_expect(eq(u64, probe.pa, 0x80123123));
    cr_expect(probe.walks);
    cr_expect(probe.walk.sets_a, "but told");
    cr_expect(probe.walk.sets_d);
    cr_expect(eq(u32, probe.walk.step_count, 3));
    cr_expect(eq(u64, probe.walk.step[0].pte_pa, root), "VPN[2] of the address is 0");
    cr_expect(eq(u64, probe.walk.step[2].pte, LEAF));

    cr_expect(eq(int, mmu_translate(mmu, &mode, VA + 0x123, MMU_STORE, &pa), MMU_OK));
    cr_expect(eq(u64, pa, probe.pa));
    mmu_destroy(mmu);
}

Test(probe, it_shows_the_entry_that_answers)
{
    struct mmu_probe probe;
    uint64_t pa = 0;

    start("default", LEAF);
    cr_assert(eq(int, mmu_translate(mmu, &mode, VA, MMU_LOAD, &pa), MMU_OK));
    mmu_probe(mmu, &mode, VA + 8, MMU_LOAD, &probe);
    cr_expect(probe.array[MMU_L1D].answers);
    cr_expect(not(probe.array[MMU_L2].was_asked));
    cr_expect(not(probe.walks));
    cr_expect(eq(u64, probe.array[MMU_L1D].entry.pte, LEAF | PTE_A));
    cr_expect(eq(u64, probe.array[MMU_L1D].entry.va, VA));
    cr_expect(eq(u64, probe.pa, 0x80123008));

    mmu_probe(mmu, &mode, VA, MMU_FETCH, &probe);
    cr_expect(not(probe.array[MMU_L1I].matched), "another array");
    cr_expect(probe.array[MMU_L2].answers);
    cr_expect(eq(int, probe.rule, MMU_NOT_EXECUTABLE), "refused by the cached entry");

    mmu_probe(mmu, &mode, VA, MMU_STORE, &probe);
    cr_expect(probe.array[MMU_L1D].matched);
    cr_expect(not(probe.array[MMU_L1D].answers), "D=0: a walk has to set it");
    cr_expect(probe.walks);
    cr_expect(not(probe.walk.sets_a));
    cr_expect(probe.walk.sets_d);
    mmu_destroy(mmu);
}

Test(probe, without_translation_the_address_stays_what_it_is)
{
    struct mmu_probe probe;

    start("default", LEAF);
    mode.privilege = MMU_MACHINE;
    mmu_probe(mmu, &mode, ~UINT64_C(0), MMU_LOAD, &probe);
    cr_expect(eq(int, probe.rule, MMU_ALLOWED));
    cr_expect(eq(u64, probe.pa, ~UINT64_C(0)));
    mode.privilege = MMU_USER;
    mmu_probe(mmu, &mode, UINT64_C(1) << 38, MMU_LOAD, &probe);
    cr_expect(eq(int, probe.rule, MMU_NOT_CANONICAL));
    cr_expect(not(probe.array[MMU_L1D].was_asked));
    mmu_destroy(mmu);
}

static void keep_last(void *ctx, const struct mmu_walk *walk)
{
    *(struct mmu_walk *)ctx = *walk;
}

Test(probe, an_observer_hears_of_every_walk_until_it_is_taken_away)
{
    struct mmu_walk last = {.va = 0};
    uint64_t pa = 0;

    start("l1i=1,l1d=1", LEAF & ~PTE_W);
    mmu_observe_walks(mmu, keep_last, &last);
    cr_expect(eq(int, mmu_translate(mmu, &mode, VA, MMU_STORE, &pa), MMU_PAGE_FAULT));
    cr_expect(eq(u64, last.va, VA));
    cr_expect(eq(int, last.rule, MMU_NOT_WRITABLE));
    mmu_observe_walks(mmu, NULL, NULL);
    last.va = 0;
    cr_expect(eq(int, mmu_translate(mmu, &mode, VA, MMU_LOAD, &pa), MMU_OK));
    cr_expect(eq(u64, last.va, 0));
    mmu_destroy(mmu);
}

/* A rule added without words would print as nothing. */
Test(probe, every_rule_has_words_and_a_status)
{
    for (int rule = MMU_ALLOWED; rule <= MMU_PTE_UNWRITABLE; rule++) {
        cr_expect(ne(ptr, (void *)mmu_rule_words((enum mmu_rule)rule), NULL));
        enum mmu_status status = mmu_rule_status((enum mmu_rule)rule);
        bool is_access_fault = rule == MMU_PTE_UNREADABLE || rule == MMU_PTE_UNWRITABLE;

        cr_expect(eq(int, status,
                     rule == MMU_ALLOWED ? MMU_OK
                     : is_access_fault   ? MMU_ACCESS_FAULT
                                         : MMU_PAGE_FAULT));
    }
}
