/* Shortcuts past the look-up of an L1: see mmu.h. */
#include "mmu/unit.h"

/* Policies that a hit moves in other ways than by a stamp look at no more than the latest page: a
 * second hit on it changes nothing, but for bit-PLRU, where a third one does not. The histories of
 * miss classes are like LRU, and where the array is, too, they share its stamps. */
static bool is_latest_only(const struct mmu *mmu, enum mmu_array array, const struct bank *bank)
{
    enum mmu_policy policy = bank->replacement.policy;

    return (mmu->history != NULL && !mmu->history->array[array].is_ideal) ||
           policy == MMU_TREE_PLRU || policy == MMU_BIT_PLRU;
}

bool unit_has_latest_only(const struct mmu *mmu, enum mmu_array array)
{
    const struct tlb *tlb = &mmu->tlb[array];
    bool has = false;

    for (unsigned i = 0; i < tlb->bank_count; i++) {
        has |= is_latest_only(mmu, array, &tlb->bank[i]);
    }
    return has;
}

/* What answered mmu_translate last, if it is this page; else by a look-up. */
static struct tlb_match find_again(const struct mmu *mmu, const struct request *request)
{
    enum mmu_array l1 = unit_l1(request->access);
    struct tlb_match match = mmu->latest[l1];

    return tlb_has(match) && bank_matches(match.bank, match.page, request->va, request->asid)
               ? match
               : tlb_find(&mmu->tlb[l1], request->va, request->asid);
}

bool mmu_was_hit(const struct mmu *mmu, enum mmu_access access)
{
    return tlb_has(mmu->latest[unit_l1(access)]);
}

/* Hits by a shortcut are told to the history at once, or not at all. */
static bool is_known_to_history(struct mmu *mmu, const struct request *request,
                                struct tlb_match match)
{
    enum mmu_array l1 = unit_l1(request->access);

    if (unit_is_own_history(mmu, l1) || is_latest_only(mmu, l1, match.bank)) {
        return true;
    }
    const struct translation translation = tlb_translation(match);
    const struct translation page = unit_page_in_history(mmu, l1, request, &translation);

    return miss_classifier_tie(&mmu->history->array[l1], match.bank, match.page, &page);
}

bool mmu_make_shortcut(struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
                       enum mmu_access access, struct mmu_shortcut *shortcut)
{
    const struct request request = unit_request(mmu, mode, va, access);
    struct tlb_match match = find_again(mmu, &request);

    if (!tlb_has(match) || !is_known_to_history(mmu, &request, match)) {
        return false;
    }
    struct replacement *replacement = &match.bank->replacement;
    uint64_t pte = tlb_pte(match);
    bool has_stamps = replacement->policy == MMU_LRU;
    bool is_data = access != MMU_FETCH && pte_is_valid(pte);

    shortcut->stamp = has_stamps ? &replacement->stamp[match.page >> match.bank->group_shift]
                                 : &mmu->unused_stamp;
    shortcut->pa = walk_leaf_pa(pte, tlb_leaf(match), va);
    shortcut->allows_load = is_data && permission_would_allow(pte, mode, MMU_LOAD);
    shortcut->allows_store = is_data && permission_would_allow(pte, mode, MMU_STORE);
    shortcut->is_latest_only = is_latest_only(mmu, unit_l1(access), match.bank);
    bank_reach(match.bank, match.page);
    shortcut->bank = match.bank;
    shortcut->page = match.page;
    shortcut->asid = request.asid;
    shortcut->privilege = mode->privilege;
    shortcut->satp = mode->satp;
    shortcut->va = va;
    return true;
}

static inline void count_share(struct mmu_share_counters *share, enum mmu_array array,
                               uint64_t hits)
{
    share->array[array].accesses += hits;
    share->array[array].hits += hits;
}

/* A shortcut into what knows the latest page only has been used: the array learns of it. */
static void use_latest(struct mmu *mmu, const struct mmu_shortcut *shortcut, enum mmu_array array)
{
    const struct tlb_match match = {.bank = shortcut->bank, .page = shortcut->page};

    tlb_use(match);
    if (mmu->history != NULL) {
        const struct mmu_mode mode = {.satp = shortcut->satp};
        const struct request request = {.mode = &mode, .va = shortcut->va};
        struct translation translation = tlb_translation(match);

        (void)unit_classify(mmu, array, &request, &translation, MISS_FOUND_PAGE);
    }
}

void mmu_count_shortcut(struct mmu *mmu, const struct mmu_shortcut *shortcut,
                        enum mmu_access access, uint64_t hits)
{
    enum mmu_array array = unit_l1(access);
    struct mmu_array_counters *counters = &mmu->counters.array[array];

    counters->accesses[access] += hits;
    counters->hits[access] += hits;
    counters->hits_by_size[shortcut->bank->page[shortcut->page].leaf] += hits;
    shortcut->bank->share->hits += hits;
    count_share(&mmu->counters.mode[shortcut->privilege], array, hits);
    count_share(&mmu->asid[shortcut->asid], array, hits);
    if (shortcut->is_latest_only) {
        use_latest(mmu, shortcut, array);
    }
}
