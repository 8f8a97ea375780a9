#include "tests/support/slow_tlb.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "tests/support/slow_fill.h"

/* One access while it is made. */
struct slow_access {
    struct slow_tlb *tlb;
    struct sv_request request;
    enum mmu_access kind;
    uint64_t asid;
    uint64_t space; /* satp, but for the bits of ASID that do not exist */
};

/* What came of an access, or of one look-up. */
struct slow_answer {
    enum sv_outcome outcome;
    uint64_t pa;
    bool is_translated; /* a translation came of it, if only to refuse the access */
    bool is_kept;       /* *found may be put into arrays; an invalid PTE may be, too */
    struct slow_translation found;
};

/* How a look-up in one array went. */
struct slow_lookup {
    struct slow_place place; /* of the entry that matched, or nowhere */
    bool decides;            /* a hit: answer is valid */
    struct slow_answer answer;
};

enum { SLOW_ASIDS = 1 << MMU_MAX_ASID_BITS };

void slow_tlb_init(struct slow_tlb *tlb, const struct mmu_geometry *geometry,
                   const struct sv_memory *memory)
{
    *tlb = (struct slow_tlb){.geometry = *geometry};
    for (unsigned i = 0; i < MMU_ARRAYS; i++) {
        uint64_t first_random = geometry->seed * 64 + i * 8;
        slow_array_init(&tlb->array[i], &geometry->array[i], first_random);
        slow_classes_init(&tlb->classes[i], &geometry->array[i], first_random);
    }
    slow_walker_init(&tlb->walker, geometry, memory);
    tlb->asid = calloc(SLOW_ASIDS, sizeof *tlb->asid);
    assert(tlb->asid != NULL);
}

void slow_tlb_finish(struct slow_tlb *tlb)
{
    for (unsigned i = 0; i < MMU_ARRAYS; i++) {
        slow_array_finish(&tlb->array[i]);
        slow_classes_finish(&tlb->classes[i]);
    }
    slow_walker_finish(&tlb->walker);
    free(tlb->asid);
    *tlb = (struct slow_tlb){0};
}

static bool has_l2(const struct slow_tlb *tlb)
{
    return tlb->array[MMU_L2].bank_count > 0;
}

/* The ASID of a register as far as the hardware has bits for it. */
static uint64_t existing_asid(const struct slow_tlb *tlb, uint64_t asid)
{
    return asid % (UINT64_C(1) << tlb->geometry.asid_bits);
}

static enum mmu_page_size counted_size(const struct slow_translation *translation)
{
    return (translation->pte & SV_V) == 0 ? MMU_NO_SIZE : translation->leaf;
}

/* The level whose PTE maps a page of this size. */
static int leaf_level(enum mmu_page_size size)
{
    static const int level[] = {0, 0, 1, 2, 3, 4};
    return level[size];
}

/* What a cached PTE says to an access. Returns false if hardware has to set D first. */
static bool judge_cached(const struct slow_access *access, const struct slow_translation *cached,
                         struct slow_answer *answer)
{
    struct sv_request request = access->request;
    bool is_svade = request.svade;

    request.pbmte = true; /* what the walk let through stays */
    request.svade = false;
    struct sv_answer judged = sv_judge(&request, leaf_level(cached->leaf), cached->pte);
    *answer = (struct slow_answer){.outcome = judged.outcome,
                                   .pa = judged.pa,
                                   .is_translated = (cached->pte & SV_V) != 0,
                                   .is_kept = true,
                                   .found = *cached};
    if (judged.outcome != SV_OK || (judged.sets & SV_D) == 0) {
        return true;
    }
    answer->outcome = SV_PAGE_FAULT;
    return is_svade;
}

/* Counting. */

/* What an array keeps of a translation, with its address space for a tag. Returns the bank. */
static struct slow_bank *shadow_page(struct slow_access *access, enum mmu_array array,
                                     struct slow_translation *page)
{
    struct slow_bank *bank = slow_array_cut(&access->tlb->array[array], page, access->request.va);

    page->tag = page->is_global ? SLOW_SHARED_SPACE : access->space;
    return bank;
}

static void count_access(struct slow_access *access, enum mmu_array array, bool is_hit)
{
    struct mmu_counters *counters = &access->tlb->counters;
    struct mmu_array_counters *counts = &counters->array[array];
    struct mmu_share_counters *share[] = {
        &counters->mode[access->request.privilege == SV_SUPERVISOR],
        &access->tlb->asid[access->asid],
    };

    counts->accesses[access->kind]++;
    counts->hits[access->kind] += is_hit;
    counts->misses[access->kind] += !is_hit;
    for (unsigned i = 0; i < 2; i++) {
        share[i]->array[array].accesses++;
        share[i]->array[array].hits += is_hit;
        share[i]->array[array].misses += !is_hit;
    }
}

