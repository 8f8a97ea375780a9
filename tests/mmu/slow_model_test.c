/*
 * The MMU against the slow TLB, on random geometries and all presets, while page tables change
 * without a fence: each answer, each read of a page table, each counter, each law.
 *
 * PAGEWALK_SEED and PAGEWALK_STEPS, from the environment, choose the run and the number of steps
 * over all geometries; with PAGEWALK_FULL set there are 40 million.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/presets.h"
#include "tests/support/chooser.h"
#include "tests/support/random_geometry.h"
#include "tests/support/random_tables.h"
#include "tests/support/slow_versus.h"

enum {
    SPOTS = 40,   /* places that a run keeps coming back to, at most */
    SPACES = 6,   /* address spaces of a run, at most */
    STEPS = 6000, /* of one run */
    CONTENTS_INTERVAL = 500,
    FULL_COVERAGE = 500000, /* steps that are enough for everything to happen */
};

#define DEFAULT_SEED UINT64_C(0x5eed510000de1001)

/* A page that is used in one way, in one address space. */
struct spot {
    uint64_t va;
    enum mmu_access access;
    enum mmu_privilege privilege;
};

struct run {
    struct slow_versus versus;
    struct mmu_geometry geometry;
    struct chooser chooser;
    struct mmu_mode mode;
    unsigned spots; /* in use; fewer make more hits */
    unsigned spaces;
    bool is_steady;  /* one value of satp for all of the run */
    unsigned unrest; /* of 1000 steps, how many change what is not an access */
    struct spot spot[SPOTS];
    uint64_t satp[SPACES];
};

/* What happened over all runs. */
struct coverage {
    uint64_t allowed;
    uint64_t refused;
    uint64_t evictions[MMU_POLICIES]; /* from banks of a policy; at least */
    uint64_t cache_hits[MMU_WALK_CACHE_BY_VA + 1];
    uint64_t cache_kills[MMU_WALK_CACHE_BY_VA + 1][2]; /* [1]: strict, by address */
    struct mmu_counters sum;
    struct slow_notes notes;
};

static struct coverage coverage;

static unsigned below(struct run *run, unsigned limit)
{
    return chooser_below(&run->chooser, limit);
}

static bool percent(struct run *run, unsigned chance)
{
    return chooser_percent(&run->chooser, chance);
}

/* An ASID that the hardware has bits for. */
static uint64_t some_asid(struct run *run)
{
    uint64_t asid = percent(run, 5) ? below(run, 65536) : below(run, 4);
    return asid % (UINT64_C(1) << run->geometry.asid_bits);
}

static uint64_t with_asid(uint64_t satp, uint64_t asid)
{
    return (satp & ~SATP_ASID) | asid << SATP_ASID_SHIFT;
}

/* Another root, or another ASID, or both: stale translations of the old space stay behind. */
static void change_space(struct run *run, unsigned space)
{
    static const unsigned roots_up_to[] = {
        [SV39_LEVELS] = 5, [SV48_LEVELS] = 8, [SV57_LEVELS] = RANDOM_ROOTS};
    unsigned roots = roots_up_to[percent(run, 60) ? SV39_LEVELS : run->geometry.levels];
    unsigned root = RANDOM_FIRST_ROOT + below(run, roots);

    run->satp[space] = random_table_satp(root, some_asid(run));
    if (percent(run, 40)) { /* the root of another */
        uint64_t other = run->satp[below(run, space + 1)];
        run->satp[space] = with_asid(other, some_asid(run));
    }
}

/* A new place, often a neighbour of another. */
static void change_spot(struct run *run, struct spot *spot)
{
    if (percent(run, 50)) {
        int level = (int)below(run, percent(run, 70) ? 1 : 3);
        spot->va = run->spot[below(run, run->spots)].va;
        spot->va -= sv_index(spot->va, level) * sv_span(level);
        spot->va += random_hot_index[below(run, RANDOM_HOT)] * sv_span(level);
    } else {
        spot->va = random_page_va(&run->chooser);
    }
    spot->access = (enum mmu_access)below(run, 3);
    spot->privilege = percent(run, 50) ? MMU_SUPERVISOR : MMU_USER;
}

