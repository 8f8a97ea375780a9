#include "tests/support/slow_walk.h"

#include <stddef.h>

/* One walk on its way down. */
struct descent {
    struct slow_walker *walker;
    const struct sv_request *request;
    uint64_t asid;
    uint64_t table;
    int level;
    bool is_global;
};

/* The size of the page that a leaf of this level would map. */
static enum mmu_page_size size_of_level(int level)
{
    static const enum mmu_page_size size[] = {MMU_4K, MMU_2M, MMU_1G, MMU_512G, MMU_256T};
    return size[level];
}

static int level_of_size(enum mmu_page_size size)
{
    int level = 0;

    while (size_of_level(level) != size) {
        level++;
    }
    return level;
}

void slow_walker_init(struct slow_walker *walker, const struct mmu_geometry *geometry,
                      const struct sv_memory *memory)
{
    walker->shape = geometry->walk_cache;
    walker->memory = *memory;
    if (walker->shape.kind == MMU_WALK_CACHE_BY_PTE) {
        walker->shape.banks.bank[0].sizes = 1U << MMU_4K; /* what cached_pte says */
    }
    if (walker->shape.kind != MMU_NO_WALK_CACHE) {
        slow_array_init(&walker->cache, &walker->shape.banks, geometry->seed * 64 + 3 * 8);
    }
}

void slow_walker_finish(struct slow_walker *walker)
{
    slow_array_finish(&walker->cache);
}

static void count_cache_hit(struct slow_walker *walker, int level)
{
    walker->counters.cache_hits++;
    walker->counters.cache_hits_by_level[level]++;
}

/* By VA: begins below the deepest pointer that is known. One of a level that the mode does not
 * have is no pointer of this walk. */
static void skip_known_levels(struct descent *descent)
{
    struct slow_walker *walker = descent->walker;
    struct slow_place place = slow_array_match(&walker->cache, descent->request->va, descent->asid);

    if (place.bank == NULL) {
        return;
    }
    struct slow_translation pointer = slow_place_translation(place);
    int level = level_of_size(pointer.size);
    if (level > descent->level) {
        return;
    }
    slow_place_use(place);
    count_cache_hit(walker, level);
    descent->level = level - 1;
    descent->table = sv_ppn(pointer.pte) << 12;
    descent->is_global = pointer.is_global;
}

/* By PTE: its address, as if it were a page number. */
static struct slow_translation cached_pte(uint64_t pte_pa, uint64_t pte)
{
    return (struct slow_translation){
        .size = MMU_4K, .leaf = MMU_4K, .number = pte_pa / 8, .pte = pte};
}

/* Puts a pointer into the walk cache, which does not hold it. */
static void remember(struct slow_walker *walker, const struct slow_translation *pointer)
{
    struct slow_evicted evicted;
    struct slow_place place = slow_array_join(&walker->cache, pointer);

    if (place.bank == NULL) {
        place = slow_array_take(&walker->cache, pointer, &evicted);
    }
    slow_place_store(place, pointer);
}

static void remember_pointer(struct descent *descent, uint64_t pte_pa, uint64_t pte)
{
    enum mmu_page_size size = size_of_level(descent->level);
    struct slow_translation pointer = {.size = size,
                                       .leaf = size,
                                       .number = slow_page_number(descent->request->va, size),
                                       .tag = descent->asid,
                                       .is_global = descent->is_global,
                                       .pte = pte};

    if (descent->walker->shape.kind == MMU_WALK_CACHE_BY_PTE) {
        pointer = cached_pte(pte_pa, pte);
    }
    if (slow_array_cut(&descent->walker->cache, &pointer, descent->request->va) != NULL) {
        remember(descent->walker, &pointer);
    }
}

/* Finds the PTE at pte_pa, in the walk cache or in memory. Returns false if memory refuses. */
static bool fetch_pte(struct descent *descent, uint64_t pte_pa, uint64_t *pte, bool *is_cached)
{
    struct slow_walker *walker = descent->walker;
    struct slow_place place = {0};

    if (walker->shape.kind == MMU_WALK_CACHE_BY_PTE && descent->level > 0) {
        struct slow_translation wanted = cached_pte(pte_pa, 0);
        place = slow_array_find(&walker->cache, &wanted);
    }
    *is_cached = place.bank != NULL;
    if (*is_cached) {
        slow_place_use(place);
        count_cache_hit(walker, descent->level);
        *pte = slow_place_page(place)->pte;
        return true;
    }
    walker->counters.pte_reads++;
    walker->counters.pte_reads_by_level[descent->level]++;
    return walker->memory.read(walker->memory.ctx, pte_pa, pte);
}

