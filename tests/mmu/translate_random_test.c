/*
 * A real MMU with a TLB against the model of the manual, on random page tables, in all three modes.
 *
 * PTEs change only together with a full fence, so that the MMU has no excuse for an answer that
 * differs from the model's. The A/D scheme and PBMTE change only there too: what was cached under
 * the old one may go on to answer [norm:menvcfg_adue_fence, norm:menvcfg_pbmte_fence].
 *
 * PAGEWALK_SEED and PAGEWALK_STEPS, from the environment, choose the run and its length.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdio.h>

#include "tests/support/chooser.h"
#include "tests/support/random_tables.h"
#include "tests/support/versus.h"

enum {
    RECENT = 16, /* addresses used again, so that the TLB hits */
    DEFAULT_STEPS = 200000,
};

#define DEFAULT_SEED UINT64_C(0x5eed5a3935e3d001)

/* How address spaces, ASIDs and global pages go together, so that no two translations of one
 * address are ever both right. */
enum plan {
    ASID_PER_ROOT,    /* no global pages; satp changes freely */
    FENCE_PER_SWITCH, /* global pages anywhere; a fence at each change of satp */
    ONE_ROOT_FOR_ALL, /* global pages anywhere; every ASID has the same root until the next fence */
};

struct run {
    struct versus versus;
    enum plan plan;
    struct chooser chooser;
    struct mmu_mode mode;
    unsigned root; /* the page that satp points to */
    uint64_t recent[RECENT];
};

static unsigned below(struct run *run, unsigned limit)
{
    return chooser_below(&run->chooser, limit);
}

static bool percent(struct run *run, unsigned chance)
{
    return chooser_percent(&run->chooser, chance);
}

static bool is_napot(uint64_t pte)
{
    return (pte & SV_N) != 0 && sv_ppn(pte) % 16 == 8;
}

/* Stores a PTE. The 16 of a 64 KiB page go together, and have A and D set already: where they
 * differ, any of them may speak for the others [norm:Svnapot_cache_entries]. */
static void store_pte(struct run *run, unsigned page, unsigned index, uint64_t pte)
{
    uint64_t group = pte_memory_pa(page) + index / 16 * 16 * 8;
    bool was_napot = is_napot(*pte_memory_at(&run->versus.memory, group + index % 16 * 8));

    for (unsigned i = 0; i < 16 && (was_napot || is_napot(pte)); i++) {
        versus_poke(&run->versus, group + i * 8, is_napot(pte) ? pte | SV_A | SV_D : 0);
    }
    if (!is_napot(pte)) {
        versus_poke(&run->versus, group + index % 16 * 8, pte);
    }
}

static void change_pte(struct run *run, unsigned page, unsigned index)
{
    uint64_t pte = random_pte(&run->chooser, page);
    store_pte(run, page, index, run->plan == ASID_PER_ROOT ? pte & ~SV_G : pte);
}

static void set_satp(struct run *run, uint64_t asid)
{
    run->mode.satp = random_table_satp(run->root, asid);
}

/* What software does between two fences, all of it at once: PTEs, PMP, PBMTE and the A/D scheme
 * change. */
static void change_world(struct run *run)
{
    struct versus *versus = &run->versus;

    for (unsigned count = below(run, 12); count > 0; count--) {
        change_pte(run, below(run, RANDOM_TABLES), random_hot_index[below(run, RANDOM_HOT)]);
    }
    for (unsigned page = 0; page < RANDOM_TABLES; page++) {
        bool is_unreadable = percent(run, 2);
        bool is_unwritable = percent(run, 8);
        versus->memory.is_unreadable[page] = versus->twin.is_unreadable[page] = is_unreadable;
        versus->memory.is_unwritable[page] = versus->twin.is_unwritable[page] = is_unwritable;
    }
    run->mode.hardware_ad = percent(run, 70);
    run->mode.svpbmt = percent(run, 70);
    if (run->plan == ONE_ROOT_FOR_ALL) {
        run->root = RANDOM_FIRST_ROOT + below(run, RANDOM_ROOTS);
        set_satp(run, 0);
    }
    cr_assert(versus_same_memory(versus));
    versus_fence(versus);
}

static void switch_address_space(struct run *run)
{
    if (run->plan == ONE_ROOT_FOR_ALL) {
        set_satp(run, below(run, 6));
        return;
    }
    run->root = RANDOM_FIRST_ROOT + below(run, RANDOM_ROOTS);
    if (run->plan == FENCE_PER_SWITCH) {
        set_satp(run, below(run, 2));
        versus_fence(&run->versus);
        return;
    }
    set_satp(run, run->root - RANDOM_FIRST_ROOT);
}

static uint64_t random_va(struct run *run)
{
    int levels = sv_levels(run->mode.satp);
    unsigned slot = below(run, RECENT);

    if (percent(run, 30)) {
        run->recent[slot] = random_page_va(&run->chooser);
    }
    uint64_t va = sv_canonical(run->recent[slot], levels);
    if (percent(run, 2)) {
        va ^= UINT64_C(1) << (38 + below(run, 26));
    }
    if (percent(run, 1)) {
        va = chooser_word(&run->chooser);
    }
    return va ^ below(run, 4096);
}

