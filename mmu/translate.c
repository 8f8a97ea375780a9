/* mmu_translate: from the L1 over the L2 to the walk, and what each access counts. */
#include "mmu/permission.h"
#include "mmu/pte.h"
#include "mmu/unit.h"
#include "mmu/walk.h"

static const struct tlb_match no_match = {.bank = NULL};

/* What the levels behind an array came up with. */
struct found {
    enum mmu_rule rule;
    enum mmu_page_size brought; /* the page of the translation; MMU_NO_SIZE: none came */
    bool can_be_kept;           /* *translation is valid: a translation, or an invalid PTE */
    unsigned events;            /* beyond the L1: a bit for each enum mmu_event */
    struct translation translation;
};

/* From here on the request counts for its mode and its ASID. */
static void find_shares(struct mmu *mmu, struct request *request)
{
    request->counts_as = request->mode->counts_as_store ? MMU_STORE : request->access;
    request->by_mode = &mmu->counters.mode[request->mode->privilege];
    request->by_asid = &mmu->asid[request->asid];
    if (request->asid >= mmu->asid_count) {
        mmu->asid_count = request->asid + 1;
    }
}

static void count_access(struct mmu *mmu, enum mmu_array array, const struct request *request)
{
    mmu->counters.array[array].accesses[request->counts_as]++;
    request->by_mode->array[array].accesses++;
    request->by_asid->array[array].accesses++;
}

struct translation unit_page_in_history(struct mmu *mmu, enum mmu_array array,
                                        const struct request *request,
                                        const struct translation *translation)
{
    struct mmu_history *history = mmu->history;
    struct translation page = *translation;

    if (mmu->tlb[array].keeps_as[page.size] != MMU_NO_SIZE) {
        page = *tlb_kept(&mmu->tlb[array], translation, request->va, &page);
    }
    page.space = page.is_global ? 0 : address_spaces_find(&history->spaces, request->mode->satp);
    history->is_lost |= !page.is_global && page.space == 0;
    page.is_global = false;
    return page;
}

enum mmu_miss_class unit_classify(struct mmu *mmu, enum mmu_array array,
                                  const struct request *request,
                                  const struct translation *translation, enum miss_found found)
{
    struct mmu_history *history = mmu->history;
    const struct translation page = unit_page_in_history(mmu, array, request, translation);
    enum mmu_miss_class miss_class = MMU_MISS_CAPACITY;

    history->is_lost |=
        !miss_classifier_settle(&history->array[array], &page, found, false, &miss_class);
    return miss_class;
}

/* Apart from count_hit, which then needs no stack frame for it. */
__attribute__((noinline)) static void classify_hit(struct mmu *mmu, enum mmu_array array,
                                                   const struct request *request,
                                                   const struct answer *answer)
{
    const struct translation translation = tlb_translation(answer->match);
    const struct translation page = unit_page_in_history(mmu, array, request, &translation);

    if (miss_classifier_is_tied_to_other(&mmu->history->array[array], answer->match.page, &page)) {
        bank_tell_of(answer->match.bank, translation.page, translation.size);
    }
    (void)unit_classify(mmu, array, request, &translation, MISS_FOUND_PAGE);
}

static void count_hit(struct mmu *mmu, enum mmu_array array, const struct request *request,
                      const struct answer *answer)
{
    struct mmu_array_counters *counters = &mmu->counters.array[array];

    counters->hits[request->counts_as]++;
    answer->match.bank->share->hits++;
    request->by_mode->array[array].hits++;
    request->by_asid->array[array].hits++;
    if (!pte_is_valid(tlb_pte(answer->match))) {
        counters->hits_by_size[MMU_NO_SIZE]++;
        counters->negative_hits++;
        return;
    }
    counters->hits_by_size[tlb_leaf(answer->match)]++;
    if (mmu->history != NULL) {
        classify_hit(mmu, array, request, answer);
    }
}

/* stale tells that the array held a page that could not answer. */
static void count_miss(struct mmu *mmu, enum mmu_array array, const struct request *request,
                       const struct found *found, bool stale)
{
    struct mmu_array_counters *counters = &mmu->counters.array[array];
    bool came = found->brought != MMU_NO_SIZE;

    counters->misses[request->counts_as]++;
    counters->misses_by_size[found->brought]++;
    request->by_mode->array[array].misses++;
    request->by_asid->array[array].misses++;
    if (came) {
        unit_count_miss_of_bank(mmu, array, found->translation.size, 1);
    }
    if (mmu->history != NULL) {
        counters->miss_class[came ? unit_classify(mmu, array, request, &found->translation,
                                                  stale ? MISS_FOUND_STALE : MISS_FOUND_NOTHING)
                                  : MMU_MISS_FAULT]++;
    }
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
    for (unsigned level = 0; level < walk_levels(walk->mode.satp); level++) {
        counters->pte_reads_by_level[level] += walk->pte_reads[level];
        counters->cache_hits_by_level[level] += walk->cache_hits[level];
    }
    counters->a_updates += walk->sets_a;
    counters->d_updates += walk->sets_d;
    request->by_mode->walks++;
    request->by_asid->walks++;
}

