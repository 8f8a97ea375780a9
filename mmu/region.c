/* Regions: see mmu.h. */
#include <endian.h>
#include <string.h>

#include "mmu/unit.h"

/* What of a leaf of the last level decides whether it allows a load that R allows, or a store.
 * Where a page is does not matter, but with N=1. */
#define LOADS_DEPEND_ON (PTE_V | PTE_R | PTE_U | PTE_G | PTE_A | PTE_RESERVED | PTE_PBMT | PTE_N)
#define STORES_DEPEND_ON (LOADS_DEPEND_ON | PTE_W | PTE_D)

/* Nothing that a leaf says is this. */
#define UNKNOWN UINT64_MAX

static uint64_t read_pte(const uint8_t *at)
{
    uint64_t pte;

    memcpy(&pte, at, sizeof pte);
    return le64toh(pte);
}

/* True if the pointers are what they were, so that a walk would come to the same table. */
static inline bool leads_to_its_table(const struct mmu_region *region)
{
    for (unsigned i = 0; i < region->levels - 1; i++) {
        if (read_pte(region->pointer[i].at) != region->pointer[i].pte) {
            return false;
        }
    }
    return true;
}

static inline bool is_known_to_allow(const struct mmu_region *region, uint64_t pte,
                                     enum mmu_access access)
{
    return access == MMU_STORE ? (pte & STORES_DEPEND_ON) == region->stores_by
                               : (pte & LOADS_DEPEND_ON) == region->loads_by;
}

/* The leaf of a page is known to allow the access, to a place where the region may lead. */
static inline bool may_take(const struct mmu_region *region, uint64_t pte, uint64_t pa,
                            enum mmu_access access)
{
    return is_known_to_allow(region, pte, access) && pa >= region->first_pa &&
           pa <= region->last_pa;
}

/* Nothing but look-ups, a walk of one PTE at each level, fills and counts happens at a miss. */
static bool is_plain(const struct mmu *mmu)
{
    return mmu->geometry.inclusion == MMU_NEITHER && mmu->walker.cache == NULL &&
           mmu->walker.memory.reach != NULL;
}

/* Has the region lead where a walk has come to. Returns false if the PTEs cannot be reached, or the
 * walk is not one that goes there for every address of the region. */
static bool follow(const struct mmu *mmu, const struct mmu_walk *walk, struct mmu_region *region)
{
    const struct mmu_memory *memory = &mmu->walker.memory;
    unsigned levels = walk->step_count;

    *region = (struct mmu_region){
        .first_pa = region->first_pa,
        .last_pa = region->last_pa,
        .bytes = region->bytes,
        .loads_by = UNKNOWN,
        .stores_by = UNKNOWN,
        .satp = walk->mode.satp,
        .asid = walk->asid,
        .privilege = walk->mode.privilege,
    };
    for (unsigned i = 0; i < levels; i++) {
        const struct mmu_walk_step *step = &walk->step[i];
        bool is_last = i == levels - 1;
        uint64_t pa = is_last ? step->pte_pa & ~(PAGE_SIZE - 1) : step->pte_pa;
        const uint8_t *at = memory->reach(memory->ctx, pa, is_last ? PAGE_SIZE : PTE_SIZE);

        if (at == NULL) {
            return false;
        }
        if (is_last) {
            region->table = at;
        } else {
            region->pointer[i].at = at;
            region->pointer[i].pte = step->pte;
            region->is_below_global |= (step->pte & PTE_G) != 0;
        }
    }
    region->levels = levels;
    return true;
}

static void learn_leaf(struct mmu_region *region, const struct mmu_mode *mode, uint64_t pte)
{
    bool is_readable = (pte & PTE_R) != 0; /* without it, MXR makes X count */

    if (is_readable && permission_would_allow(pte, mode, MMU_LOAD)) {
        region->loads_by = pte & LOADS_DEPEND_ON;
    }
    if (permission_would_allow(pte, mode, MMU_STORE)) {
        region->stores_by = pte & STORES_DEPEND_ON;
    }
}

bool mmu_learn_region(struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
                      enum mmu_access access, struct mmu_region *region)
{
    struct request request = unit_request(mmu, mode, va, access);
    struct tlb_match match = tlb_find(&mmu->tlb[MMU_L1D], va, request.asid);
    struct mmu_walk walk;

