#include "mmu/mmu.h"

#include <stdlib.h>

#include "mmu/permission.h"
#include "mmu/tlb.h"
#include "mmu/walk.h"

struct mmu {
    struct mmu_geometry geometry;
    struct mmu_memory memory;         /* as given */
    struct mmu_memory counted_memory; /* the same, counting reads; ctx is this MMU */
    struct tlb tlb[MMU_ARRAYS];
    struct mmu_counters counters;
    struct mmu_share_counters *asid; /* [1 << asid_bits] */
    size_t asid_count;               /* those at and above it are all zero */
    void (*observe)(void *ctx, const struct mmu_walk *walk);
    void *observe_ctx;
};

/* One translation on its way. */
struct request {
    const struct mmu_mode *mode;
    uint64_t va;
    enum mmu_access access;
    unsigned asid;
};

/* What an array says to a request. */
struct answer {
    struct tlb_entry *entry; /* the one that matches; NULL: none */
    bool is_hit;             /* it answers: with an address if rule is MMU_ALLOWED, else with no */
    enum mmu_rule rule;
};

static bool count_and_read_pte(void *ctx, uint64_t pa, uint64_t *pte)
{
    struct mmu *mmu = ctx;

    mmu->counters.walk.pte_reads++;
    return mmu->memory.read_pte(mmu->memory.ctx, pa, pte);
}

static bool may_write_pte(void *ctx, uint64_t pa)
{
    const struct mmu *mmu = ctx;

    return mmu->memory.may_write_pte(mmu->memory.ctx, pa);
}

static bool swap_pte(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired)
{
    const struct mmu *mmu = ctx;

    return mmu->memory.swap_pte(mmu->memory.ctx, pa, expected, desired);
}

struct mmu *mmu_create(const struct mmu_geometry *geometry, const struct mmu_memory *memory)
{
    struct mmu *mmu = calloc(1, sizeof *mmu);

    if (mmu == NULL) {
        return NULL;
    }
    mmu->geometry = *geometry;
    mmu->memory = *memory;
    mmu->counted_memory = (struct mmu_memory){.read_pte = count_and_read_pte,
                                              .may_write_pte = may_write_pte,
                                              .swap_pte = swap_pte,
                                              .ctx = mmu};
    mmu->asid = calloc((size_t)1 << geometry->asid_bits, sizeof *mmu->asid);

    bool has_all = mmu->asid != NULL;

    for (unsigned array = 0; has_all && array < MMU_ARRAYS; array++) {
        has_all = tlb_init(&mmu->tlb[array], &geometry->array[array], &mmu->counters.array[array]);
    }
    if (!has_all) {
        mmu_destroy(mmu);
        return NULL;
    }
    return mmu;
}

void mmu_destroy(struct mmu *mmu)
{
    if (mmu == NULL) {
        return;
    }
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        tlb_finish(&mmu->tlb[array]);
    }
    free(mmu->asid);
    free(mmu);
}

bool mmu_supports_mode(const struct mmu *mmu, uint64_t satp)
{
    uint64_t mode = satp >> SATP_MODE_SHIFT;

    return mode == SATP_MODE_BARE ||
           (mode >= SATP_MODE_SV39 && walk_levels(satp) <= mmu->geometry.levels);
}

bool mmu_is_active(const struct mmu_mode *mode)
{
    return mode->privilege != MMU_MACHINE && mode->satp >> SATP_MODE_SHIFT != SATP_MODE_BARE;
}

static bool has_array(const struct mmu *mmu, enum mmu_array array)
{
    return mmu->geometry.array[array].sets != 0;
}

static struct request make_request(const struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
                                   enum mmu_access access)
{
    uint64_t asid_mask = (UINT64_C(1) << mmu->geometry.asid_bits) - 1;

    return (struct request){
        .mode = mode,
        .va = va,
        .access = access,
        .asid = (unsigned)((mode->satp & SATP_ASID) >> SATP_ASID_SHIFT & asid_mask),
    };
}

/* Asks one array. A store that hardware must first set D for is no hit: only a walk can do that,
 * "the address-translation cache cannot be used in step 9". [sv32algorithm] */
static struct answer ask(const struct mmu *mmu, enum mmu_array array, const struct request *request)
{
    struct answer answer = {.entry = tlb_find(&mmu->tlb[array], request->va, request->asid)};

    if (answer.entry != NULL) {
        answer.rule = permission_check(answer.entry->pte, request->mode, request->access);
        answer.is_hit = answer.rule != MMU_ALLOWED ||
                        permission_missing_ad(answer.entry->pte, request->access) == 0;
    }
    return answer;
}

