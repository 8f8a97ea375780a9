/*
 * fuzz_translate.c - libFuzzer target: bytes decide what happens to an MMU and its page tables.
 *
 * Accesses, PTEs stored without a fence, other address spaces, fences: every answer must be one
 * that the manual allows (stale_world.h), and the conservation laws must hold at the end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/stale_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const geometries[] = {"l1i=1,l1d=1", "l1i=4,l1d=4x2,l2=4x2,asid=2",
                                             "default"};
    static struct stale_world world; /* too large for the stack */
    struct mmu_law_broken broken;
    struct mmu_counts counts;

    if (size < 2) {
        return 0;
    }
    if (!stale_world_init(&world, geometries[data[0] % 3],
                          chooser_from_bytes(data + 1, size - 1))) {
        abort();
    }
    while (!chooser_is_done(&world.chooser)) {
        if (!stale_world_step(&world)) {
            (void)fprintf(stderr, "%s\n", world.mismatch);
            abort();
        }
    }
    mmu_count(world.mmu, &counts);
    if (!mmu_laws_hold(&counts, &broken)) {
        abort();
    }
    stale_world_finish(&world);
    return 0;
}
