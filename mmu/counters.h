/*
 * counters.h - what the MMU counts, and the conservation laws its counts obey.
 *
 * Every field is a count of events since mmu_create, below 2^63. The words (access, hit, miss,
 * walk, fill, ...) are defined in docs/counters.md. Both sides of a law are counted in different
 * places of the code, so that a law that holds says something.
 */
#ifndef MMU_COUNTERS_H
#define MMU_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/geometry.h"

/* What an access is for. LR is a load; SC, AMO and cbo.zero are stores. */
enum mmu_access { MMU_FETCH, MMU_LOAD, MMU_STORE };

/* Why an access missed: the first of these that applies. docs/counters.md defines them. */
enum mmu_miss_class {
    MMU_MISS_FAULT,      /* no translation came of it */
    MMU_MISS_UPGRADE,    /* the page is there, but hardware must set D */
    MMU_MISS_COMPULSORY, /* the first translation of this page in this address space */
    MMU_MISS_FLUSH,      /* a fence, a reset, or an ASID used again, took it away */
    MMU_MISS_CONFLICT,   /* a fully associative LRU of as many entries would hold it */
    MMU_MISS_CAPACITY,   /* the rest */
};

/* The four forms of SFENCE.VMA, chosen by register number, not by value. */
enum mmu_fence_form { MMU_FENCE_ALL, MMU_FENCE_ASID, MMU_FENCE_VA, MMU_FENCE_VA_ASID };

enum {
    MMU_ACCESSES = 3,
    MMU_MODES = 2, /* effective privilege: [0] U, [1] S */
    MMU_MISS_CLASSES = 6,
    MMU_FENCE_FORMS = 4,
    MMU_MAX_LEVELS = 5, /* page-table levels of Sv57; [0] is the leaf level */
};

/* The share of one bank of an array. */
struct mmu_bank_counters {
    uint64_t hits;
    uint64_t misses; /* that brought a page which this bank holds */
};

struct mmu_array_counters {
    uint64_t accesses[MMU_ACCESSES];
    uint64_t hits[MMU_ACCESSES];
    uint64_t misses[MMU_ACCESSES];
    uint64_t hits_by_size[MMU_PAGE_SIZES + 1]; /* the page that answered; [MMU_NO_SIZE] negative */
    uint64_t misses_by_size[MMU_PAGE_SIZES + 1]; /* the page that the miss brought */
    uint64_t negative_hits;                      /* hits on a cached invalid PTE */
    uint64_t fills;                              /* translations put where none was */
    uint64_t evictions;                          /* translations that made room for another */
    uint64_t invalidations; /* translations removed by a fence, by a reset, or together with the
                               L2's */
    uint64_t back_invalidations; /* those of them that an inclusive L2 made */
    uint64_t moves;              /* translations that an exclusive L2 gave back to an L1 */
    uint64_t unkept_misses;      /* that brought a page of a size which no bank holds */
    uint64_t miss_class[MMU_MISS_CLASSES]; /* zero unless misses are classified */
    struct mmu_bank_counters bank[MMU_MAX_BANKS];
};

struct mmu_walk_counters {
    uint64_t count;
    uint64_t completed_by_size[MMU_PAGE_SIZES];
    uint64_t faulted;
    uint64_t pte_reads;                           /* counted where memory is asked */
    uint64_t pte_reads_by_level[MMU_MAX_LEVELS];  /* counted by the walk */
    uint64_t cache_hits;                          /* PTEs that the walk cache answered */
    uint64_t cache_hits_by_level[MMU_MAX_LEVELS]; /* counted by the walk */
    uint64_t a_updates;                           /* PTEs written to set A */
    uint64_t d_updates;                           /* PTEs written to set D; one write may be both */
};

struct mmu_fence_counters {
    uint64_t count;
    uint64_t entries_killed;    /* over all arrays */
    uint64_t walk_cache_killed; /* pointers */
    uint64_t useless;           /* fences that killed nothing in either */
};

/* What mmu_reset did. */
struct mmu_reset_counters {
    uint64_t count;
    uint64_t entries_killed; /* over all arrays */
};

/* The share of one effective privilege, or of one ASID. */
struct mmu_share_counters {
    struct {
        uint64_t accesses;
        uint64_t hits;
        uint64_t misses;
    } array[MMU_ARRAYS];
    uint64_t walks;
};

/* Everything but the shares per ASID. Holds nothing but uint64_t. */
struct mmu_counters {
    struct mmu_array_counters array[MMU_ARRAYS];
    struct mmu_walk_counters walk;
    struct mmu_fence_counters fence[MMU_FENCE_FORMS];
    struct mmu_reset_counters reset;
    struct mmu_share_counters mode[MMU_MODES];
};

/* Counts together with what the laws compare them to. */
struct mmu_counts {
    struct mmu_counters total;
    const struct mmu_share_counters *asid; /* [asid_count], indexed by ASID */
    size_t asid_count;                     /* ASIDs above the last one seen are left out */
    uint64_t valid[MMU_ARRAYS];            /* found by scanning the arrays */
    uint64_t valid_by_size[MMU_ARRAYS][MMU_PAGE_SIZES + 1]; /* [MMU_NO_SIZE]: invalid PTEs */
    uint64_t valid_by_bank[MMU_ARRAYS][MMU_MAX_BANKS];
    bool has_l2;
    bool has_classes;
    bool classes_are_whole; /* false: there was not enough memory to classify every miss */
    unsigned levels;        /* of the deepest page table there can be: 3, 4 or 5 */
};

/* A law that does not hold: its words and the two numbers that should be one. */
struct mmu_law_broken {
    const char *law;
    uint64_t left;
    uint64_t right;
};

/* Checks every conservation law. Returns true, or writes the first broken one and returns false. */
bool mmu_laws_hold(const struct mmu_counts *counts, struct mmu_law_broken *broken);

#endif
