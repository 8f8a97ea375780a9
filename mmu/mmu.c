#include "mmu/mmu.h"

#include <stdlib.h>

#include "mmu/unit.h"
#include "mmu/walk.h"

/* Every bank has a random generator of its own: array 3 is the walk cache. docs/tlb.md */
static uint64_t seed_of(const struct mmu_geometry *geometry, unsigned array)
{
    return geometry->seed * 64 + (uint64_t)array * 8;
}

/* True if nothing but look-ups that find something change the array, one page at a time. */
static bool is_simple(const struct mmu_geometry *geometry, unsigned array)
{
    for (unsigned i = 0; i < geometry->array[array].bank_count; i++) {
        if (geometry->array[array].bank[i].pages != 1) {
            return false;
        }
    }
    return geometry->inclusion == MMU_NEITHER && !geometry->keeps_invalid_leaf &&
           !geometry->keeps_invalid_non_leaf;
}

static bool make_history(struct mmu *mmu)
{
    mmu->history = calloc(1, sizeof *mmu->history);
    if (mmu->history == NULL || !address_spaces_init(&mmu->history->spaces)) {
        return false;
    }
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        if (unit_has_array(mmu, (enum mmu_array)array) &&
            !miss_classifier_init(&mmu->history->array[array], &mmu->geometry.array[array],
                                  seed_of(&mmu->geometry, array),
                                  is_simple(&mmu->geometry, array))) {
            return false;
        }
    }
    return true;
}

static bool make_walk_cache(struct mmu *mmu)
{
    mmu->walker.cache = calloc(1, sizeof *mmu->walker.cache);
    return mmu->walker.cache != NULL &&
           walk_cache_init(mmu->walker.cache, &mmu->geometry.walk_cache,
                           seed_of(&mmu->geometry, MMU_ARRAYS), &mmu->counters.walk.cache_hits);
}

/* Everything that has to be allocated. Returns false if there is not enough memory. */
static bool make_parts(struct mmu *mmu)
{
    const struct mmu_geometry *geometry = &mmu->geometry;

    mmu->asid = calloc((size_t)1 << geometry->asid_bits, sizeof *mmu->asid);
    if (mmu->asid == NULL) {
        return false;
    }
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        if (!tlb_init(&mmu->tlb[array], &geometry->array[array], seed_of(geometry, array),
                      &mmu->counters.array[array])) {
            return false;
        }
    }
    return (geometry->walk_cache.kind == MMU_NO_WALK_CACHE || make_walk_cache(mmu)) &&
           (!geometry->has_classes || make_history(mmu));
}

struct mmu *mmu_create(const struct mmu_geometry *geometry, const struct mmu_memory *memory)
{
    struct mmu *mmu = calloc(1, sizeof *mmu);

    if (mmu == NULL) {
        return NULL;
    }
    mmu->geometry = *geometry;
    mmu->asid_mask = (UINT64_C(1) << geometry->asid_bits) - 1;
    mmu->walker = (struct walker){
        .memory = *memory, .pte_reads = &mmu->counters.walk.pte_reads, .updates = true};
    if (!make_parts(mmu)) {
        mmu_destroy(mmu);
        return NULL;
    }
    return mmu;
}

static void destroy_history(struct mmu_history *history)
{
    address_spaces_finish(&history->spaces);
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        miss_classifier_finish(&history->array[array]);
    }
    free(history);
}

void mmu_destroy(struct mmu *mmu)
{
    if (mmu == NULL) {
        return;
    }
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        tlb_finish(&mmu->tlb[array]);
    }
    if (mmu->walker.cache != NULL) {
        walk_cache_finish(mmu->walker.cache);
    }
    if (mmu->history != NULL) {
        destroy_history(mmu->history);
    }
    free(mmu->walker.cache);
    free(mmu->asid);
    free(mmu);
}