static void settle_hit(struct slow_access *access, enum mmu_array array,
                       const struct slow_lookup *lookup)
{
    struct slow_tlb *tlb = access->tlb;
    struct mmu_array_counters *counts = &tlb->counters.array[array];
    struct slow_translation page = lookup->answer.found;

    count_access(access, array, true);
    counts->hits_by_size[counted_size(&page)]++;
    counts->negative_hits += !lookup->answer.is_translated;
    counts->bank[lookup->place.bank - tlb->array[array].bank].hits++;
    tlb->notes.piece_hits += page.size != page.leaf;
    if (lookup->answer.is_translated && tlb->geometry.has_classes) {
        (void)shadow_page(access, array, &page);
        slow_classes_settle(&tlb->classes[array], &page, true);
    }
}

/* The class of a miss that brought a translation; the shadows learn of it. */
static enum mmu_miss_class classify(struct slow_access *access, enum mmu_array array, bool is_stuck,
                                    const struct slow_translation *found)
{
    struct slow_classes *classes = &access->tlb->classes[array];
    struct slow_translation page = *found;
    bool is_kept = shadow_page(access, array, &page) != NULL;
    enum mmu_miss_class miss_class =
        is_stuck ? MMU_MISS_UPGRADE : slow_classes_of(classes, &page, is_kept);

    slow_classes_settle(classes, &page, is_kept);
    return miss_class;
}

static void settle_miss(struct slow_access *access, enum mmu_array array, bool is_stuck,
                        const struct slow_answer *answer)
{
    struct slow_tlb *tlb = access->tlb;
    struct mmu_array_counters *counts = &tlb->counters.array[array];
    enum mmu_miss_class miss_class = MMU_MISS_FAULT;
    enum mmu_page_size size = MMU_NO_SIZE;

    count_access(access, array, false);
    if (answer->is_translated) {
        struct slow_translation kept = answer->found;
        struct slow_bank *bank = slow_array_cut(&tlb->array[array], &kept, access->request.va);
        size = answer->found.leaf;
        counts->unkept_misses += bank == NULL;
        if (bank != NULL) {
            counts->bank[bank - tlb->array[array].bank].misses++;
        }
    }
    counts->misses_by_size[size]++;
    if (tlb->geometry.has_classes) {
        if (answer->is_translated) {
            miss_class = classify(access, array, is_stuck, &answer->found);
        }
        counts->miss_class[miss_class]++;
    }
}

/* Looking up. */

static struct slow_lookup look_up(struct slow_access *access, enum mmu_array array)
{
    struct slow_lookup lookup = {
        .place = slow_array_match(&access->tlb->array[array], access->request.va, access->asid)};

    if (lookup.place.bank != NULL) {
        struct slow_translation cached = slow_place_translation(lookup.place);
        lookup.decides = judge_cached(access, &cached, &lookup.answer);
    }
    if (lookup.decides) {
        slow_place_use(lookup.place);
        settle_hit(access, array, &lookup);
    }
    return lookup;
}

/* True if a walk that met a PTE with V=0 leaves it in the arrays. */
static bool keeps_invalid(const struct slow_tlb *tlb, const struct slow_walk *walk)
{
    return walk->is_invalid && (walk->level == 0 ? tlb->geometry.keeps_invalid_leaf
                                                 : tlb->geometry.keeps_invalid_non_leaf);
}

static struct slow_answer walk_for(struct slow_access *access)
{
    struct slow_tlb *tlb = access->tlb;
    struct slow_walk walk = slow_walker_walk(&tlb->walker, &access->request, access->asid);

    tlb->counters.mode[access->request.privilege == SV_SUPERVISOR].walks++;
    tlb->asid[access->asid].walks++;
    return (struct slow_answer){.outcome = walk.outcome,
                                .pa = walk.pa,
                                .is_translated = walk.outcome == SV_OK,
                                .is_kept = walk.outcome == SV_OK || keeps_invalid(tlb, &walk),
                                .found = walk.found};
}

/* Asks the L2, and where it cannot answer walks and gives it what came. */
static struct slow_answer ask_l2(struct slow_access *access)
{
    struct slow_tlb *tlb = access->tlb;
    struct slow_lookup lookup = look_up(access, MMU_L2);
    bool is_exclusive = tlb->geometry.inclusion == MMU_EXCLUSIVE;
    bool is_stuck = lookup.place.bank != NULL && !lookup.decides;
    struct slow_answer answer = lookup.decides ? lookup.answer : walk_for(access);

    if (!lookup.decides) {
        settle_miss(access, MMU_L2, is_stuck, &answer);
    }
    if (is_exclusive && answer.is_kept && lookup.place.bank != NULL) {

        slow_fill_move_out(tlb, lookup.place);
    }
    if (!is_exclusive && answer.is_kept && !lookup.decides) {
        slow_fill_array(tlb, MMU_L2, lookup.place, &answer.found, access->request.va);
    }
    return answer;
}