static void change_pte(struct run *run, unsigned page, unsigned index)
{
    uint64_t pte = random_pte(&run->chooser, page);
    slow_versus_poke(&run->versus, pte_memory_pa(page) + (uint64_t)index * 8, pte);
}

static void change_some_pte(struct run *run)
{
    unsigned page = below(run, RANDOM_TABLES);
    change_pte(run, page, random_hot_index[below(run, RANDOM_HOT)]);
}

static uint64_t spot_va(struct run *run, const struct spot *spot)
{
    return sv_canonical(spot->va, sv_levels(run->mode.satp)) ^ below(run, 4096);
}

/* The physical address of the PTE that a walk for va comes to at this level, or above it where it
 * ends; 0 if there is none. */
static uint64_t pte_on_the_way(const struct run *run, uint64_t va, int level)
{
    uint64_t table = sv_root(run->mode.satp);

    for (int above = sv_levels(run->mode.satp) - 1;; above--) {
        uint64_t pte_pa = table + sv_index(va, above) * 8;
        uint64_t pte = 0;
        if (!pte_memory_peek(&run->versus.memory, pte_pa, &pte)) {
            return 0;
        }
        if (above == level || (pte & (SV_V | SV_R | SV_X)) != SV_V) {
            return pte_pa;
        }
        table = sv_ppn(pte) << 12;
    }
}

/* Changes what a cached translation came from: G, A and D, validity, or all of it and so perhaps
 * the size of the page. */
static void change_pte_of_spot(struct run *run)
{
    static const uint64_t bit[] = {SV_G, SV_G, SV_D, SV_A | SV_D, SV_V};
    uint64_t va = spot_va(run, &run->spot[below(run, run->spots)]);
    uint64_t pte_pa = pte_on_the_way(run, va, (int)below(run, 3));
    unsigned page = (unsigned)((pte_pa - PTE_MEMORY_BASE) / 4096);

    if (pte_pa == 0 || page >= RANDOM_TABLES) {
        return;
    }
    uint64_t pte = *pte_memory_at(&run->versus.memory, pte_pa);
    if (percent(run, 40)) {
        pte = random_pte(&run->chooser, page);
    } else {
        pte ^= bit[below(run, 5)];
    }
    slow_versus_poke(&run->versus, pte_pa, pte);
}

static void fence(struct run *run)
{
    const struct spot *spot = &run->spot[below(run, run->spots)];
    struct mmu_fence fence = {.va = spot_va(run, spot)};

    fence.has_va = percent(run, 70);
    fence.has_asid = percent(run, 50);
    fence.asid = some_asid(run);
    if (percent(run, 3)) {
        fence.va = chooser_word(&run->chooser);
    }
    if (percent(run, 5)) {
        fence.asid |= chooser_word(&run->chooser) << run->geometry.asid_bits;
    }
    slow_versus_fence(&run->versus, &fence);
}

static void change_protection(struct run *run)
{
    unsigned page = below(run, RANDOM_TABLES);
    bool is_unreadable = percent(run, 15);
    slow_versus_protect(&run->versus, page, is_unreadable, percent(run, 30));
}

static void change_something(struct run *run)
{
    unsigned dice = below(run, 100);

    if (dice < 30) {
        fence(run);
    } else if (dice < 60) {
        run->mode.satp = run->satp[below(run, run->spaces)];
    } else if (dice < 64 && !run->is_steady) {
        change_space(run, below(run, run->spaces));
    } else if (dice < 68) {
        change_some_pte(run);
    } else if (dice < 85) {
        change_pte_of_spot(run);
    } else if (dice < 88) {
        change_protection(run);
    } else if (dice < 94) {
        run->mode.sum = percent(run, 70);
        run->mode.mxr = percent(run, 30);
    } else if (dice < 98) {
        run->mode.hardware_ad = percent(run, 70);
    } else {
        run->mode.svpbmt = percent(run, 80);
    }
}

