/*
 * mmu.h - Sv39, Sv48 and Sv57 address translation for one hart, with a modelled TLB that is always
 * counted.
 *
 * The MMU turns a virtual address into a physical one, or says why not. It owns its TLB and its
 * counters and nothing else: it reaches page tables only through the mmu_memory it is given, and
 * learns the hart's state from the mmu_mode of each call. Nothing is allocated after mmu_create.
 *
 * Spec: Priv. [satp], [sv39], [sv32algorithm], [sfence.vma]. Version: docs/spec.md.
 */
#ifndef MMU_MMU_H
#define MMU_MMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/counters.h"
#include "mmu/geometry.h"

/* Privilege as the manual encodes it. */
enum mmu_privilege { MMU_USER = 0, MMU_SUPERVISOR = 1, MMU_MACHINE = 3 };

/*
 * satp on RV64 [norm:satp]:
 *
 *   63..60 | 59..44 | 43..0
 *    MODE  |  ASID  |  PPN
 */
#define SATP_MODE UINT64_C(0xf000000000000000)
#define SATP_ASID UINT64_C(0x0ffff00000000000)
#define SATP_PPN UINT64_C(0x00000fffffffffff)

enum { SATP_MODE_SHIFT = 60, SATP_ASID_SHIFT = 44 };
enum { SATP_MODE_BARE = 0, SATP_MODE_SV39 = 8, SATP_MODE_SV48 = 9, SATP_MODE_SV57 = 10 };

enum mmu_status {
    MMU_OK = 0,
    MMU_PAGE_FAULT,   /* the page tables do not allow the access */
    MMU_ACCESS_FAULT, /* a page-table entry itself could not be reached */
};

/* Physical memory as the page-table walker sees it: effective privilege S, PMA and PMP applied. */
struct mmu_memory {
    /* Reads the 8-byte PTE at pa. Returns false if the read is refused or nothing answers. */
    bool (*read_pte)(void *ctx, uint64_t pa, uint64_t *pte);
    /* True if a store to the PTE at pa would be allowed. */
    bool (*may_write_pte)(void *ctx, uint64_t pa);
    /* Stores desired at pa if it still holds expected, as one atomic step. Called only where
     * may_write_pte answered true. Returns whether it was stored. */
    bool (*swap_pte)(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired);
    /* Where the host has [pa, pa + length), as long as read_pte would read all of it there; NULL if
     * it would not. NULL instead of a function: nowhere. */
    const uint8_t *(*reach)(void *ctx, uint64_t pa, uint64_t length);
    void *ctx;
};

/* The hart state that a translation depends on. */
struct mmu_mode {
    uint64_t satp;                /* no bits of the ASID above ASIDLEN, as satp itself has none */
    enum mmu_privilege privilege; /* effective privilege: MPRV already applied */
    bool sum;
    bool mxr;
    bool svpbmt;          /* menvcfg.PBMTE: a leaf may name a memory type [norm:menvcfg_pbmte_op] */
    bool hardware_ad;     /* the walker sets A and D; false: Svade, a page fault asks software to */
    bool counts_as_store; /* a load is counted as a store: CBO.CLEAN, CBO.FLUSH, CBO.INVAL, which
                             need what a load needs */
};

/* Why a translation came out as it did: one value per rule of the manual that can refuse it. */
enum mmu_rule {
    MMU_ALLOWED = 0,
    MMU_NOT_CANONICAL,      /* bits above the VA width differ from its top bit */
    MMU_PTE_UNREADABLE,     /* step 2: PMA or PMP refused the read of the PTE */
    MMU_NOT_VALID,          /* step 3: V=0 */
    MMU_WRITE_WITHOUT_READ, /* step 3: R=0 and W=1 is a reserved encoding */
    MMU_RESERVED_BITS,      /* step 3: a reserved bit is set */
    MMU_RESERVED_NAPOT,     /* step 3: N set above the last level, or PPN[3:0] not 1000 */
    MMU_RESERVED_PBMT,      /* step 3: PBMT is 3, or set in a pointer, or PBMTE=0 */
    MMU_RESERVED_NON_LEAF,  /* step 3: D, A or U set in a pointer */
    MMU_NO_LEAF,            /* step 4: a pointer at the last level */
    MMU_MISALIGNED,         /* step 5: a superpage whose low PPN bits are not zero */
    MMU_NOT_FOR_USER,       /* step 6: U=0 and the access is U-mode's */
    MMU_NOT_FOR_SUPERVISOR, /* step 6: U=1, S-mode fetches, or SUM=0 */
    MMU_NOT_EXECUTABLE,     /* step 8: fetch and X=0 */
    MMU_NOT_READABLE,       /* step 8: load and R=0, and not X=1 with MXR */
    MMU_NOT_WRITABLE,       /* step 8: store and W=0 */
    MMU_A_CLEAR,            /* step 9, Svade: A=0 */
    MMU_D_CLEAR,            /* step 9, Svade: store and D=0 */
    MMU_PTE_UNWRITABLE,     /* step 9: PMA or PMP refuses the store that would set A or D */
};

