/*
 * fuzz_translate.c - libFuzzer target: accesses, stores to page tables, satp and fences in any
 * order.
 *
 * The bytes are the decisions of tests/support/stale_world.h: the first chooses the TLB, two more
 * the page tables to start with and what happens after the last byte, so that also a short input
 * shows what its end has done to the TLB. Every answer must be one that the manual allows, and the
 * counts must obey their laws at the end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/stale_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const geometries[] = {"l1i=1,l1d=1", "l1i=4,l1d=4,l2=4x2,asid=16",
                                         "l1i=4x2,l1d=2x4,l2=8x2,asid=2", "l1i=8,l1d=8,asid=0"};

enum { GEOMETRIES = sizeof geometries / sizeof *geometries, HEAD = 3, STEPS_AFTER = 500 };

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
    const char *geometry = geometries[data[0] % GEOMETRIES];
    uint64_t seed = data[1] | (uint64_t)data[2] << 8;
    require(stale_world_init(&world, geometry, chooser_from_seed(seed)), geometry);
    chooser_use_bytes(&world.chooser, data + HEAD, size - HEAD);
    for (unsigned after = 0; after < STEPS_AFTER; after += world.chooser.left == 0) {
        require(stale_world_step(&world), world.mismatch);
    }
    mmu_count(world.mmu, &counts);
    require(mmu_laws_hold(&counts, &broken), broken.law);
    stale_world_finish(&world);
    return 0;
}
