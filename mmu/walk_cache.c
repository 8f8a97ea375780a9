#include "mmu/walk_cache.h"

#include "mmu/pte.h"
#include "mmu/walk.h"

static const struct tlb_match no_match = {.bank = NULL};

bool walk_cache_init(struct walk_cache *cache, const struct mmu_walk_cache_geometry *geometry,
                     uint64_t seed, uint64_t *hits)
{
    *cache =
        (struct walk_cache){.kind = geometry->kind, .is_strict = geometry->is_strict, .hits = hits};
    return tlb_init(&cache->pointers, &geometry->banks, seed, &cache->uncounted);
}

void walk_cache_finish(struct walk_cache *cache)
{
    tlb_finish(&cache->pointers);
}

static void count_hit(struct walk_cache *cache, struct tlb_match match)
{
    tlb_use(match);
    (*cache->hits)++;
}

/* The level of a pointer to what is as large as a page of this size. */
static unsigned level_of(enum mmu_page_size size)
{
    unsigned level = 1;

    while (walk_leaf_size(level) != size) {
        level++;
    }
    return level;
}

bool walk_cache_find_start(struct walk_cache *cache, const struct mmu_walk *walk, bool use,
                           struct walk_pointer *pointer)
{
    if (cache->kind != MMU_WALK_CACHE_BY_VA) {
        return false;
    }
    struct tlb_match match = tlb_find(&cache->pointers, walk->va, walk->asid);

    if (!tlb_has(match)) {
        return false;
    }
    struct translation found = tlb_translation(match);
    unsigned level = level_of(found.size);

    if (level >= walk_levels(walk->mode.satp)) {
        return false; /* of a wider mode */
    }
    if (use) {
        count_hit(cache, match);
    }
    *pointer =
        (struct walk_pointer){.pte = found.pte, .level = level, .is_global = found.is_global};
    return true;
}

bool walk_cache_find_pte(struct walk_cache *cache, uint64_t pa, bool use, uint64_t *pte)
{
    if (cache->kind != MMU_WALK_CACHE_BY_PTE) {
        return false;
    }
    struct bank *bank = &cache->pointers.bank[0];
    struct tlb_match match = {.bank = bank, .page = bank_find(bank, pa / PTE_SIZE, MMU_4K, 0)};

    if (match.page == BANK_NONE) {
        return false;
    }
    if (use) {
        count_hit(cache, match);
    }
    *pte = tlb_pte(match);
    return true;
}

void walk_cache_learn(struct walk_cache *cache, const struct mmu_walk *walk,
                      const struct walk_pointer *pointer)
{
    enum mmu_page_size size = walk_leaf_size(pointer->level);
    struct translation translation = {.pte = pointer->pte};

    if (cache->kind == MMU_NO_WALK_CACHE) {
        return;
    }
    if (cache->kind == MMU_WALK_CACHE_BY_PTE) {
        translation.page = pointer->pa / PTE_SIZE;
        translation.size = MMU_4K;
    } else {
        translation.page = walk->va >> walk_page_shift(size);
        translation.size = size;
        translation.space = walk->asid;
        translation.is_global = pointer->is_global;
    }
    translation.leaf = translation.size;
    if (cache->pointers.keeps_as[translation.size] == translation.size) {
        tlb_fill(&cache->pointers, &translation, no_match, NULL);
    }
}

uint64_t walk_cache_fence(struct walk_cache *cache, const struct mmu_fence *fence)
{
    static const struct mmu_fence all = {.has_va = false};

    if (fence->has_va && !cache->is_strict) {
        return 0; /* such a fence is about leaf PTEs [norm:sfence_vma_va_all_asid] */
    }
    return tlb_fence(&cache->pointers, cache->kind == MMU_WALK_CACHE_BY_PTE ? &all : fence);
}