/* The fault that breaking a rule raises; MMU_OK for MMU_ALLOWED. */
enum mmu_status mmu_rule_status(enum mmu_rule rule);

/* The rule in words, a phrase such as "the page is not writable (W=0)"; a constant. */
const char *mmu_rule_words(enum mmu_rule rule);

/* A PTE read by a walk. level counts down to 0, the leaf level of a 4 KiB page. */
struct mmu_walk_step {
    uint64_t pte_pa; /* 0 where a walk cache by VA answered: it does not know */
    uint64_t pte;    /* as read; 0 where it could not be read */
    unsigned level;
    bool is_cached; /* the walk cache answered: memory may hold something else by now */
};

/* One run of the manual's algorithm, from the root to its end. */
struct mmu_walk {
    uint64_t va;
    enum mmu_access access;
    struct mmu_mode mode;
    unsigned asid;       /* of satp, as wide as ASIDLEN */
    enum mmu_rule rule;  /* MMU_ALLOWED, or what ended it */
    unsigned step_count; /* PTEs of the last pass: a restart at step 2 keeps those above */
    struct mmu_walk_step step[MMU_MAX_LEVELS];
    unsigned pte_reads[MMU_MAX_LEVELS];  /* by level, restarts included */
    unsigned cache_hits[MMU_MAX_LEVELS]; /* PTEs that the walk cache answered */
    bool sets_a;                         /* step 9 sets A */
    bool sets_d;                         /* step 9 sets D */
    bool is_global; /* G in the leaf or in a pointer above it, as far as the walk got */
    /* The rest is valid only if rule is MMU_ALLOWED. */
    uint64_t pte; /* the leaf, A and D as they are after step 9 */
    enum mmu_page_size size;
    uint64_t pa;
};

/* One executed SFENCE.VMA. Registers other than x0 select; their values say what. */
struct mmu_fence {
    bool has_va;
    bool has_asid;
    uint64_t va;
    uint64_t asid; /* bits above ASIDLEN are ignored [norm:sfence_vma_rs2_bits] */
};

struct mmu;
struct bank;

/* Makes an MMU with an empty TLB. The geometry is copied and must come from mmu_geometry_parse;
 * memory is copied, its ctx must outlive the MMU. Returns NULL if there is not enough memory. */
struct mmu *mmu_create(const struct mmu_geometry *geometry, const struct mmu_memory *memory);

/* Frees an MMU; NULL is allowed. */
void mmu_destroy(struct mmu *mmu);

/* Translates va for one access that does not cross a page. Writes *pa only when it returns MMU_OK.
 * Bare and M-mode return va itself and touch neither TLB nor counters. */
enum mmu_status mmu_translate(struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
                              enum mmu_access access, uint64_t *pa);

/* Executes a fence: removes the cached translations that it names. */
void mmu_fence(struct mmu *mmu, const struct mmu_fence *fence);

/* Reset: nothing is cached any more. It is counted apart from fences, and counters go on. */
void mmu_reset(struct mmu *mmu);

/* True if satp and privilege make this MMU translate: neither Bare nor M-mode. */
static inline bool mmu_is_active(const struct mmu_mode *mode)
{
    return mode->privilege != MMU_MACHINE && mode->satp >> SATP_MODE_SHIFT != SATP_MODE_BARE;
}

/* True if satp.MODE is one that this MMU has: Bare, Sv39, and the wider ones that its levels reach.
 * [norm:satp_mode_op_unsupported] */