    if (!is_plain(mmu) || !tlb_has(match) || tlb_leaf(match) != MMU_4K) {
        return false;
    }
    if (region->levels == 0 || !leads_to_its_table(region)) {
        unit_start_walk(&walk, &request);
        walk_run(&(struct walker){.memory = mmu->walker.memory}, &walk);
        if (walk.rule != MMU_ALLOWED || walk.size != MMU_4K || !follow(mmu, &walk, region)) {
            region->levels = 0;
            return false;
        }
    }
    learn_leaf(region, mode, tlb_pte(match));
    return true;
}

/* What the page tables have for an address of the region. */
static inline uint64_t leaf_of(const struct mmu_region *region, uint64_t va)
{
    uint64_t index = va >> PAGE_SHIFT & ((1u << VPN_BITS) - 1);

    return read_pte(region->table + index * PTE_SIZE);
}

/* The page of an access: from the L2, if that has it, or else by a walk. */
static inline struct translation page_of(const struct mmu_region *region, struct tlb_match l2,
                                         uint64_t va, uint64_t pte)
{
    struct translation page = {.page = va >> PAGE_SHIFT, .pte = pte, .size = MMU_4K};

    page.leaf = MMU_4K;
    page.space = region->asid;
    page.is_global = region->is_below_global || (pte & PTE_G) != 0;
    if (tlb_has(l2)) {
        const struct bank_entry *entry = bank_entry_of(l2.bank, l2.page);

        page.space = entry->space;
        page.is_global = (entry->globals >> bank_place(l2.bank, l2.page) & 1) != 0;
    }
    return page;
}

static void count_share(struct mmu_share_counters *share, uint64_t hits, uint64_t l2_hits,
                        uint64_t walks, bool has_l2)
{
    share->array[MMU_L1D].accesses += hits + l2_hits + walks;
    share->array[MMU_L1D].hits += hits;
    share->array[MMU_L1D].misses += l2_hits + walks;
    if (has_l2) {
        share->array[MMU_L2].accesses += l2_hits + walks;
        share->array[MMU_L2].hits += l2_hits;
        share->array[MMU_L2].misses += walks;
    }
    share->walks += walks;
}

static void count_by_access(struct mmu *mmu, enum mmu_array array, const uint64_t *hits,
                            const uint64_t *misses)
{
    struct mmu_array_counters *counters = &mmu->counters.array[array];

    for (unsigned access = 0; access < MMU_ACCESSES; access++) {
        counters->accesses[access] += hits[access] + misses[access];
        counters->hits[access] += hits[access];
        counters->misses[access] += misses[access];
        counters->hits_by_size[MMU_4K] += hits[access];
        counters->misses_by_size[MMU_4K] += misses[access];
        if (hits[access] != 0) {
            mmu->tlb[array].bank_of[MMU_4K]->share->hits += hits[access];
        }
        unit_count_miss_of_bank(mmu, array, MMU_4K, misses[access]);
    }
}

static void count_walks(struct mmu *mmu, unsigned levels, uint64_t walks)
{
    struct mmu_walk_counters *counters = &mmu->counters.walk;

    counters->count += walks;
    counters->completed_by_size[MMU_4K] += walks;
    for (unsigned level = 0; level < levels; level++) {
        counters->pte_reads_by_level[level] += walks;
        *mmu->walker.pte_reads += walks;
    }
}

void mmu_count_regions(struct mmu *mmu)
{
    const struct uncounted uncounted = mmu->uncounted;
    bool has_l2 = unit_has_array(mmu, MMU_L2);
    uint64_t misses[MMU_ACCESSES];
    uint64_t hits = 0;
    uint64_t l2_hits = 0;
    uint64_t walks = 0;

    for (unsigned access = 0; access < MMU_ACCESSES; access++) {
        misses[access] = uncounted.l2_hits[access] + uncounted.walks[access];
        hits += uncounted.hits[access];
        l2_hits += uncounted.l2_hits[access];
        walks += uncounted.walks[access];
    }
    if (hits + l2_hits + walks == 0) {
        return;
    }
    mmu->uncounted = (struct uncounted){.asid = 0};
    count_by_access(mmu, MMU_L1D, uncounted.hits, misses);
    if (has_l2) {
        count_by_access(mmu, MMU_L2, uncounted.l2_hits, uncounted.walks);
    }
    count_walks(mmu, uncounted.levels, walks);
    count_share(&mmu->counters.mode[uncounted.privilege], hits, l2_hits, walks, has_l2);
    count_share(&mmu->asid[uncounted.asid], hits, l2_hits, walks, has_l2);
}