/* Runs a walk for the request, and tells whoever listens. */
static void run_walk(struct mmu *mmu, const struct request *request, struct mmu_walk *walk)
{
    unit_start_walk(walk, request);
    walk_run(&mmu->walker, walk);
    count_walk(mmu, request, walk);
    if (mmu->observe_walk != NULL) {
        mmu->observe_walk(mmu->observe_walk_ctx, walk);
    }
}

/* Removes a page that has left an inclusive L2 from the L1s. */
static void back_invalidate(struct mmu *mmu, const struct translation *gone)
{
    for (unsigned array = MMU_L1I; array <= MMU_L1D; array++) {
        struct tlb *tlb = &mmu->tlb[array];
        struct tlb_match match = tlb_find_copy(tlb, gone);

        for (; tlb_has(match); match = tlb_find_copy(tlb, gone)) {
            tlb_remove(match);
            mmu->counters.array[array].invalidations++;
            mmu->counters.array[array].back_invalidations++;
        }
    }
}

static void fill_inclusive_l2(struct mmu *mmu, const struct translation *kept,
                              struct tlb_match stale)
{
    struct tlb *l2 = &mmu->tlb[MMU_L2];
    struct translation old = {.size = MMU_NO_SIZE};
    struct bank_lost lost = {.wants_replaced = true};

    if (tlb_has(stale)) {
        old = tlb_translation(stale);
    }
    tlb_fill(l2, kept, stale, &lost);
    if (tlb_has(stale) && !translation_is_same(&old, kept)) {
        back_invalidate(mmu, &old);
    }
    for (unsigned i = 0; i < lost.count; i++) {
        back_invalidate(mmu, &lost.page[i]);
    }
}

/* After a look-up that found stale, or nothing; what goes to make room matters to nobody. A global
 * page that comes from the L2 may be another space's, which the look-up did not ask for. */
static inline void fill(struct tlb *tlb, const struct request *request,
                        const struct translation *kept, struct tlb_match stale)
{
    if (tlb_has(stale) || kept->space != request->asid) {
        tlb_fill(tlb, kept, stale, NULL);
    } else {
        tlb_add(tlb, kept);
    }
}

/* A walk has found something to keep: gives it to the L2, unless that is exclusive. */
static void fill_l2(struct mmu *mmu, const struct request *request, const struct found *found,
                    struct tlb_match stale)
{
    struct tlb *l2 = &mmu->tlb[MMU_L2];
    struct translation piece;

    switch (mmu->geometry.inclusion) {
    case MMU_NEITHER:
        fill(l2, request, tlb_kept(l2, &found->translation, request->va, &piece), stale);
        break;
    case MMU_INCLUSIVE: fill_inclusive_l2(mmu, &found->translation, stale); break;
    case MMU_EXCLUSIVE:
        if (tlb_has(stale)) {
            tlb_remove(stale);
            mmu->counters.array[MMU_L2].moves++;
        }
        break;
    }
}

static bool keeps_invalid(const struct mmu *mmu, const struct mmu_walk *walk, unsigned level)
{
    return walk->rule == MMU_NOT_VALID &&
           (level == 0 ? mmu->geometry.keeps_invalid_leaf : mmu->geometry.keeps_invalid_non_leaf);
}

/* The last level has missed: walks, and gives the L2, where there is one, what can be kept. */
static void find_by_walk(struct mmu *mmu, const struct request *request, struct tlb_match stale_l2,
                         struct found *found)
{
    struct mmu_walk walk;

    run_walk(mmu, request, &walk);
    const struct mmu_walk_step *last = &walk.step[walk.step_count - 1];
    bool is_allowed = walk.rule == MMU_ALLOWED;
    enum mmu_page_size size = is_allowed ? walk.size : walk_leaf_size(last->level);

    *found = (struct found){
        .rule = walk.rule,
        .events = 1u << MMU_WALK_MADE,
        .brought = is_allowed ? walk.size : MMU_NO_SIZE,
        .can_be_kept = is_allowed || keeps_invalid(mmu, &walk, last->level),
        .translation = {.page = request->va >> walk_page_shift(size),
                        .pte = is_allowed ? walk.pte : last->pte,
                        .size = size,
                        .leaf = size,
                        .space = request->asid,
                        .is_global = walk.is_global},
    };
    if (found->can_be_kept && unit_has_array(mmu, MMU_L2)) {
        fill_l2(mmu, request, found, stale_l2);
    }
}

/* The L2 answers: the L1 gets what it holds, even if that refuses this access. */
static void find_in_l2(struct mmu *mmu, const struct request *request, const struct answer *answer,
                       struct found *found)
{
    struct translation translation = tlb_translation(answer->match);

    count_hit(mmu, MMU_L2, request, answer);
    *found = (struct found){
        .rule = answer->rule,
        .brought = pte_is_valid(translation.pte) ? translation.leaf : MMU_NO_SIZE,
        .can_be_kept = true,
        .translation = translation,
    };
    tlb_use(answer->match);
    if (mmu->geometry.inclusion == MMU_EXCLUSIVE) {
        tlb_remove(answer->match);
        mmu->counters.array[MMU_L2].moves++;
    }
}