bool mmu_supports_mode(const struct mmu *mmu, uint64_t satp);

/* A cached translation, as a look-up sees it. */
struct mmu_cached {
    enum mmu_page_size size; /* that the entry covers */
    enum mmu_page_size leaf; /* of the page it is a piece of; size if it is the whole page */
    uint64_t va;             /* of the first byte covered */
    uint64_t pte;            /* as cached, which may differ from memory until a fence; V=0 if the
                                array keeps invalid PTEs */
    uint64_t pa;             /* of the address asked for */
    unsigned asid;
    bool is_global;
};

/* What mmu_translate would do now, step by step. */
struct mmu_probe {
    enum mmu_rule rule; /* the outcome, as mmu_translate would decide it */
    uint64_t pa;        /* valid if rule is MMU_ALLOWED */
    struct {
        bool was_asked; /* the look-up got as far as this array */
        bool matched;   /* it holds an entry; *entry is valid */
        bool answers;   /* false with matched: D=0 on a store, so the walk must set D */
        struct mmu_cached entry;
    } array[MMU_ARRAYS];
    bool walks; /* nothing cached answers; *walk is valid */
    struct mmu_walk walk;
};

/* Finds out what a translation would do without doing it: no fill, no A or D, no count. (With a
 * walk cache so small that a walk pushes out a stale pointer which it would have met further down,
 * the probe meets it.) */
void mmu_probe(const struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
               enum mmu_access access, struct mmu_probe *probe);

/* Calls observe after every walk; NULL stops it. The walk is valid during the call only. */
void mmu_observe_walks(struct mmu *mmu, void (*observe)(void *ctx, const struct mmu_walk *walk),
                       void *ctx);

/* What an observer of misses is told of: a look-up that missed, or a walk that was made. */
enum mmu_event { MMU_L1I_MISS, MMU_L1D_MISS, MMU_L2_MISS, MMU_WALK_MADE };

/* An access that missed an L1. */
struct mmu_miss {
    uint64_t va;
    unsigned events;              /* that it came to: a bit (1 << event) for each */
    enum mmu_privilege privilege; /* that it was made with, MPRV applied */
};

/* Calls observe for every access that missed an L1; NULL stops it. */
void mmu_observe_misses(struct mmu *mmu, void (*observe)(void *ctx, struct mmu_miss miss),
                        void *ctx);

/*
 * A shortcut past the look-up, for whoever can tell that an access would hit: it remembers one page
 * of an L1 for one mode. Each hit stores ++*clock of the keeper at stamp and is counted later, all
 * of them at once, by mmu_count_shortcut.
 *
 * A shortcut may be used until the keeper of shortcuts has been told of its page (see below),
 * and as long as the mode is the same. With is_latest_only it may be used only until another page
 * of its array is: then its hits must be counted before that.
 */
struct mmu_shortcut {
    uint64_t *stamp;
    uint64_t pa;      /* of the address asked for */
    bool allows_load; /* a load, or a store, is allowed and would hit */
    bool allows_store;
    bool is_latest_only;
    /* For the MMU: where it is, and whose hits they are. */
    struct bank *bank;
    uint32_t page;
    uint32_t asid;
    enum mmu_privilege privilege;
    uint64_t satp;
    uint64_t va;
};

/* True if the L1 answered mmu_translate's latest access of this kind: fetches are one, loads and
 * stores another. */
bool mmu_was_hit(const struct mmu *mmu, enum mmu_access access);

/* Makes a shortcut to the page of an access that mmu_translate has just allowed. Returns false if
 * the L1 does not hold it. */
bool mmu_make_shortcut(struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
                       enum mmu_access access, struct mmu_shortcut *shortcut);

/* Counts hits that went through a shortcut, one at least; its page must still be there. */
void mmu_count_shortcut(struct mmu *mmu, const struct mmu_shortcut *shortcut,
                        enum mmu_access access, uint64_t hits);

/*
 * A region: an aligned 2 MiB of addresses under one mode, in which loads and stores that miss the
 * L1D have been found to reach pages of 4 KiB. It knows where the PTEs are that a walk reads and
 * what each of them was when it was checked: as long as they are the same, so is what the checks
 * say.
 *
 * It may be used as long as the mode is the same, and memory.reach would answer the same.
 */
enum { MMU_REGION_WORDS = 512 / 64 };

