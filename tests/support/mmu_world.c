#include "tests/support/mmu_world.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <string.h>

void mmu_world_init(struct mmu_world *world, const char *geometry)
{
    mmu_world_init_mode(world, geometry, SV_39);
}

void mmu_world_init_mode(struct mmu_world *world, const char *geometry, enum sv_mode mode)
{
    struct mmu_geometry shape;
    struct mmu_geometry_error error;
    struct mmu_memory memory = pte_memory_for_mmu(&world->memory);

    memset(world, 0, sizeof *world);
    cr_assert(mmu_geometry_parse(geometry, &shape, &error), "%s", geometry);
    shape.levels = (unsigned)sv_levels(sv_satp(mode, 0, 0));
    world->mmu = mmu_create(&shape, &memory);
    cr_assert(ne(ptr, world->mmu, NULL));
    for (unsigned asid = 0; asid < MMU_WORLD_SPACES; asid++) {
        world->satp[asid] = sv_satp(mode, asid, pte_memory_new_table(&world->memory));
    }
}

void mmu_world_finish(struct mmu_world *world)
{
    struct mmu_law_broken broken = {.law = ""};
    struct mmu_counts counts;

    mmu_count(world->mmu, &counts);
    cr_expect(mmu_laws_hold(&counts, &broken), "%s: %" PRIu64 " and %" PRIu64, broken.law,
              broken.left, broken.right);
    mmu_destroy(world->mmu);
    world->mmu = NULL;
}

void mmu_world_map(struct mmu_world *world, unsigned asid, uint64_t va, int level, uint64_t pte)
{
    pte_memory_map(&world->memory, world->satp[asid], va, level, pte);
}

uint64_t *mmu_world_pte(struct mmu_world *world, unsigned asid, uint64_t va, int level)
{
    return pte_memory_slot(&world->memory, world->satp[asid], va, level);
}

struct mmu_mode mmu_world_mode(const struct mmu_world *world, unsigned asid)
{
    return (struct mmu_mode){.satp = world->satp[asid],
                             .privilege = MMU_SUPERVISOR,
                             .svpbmt = true,
                             .hardware_ad = true};
}

enum mmu_status mmu_world_try(struct mmu_world *world, unsigned asid, uint64_t va,
                              enum mmu_access access)
{
    struct mmu_mode mode = mmu_world_mode(world, asid);
    uint64_t pa = 0;
    return mmu_translate(world->mmu, &mode, va, access, &pa);
}

uint64_t mmu_world_pa(struct mmu_world *world, unsigned asid, uint64_t va, enum mmu_access access)
{
    struct mmu_mode mode = mmu_world_mode(world, asid);
    uint64_t pa = 0;

    cr_assert(eq(int, mmu_translate(world->mmu, &mode, va, access, &pa), MMU_OK),
              "ASID %u, va %#" PRIx64, asid, va);
    return pa;
}

bool mmu_world_holds(const struct mmu_world *world, unsigned asid, uint64_t va,
                     enum mmu_access access, enum mmu_array array)
{
    struct mmu_mode mode = mmu_world_mode(world, asid);
    struct mmu_probe probe;

    mmu_probe(world->mmu, &mode, va, access, &probe);
    return probe.array[array].was_asked && probe.array[array].matched;
}

uint64_t mmu_world_valid(const struct mmu_world *world, enum mmu_array array)
{
    struct mmu_counts counts;

    mmu_count(world->mmu, &counts);
    return counts.valid[array];
}
