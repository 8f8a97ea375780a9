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
    void *ctx;
};

/* The hart state that a translation depends on. */
struct mmu_mode {
    uint64_t satp;
    enum mmu_privilege privilege; /* effective privilege: MPRV already applied */
    bool sum;
    bool mxr;
    bool svpbmt;      /* menvcfg.PBMTE: a leaf may name a memory type [norm:menvcfg_pbmte_op] */
    bool hardware_ad; /* the walker sets A and D; false: Svade, a page fault asks software to */
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
    uint64_t pte_pa;
    uint64_t pte; /* as read; 0 where it could not be read */
    unsigned level;
};

/* One run of the manual's algorithm, from the root to its end. */
struct mmu_walk {
    uint64_t va;
    enum mmu_access access;
    struct mmu_mode mode;
    enum mmu_rule rule;  /* MMU_ALLOWED, or what ended it */
    unsigned step_count; /* PTEs of the last pass: a restart at step 2 keeps those above */
    struct mmu_walk_step step[MMU_MAX_LEVELS];
    unsigned pte_reads[MMU_MAX_LEVELS]; /* by level, restarts included */
    bool sets_a;                        /* step 9 sets A */
    bool sets_d;                        /* step 9 sets D */
    /* The rest is valid only if rule is MMU_ALLOWED. */
    uint64_t pte; /* the leaf, A and D as they are after step 9 */
    enum mmu_page_size size;
    bool is_global; /* G in the leaf or in a pointer above it */
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

/* True if satp and privilege make this MMU translate: neither Bare nor M-mode. */
bool mmu_is_active(const struct mmu_mode *mode);

/* True if satp.MODE is one that this MMU has: Bare, Sv39, and the wider ones that its levels reach.
 * [norm:satp_mode_op_unsupported] */
bool mmu_supports_mode(const struct mmu *mmu, uint64_t satp);

/* A cached translation, as a look-up sees it. */
struct mmu_cached {
    enum mmu_page_size size;
    uint64_t va;  /* of the page's first byte */
    uint64_t pte; /* as cached, which may differ from memory until a fence */
    uint64_t pa;  /* of the address asked for */
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

/* Finds out what a translation would do without doing it: no fill, no A or D, no count. */
void mmu_probe(const struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
               enum mmu_access access, struct mmu_probe *probe);

/* Calls observe after every walk; NULL stops it. The walk is valid during the call only. */
void mmu_observe_walks(struct mmu *mmu, void (*observe)(void *ctx, const struct mmu_walk *walk),
                       void *ctx);

/* The counters as they are now. counts->asid points into the MMU and moves on with it. */
void mmu_count(const struct mmu *mmu, struct mmu_counts *counts);

/* The counters alone, without the scan that finds the valid entries. */
const struct mmu_counters *mmu_counters(const struct mmu *mmu);

/* The geometry it was made with. */
const struct mmu_geometry *mmu_geometry(const struct mmu *mmu);

#endif
