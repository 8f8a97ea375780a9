/*
 * A real MMU with a TLB against the model of the manual, on random page tables.
 *
 * PTEs change only together with a full fence, so that the MMU has no excuse for an answer that
 * differs from the model's. The A/D scheme changes only there too: a translation cached while
 * software had to set D may keep refusing stores [norm:menvcfg_adue_fence].
 *
 * PAGEWALK_SEED and PAGEWALK_STEPS, from the environment, choose the run and its length.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/versus.h"

enum {
    ROOTS = 4, /* pages 0..3 are root tables, the next ones middle, the others low tables */
    MIDDLES = 6,
    LOWS = 10,
    TABLES = ROOTS + MIDDLES + LOWS,
    HOT = 8,     /* entries of a table that addresses are made of; the rest stays empty */
    RECENT = 16, /* addresses used again, so that the TLB hits */
    DEFAULT_STEPS = 200000,
};

#define DEFAULT_SEED UINT64_C(0x5eed5a3935e3d001)

/* How address spaces, ASIDs and global pages go together, so that no two translations of one
 * address are ever both right. */
enum plan {
    ASID_PER_ROOT,    /* no global pages; satp changes freely */
    FENCE_PER_SWITCH, /* global pages anywhere; a fence at each change of satp */
    ONE_ROOT_FOR_ALL, /* global pages anywhere; every ASID has the same root */
};

struct run {
    struct versus versus;
    enum plan plan;
    uint64_t random;
    struct mmu_mode mode;
    uint64_t recent[RECENT];
};

static const unsigned hot_index[HOT] = {0, 1, 2, 63, 255, 256, 510, 511};