bool mmu_supports_mode(const struct mmu *mmu, uint64_t satp)
{
    uint64_t mode = satp >> SATP_MODE_SHIFT;

    return mode == SATP_MODE_BARE ||
           (mode >= SATP_MODE_SV39 && walk_levels(satp) <= mmu->geometry.levels);
}

void unit_part_history(struct mmu *mmu)
{
    struct mmu_history *history = mmu->history;

    if (history == NULL || history->satp == 0) {
        return;
    }
    uint32_t space = address_spaces_find(&history->spaces, history->satp);

    history->is_lost |= space == 0;
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        miss_classifier_part(&history->array[array], &mmu->tlb[array], space);
    }
}

/* Pages of several address spaces cannot be told apart by what the arrays know of them. */
static void mix_history(struct mmu *mmu)
{
    unit_part_history(mmu);
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        mmu->history->array[array].is_array = false;
        mmu->history->array[array].may_join = false;
        mmu->history->array[array].misses = 0;
    }
}

static void join_history(struct mmu *mmu)
{
    struct mmu_history *history = mmu->history;
    uint32_t asid = (uint32_t)(history->satp >> SATP_ASID_SHIFT & mmu->asid_mask);
    uint32_t space = address_spaces_find(&history->spaces, history->satp);

    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        miss_classifier_join(&history->array[array], &mmu->tlb[array], asid, space);
    }
}

void unit_turn_history(struct mmu *mmu, uint64_t satp)
{
    struct mmu_history *history = mmu->history;

    if (history->satp == satp) {
        join_history(mmu);
        return;
    }
    if (history->satp != 0) {
        mix_history(mmu);
    }
    history->satp = satp;
}

static enum mmu_fence_form form_of(const struct mmu_fence *fence)
{
    if (fence->has_va) {
        return fence->has_asid ? MMU_FENCE_VA_ASID : MMU_FENCE_VA;
    }
    return fence->has_asid ? MMU_FENCE_ASID : MMU_FENCE_ALL;
}

/* The fence as this core does it. Returns false if it names nothing: an address that no page can
 * have. */
static bool adapt(const struct mmu *mmu, struct mmu_fence *fence)
{
    uint64_t widest = (uint64_t)(SATP_MODE_SV39 + mmu->geometry.levels - SV39_LEVELS)
                      << SATP_MODE_SHIFT;

    if (fence->has_va && !walk_is_canonical(widest, fence->va)) {
        return false;
    }
    if (fence->has_va && mmu->geometry.fence_va_removes_all) {
        *fence = (struct mmu_fence){.has_va = false};
    }
    fence->asid &= mmu->asid_mask;
    return true;
}

/* Removes what the fence names. Writes how many translations, and pointers of the walk cache. */
static void remove_named(struct mmu *mmu, const struct mmu_fence *fence, uint64_t *killed,
                         uint64_t *pointers)
{
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        *killed += tlb_fence(&mmu->tlb[array], fence);
    }
    *pointers = mmu->walker.cache == NULL ? 0 : walk_cache_fence(mmu->walker.cache, fence);
}

void mmu_reset(struct mmu *mmu)
{
    static const struct mmu_fence all = {.has_va = false};
    uint64_t pointers;

    mmu->counters.reset.count++;
    unit_part_history(mmu);
    remove_named(mmu, &all, &mmu->counters.reset.entries_killed, &pointers);
}

void mmu_fence(struct mmu *mmu, const struct mmu_fence *fence)
{
    struct mmu_fence_counters *counters = &mmu->counters.fence[form_of(fence)];
    struct mmu_fence adapted = *fence;
    uint64_t killed = 0;
    uint64_t pointers = 0;

    if (adapt(mmu, &adapted)) {
        unit_part_history(mmu);
        remove_named(mmu, &adapted, &killed, &pointers);
    }
    counters->count++;
    counters->entries_killed += killed;
    counters->walk_cache_killed += pointers;
    counters->useless += killed == 0 && pointers == 0;
}

void mmu_observe_walks(struct mmu *mmu, void (*observe)(void *ctx, const struct mmu_walk *walk),
                       void *ctx)
{
    mmu->observe_walk = observe;
    mmu->observe_walk_ctx = ctx;
}