static uint64_t odd_va(struct run *run, uint64_t va)
{
    return percent(run, 70) ? va ^ UINT64_C(1) << (38 + below(run, 26))
                            : chooser_word(&run->chooser);
}

static bool agree(struct run *run, uint64_t va, enum mmu_access access)
{
    bool is_same = slow_versus_agree(&run->versus, &run->mode, va, access, percent(run, 5));
    bool is_allowed = run->versus.outcome == SV_OK;

    coverage.allowed += is_allowed;
    coverage.refused += !is_allowed;
    return is_same;
}

/* One access, mostly to a spot of low number, mostly in its own way. */
static bool access_something(struct run *run)
{
    unsigned index = below(run, 1 + below(run, run->spots));
    struct spot *spot = &run->spot[index];
    enum mmu_access access = percent(run, 80) ? spot->access : (enum mmu_access)below(run, 3);
    uint64_t va = spot_va(run, spot);

    if (percent(run, 1)) {
        va = odd_va(run, va);
    }
    run->mode.privilege = spot->privilege;
    if (percent(run, 2)) {
        run->mode.privilege = percent(run, 20) ? MMU_MACHINE : MMU_USER;
    }
    bool is_same = agree(run, va, access);
    if (percent(run, run->versus.outcome == SV_OK ? 1 : 25)) {
        change_spot(run, spot);
    }
    return is_same;
}

/* Changes the leaf that maps va, perhaps to one of another size: like pte, which allows stores. */
static void change_pte_behind(struct run *run, uint64_t va, uint64_t pte)
{
    int level = percent(run, 40) ? 0 : (int)below(run, 3);
    uint64_t pte_pa = pte_on_the_way(run, va, level);

    if (percent(run, 50)) {
        pte = sv_pte(random_leaf_ppn(&run->chooser, level), pte & 0x7f);
    }
    slow_versus_poke(&run->versus, pte_pa, pte);
}

/* Loads through a PTE with D=0, changes the page tables behind its back, or the ASID, perhaps lets
 * a neighbour bring the new page, and stores: what could not answer may have to go. */
static bool surprise(struct run *run)
{
    uint64_t va = spot_va(run, &run->spot[below(run, run->spots)]);
    uint64_t neighbour = va ^ (UINT64_C(4096) << below(run, percent(run, 50) ? 2 : 9));
    uint64_t pte_pa = pte_on_the_way(run, va, 0);
    uint64_t pte = 0;

    if (!pte_memory_peek(&run->versus.memory, pte_pa, &pte) || (pte & (SV_R | SV_X)) == 0) {
        return true;
    }
    run->mode.privilege = (pte & SV_U) != 0 ? MMU_USER : MMU_SUPERVISOR;
    pte = (pte | SV_R | SV_W | SV_A) & ~SV_D;
    slow_versus_poke(&run->versus, pte_pa, percent(run, 40) ? pte ^ SV_G : pte);
    bool is_same = agree(run, va, MMU_LOAD);
    is_same = is_same && (percent(run, 50) || agree(run, neighbour, MMU_LOAD));
    change_pte_behind(run, va, pte);
    if (!run->is_steady && percent(run, 40)) {
        run->mode.satp = with_asid(run->mode.satp, some_asid(run));
    }
    is_same = is_same && (percent(run, 50) || agree(run, neighbour, MMU_LOAD));
    return is_same && agree(run, va, MMU_STORE);
}

static bool step(struct run *run)
{
    while (below(run, 1000) < run->unrest) {
        change_something(run);
    }
    if (below(run, 2000) < run->unrest) {
        return surprise(run);
    }
    return access_something(run);
}