/* Where what is of this ASID and privilege is noted. */
static inline struct uncounted *uncounted_of(struct mmu *mmu, uint32_t asid,
                                             enum mmu_privilege privilege)
{
    struct uncounted *uncounted = &mmu->uncounted;

    if (uncounted->asid != asid || uncounted->privilege != privilege) {
        mmu_count_regions(mmu);
        uncounted->asid = asid;
        uncounted->privilege = privilege;
    }
    return uncounted;
}

static inline void note_walk(struct mmu *mmu, const struct mmu_region *region,
                             enum mmu_access access)
{
    struct uncounted *uncounted = uncounted_of(mmu, region->asid, region->privilege);

    if (uncounted->levels != region->levels) {
        mmu_count_regions(mmu);
        *uncounted = (struct uncounted){
            .asid = region->asid, .privilege = region->privilege, .levels = region->levels};
    }
    uncounted->walks[access]++;
}

void mmu_count_region_hits(struct mmu *mmu, uint32_t asid, enum mmu_privilege privilege,
                           uint64_t loads, uint64_t stores)
{
    struct uncounted *uncounted = uncounted_of(mmu, asid, privilege);

    uncounted->hits[MMU_LOAD] += loads;
    uncounted->hits[MMU_STORE] += stores;
}

/* The address space that the history knows the region's pages by. */
static inline uint32_t space_of(struct mmu *mmu, struct mmu_region *region)
{
    if (region->space == 0) {
        region->space = address_spaces_find(&mmu->history->spaces, region->satp);
        mmu->history->is_lost |= region->space == 0;
    }
    return region->space;
}

/* The page as the histories know it. Returns whether they all have seen it; they have from now on.
 */
static inline bool enter_history(struct mmu *mmu, struct mmu_region *region,
                                 struct translation *page)
{
    uint64_t *seen = &region->seen[page->page / 64 % MMU_REGION_WORDS];
    uint64_t bit = UINT64_C(1) << page->page % 64;

    if (page->is_global) {
        page->is_global = false;
        page->space = 0;
        return false;
    }
    bool was_seen = (*seen & bit) != 0;

    page->space = space_of(mmu, region);
    *seen |= bit;
    return was_seen;
}

/* Tells the histories of a miss of the L1D. */
static inline void classify(struct mmu *mmu, struct mmu_region *region, struct translation page,
                            bool is_l2_hit)
{
    struct mmu_history *history = mmu->history;
    struct mmu_array_counters *counters = mmu->counters.array;
    enum mmu_miss_class miss_class = MMU_MISS_CAPACITY;
    bool was_seen = enter_history(mmu, region, &page);

    if (unit_has_array(mmu, MMU_L2)) {
        history->is_lost |= !miss_classifier_settle(
            &history->array[MMU_L2], &page, is_l2_hit ? MISS_FOUND_PAGE : MISS_FOUND_NOTHING,
            was_seen, &miss_class);
        counters[MMU_L2].miss_class[miss_class] += !is_l2_hit;
    }
    history->is_lost |= !miss_classifier_settle(&history->array[MMU_L1D], &page, MISS_FOUND_NOTHING,
                                                was_seen, &miss_class);
    counters[MMU_L1D].miss_class[miss_class]++;
}

/* The L1D misses: who is to know hears of it. */
static inline void tell(struct mmu *mmu, const struct mmu_region *region, uint64_t va,
                        unsigned events)
{
    unit_tell_miss(mmu, (struct mmu_miss){.events = events | 1u << MMU_L1D_MISS,
                                          .va = va,
                                          .privilege = region->privilege});
}

/* Returns where the page is then. A global page that comes from the L2 may be another space's,
 * which was not asked for: then it is not told. */
static inline struct tlb_match fill(struct tlb *tlb, const struct mmu_region *region,
                                    const struct translation *page, uint64_t va)
{
    const struct tlb_match unknown = {.bank = NULL};

    if (tlb->keeps_as[MMU_4K] == MMU_4K && page->space == region->asid) {
        return tlb_add(tlb, page);
    }
    const struct translation copy = *page;
    struct translation piece;

    tlb_fill(tlb, tlb_kept(tlb, &copy, va, &piece), unknown, NULL);
    return unknown;
}