/* A fence that nothing asked for may change the counts, never an answer. */
static void fence_for_nothing(struct run *run)
{
    struct mmu_fence fence = {.has_va = percent(run, 50),
                              .has_asid = percent(run, 50),
                              .va = random_va(run),
                              .asid = below(run, 32)};
    mmu_fence(run->versus.mmu, &fence);
}

static bool step(struct run *run)
{
    unsigned dice = below(run, 1000);

    if (dice < 8) {
        change_world(run);
    } else if (dice < 30) {
        fence_for_nothing(run);
    } else if (dice < 80) {
        switch_address_space(run);
    }
    run->mode.privilege = percent(run, 50) ? MMU_SUPERVISOR : MMU_USER;
    run->mode.sum = percent(run, 50);
    run->mode.mxr = percent(run, 30);
    uint64_t va = random_va(run);
    enum mmu_access access = (enum mmu_access)below(run, 3);
    if (percent(run, 20)) {
        return versus_agree_with_probe(&run->versus, &run->mode, va, access);
    }
    return versus_agree(&run->versus, &run->mode, va, access);
}

/* Each count of the MMU that its memory can count too. */
static void check_counts(const struct run *run)
{
    const struct mmu_walk_counters *walk = &mmu_counters(run->versus.mmu)->walk;
    const struct pte_memory *memory = &run->versus.memory;
    struct mmu_law_broken broken = {.law = ""};
    struct mmu_counts counts;

    cr_expect(eq(u64, walk->pte_reads, memory->reads));
    cr_expect(eq(u64, walk->a_updates, memory->a_sets));
    cr_expect(eq(u64, walk->d_updates, memory->d_sets));
    mmu_count(run->versus.mmu, &counts);
    cr_expect(mmu_laws_hold(&counts, &broken), "%s: %" PRIu64 " and %" PRIu64, broken.law,
              broken.left, broken.right);
}

/* A run that only faults, or never hits, would prove nothing. */
static void check_coverage(const struct run *run, uint64_t steps)
{
    const struct mmu_counters *counters = mmu_counters(run->versus.mmu);

    cr_expect(gt(u64, run->versus.allowed, steps / 10));
    cr_expect(gt(u64, run->versus.refused, steps / 10));
    cr_expect(gt(u64, counters->array[MMU_L1D].hits[MMU_LOAD], steps / 100));
    cr_expect(gt(u64, counters->walk.d_updates, steps / 2000));
    for (enum mmu_page_size size = MMU_4K; size <= MMU_256T; size++) {
        cr_expect(gt(u64, counters->walk.completed_by_size[size], steps / 2000), "size %d", size);
    }
}

static void run_on(const char *geometry, enum plan plan)
{
    static struct run run;
    uint64_t seed = chooser_setting("PAGEWALK_SEED", DEFAULT_SEED);
    uint64_t steps = chooser_setting("PAGEWALK_STEPS", DEFAULT_STEPS);

    run = (struct run){.plan = plan, .chooser = chooser_from_seed(seed)};
    versus_init(&run.versus, geometry, 5);
    cr_assert(ge(uint, mmu_geometry(run.versus.mmu)->asid_bits, 4));
    for (unsigned page = 0; page < RANDOM_TABLES; page++) {
        for (unsigned i = 0; i < RANDOM_HOT; i++) {
            change_pte(&run, page, random_hot_index[i]);
        }
    }
    run.root = RANDOM_FIRST_ROOT;
    set_satp(&run, 0);
    run.mode.hardware_ad = true;
    for (uint64_t i = 0; i < steps; i++) {
        if (!step(&run)) {
            cr_fatal("PAGEWALK_SEED=%#" PRIx64 ", %s, step %" PRIu64 ": %s", seed, geometry, i,
                     run.versus.mismatch);
        }
    }
    cr_expect(versus_same_memory(&run.versus));
    check_counts(&run);
    if (steps >= 20000) {
        check_coverage(&run, steps);
    }
    versus_finish(&run.versus);
}

static void run_on_all_geometries(enum plan plan)
{
    (void)fprintf(stderr, "PAGEWALK_SEED=%#" PRIx64 "\n",
                  chooser_setting("PAGEWALK_SEED", DEFAULT_SEED));
    run_on("default", plan);
    run_on("l1i=4,l1d=4,l2=4x2,asid=16", plan);
    run_on("l1i=1,l1d=1", plan);
    run_on("l1i=4x2,l1d=2x4,l2=3,asid=16", plan);
}

Test(translate_random, each_root_with_its_own_asid)
{
    run_on_all_geometries(ASID_PER_ROOT);
}

Test(translate_random, global_pages_and_a_fence_at_each_switch)
{
    run_on_all_geometries(FENCE_PER_SWITCH);
}

Test(translate_random, global_pages_below_one_root_for_all_asids)
{
    run_on_all_geometries(ONE_ROOT_FOR_ALL);
}