static void set_up(struct run *run, uint64_t seed)
{
    static const unsigned unrest[] = {5, 30, 100, 250};

    run->chooser = chooser_from_seed(seed);
    run->geometry.levels = percent(run, 60) ? SV57_LEVELS : SV39_LEVELS + below(run, 2);
    run->geometry.seed = chooser_word(&run->chooser);
    run->geometry.has_classes = run->is_steady || percent(run, 90);
    cr_assert(slow_versus_init(&run->versus, &run->geometry));
    for (unsigned page = 0; page < RANDOM_TABLES; page++) {
        for (unsigned i = 0; i < RANDOM_HOT; i++) {
            change_pte(run, page, random_hot_index[i]);
        }
    }
    run->spots = 3 + below(run, SPOTS - 3);
    run->spaces = run->is_steady ? 1 : 1 + below(run, SPACES);
    run->unrest = unrest[below(run, 4)];
    for (unsigned i = 0; i < run->spots; i++) {
        change_spot(run, &run->spot[i]);
    }
    for (unsigned i = 0; i < run->spaces; i++) {
        change_space(run, i);
    }
    run->mode.satp = run->satp[0];
    run->mode.sum = true;
    run->mode.svpbmt = true;
    run->mode.hardware_ad = percent(run, 80);
}

static void add(void *sum, const void *counts, size_t size)
{
    uint64_t *into = sum;
    const uint64_t *from = counts;

    for (size_t i = 0; i < size / sizeof *into; i++) {
        into[i] += from[i];
    }
}

static void cover(const struct run *run)
{
    const struct mmu_geometry *geometry = &run->geometry;
    const struct mmu_counters *counters = mmu_counters(run->versus.mmu);
    enum mmu_walk_cache kind = geometry->walk_cache.kind;

    add(&coverage.sum, counters, sizeof *counters);
    add(&coverage.notes, &run->versus.slow.notes, sizeof coverage.notes);
    for (unsigned i = 0; i < MMU_ARRAYS; i++) {
        if (geometry->array[i].bank_count == 1) {
            coverage.evictions[geometry->array[i].bank[0].policy] += counters->array[i].evictions;
        }
    }
    coverage.cache_hits[kind] += counters->walk.cache_hits;
    if (geometry->fence_va_removes_all) {
        return;
    }
    for (unsigned form = 0; form < MMU_FENCE_FORMS; form++) {
        bool is_strict = form == MMU_FENCE_VA || form == MMU_FENCE_VA_ASID;
        coverage.cache_kills[kind][is_strict] += counters->fence[form].walk_cache_killed;
    }
}

/* Runs both on a geometry. Returns false if they differ, and prints how to see it again. */
static bool run_on(const char *spec, uint64_t seed, uint64_t steps, bool is_steady)
{
    static struct run run;
    struct mmu_geometry_error error;

    run = (struct run){.is_steady = is_steady};
    if (!mmu_geometry_parse(spec, &run.geometry, &error)) {
        cr_fail("%s: %.*s %s", spec, (int)error.part_length, error.part, error.reason);
        return false;
    }
    set_up(&run, seed);
    bool is_same = true;
    uint64_t i = 0;
    for (; i < steps && is_same; i++) {
        is_same = step(&run);
        if (is_same && (i + 1 == steps || i % CONTENTS_INTERVAL == 0)) {
            is_same = slow_versus_same_contents(&run.versus);
        }
    }
    if (is_same) {
        cover(&run);
    } else {
        cr_fail("--tlb=%s, seed %#" PRIx64 ", step %" PRIu64 "%s", spec, seed, i,
                run.versus.mismatch);
    }
    slow_versus_finish(&run.versus);
    return is_same;
}

