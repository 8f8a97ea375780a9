#include "mmu/counters.h"

/* One law in the making: keeps the first pair of numbers that differ. */
struct check {
    struct mmu_law_broken *broken;
    bool holds;
};

static void expect_equal(struct check *check, const char *law, uint64_t left, uint64_t right)
{
    if (check->holds && left != right) {
        *check->broken = (struct mmu_law_broken){.law = law, .left = left, .right = right};
        check->holds = false;
    }
}

static uint64_t sum(const uint64_t *numbers, size_t count)
{
    uint64_t total = 0;

    for (size_t i = 0; i < count; i++) {
        total += numbers[i];
    }
    return total;
}

/* The lookups of an array, split by page size and by bank. */
static void check_lookups(struct check *check, const struct mmu_array_counters *c)
{
    uint64_t bank_hits = 0;
    uint64_t bank_misses = 0;

    for (unsigned access = 0; access < MMU_ACCESSES; access++) {
        expect_equal(check, "accesses = hits + misses, for each kind of access",
                     c->accesses[access], c->hits[access] + c->misses[access]);
    }
    for (unsigned bank = 0; bank < MMU_MAX_BANKS; bank++) {
        bank_hits += c->bank[bank].hits;
        bank_misses += c->bank[bank].misses;
    }
    expect_equal(check, "hits = sum of hits over page sizes", sum(c->hits, MMU_ACCESSES),
                 sum(c->hits_by_size, MMU_PAGE_SIZES + 1));
    expect_equal(check, "misses = sum of misses over page sizes", sum(c->misses, MMU_ACCESSES),
                 sum(c->misses_by_size, MMU_PAGE_SIZES + 1));
    expect_equal(check, "hits = sum of hits over banks", sum(c->hits, MMU_ACCESSES), bank_hits);
    expect_equal(check, "misses that brought a page = misses over banks + pages not kept",
                 sum(c->misses_by_size, MMU_PAGE_SIZES), bank_misses + c->unkept_misses);
    expect_equal(check, "negative hits = hits without a page size", c->negative_hits,
                 c->hits_by_size[MMU_NO_SIZE]);
}

/* What an array holds. */
static void check_contents(struct check *check, const struct mmu_counts *counts, unsigned array)
{
    const struct mmu_array_counters *c = &counts->total.array[array];

    expect_equal(check, "fills - evictions - invalidations - moves = valid entries",
                 c->fills - c->evictions - c->invalidations - c->moves, counts->valid[array]);
    expect_equal(check, "valid entries = sum of valid entries over page sizes",
                 counts->valid[array], sum(counts->valid_by_size[array], MMU_PAGE_SIZES + 1));
    expect_equal(check, "valid entries = sum of valid entries over banks", counts->valid[array],
                 sum(counts->valid_by_bank[array], MMU_MAX_BANKS));
}

/* Why it missed. */
static void check_classes(struct check *check, const struct mmu_counts *counts, unsigned array)
{
    const struct mmu_array_counters *c = &counts->total.array[array];

    if (!counts->has_classes) {
        expect_equal(check, "no miss has a class", 0, sum(c->miss_class, MMU_MISS_CLASSES));
        return;
    }
    expect_equal(check, "misses = sum of misses over classes", sum(c->misses, MMU_ACCESSES),
                 sum(c->miss_class, MMU_MISS_CLASSES));
    expect_equal(check, "misses of class fault = misses that brought no translation",
                 c->miss_class[MMU_MISS_FAULT], c->misses_by_size[MMU_NO_SIZE]);
}