static void count_access(struct mmu *mmu, enum mmu_array array, const struct request *request)
{
    mmu->counters.array[array].accesses[request->access]++;
    mmu->counters.mode[request->mode->privilege].array[array].accesses++;
    mmu->asid[request->asid].array[array].accesses++;
    if (request->asid >= mmu->asid_count) {
        mmu->asid_count = request->asid + 1;
    }
}

static void count_hit(struct mmu *mmu, enum mmu_array array, const struct request *request,
                      unsigned size)
{
    mmu->counters.array[array].hits[request->access]++;
    mmu->counters.array[array].hits_by_size[size]++;
    mmu->counters.mode[request->mode->privilege].array[array].hits++;
    mmu->asid[request->asid].array[array].hits++;
}

/* size is that of the translation which the miss brought, MMU_NO_SIZE if none came of it. */
static void count_miss(struct mmu *mmu, enum mmu_array array, const struct request *request,
                       unsigned size)
{
    mmu->counters.array[array].misses[request->access]++;
    mmu->counters.array[array].misses_by_size[size]++;
    mmu->counters.mode[request->mode->privilege].array[array].misses++;
    mmu->asid[request->asid].array[array].misses++;
}

static void count_walk(struct mmu *mmu, const struct request *request, const struct mmu_walk *walk)
{
    struct mmu_walk_counters *counters = &mmu->counters.walk;

    counters->count++;
    if (walk->rule == MMU_ALLOWED) {
        counters->completed_by_size[walk->size]++;
    } else {
        counters->faulted++;
    }
    for (unsigned level = 0; level < MMU_MAX_LEVELS; level++) {
        counters->pte_reads_by_level[level] += walk->pte_reads[level];
    }
    counters->a_updates += walk->sets_a;
    counters->d_updates += walk->sets_d;
    mmu->counters.mode[request->mode->privilege].walks++;
    mmu->asid[request->asid].walks++;
}

/* Runs a walk for the request, and tells whoever listens. */
static void run_walk(struct mmu *mmu, const struct request *request, struct mmu_walk *walk)
{
    *walk = (struct mmu_walk){.va = request->va, .access = request->access, .mode = *request->mode};
    walk_run(&mmu->counted_memory, true, walk);
    count_walk(mmu, request, walk);
    if (mmu->observe != NULL) {
        mmu->observe(mmu->observe_ctx, walk);
    }
}

/* The last level has missed: walks, and fills the L2, where there is one, with what it finds. */
static enum mmu_rule find_by_walk(struct mmu *mmu, const struct request *request,
                                  struct tlb_entry *stale_l2, struct tlb_translation *found)
{
    struct mmu_walk walk;

    run_walk(mmu, request, &walk);
    if (walk.rule != MMU_ALLOWED) {
        found->size = MMU_NO_SIZE;
        return walk.rule;
    }
    *found = (struct tlb_translation){
        .va = request->va,
        .pte = walk.pte,
        .size = walk.size,
        .asid = request->asid,
        .is_global = walk.is_global,
    };
    if (has_array(mmu, MMU_L2)) {
        tlb_fill(&mmu->tlb[MMU_L2], found, stale_l2);
    }
    return MMU_ALLOWED;
}

/* The L1 has missed: asks the L2, then the page tables. An L2 hit gives its translation to the L1
 * even if it refuses this access; found->size is MMU_NO_SIZE if nothing was found. */
static enum mmu_rule find_beyond_l1(struct mmu *mmu, const struct request *request,
                                    struct tlb_translation *found)
{
    if (!has_array(mmu, MMU_L2)) {
        return find_by_walk(mmu, request, NULL, found);
    }
    count_access(mmu, MMU_L2, request);
    struct answer answer = ask(mmu, MMU_L2, request);

    if (!answer.is_hit) {
        enum mmu_rule rule = find_by_walk(mmu, request, answer.entry, found);

        count_miss(mmu, MMU_L2, request, found->size);
        return rule;
    }
    count_hit(mmu, MMU_L2, request, answer.entry->size);
    tlb_use(&mmu->tlb[MMU_L2], answer.entry);
    *found = (struct tlb_translation){
        .va = request->va,
        .pte = answer.entry->pte,
        .size = answer.entry->size,
        .asid = answer.entry->asid,
        .is_global = answer.entry->is_global,
    };
    return answer.rule;
}

enum mmu_status mmu_translate(struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
                              enum mmu_access access, uint64_t *pa)
{
    if (!mmu_is_active(mode)) {
        *pa = va;
        return MMU_OK;
    }
    if (!walk_is_canonical(mode->satp, va)) {
        return MMU_PAGE_FAULT;
    }
    const struct request request = make_request(mmu, mode, va, access);
    enum mmu_array l1 = access == MMU_FETCH ? MMU_L1I : MMU_L1D;