/* splitmix64: a counter and a mixer. */
static uint64_t next(struct run *run)
{
    uint64_t z = run->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static unsigned below(struct run *run, unsigned limit)
{
    return (unsigned)(next(run) % limit);
}

static bool percent(struct run *run, unsigned chance)
{
    return below(run, 100) < chance;
}

static uint64_t flag_if(struct run *run, unsigned chance, uint64_t flag)
{
    return percent(run, chance) ? flag : 0;
}

/* Level of the table that a page is meant to be. */
static int level_of(unsigned page)
{
    if (page < ROOTS) {
        return 2;
    }
    return page < ROOTS + MIDDLES ? 1 : 0;
}

/* A pointer, mostly to a table of the next level, sometimes to any page or none. */
static uint64_t random_pointer(struct run *run, unsigned page)
{
    unsigned target = below(run, TABLES + 2);

    if (percent(run, 90) && level_of(page) == 2) {
        target = ROOTS + below(run, MIDDLES);
    } else if (percent(run, 90) && level_of(page) == 1) {
        target = ROOTS + MIDDLES + below(run, LOWS);
    }
    uint64_t pte = sv39_pte(pte_memory_pa(target) >> 12, SV39_V);
    return pte | flag_if(run, 10, next(run) & (SV39_G | SV39_U | SV39_A | SV39_D));
}

static uint64_t random_leaf(struct run *run, unsigned page)
{
    static const uint64_t permission[] = {SV39_R,          SV39_R | SV39_W,          SV39_X,
                                          SV39_R | SV39_X, SV39_R | SV39_W | SV39_X, SV39_W,
                                          SV39_W | SV39_X};
    uint64_t ppn = next(run) >> 20;

    if (percent(run, 90)) {
        ppn &= ~((UINT64_C(1) << (9 * level_of(page))) - 1);
    }
    unsigned which = percent(run, 95) ? below(run, 5) : 5 + below(run, 2);
    return sv39_pte(ppn, SV39_V | permission[which]) | flag_if(run, 50, SV39_U) |
           flag_if(run, 20, SV39_G) | flag_if(run, 60, SV39_A) | flag_if(run, 50, SV39_D) |
           flag_if(run, 20, next(run) & 0x300);
}

static uint64_t random_pte(struct run *run, unsigned page)
{
    static const unsigned pointer_chance[] = {5, 60, 75}; /* by level */
    uint64_t pte = next(run);

    if (percent(run, pointer_chance[level_of(page)])) {
        pte = random_pointer(run, page);
    } else if (percent(run, 95)) {
        pte = random_leaf(run, page);
    }
    if (percent(run, 3)) {
        pte ^= UINT64_C(1) << (54 + below(run, 10));
    }
    if (percent(run, 3)) {
        pte &= ~SV39_V;
    }
    return run->plan == ASID_PER_ROOT ? pte & ~SV39_G : pte;
}

static void change_pte(struct run *run)
{
    unsigned page = below(run, TABLES);
    unsigned index = hot_index[below(run, HOT)];
    versus_poke(&run->versus, pte_memory_pa(page) + index * 8, random_pte(run, page));
}

/* What software does between two fences, all of it at once: PTEs, PMP and the A/D scheme change. */
static void change_world(struct run *run)
{
    struct versus *versus = &run->versus;

    for (unsigned count = below(run, 12); count > 0; count--) {
        change_pte(run);
    }
    for (unsigned page = 0; page < TABLES; page++) {
        bool is_unreadable = percent(run, 2);
        bool is_unwritable = percent(run, 8);
        versus->memory.is_unreadable[page] = versus->twin.is_unreadable[page] = is_unreadable;
        versus->memory.is_unwritable[page] = versus->twin.is_unwritable[page] = is_unwritable;
    }
    run->mode.hardware_ad = percent(run, 70);
    cr_assert(versus_same_memory(versus));
    versus_fence(versus);
}

static void switch_address_space(struct run *run)
{
    unsigned root = below(run, ROOTS);
    uint64_t asid = root;

    if (run->plan == ONE_ROOT_FOR_ALL) {
        asid = below(run, 6);
        root = 0;
    } else if (run->plan == FENCE_PER_SWITCH) {
        asid = below(run, 2);
        versus_fence(&run->versus);
    }
    run->mode.satp = sv39_satp(asid, pte_memory_pa(root));
}

static uint64_t random_va(struct run *run)
{
    unsigned slot = below(run, RECENT);
    uint64_t va = run->recent[slot];

    if (percent(run, 30)) {
        va = (uint64_t)hot_index[below(run, HOT)] << 30 |
             (uint64_t)hot_index[below(run, HOT)] << 21 |
             (uint64_t)hot_index[below(run, HOT)] << 12;
        va |= va >> 38 & 1 ? UINT64_C(0xffffff8000000000) : 0;
        run->recent[slot] = va;
    }
    if (percent(run, 2)) {
        va ^= UINT64_C(1) << (38 + below(run, 26));
    }
    if (percent(run, 1)) {
        va = next(run);
    }
    return va ^ below(run, 4096);
}

/* A fence that nothing asked for may change the counts, never an answer. */
static void fence_for_nothing(struct run *run)
{
    struct mmu_fence fence = {.has_va = percent(run, 50),
                              .has_asid = percent(run, 50),
                              .va = random_va(run),
                              .asid = below(run, 8)};
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

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 0);
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
    for (enum mmu_page_size size = MMU_4K; size <= MMU_1G; size++) {
        if (size != MMU_64K) {
            cr_expect(gt(u64, counters->walk.completed_by_size[size], steps / 1000));
        }
    }
}

static void run_on(const char *geometry, enum plan plan)
{
    static struct run run;
    uint64_t seed = setting("PAGEWALK_SEED", DEFAULT_SEED);
    uint64_t steps = setting("PAGEWALK_STEPS", DEFAULT_STEPS);

    run = (struct run){.plan = plan, .random = seed};
    versus_init(&run.versus, geometry);
    cr_assert(ge(uint, mmu_geometry(run.versus.mmu)->asid_bits, 3));
    for (unsigned page = 0; page < TABLES; page++) {
        for (unsigned i = 0; i < HOT; i++) {
            versus_poke(&run.versus, pte_memory_pa(page) + hot_index[i] * 8,
                        random_pte(&run, page));
        }
    }
    run.mode.satp = sv39_satp(0, pte_memory_pa(0));
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
    (void)fprintf(stderr, "PAGEWALK_SEED=%#" PRIx64 "\n", setting("PAGEWALK_SEED", DEFAULT_SEED));
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
