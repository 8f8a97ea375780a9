/*
 * The MMU's TLB against every answer that the manual allows, while page tables change without a
 * fence. What a fence promises shows only where an old answer would have been possible.
 *
 * PAGEWALK_SEED and PAGEWALK_STEPS, from the environment, choose the run and the number of steps
 * over all geometries; with PAGEWALK_FULL set there are 6 million.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/stale_world.h"

#define DEFAULT_SEED UINT64_C(0x5eed0a110edacc55)

static const char *const geometries[] = {
    "default",
    "l1i=1,l1d=1",
    "l1i=4,l1d=4,l2=4x2,asid=16",
    "l1i=4x2,l1d=2x4,l2=8x2,asid=2",
    "l1i=8,l1d=64x1,l2=7,asid=0",
    "l1i=65536,l1d=65536",
};

enum { GEOMETRIES = sizeof geometries / sizeof *geometries };

static uint64_t steps_each(void)
{
    uint64_t otherwise = getenv("PAGEWALK_FULL") == NULL ? 300000 : 6000000;
    return chooser_setting("PAGEWALK_STEPS", otherwise) / GEOMETRIES;
}

/* A run that never saw an old answer, or where all was allowed, would prove nothing. */
static void check_coverage(const struct stale_world *world, const char *geometry)
{
    cr_expect(gt(u64, world->decided, world->accesses / 4), "%s", geometry);
    cr_expect(gt(u64, world->stale, world->accesses / 100), "%s", geometry);
    cr_expect(gt(u64, world->stale_pa, world->accesses / 200), "%s", geometry);
    cr_expect(lt(u64, world->lost, world->accesses / 1000), "%s", geometry);
}

static void run_on(const char *geometry, uint64_t seed, uint64_t steps)
{
    static struct stale_world world;
    struct mmu_law_broken broken = {.law = ""};
    struct mmu_counts counts;

    cr_assert(stale_world_init(&world, geometry, chooser_from_seed(seed)), "%s", geometry);
    for (uint64_t i = 0; i < steps; i++) {
        if (!stale_world_step(&world)) {
            cr_fatal("PAGEWALK_SEED=%#" PRIx64 ", %s, step %" PRIu64 ": %s", seed, geometry, i,
                     world.mismatch);
        }
    }
    mmu_count(world.mmu, &counts);
    cr_expect(mmu_laws_hold(&counts, &broken), "%s: %" PRIu64 " and %" PRIu64, broken.law,
              broken.left, broken.right);
    if (steps >= 20000) {
        check_coverage(&world, geometry);
    }
    stale_world_finish(&world);
}

Test(allowed_answers, every_answer_is_one_that_the_manual_allows, .timeout = 3600)
{
    uint64_t seed = chooser_setting("PAGEWALK_SEED", DEFAULT_SEED);

    (void)fprintf(stderr, "PAGEWALK_SEED=%#" PRIx64 "\n", seed);
    for (unsigned i = 0; i < GEOMETRIES; i++) {
        run_on(geometries[i], seed + i, steps_each());
    }
}