/* What takes the place of a page that could not answer may be another page. */
static inline void part_if_stale(struct mmu *mmu, struct tlb_match match)
{
    if (mmu->history != NULL && tlb_has(match)) {
        unit_part_history(mmu);
    }
}

/* The L1 has missed: asks the L2, then the page tables. */
static void find_beyond_l1(struct mmu *mmu, const struct request *request, struct found *found)
{
    if (!unit_has_array(mmu, MMU_L2)) {
        find_by_walk(mmu, request, no_match, found);
        return;
    }
    count_access(mmu, MMU_L2, request);
    struct answer answer = unit_ask(mmu, MMU_L2, request);

    if (answer.is_hit) {
        find_in_l2(mmu, request, &answer, found);
        return;
    }
    part_if_stale(mmu, answer.match);
    find_by_walk(mmu, request, answer.match, found);
    found->events |= 1u << MMU_L2_MISS;
    count_miss(mmu, MMU_L2, request, found, tlb_has(answer.match));
}

/* What an L1 evicts to make room goes into an exclusive L2. */
static void move_to_l2(struct mmu *mmu, const struct bank_lost *lost)
{
    struct tlb *l2 = &mmu->tlb[MMU_L2];

    for (unsigned i = 0; i < lost->count; i++) {
        tlb_fill(l2, &lost->page[i], tlb_find_copy(l2, &lost->page[i]), NULL);
    }
}

static void fill_l1(struct mmu *mmu, enum mmu_array l1, const struct request *request,
                    const struct found *found, struct tlb_match stale)
{
    struct tlb *tlb = &mmu->tlb[l1];
    struct translation piece;
    const struct translation *kept = tlb_kept(tlb, &found->translation, request->va, &piece);
    struct bank_lost lost;

    switch (mmu->geometry.inclusion) {
    case MMU_NEITHER: fill(tlb, request, kept, stale); break;
    case MMU_INCLUSIVE: /* the fill of the L2 may have removed it */
        tlb_fill(tlb, kept, tlb_holds(stale) ? stale : no_match, NULL);
        break;
    case MMU_EXCLUSIVE:
        lost.wants_replaced = false;
        lost.count = 0;
        tlb_fill(tlb, kept, stale, &lost);
        move_to_l2(mmu, &lost);
        break;
    }
}

/* The L1 has missed. Returns what came of it, for which *translation is valid if it is allowed. */
static enum mmu_rule miss(struct mmu *mmu, enum mmu_array l1, const struct request *request,
                          struct tlb_match stale, struct translation *translation)
{
    struct found found;

    find_beyond_l1(mmu, request, &found);
    count_miss(mmu, l1, request, &found, tlb_has(stale));
    unit_tell_miss(mmu, (struct mmu_miss){.events = found.events | 1u << (MMU_L1I_MISS + l1),
                                          .va = request->va,
                                          .privilege = request->mode->privilege});
    mmu->latest[l1] = no_match;
    if (found.can_be_kept) {
        fill_l1(mmu, l1, request, &found, stale);
    }
    *translation = found.translation;
    return found.rule;
}

static inline enum mmu_status translate(struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
                                        enum mmu_access access, enum mmu_array l1, uint64_t *pa)
{
    if (!mmu_is_active(mode)) {
        *pa = va;
        return MMU_OK;
    }
    if (!walk_is_canonical(mode->satp, va)) {
        return MMU_PAGE_FAULT;
    }
    struct request request = unit_request(mmu, mode, va, access);

    if (unit_must_turn_history(mmu, mode->satp)) {
        unit_turn_history(mmu, mode->satp);
    }
    if (mmu->has_latest_only[l1]) {
        mmu->keeper.looks_up(mmu->keeper.ctx, l1);
    }
    find_shares(mmu, &request);
    count_access(mmu, l1, &request);
    struct answer answer = unit_ask(mmu, l1, &request);

    if (answer.is_hit) {
        count_hit(mmu, l1, &request, &answer);
        tlb_use(answer.match);
        mmu->latest[l1] = answer.match;
        if (answer.rule != MMU_ALLOWED) {
            return mmu_rule_status(answer.rule);
        }
        *pa = walk_leaf_pa(tlb_pte(answer.match), tlb_leaf(answer.match), va);
        return MMU_OK;
    }
    struct translation translation;

    part_if_stale(mmu, answer.match);
    enum mmu_rule rule = miss(mmu, l1, &request, answer.match, &translation);

    if (rule == MMU_ALLOWED) {
        *pa = walk_leaf_pa(translation.pte, translation.leaf, va);
    }
    return mmu_rule_status(rule);
}

/* One function, compiled for each L1: what happens at every miss would cost as much again in calls
 * and in finding the array. */
__attribute__((flatten)) enum mmu_status mmu_translate(struct mmu *mmu, const struct mmu_mode *mode,
                                                       uint64_t va, enum mmu_access access,
                                                       uint64_t *pa)
{
    return access == MMU_FETCH ? translate(mmu, mode, va, access, MMU_L1I, pa)
                               : translate(mmu, mode, va, access, MMU_L1D, pa);
}