static struct slow_answer ask(struct slow_access *access)
{
    enum mmu_array l1 = access->kind == MMU_FETCH ? MMU_L1I : MMU_L1D;
    struct slow_lookup lookup = look_up(access, l1);

    if (lookup.decides) {
        return lookup.answer;
    }
    struct slow_answer answer = has_l2(access->tlb) ? ask_l2(access) : walk_for(access);
    settle_miss(access, l1, lookup.place.bank != NULL, &answer);
    if (answer.is_kept) {
        slow_fill_array(access->tlb, l1, lookup.place, &answer.found, access->request.va);
    }
    return answer;
}

static struct sv_request request_of(const struct mmu_mode *mode, uint64_t va,
                                    enum mmu_access access)
{
    static const enum sv_kind kind[] = {
        [MMU_FETCH] = SV_FETCH, [MMU_LOAD] = SV_LOAD, [MMU_STORE] = SV_STORE};
    static const enum sv_privilege privilege[] = {
        [MMU_USER] = SV_USER, [MMU_SUPERVISOR] = SV_SUPERVISOR, [MMU_MACHINE] = SV_MACHINE};
    return (struct sv_request){.satp = mode->satp,
                               .va = va,
                               .kind = kind[access],
                               .privilege = privilege[mode->privilege],
                               .sum = mode->sum,
                               .mxr = mode->mxr,
                               .pbmte = mode->svpbmt,
                               .svade = !mode->hardware_ad};
}

enum sv_outcome slow_tlb_translate(struct slow_tlb *tlb, const struct mmu_mode *mode, uint64_t va,
                                   enum mmu_access kind, uint64_t *pa)
{
    struct slow_access access = {.tlb = tlb, .request = request_of(mode, va, kind), .kind = kind};

    if (!sv_is_translated(&access.request)) {
        *pa = va;
        return SV_OK;
    }
    if (va != sv_canonical(va, sv_levels(mode->satp))) {
        return SV_PAGE_FAULT;
    }
    uint64_t asid = mode->satp << 4 >> 48;
    access.asid = existing_asid(tlb, asid);
    access.space = mode->satp - (asid << 44) + (access.asid << 44);
    if (access.asid >= tlb->asid_count) {
        tlb->asid_count = access.asid + 1;
    }
    struct slow_answer answer = ask(&access);
    if (answer.outcome == SV_OK) {
        *pa = answer.pa;
    }
    return answer.outcome;
}

/* Fences. */

struct slow_removal {
    struct slow_fence fence;
    uint64_t removed;
};

static bool is_named(void *ctx, const struct slow_translation *translation, unsigned bank)
{
    struct slow_removal *removal = ctx;
    const struct slow_fence *fence = &removal->fence;
    bool is_va = !fence->has_va || slow_page_holds(translation, fence->va);
    bool is_asid = !fence->has_asid || (translation->tag == fence->asid && !translation->is_global);

    (void)bank;
    removal->removed += is_va && is_asid;
    return is_va && is_asid;
}

void slow_tlb_fence(struct slow_tlb *tlb, const struct mmu_fence *fence)
{
    static const enum mmu_fence_form form[2][2] = {{MMU_FENCE_ALL, MMU_FENCE_ASID},
                                                   {MMU_FENCE_VA, MMU_FENCE_VA_ASID}};
    struct mmu_fence_counters *counts = &tlb->counters.fence[form[fence->has_va][fence->has_asid]];
    struct slow_fence named = {.has_va = fence->has_va,
                               .has_asid = fence->has_asid,
                               .va = fence->va,
                               .asid = existing_asid(tlb, fence->asid)};
    uint64_t killed = 0;

    if (fence->has_va && fence->va != sv_canonical(fence->va, (int)tlb->geometry.levels)) {
        counts->count++;
        counts->useless++;
        return;
    }
    if (fence->has_va && tlb->geometry.fence_va_removes_all) {
        named = (struct slow_fence){0};
    }
    for (enum mmu_array i = MMU_L1I; i <= MMU_L2; i++) {
        struct slow_removal removal = {.fence = named};
        slow_array_visit(&tlb->array[i], is_named, &removal);
        tlb->counters.array[i].invalidations += removal.removed;
        killed += removal.removed;
    }
    uint64_t pointers = slow_walker_fence(&tlb->walker, &named);
    counts->count++;
    counts->entries_killed += killed;
    counts->walk_cache_killed += pointers;
    counts->useless += killed + pointers == 0;
}

static bool count_valid(void *ctx, const struct slow_translation *translation, unsigned bank)
{
    struct slow_valid *valid = ctx;

    valid->pages++;
    valid->by_size[counted_size(translation)]++;
    valid->by_bank[bank]++;
    return false;
}

struct slow_valid slow_tlb_valid(struct slow_tlb *tlb, enum mmu_array array)
{
    struct slow_valid valid = {.pages = 0};

    slow_array_visit(&tlb->array[array], count_valid, &valid);
    return valid;
}
