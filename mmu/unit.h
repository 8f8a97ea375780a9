/*
 * unit.h - what an MMU is made of, for the files that implement mmu.h.
 */
#ifndef MMU_UNIT_H
#define MMU_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mmu/miss_class.h"
#include "mmu/mmu.h"
#include "mmu/permission.h"
#include "mmu/pte.h"
#include "mmu/tlb.h"
#include "mmu/walk.h"
#include "mmu/walk_cache.h"

/* Present with miss classes only. */
struct mmu_history {
    struct address_spaces spaces;
    struct miss_classifier array[MMU_ARRAYS];
    uint64_t satp; /* of the latest translation, 0: there was none */
    bool is_lost;  /* memory ran out: classes are wrong from then on */
};

/* What regions did, all of one kind, that no counter knows yet: of pages of 4 KiB, hits of the L1D
 * and misses that brought one. */
struct uncounted {
    uint32_t asid;
    enum mmu_privilege privilege;
    unsigned levels;
    uint64_t hits[MMU_ACCESSES];
    uint64_t l2_hits[MMU_ACCESSES];
    uint64_t walks[MMU_ACCESSES]; /* which read one PTE of each level */
};

struct mmu {
    struct mmu_geometry geometry;
    struct walker walker;
    struct tlb tlb[MMU_ARRAYS];
    struct tlb_match latest[MMU_L1D + 1]; /* what answered; none: a miss */
    struct mmu_history *history;          /* NULL: misses are not classified */
    struct mmu_counters counters;
    struct mmu_share_counters *asid; /* [1 << asid_bits] */
    size_t asid_count;               /* those at and above it are all zero */
    void (*observe_walk)(void *ctx, const struct mmu_walk *walk);
    void *observe_walk_ctx;
    void (*observe_miss)(void *ctx, struct mmu_miss miss);
    void *observe_miss_ctx;
    struct mmu_keeper keeper;                    /* of shortcuts; all NULL: there is none */
    struct bank_watch watch[MMU_L1D + 1];        /* of the L1s; */
    struct bank_watch shadow_watch[MMU_L1D + 1]; /* of their shadows */
    struct uncounted uncounted;
    bool has_latest_only[MMU_L1D + 1]; /* shortcuts into this L1 may be */
    uint64_t asid_mask;
    uint64_t unused_stamp; /* for shortcuts into a bank whose policy does not look at hits */
};

/* One translation on its way. */
struct request {
    const struct mmu_mode *mode;
    uint64_t va;
    enum mmu_access access;
    uint32_t asid;
    enum mmu_access counts_as;
    struct mmu_share_counters *by_mode; /* where it counts; NULL if it does not */
    struct mmu_share_counters *by_asid;
};

/* What an array says to a request. */
struct answer {
    struct tlb_match match; /* what matches, if anything does */
    bool is_hit;            /* it answers: with an address if rule is MMU_ALLOWED, else with no */
    enum mmu_rule rule;
};

static inline bool unit_has_array(const struct mmu *mmu, enum mmu_array array)
{
    return mmu->geometry.array[array].bank_count != 0;
}

static inline enum mmu_array unit_l1(enum mmu_access access)
{
    return access == MMU_FETCH ? MMU_L1I : MMU_L1D;
}

static inline struct request unit_request(const struct mmu *mmu, const struct mmu_mode *mode,
                                          uint64_t va, enum mmu_access access)
{
    return (struct request){
        .mode = mode,
        .va = va,
        .access = access,
        .asid = (uint32_t)(mode->satp >> SATP_ASID_SHIFT & mmu->asid_mask),
    };
}

/* Whoever listens hears of a miss. */
static inline void unit_tell_miss(const struct mmu *mmu, struct mmu_miss miss)
{
    if (mmu->observe_miss != NULL) {
        mmu->observe_miss(mmu->observe_miss_ctx, miss);
    }
}

/* Misses that brought a page of this size: which bank of the array it goes to. */
static inline void unit_count_miss_of_bank(struct mmu *mmu, enum mmu_array array,
                                           enum mmu_page_size size, uint64_t misses)
{
    const struct tlb *tlb = &mmu->tlb[array];
    enum mmu_page_size kept = tlb->keeps_as[size];

    if (kept == MMU_NO_SIZE) {
        mmu->counters.array[array].unkept_misses += misses;
    } else {
        tlb->bank_of[kept]->share->misses += misses;
    }
}

/* Asks one array; changes and counts nothing. A store that hardware must first set D for is no hit:
 * only a walk can do that, "the address-translation cache cannot be used in step 9".
 * [sv32algorithm] */
static inline struct answer unit_ask(const struct mmu *mmu, enum mmu_array array,
                                     const struct request *request)
{
    struct answer answer = {.match = tlb_find(&mmu->tlb[array], request->va, request->asid)};

    if (!tlb_has(answer.match)) {
        return answer;
    }
    uint64_t pte = tlb_pte(answer.match);

    answer.rule =
        pte_is_valid(pte) ? permission_check(pte, request->mode, request->access) : MMU_NOT_VALID;
    answer.is_hit = answer.rule != MMU_ALLOWED || permission_missing_ad(pte, request->access) == 0;
    return answer;
}

/* Makes *walk one that is about to run for the request. What no walk reads before it has written it
 * is left alone: zeroing all steps would cost a walk more than its arithmetic. */
static inline void unit_start_walk(struct mmu_walk *walk, const struct request *request)
{
    walk->va = request->va;
    walk->access = request->access;
    walk->mode = *request->mode;
    walk->asid = request->asid;
    walk->rule = MMU_ALLOWED;
    walk->step_count = 0;
    memset(walk->pte_reads, 0, sizeof walk->pte_reads);
    memset(walk->cache_hits, 0, sizeof walk->cache_hits);
    walk->sets_a = false;
    walk->sets_d = false;
    walk->is_global = false;
    walk->pte = 0;
    walk->size = MMU_NO_SIZE;
    walk->pa = 0;
}

/* True if shortcuts into this array may be latest-only. */
bool unit_has_latest_only(const struct mmu *mmu, enum mmu_array array);

/* The page of a translation, as the history of an array knows it. */
struct translation unit_page_in_history(struct mmu *mmu, enum mmu_array array,
                                        const struct request *request,
                                        const struct translation *translation);

/* Feeds an access that has settled on a translation to the history of the array. Returns the class
 * that it has if it was a miss. */
enum mmu_miss_class unit_classify(struct mmu *mmu, enum mmu_array array,
                                  const struct request *request,
                                  const struct translation *translation, enum miss_found found);

/* Something other than the policy is about to take pages from the arrays, or to change them. */
void unit_part_history(struct mmu *mmu);

/* A translation is about to begin for which unit_must_turn_history says so. */
void unit_turn_history(struct mmu *mmu, uint64_t satp);

/* True if the history must hear of a translation beforehand: it is the first of an address space,
 * or it is time to see whether an array and its shadow are alike. */
static inline bool unit_must_turn_history(const struct mmu *mmu, uint64_t satp)
{
    const struct mmu_history *history = mmu->history;

    return history != NULL &&
           (history->satp != satp || miss_classifier_is_join_due(&history->array[MMU_L1D]) ||
            miss_classifier_is_join_due(&history->array[MMU_L2]));
}

/* True if hits of the array need not be told to its history, which has all it needs. */
static inline bool unit_is_own_history(const struct mmu *mmu, enum mmu_array array)
{
    return mmu->history == NULL ||
           (mmu->history->array[array].is_ideal && mmu->history->array[array].is_array);
}

#endif