/* Everything that reaches an array must have missed the one before it. */
static void check_levels(struct check *check, const struct mmu_counts *counts)
{
    const struct mmu_array_counters *array = counts->total.array;
    uint64_t l1_misses[MMU_ACCESSES];
    const uint64_t *last_misses = l1_misses;
    uint64_t last_without_translation =
        array[MMU_L1I].misses_by_size[MMU_NO_SIZE] + array[MMU_L1D].misses_by_size[MMU_NO_SIZE];

    expect_equal(check, "L1I is asked for fetches only", 0,
                 array[MMU_L1I].accesses[MMU_LOAD] + array[MMU_L1I].accesses[MMU_STORE]);
    expect_equal(check, "L1D is asked for loads and stores only", 0,
                 array[MMU_L1D].accesses[MMU_FETCH]);
    for (unsigned access = 0; access < MMU_ACCESSES; access++) {
        l1_misses[access] = array[MMU_L1I].misses[access] + array[MMU_L1D].misses[access];
    }
    if (counts->has_l2) {
        for (unsigned access = 0; access < MMU_ACCESSES; access++) {
            expect_equal(check, "L2 accesses = L1I misses + L1D misses",
                         array[MMU_L2].accesses[access], l1_misses[access]);
        }
        last_misses = array[MMU_L2].misses;
        last_without_translation = array[MMU_L2].misses_by_size[MMU_NO_SIZE];
    }
    expect_equal(check, "walks = misses of the last level", counts->total.walk.count,
                 sum(last_misses, MMU_ACCESSES));
    expect_equal(check, "faulted walks = misses of the last level that brought no translation",
                 counts->total.walk.faulted, last_without_translation);
}

static void check_walks(struct check *check, const struct mmu_walk_counters *walk)
{
    expect_equal(check, "walks = completed walks over page sizes + faulted walks", walk->count,
                 sum(walk->completed_by_size, MMU_PAGE_SIZES) + walk->faulted);
    expect_equal(check, "PTE reads at memory = sum of PTE reads over levels", walk->pte_reads,
                 sum(walk->pte_reads_by_level, MMU_MAX_LEVELS));
    expect_equal(check, "hits at the walk cache = sum of its hits over levels", walk->cache_hits,
                 sum(walk->cache_hits_by_level, MMU_MAX_LEVELS));
}

/* The shares of all modes, or of all ASIDs, make up the whole. */
static void check_shares(struct check *check, const char *law, const struct mmu_counts *counts,
                         const struct mmu_share_counters *share, size_t count)
{
    struct mmu_share_counters all = {.walks = 0};

    for (size_t i = 0; i < count; i++) {
        for (unsigned array = 0; array < MMU_ARRAYS; array++) {
            all.array[array].accesses += share[i].array[array].accesses;
            all.array[array].hits += share[i].array[array].hits;
            all.array[array].misses += share[i].array[array].misses;
        }
        all.walks += share[i].walks;
    }
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        const struct mmu_array_counters *c = &counts->total.array[array];

        expect_equal(check, law, all.array[array].accesses, sum(c->accesses, MMU_ACCESSES));
        expect_equal(check, law, all.array[array].hits, sum(c->hits, MMU_ACCESSES));
        expect_equal(check, law, all.array[array].misses, sum(c->misses, MMU_ACCESSES));
    }
    expect_equal(check, law, all.walks, counts->total.walk.count);
}

static void check_fences(struct check *check, const struct mmu_counts *counts)
{
    uint64_t killed = counts->total.reset.entries_killed;
    uint64_t invalidations = 0;

    for (unsigned form = 0; form < MMU_FENCE_FORMS; form++) {
        killed += counts->total.fence[form].entries_killed;
    }
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        invalidations += counts->total.array[array].invalidations;
        killed += counts->total.array[array].back_invalidations;
    }
    expect_equal(check, "entries killed by fences and resets + back-invalidations = invalidations",
                 killed, invalidations);
}

bool mmu_laws_hold(const struct mmu_counts *counts, struct mmu_law_broken *broken)
{
    struct check check = {.broken = broken, .holds = true};

    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        check_lookups(&check, &counts->total.array[array]);
        check_contents(&check, counts, array);
        check_classes(&check, counts, array);
    }
    check_levels(&check, counts);
    check_walks(&check, &counts->total.walk);
    check_shares(&check, "sum over U and S = total", counts, counts->total.mode, MMU_MODES);
    check_shares(&check, "sum over ASIDs = total", counts, counts->asid, counts->asid_count);
    check_fences(&check, counts);
    return check.holds;
}