/* Step 9. Returns false if the PTE may not be written. */
static bool set_a_and_d(struct slow_walker *walker, uint64_t pte_pa, const struct sv_answer *answer)
{
    if (answer->sets == 0) {
        return true;
    }
    if (!walker->memory.may_write(walker->memory.ctx, pte_pa)) {
        return false;
    }
    walker->memory.write(walker->memory.ctx, pte_pa, answer->pte | answer->sets);
    walker->counters.a_updates += (answer->sets & SV_A) != 0;
    walker->counters.d_updates += (answer->sets & SV_D) != 0;
    return true;
}

/* Ends the walk at a PTE that is no pointer. */
static struct slow_walk end_at(struct descent *descent, uint64_t pte_pa,
                               const struct sv_answer *answer)
{
    struct slow_walk walk = {.outcome = answer->outcome,
                             .pa = answer->pa,
                             .is_invalid = (answer->pte & SV_V) == 0,
                             .level = (unsigned)descent->level};
    bool is_64k = !walk.is_invalid && (answer->pte & SV_N) != 0;
    enum mmu_page_size size = is_64k ? MMU_64K : size_of_level(descent->level);
    bool has_g = !walk.is_invalid && (answer->pte & SV_G) != 0;

    if (walk.outcome == SV_OK && !set_a_and_d(descent->walker, pte_pa, answer)) {
        walk.outcome = SV_ACCESS_FAULT;
    }
    walk.found = (struct slow_translation){.size = size,
                                           .leaf = size,
                                           .number = slow_page_number(descent->request->va, size),
                                           .tag = descent->asid,
                                           .is_global = descent->is_global || has_g,
                                           .pte = answer->pte | answer->sets};
    return walk;
}

static struct slow_walk descend(struct descent *descent)
{
    for (;; descent->level--) {
        uint64_t pte_pa = descent->table + sv_index(descent->request->va, descent->level) * 8;
        bool is_cached = false;
        uint64_t pte = 0;

        if (!fetch_pte(descent, pte_pa, &pte, &is_cached)) {
            return (struct slow_walk){.outcome = SV_ACCESS_FAULT,
                                      .level = (unsigned)descent->level};
        }
        struct sv_answer answer = sv_judge(descent->request, descent->level, pte);
        if (answer.outcome != SV_POINTER) {
            return end_at(descent, pte_pa, &answer);
        }
        descent->is_global = descent->is_global || (pte & SV_G) != 0;
        if (!is_cached && descent->walker->shape.kind != MMU_NO_WALK_CACHE) {
            remember_pointer(descent, pte_pa, pte);
        }
        descent->table = sv_ppn(pte) << 12;
    }
}

struct slow_walk slow_walker_walk(struct slow_walker *walker, const struct sv_request *request,
                                  uint64_t asid)
{
    struct descent descent = {.walker = walker,
                              .request = request,
                              .asid = asid,
                              .table = sv_root(request->satp),
                              .level = sv_levels(request->satp) - 1};

    if (walker->shape.kind == MMU_WALK_CACHE_BY_VA) {
        skip_known_levels(&descent);
    }
    struct slow_walk walk = descend(&descent);
    walker->counters.count++;
    if (walk.outcome == SV_OK) {
        walker->counters.completed_by_size[walk.found.leaf]++;
    } else {
        walker->counters.faulted++;
    }
    return walk;
}

/* What a fence removes from the walk cache, and how much it was. */
struct removal {
    const struct slow_walker *walker;
    const struct slow_fence *fence;
    uint64_t killed;
};

static bool is_named(void *ctx, const struct slow_translation *pointer, unsigned bank)
{
    struct removal *removal = ctx;
    const struct slow_fence *fence = removal->fence;
    bool is_removed = !fence->has_va || removal->walker->shape.is_strict;

    (void)bank;
    if (removal->walker->shape.kind == MMU_WALK_CACHE_BY_VA) {
        bool is_on_the_way = !fence->has_va || slow_page_holds(pointer, fence->va);
        bool is_asid = !fence->has_asid || (pointer->tag == fence->asid && !pointer->is_global);
        is_removed = is_removed && is_on_the_way && is_asid;
    }
    removal->killed += is_removed;
    return is_removed;
}

uint64_t slow_walker_fence(struct slow_walker *walker, const struct slow_fence *fence)
{
    struct removal removal = {.walker = walker, .fence = fence};

    slow_array_visit(&walker->cache, is_named, &removal);
    return removal.killed;
}