void mmu_observe_misses(struct mmu *mmu, void (*observe)(void *ctx, struct mmu_miss miss),
                        void *ctx)
{
    mmu->observe_miss = observe;
    mmu->observe_miss_ctx = ctx;
}

/* A page of an L1 is about to change. */
static void on_changed(void *ctx, enum mmu_array array, uint64_t va, enum mmu_page_size size,
                       uint32_t entry)
{
    struct mmu *mmu = ctx;

    (void)entry;
    mmu->keeper.changed(mmu->keeper.ctx, array, va, size);
}

/* The same with a history: the page cannot be tied to its shadow any more. */
static void on_tied_changed(void *ctx, enum mmu_array array, uint64_t va, enum mmu_page_size size,
                            uint32_t entry)
{
    struct mmu *mmu = ctx;

    miss_classifier_untie(&mmu->history->array[array], entry);
    mmu->keeper.changed(mmu->keeper.ctx, array, va, size);
}

/* A page is about to leave the shadow: shortcuts to it would not be known there. */
static void on_shadow_changed(void *ctx, enum mmu_array array, uint64_t va, enum mmu_page_size size,
                              uint32_t entry)
{
    struct mmu *mmu = ctx;

    miss_classifier_untie_shadow(&mmu->history->array[array], entry);
    mmu->keeper.changed(mmu->keeper.ctx, array, va, size);
}

/* Has the banks of an L1 and its shadow tell the keeper, and take his clock; or nobody. */
static void watch(struct mmu *mmu, enum mmu_array array)
{
    bool has_keeper = mmu->keeper.changed != NULL;

    mmu->watch[array] = (struct bank_watch){
        .changed = mmu->history == NULL ? on_changed : on_tied_changed, .ctx = mmu, .array = array};
    tlb_watch(&mmu->tlb[array], has_keeper ? &mmu->watch[array] : NULL, mmu->keeper.clock);
    if (mmu->history != NULL) {
        struct miss_classifier *classifier = &mmu->history->array[array];

        mmu->shadow_watch[array] =
            (struct bank_watch){.changed = on_shadow_changed, .ctx = mmu, .array = array};
        miss_classifier_untie_all(classifier);
        tlb_watch(&classifier->shadow, has_keeper ? &mmu->shadow_watch[array] : NULL,
                  mmu->keeper.clock);
    }
}

void mmu_keep_shortcuts(struct mmu *mmu, const struct mmu_keeper *keeper)
{
    mmu->keeper = *keeper;
    for (unsigned array = MMU_L1I; array <= MMU_L1D; array++) {
        watch(mmu, (enum mmu_array)array);
        mmu->has_latest_only[array] =
            keeper->looks_up != NULL && unit_has_latest_only(mmu, (enum mmu_array)array);
    }
}

static void settle(const struct mmu *mmu)
{
    if (mmu->keeper.settle != NULL) {
        mmu->keeper.settle(mmu->keeper.ctx);
    }
}

void mmu_count(const struct mmu *mmu, struct mmu_counts *counts)
{
    settle(mmu);
    *counts = (struct mmu_counts){
        .total = mmu->counters,
        .asid = mmu->asid,
        .asid_count = mmu->asid_count,
        .has_l2 = unit_has_array(mmu, MMU_L2),
        .has_classes = mmu->history != NULL,
        .classes_are_whole = mmu->history != NULL && !mmu->history->is_lost,
        .levels = mmu->geometry.levels,
    };
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        counts->valid[array] =
            tlb_count(&mmu->tlb[array], counts->valid_by_size[array], counts->valid_by_bank[array]);
    }
}

const struct mmu_counters *mmu_counters(const struct mmu *mmu)
{
    settle(mmu);
    return &mmu->counters;
}

const struct mmu_geometry *mmu_geometry(const struct mmu *mmu)
{
    return &mmu->geometry;
}
