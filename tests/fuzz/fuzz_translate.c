/*
 * fuzz_translate.c - libFuzzer target: accesses, stores to page tables, satp and fences in any
 * order.
 *
 * The bytes are decisions. The first two are a seed: of the page tables to start with and of what
 * happens after the last byte, so that also a short input shows what its end has done to the TLB.
 * The next ones choose the TLB, by random_geometry.h, the others what happens, by stale_world.h.
 * Every answer must be one that the manual allows, and the counts must obey their laws at the end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/random_geometry.h"
#include "tests/support/stale_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 2, STEPS_AFTER = 200 };

static void require(bool holds, const char *why)
{
    if (!holds) {
        (void)fprintf(stderr, "%s\n", why);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stale_world world;
    struct mmu_law_broken broken = {.law = ""};
    struct mmu_counts counts;

    if (size < HEAD) {
        return 0;
    }
    struct chooser chooser = chooser_from_seed(data[0] | (uint64_t)data[1] << 8);
    struct chooser of_geometry = chooser;
    char geometry[RANDOM_GEOMETRY_LENGTH];

    chooser_use_bytes(&of_geometry, data + HEAD, size - HEAD);
    random_geometry(&of_geometry, geometry);
    require(stale_world_init(&world, geometry, chooser), geometry);
    chooser_use_bytes(&world.chooser, of_geometry.bytes, of_geometry.left);
    for (unsigned after = 0; after < STEPS_AFTER; after += world.chooser.left == 0) {
        require(stale_world_step(&world), world.mismatch);
    }
    mmu_count(world.mmu, &counts);
    require(mmu_laws_hold(&counts, &broken), broken.law);
    stale_world_finish(&world);
    return 0;
}
