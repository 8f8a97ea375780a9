/*
 * geometry.h - the shape of an MMU: the arrays of its TLB and what each is made of, its walk cache,
 * its ASIDs, what its fences remove, the depth of its page tables.
 *
 * A geometry is plain data. It is written as a preset's name, a list of KEY=VALUE parts, or a
 * preset followed by parts that change it:
 *
 *     default    l1i=32,l1d=32,l2=256x4:lru,asid=16    default,l2=none
 *     l1i=16,l1d=8:pages=4:4K:plru+4:2M:1G:plru,pwc=8:pte
 *
 * docs/tlb.md has the whole grammar and what each word means.
 */
#ifndef MMU_GEOMETRY_H
#define MMU_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The three places a translation is looked up in: L1 by kind of access, then the unified L2. */
enum mmu_array { MMU_L1I, MMU_L1D, MMU_L2 };

enum mmu_page_size {
    MMU_4K,
    MMU_64K, /* Svnapot */
    MMU_2M,
    MMU_1G,
    MMU_512G,
    MMU_256T,
    MMU_NO_SIZE, /* no translation came of it */
};

/* How the victim of a full set is chosen. docs/tlb.md defines each. */
enum mmu_policy {
    MMU_LRU,         /* the entry whose last use is the longest ago */
    MMU_TREE_PLRU,   /* a binary tree whose nodes point away from what was used last */
    MMU_BIT_PLRU,    /* the lowest way whose bit is clear; a use sets the bit */
    MMU_FIFO,        /* the entry that was filled the longest ago */
    MMU_ROUND_ROBIN, /* the ways in turn */
    MMU_RANDOM,      /* any way, from a seeded generator */
};

/* Whether the L2 holds what the L1s hold. */
enum mmu_inclusion {
    MMU_NEITHER,   /* a walk fills both, and an eviction in one leaves the other */
    MMU_INCLUSIVE, /* what the L2 evicts leaves the L1s too */
    MMU_EXCLUSIVE, /* the L2 is filled by what an L1 evicts, and a hit moves it back */
};

/* What the walker remembers of the pointers it has followed. */
enum mmu_walk_cache {
    MMU_NO_WALK_CACHE,
    MMU_WALK_CACHE_BY_PTE, /* pointers by the physical address of their PTE */
    MMU_WALK_CACHE_BY_VA,  /* pointers by the virtual addresses they are for, and ASID */
};

/* Who sets A and D in the core that a geometry describes; pagewalk follows it with --ad=core. */
enum mmu_core_ad { MMU_AD_UNKNOWN, MMU_AD_BY_HARDWARE, MMU_AD_BY_SOFTWARE };

enum {
    MMU_ARRAYS = 3,
    MMU_PAGE_SIZES = 6,
    MMU_POLICIES = 6,
    MMU_MAX_BANKS = 4,
    MMU_MAX_ENTRIES = 65536, /* of one bank */
    MMU_MAX_SECTOR = 16,     /* pages of one entry */
    MMU_MAX_ASID_BITS = 16,
    MMU_ALL_SIZES = (1 << MMU_PAGE_SIZES) - 1,
    SV39_LEVELS = 3,
    SV48_LEVELS = 4,
    SV57_LEVELS = 5,
};

/* A bank: entries of one kind, in sets of ways. */
struct mmu_bank_geometry {
    unsigned sets; /* a power of two; 1 is fully associative */
    unsigned ways;
    unsigned pages;  /* of one entry, neighbours in an aligned group: a power of two, at least 1 */
    unsigned sizes;  /* those it holds, a bit for each: 1 << enum mmu_page_size */
    bool has_pieces; /* it also takes pieces of larger pages that no bank of the array holds */
    enum mmu_policy policy;
    bool policy_is_assumed; /* the source does not tell */
};

/* An array: one bank, or several that are looked up together. No page size is in two of them. */
struct mmu_array_geometry {
    unsigned bank_count; /* 0: there is no such array */
    struct mmu_bank_geometry bank[MMU_MAX_BANKS];
};

struct mmu_walk_cache_geometry {
    enum mmu_walk_cache kind;
    bool is_strict; /* fences by address remove pointers, too */
    bool kind_is_assumed;
    /* By PTE: one bank. By VA: a pointer counts as a page of what it leads to, 2M for the last
     * pointer above 4K pages; levels that no bank holds are not remembered. */
    struct mmu_array_geometry banks;
};

struct mmu_geometry {
    struct mmu_array_geometry array[MMU_ARRAYS];
    enum mmu_inclusion inclusion; /* of the L2 */
    struct mmu_walk_cache_geometry walk_cache;
    unsigned asid_bits; /* ASIDLEN: 0 to 16 [norm:asidlen] */
    bool asid_is_assumed;
    bool keeps_invalid_leaf;     /* PTEs with V=0 of the last level are cached */
    bool keeps_invalid_non_leaf; /* those above the last level are */
    bool fence_va_removes_all;   /* a fence by address removes everything */
    enum mmu_core_ad ad;

    /* What no specification speaks of; the parser gives 3, 1 and false. */
    unsigned levels;  /* of the largest mode of satp: 3 Sv39, 4 Sv48, 5 Sv57 */
    uint64_t seed;    /* of random replacement */
    bool has_classes; /* misses are classified */
};

/* Why a specification was refused: the part of the text at fault, and a phrase about it. */
struct mmu_geometry_error {
    const char *part; /* points into the specification */
    size_t part_length;
    const char *reason; /* completes the sentence "PART ..."; a constant */
};

/* Reads a specification of the TLB. Writes *geometry and returns true, or writes *error and returns
 * false. */
bool mmu_geometry_parse(const char *spec, struct mmu_geometry *geometry,
                        struct mmu_geometry_error *error);

/* Translations that an array has room for, 0 where it is absent. */
unsigned mmu_array_entries(const struct mmu_array_geometry *array);

/* The word a specification uses, such as "plru". */
const char *mmu_policy_name(enum mmu_policy policy);

/* The word for a page size, such as "4K"; "none" for MMU_NO_SIZE. */
const char *mmu_page_size_name(enum mmu_page_size size);

#endif