struct mmu_region {
    /* Only pages there are taken; whoever learns regions says where, and where the host has the
     * first byte. */
    uint64_t first_pa;
    uint64_t last_pa;
    const uint8_t *bytes;
    /* For the MMU. */
    unsigned levels; /* of the page table; 0: nothing is known */
    struct {
        const uint8_t *at;
        uint64_t pte;
    } pointer[MMU_MAX_LEVELS - 1]; /* from the root down */
    const uint8_t *table;          /* of the leaves */
    bool is_below_global;
    uint64_t loads_by;  /* a leaf like this allows loads, see region.c */
    uint64_t stores_by; /* the same for stores */
    uint64_t satp;
    uint32_t asid;
    enum mmu_privilege privilege;
    uint32_t space;                  /* of the histories of miss classes; 0: not known yet */
    uint64_t seen[MMU_REGION_WORDS]; /* a bit for each page that all of them have seen in it */
};

/* Learns from a load or store that mmu_translate has just allowed.
 * The region has levels 0, or has been learned for this mode and these 2 MiB. Returns false if it
 * is of no use: the page is not one of 4 KiB, or this MMU does more at a miss than regions know of:
 * walk caches, inclusion. */
bool mmu_learn_region(struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
                      enum mmu_access access, struct mmu_region *region);

/* What a region has translated. */
struct mmu_taken {
    uint64_t pa;
    bool was_miss;  /* of the L1D; else */
    bool hit_again; /* the page has been hit by way of a region before, since it came */
    /* For the MMU: where the page is in the L1D. */
    struct bank *bank;
    uint32_t page;
};

/* Does all that mmu_translate would do for a load or store to the region, and writes *taken, if it
 * is allowed: for a miss of the L1D, and for a hit as long as none need be told to anybody. Returns
 * false, with nothing done, where that is not known. What it counts mmu_count_regions tells the
 * counters. */
bool mmu_take_region(struct mmu *mmu, struct mmu_region *region, uint64_t va,
                     enum mmu_access access, struct mmu_taken *taken);

/* A shortcut to a page that a region has translated, good from that access on. It is used as a
 * struct mmu_shortcut that is not latest-only, but counted by mmu_count_region_hits. */
struct mmu_region_shortcut {
    uint64_t *stamp;
    bool allows_load;
    bool allows_store;
};

/* Makes a shortcut to the page of the access that the region has just taken. Returns false if there
 * can be none. */
bool mmu_shortcut_region(struct mmu *mmu, const struct mmu_region *region,
                         const struct mmu_taken *taken, struct mmu_region_shortcut *shortcut);

/* Hits by shortcuts of regions of this ASID and privilege; mmu_count_regions tells the counters. */
void mmu_count_region_hits(struct mmu *mmu, uint32_t asid, enum mmu_privilege privilege,
                           uint64_t loads, uint64_t stores);

/* Counts what is not counted yet; whoever takes regions does it when told to settle. */
void mmu_count_regions(struct mmu *mmu);

/* What the keeper of shortcuts must know, and what it has to offer. */
struct mmu_keeper {
    uint64_t *clock; /* of the hits on both L1s, its own and the MMU's; only to be counted up */
    /* This page of an L1 is about to go or to change, or another may be found before it: shortcuts
     * for its addresses are to be counted and forgotten. */
    void (*changed)(void *ctx, enum mmu_array array, uint64_t va, enum mmu_page_size size);
    /* This L1 is about to be asked: its shortcuts that are latest-only are to be counted and
     * forgotten. */
    void (*looks_up)(void *ctx, enum mmu_array array);
    /* Counters are about to be read: all hits are to be counted. */
    void (*settle)(void *ctx);
    void *ctx;
};

/* Names the keeper, before the first shortcut is made; one of NULLs ends its office. */
void mmu_keep_shortcuts(struct mmu *mmu, const struct mmu_keeper *keeper);

/* The counters as they are now. counts->asid points into the MMU and moves on with it. */
void mmu_count(const struct mmu *mmu, struct mmu_counts *counts);

/* The counters alone, without the scan that finds the valid entries. */
const struct mmu_counters *mmu_counters(const struct mmu *mmu);

/* The geometry it was made with. */
const struct mmu_geometry *mmu_geometry(const struct mmu *mmu);

#endif