/* The L1D holds the page. */
static inline bool take_hit(struct mmu *mmu, const struct mmu_region *region,
                            struct tlb_match match, uint64_t va, enum mmu_access access,
                            struct mmu_taken *taken)
{
    struct bank_entry *entry = bank_entry_of(match.bank, match.page);
    uint64_t pte = tlb_pte(match);

    taken->pa = walk_leaf_pa(pte, MMU_4K, va);
    if (!unit_is_own_history(mmu, MMU_L1D) || mmu->has_latest_only[MMU_L1D] ||
        tlb_leaf(match) != MMU_4K || !may_take(region, pte, taken->pa, access)) {
        return false;
    }
    uncounted_of(mmu, region->asid, region->privilege)->hits[access]++;
    tlb_use(match);
    taken->was_miss = false;
    taken->hit_again = entry->was_taken;
    taken->bank = match.bank;
    taken->page = match.page;
    entry->was_taken = true;
    return true;
}

static inline bool take_miss(struct mmu *mmu, struct mmu_region *region, uint64_t va,
                             enum mmu_access access, struct mmu_taken *taken)
{
    struct tlb *l2 = &mmu->tlb[MMU_L2];
    struct tlb_match match = tlb_find(l2, va, region->asid);
    bool is_l2_hit = tlb_has(match);
    uint64_t pte = is_l2_hit ? tlb_pte(match) : leaf_of(region, va);

    taken->pa = walk_leaf_pa(pte, MMU_4K, va);
    if (!may_take(region, pte, taken->pa, access) ||
        (is_l2_hit ? tlb_leaf(match) != MMU_4K
                   : mmu->observe_walk != NULL || !leads_to_its_table(region))) {
        return false;
    }
    const struct translation page = page_of(region, match, va, pte);

    /* What the access is for comes from the host's memory while the TLB is brought up to date. */
    __builtin_prefetch(region->bytes + (taken->pa - region->first_pa));
    if (mmu->has_latest_only[MMU_L1D]) {
        mmu->keeper.looks_up(mmu->keeper.ctx, MMU_L1D);
    }
    if (mmu->history != NULL) {
        classify(mmu, region, page, is_l2_hit);
    }
    if (is_l2_hit) {
        uncounted_of(mmu, region->asid, region->privilege)->l2_hits[access]++;
        tlb_use(match);
        tell(mmu, region, va, 0);
    } else {
        note_walk(mmu, region, access);
        if (l2->bank_count != 0) {
            (void)fill(l2, region, &page, va);
        }
        tell(mmu, region, va, 1u << MMU_WALK_MADE | (unsigned)(l2->bank_count != 0) << MMU_L2_MISS);
    }
    const struct tlb_match filled = fill(&mmu->tlb[MMU_L1D], region, &page, va);

    taken->was_miss = true;
    taken->hit_again = false;
    taken->bank = filled.bank;
    taken->page = filled.page;
    return true;
}

/* What happens at every miss is one function in the end: calls would cost as much again. */
__attribute__((flatten)) bool mmu_take_region(struct mmu *mmu, struct mmu_region *region,
                                              uint64_t va, enum mmu_access access,
                                              struct mmu_taken *taken)
{
    if (unit_must_turn_history(mmu, region->satp)) {
        return false;
    }
    struct tlb_match match = tlb_find(&mmu->tlb[MMU_L1D], va, region->asid);

    return tlb_has(match) ? take_hit(mmu, region, match, va, access, taken)
                          : take_miss(mmu, region, va, access, taken);
}

/* It must be good for more than the latest page, and no history must want to hear of its hits. */
bool mmu_shortcut_region(struct mmu *mmu, const struct mmu_region *region,
                         const struct mmu_taken *taken, struct mmu_region_shortcut *shortcut)
{
    const struct bank *bank = taken->bank;

    if (bank == NULL || !unit_is_own_history(mmu, MMU_L1D) || mmu->has_latest_only[MMU_L1D]) {
        return false;
    }
    uint64_t pte = bank->page[taken->page].pte;

    shortcut->stamp = bank->replacement.policy == MMU_LRU
                          ? &bank->replacement.stamp[taken->page >> bank->group_shift]
                          : &mmu->unused_stamp;
    shortcut->allows_load = is_known_to_allow(region, pte, MMU_LOAD);
    shortcut->allows_store = is_known_to_allow(region, pte, MMU_STORE);
    bank_reach(bank, taken->page);
    return true;
}