    count_access(mmu, l1, &request);
    struct answer answer = ask(mmu, l1, &request);

    if (answer.is_hit) {
        count_hit(mmu, l1, &request, answer.entry->size);
        tlb_use(&mmu->tlb[l1], answer.entry);
        if (answer.rule == MMU_ALLOWED) {
            *pa = walk_leaf_pa(answer.entry->pte, answer.entry->size, va);
        }
        return mmu_rule_status(answer.rule);
    }
    struct tlb_translation found;
    enum mmu_rule rule = find_beyond_l1(mmu, &request, &found);

    count_miss(mmu, l1, &request, found.size);
    if (found.size != MMU_NO_SIZE) {
        tlb_fill(&mmu->tlb[l1], &found, answer.entry);
    }
    if (rule == MMU_ALLOWED) {
        *pa = walk_leaf_pa(found.pte, found.size, va);
    }
    return mmu_rule_status(rule);
}

static enum mmu_fence_form form_of(const struct mmu_fence *fence)
{
    if (fence->has_va) {
        return fence->has_asid ? MMU_FENCE_VA_ASID : MMU_FENCE_VA;
    }
    return fence->has_asid ? MMU_FENCE_ASID : MMU_FENCE_ALL;
}

void mmu_fence(struct mmu *mmu, const struct mmu_fence *fence)
{
    struct mmu_fence_counters *counters = &mmu->counters.fence[form_of(fence)];
    struct mmu_fence masked = *fence;
    uint64_t killed = 0;

    masked.asid &= (UINT64_C(1) << mmu->geometry.asid_bits) - 1;
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        killed += tlb_fence(&mmu->tlb[array], &masked);
    }
    counters->count++;
    counters->entries_killed += killed;
    counters->useless += killed == 0;
}

static struct mmu_cached describe(const struct tlb_entry *entry, uint64_t va)
{
    return (struct mmu_cached){
        .size = entry->size,
        .va = entry->page << walk_page_shift(entry->size),
        .pte = entry->pte,
        .pa = walk_leaf_pa(entry->pte, entry->size, va),
        .asid = entry->asid,
        .is_global = entry->is_global,
    };
}

/* Asks one array for a probe. Returns true if it answers, and so decides the outcome. */
static bool probe_array(const struct mmu *mmu, enum mmu_array array, const struct request *request,
                        struct mmu_probe *probe)
{
    struct answer answer = ask(mmu, array, request);

    probe->array[array].was_asked = true;
    probe->array[array].matched = answer.entry != NULL;
    probe->array[array].answers = answer.is_hit;
    if (answer.entry != NULL) {
        probe->array[array].entry = describe(answer.entry, request->va);
    }
    if (answer.is_hit) {
        probe->rule = answer.rule;
        probe->pa = probe->array[array].entry.pa;
    }
    return answer.is_hit;
}

void mmu_probe(const struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
               enum mmu_access access, struct mmu_probe *probe)
{
    const struct request request = make_request(mmu, mode, va, access);

    *probe = (struct mmu_probe){.pa = va};
    if (!mmu_is_active(mode)) {
        return;
    }
    if (!walk_is_canonical(mode->satp, va)) {
        probe->rule = MMU_NOT_CANONICAL;
        return;
    }
    if (probe_array(mmu, access == MMU_FETCH ? MMU_L1I : MMU_L1D, &request, probe)) {
        return;
    }
    if (has_array(mmu, MMU_L2) && probe_array(mmu, MMU_L2, &request, probe)) {
        return;
    }
    probe->walks = true;
    probe->walk = (struct mmu_walk){.va = va, .access = access, .mode = *mode};
    walk_run(&mmu->memory, false, &probe->walk);
    probe->rule = probe->walk.rule;
    probe->pa = probe->walk.pa;
}

void mmu_observe_walks(struct mmu *mmu, void (*observe)(void *ctx, const struct mmu_walk *walk),
                       void *ctx)
{
    mmu->observe = observe;
    mmu->observe_ctx = ctx;
}

void mmu_count(const struct mmu *mmu, struct mmu_counts *counts)
{
    *counts = (struct mmu_counts){
        .total = mmu->counters,
        .asid = mmu->asid,
        .asid_count = mmu->asid_count,
        .has_l2 = has_array(mmu, MMU_L2),
        .levels = mmu->geometry.levels,
    };
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        counts->valid[array] = tlb_count_valid(&mmu->tlb[array]);
    }
}

const struct mmu_counters *mmu_counters(const struct mmu *mmu)
{
    return &mmu->counters;
}

const struct mmu_geometry *mmu_geometry(const struct mmu *mmu)
{
    return &mmu->geometry;
}