/* What a test of this length has to have seen; else it would prove little. */
static void check_coverage(void)
{
    const struct mmu_array_counters *l1d = &coverage.sum.array[MMU_L1D];
    const struct mmu_array_counters *l2 = &coverage.sum.array[MMU_L2];

    for (unsigned i = 0; i < MMU_ARRAYS; i++) {
        for (unsigned miss_class = 0; miss_class < MMU_MISS_CLASSES; miss_class++) {
            uint64_t enough = i == MMU_L1I && miss_class == MMU_MISS_UPGRADE ? 0 : 100;
            cr_expect(ge(u64, coverage.sum.array[i].miss_class[miss_class], enough),
                      "array %u, class %u", i, miss_class);
        }
        cr_expect(gt(u64, coverage.sum.array[i].negative_hits, 100), "array %u", i);
        cr_expect(gt(u64, coverage.sum.array[i].unkept_misses, 100), "array %u", i);
        for (unsigned size = 0; size <= MMU_NO_SIZE; size++) {
            cr_expect(gt(u64, coverage.sum.array[i].hits_by_size[size], 100), "%u, size %u", i,
                      size);
        }
    }
    for (unsigned policy = 0; policy < MMU_POLICIES; policy++) {
        cr_expect(gt(u64, coverage.evictions[policy], 100), "policy %u", policy);
    }
    for (unsigned kind = MMU_WALK_CACHE_BY_PTE; kind <= MMU_WALK_CACHE_BY_VA; kind++) {
        cr_expect(gt(u64, coverage.cache_hits[kind], 100), "walk cache %u", kind);
        cr_expect(gt(u64, coverage.cache_kills[kind][0], 100), "walk cache %u", kind);
        cr_expect(gt(u64, coverage.cache_kills[kind][1], 100), "walk cache %u", kind);
    }
    cr_expect(gt(u64, l1d->back_invalidations, 100));
    cr_expect(gt(u64, l2->moves, 100));
    cr_expect(gt(u64, coverage.notes.piece_hits, 100));
    cr_expect(gt(u64, coverage.notes.joins, 100));
    cr_expect(gt(u64, coverage.notes.taken_slots, 10));
    cr_expect(gt(u64, coverage.notes.misfits, 100));
    cr_expect(gt(u64, coverage.notes.retags, 10));
    cr_expect(gt(u64, coverage.notes.whole_evicted, 100));
    cr_expect(gt(u64, coverage.allowed, coverage.refused / 2));
}

Test(slow_model, agrees_on_random_geometries_and_all_presets, .timeout = 3600)
{
    uint64_t seed = chooser_setting("PAGEWALK_SEED", DEFAULT_SEED);
    uint64_t steps =
        chooser_setting("PAGEWALK_STEPS", getenv("PAGEWALK_FULL") == NULL ? 1200000 : 40000000);
    struct chooser chooser = chooser_from_seed(seed);
    char spec[RANDOM_GEOMETRY_LENGTH];
    size_t presets = 0;
    const struct mmu_preset *preset = mmu_presets(&presets);
    uint64_t runs = (steps + STEPS - 1) / STEPS;
    bool is_same = true;

    (void)fprintf(stderr, "PAGEWALK_SEED=%#" PRIx64 "\n", seed);
    for (uint64_t i = 0; i < runs && is_same; i++) {
        random_geometry(&chooser, spec);
        is_same = run_on(i < presets ? preset[i].name : spec, chooser_word(&chooser), STEPS, false);
    }
    if (is_same && steps >= FULL_COVERAGE) {
        check_coverage();
    }
}

/* Where one value of satp stays, arrays of LRU are their own history until a fence or the like, and
 * again some time after it. */
Test(slow_model, agrees_in_a_single_address_space, .timeout = 3600)
{
    static const char *const specs[] = {
        "l1i=2,l1d=4,l2=8",        "l1i=1,l1d=3",
        "l1i=2x2,l1d=2x2,l2=4x2",  "l1i=1,l1d=4:4K+2:super,l2=8",
        "l1i=1,l1d=6,l2=3:random", "l1i=1,l1d=8,l2=16,invalid=leaf",
    };
    struct chooser chooser = chooser_from_seed(chooser_setting("PAGEWALK_SEED", DEFAULT_SEED));
    unsigned rounds = getenv("PAGEWALK_FULL") == NULL ? 8 : 300;
    bool is_same = true;

    for (unsigned i = 0; i < rounds * (sizeof specs / sizeof *specs) && is_same; i++) {
        const char *spec = specs[i % (sizeof specs / sizeof *specs)];

        is_same = run_on(spec, chooser_word(&chooser), STEPS, true);
    }
}
