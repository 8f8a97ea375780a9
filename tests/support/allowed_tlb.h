/*
 * allowed_tlb.h - the answers that the manual allows a hart with any address-translation cache.
 *
 * Between fences a hart may use old page-table entries, or new ones, as it likes. So the model of
 * its cache is no cache but a set: every PTE that one could hold now. It learns all that a
 * speculative walk may read, of some pages that it watches, and forgets only what a fence names.
 * From the set and from memory come all the answers that an access may get.
 *
 * What the set holds, and by what sentence of the manual:
 *
 * memory now   A read of step 2 may always go to memory.
 * leaves       "An implicit read ... may return any translation for an address that was valid at
 *              any time since the most recent SFENCE.VMA that subsumes that address"
 *              [norm:sfence_vma_ordering_semantics]: of the same address and ASID, or global
 *              [sv32algorithm], whatever root and width of satp brought it (the note there).
 * invalid PTEs Caching them is permitted (the same note). They end a walk as leaves do, and are
 *              kept with them. One above the last level is no leaf: a fence by address must bring
 *              out a leaf that has taken its place, and need not bring out a pointer.
 * pointers     Results of step 2 may satisfy later reads of step 2 [sv32algorithm]: of the same
 *              PTE, whatever address space read it, as a store shows to implicit reads only after
 *              a fence; or of the same address at the same level, and then a walk may start below
 *              the pointer. A fence by address covers leaves only
 *              [norm:sfence_vma_va_all_asid], so that pointers survive it.
 * 64K pages    The 16 PTEs of the page stand for one another [norm:Svnapot_cache_entries], but a
 *              fence by address is one for its own 4 KiB.
 * PBMTE, ADUE  The old setting may act until SFENCE.VMA x0, x0 [norm:menvcfg_pbmte_fence,
 *              norm:menvcfg_adue_fence].
 *
 * What the set does not hold, so that a test can fail: parts of one value of a PTE mixed with parts
 * of another; another ASID's page that is not global; a leaf from before a fence for its address;
 * an old SUM, MXR, privilege or ASID [norm:sfence_vma_sum_mxr_effect, norm:sfence_vma_asid_effect];
 * A or D set anywhere but in memory that still holds the PTE, by step 9 of an access that needs it.
 * A may be set by speculation too, which the model does not allow: an exact MMU does not.
 *
 * Spec: Priv. [sfence.vma], [sv32algorithm], [ext:svnapot].
 */
#ifndef TESTS_SUPPORT_ALLOWED_TLB_H
#define TESTS_SUPPORT_ALLOWED_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/allowed_set.h"
#include "tests/support/pte_memory.h"
#include "tests/support/sv_model.h"

enum {
    ALLOWED_PAGES = 24,   /* 4 KiB pages that are watched */
    ALLOWED_SPACES = 16,  /* different ASIDs at most */
    ALLOWED_ENTRIES = 64, /* of one list */
};

/* A PTE that a cache may hold, with the ASIDs that it may hold it for. */
struct allowed_entry {
    uint64_t pte;
    uint64_t pte_pa;
    int level;
    uint32_t spaces; /* bit n: the n-th ASID; the top bit: all of them, for it is global */
};

struct allowed_list {
    unsigned count;
    struct allowed_entry entry[ALLOWED_ENTRIES];
};

/* What may be held for one page. */
struct allowed_page {
    uint64_t va; /* of its first byte, in the widest mode */
    struct allowed_list ends;
    struct allowed_list pointers;
};

struct allowed_tlb {
    const struct pte_memory *memory;
    struct allowed_page page[ALLOWED_PAGES];
    struct allowed_list pointers[PTE_MEMORY_PAGES]; /* the same pointers, by the page they lie in */
    uint64_t satp;
    unsigned asid_bits;
    uint64_t asid[ALLOWED_SPACES]; /* the n-th ASID that was seen */
    unsigned spaces;
    bool svade; /* the schemes last set */
    bool pbmte;
    bool may_be_svade[2]; /* [0]: hardware may set A and D; [1]: software may have to */
    bool may_be_pbmte[2]; /* [0]: Svpbmt may be away; [1]: it may be there */
    bool is_learned;      /* the lists hold what can be read now */
    bool is_lost;         /* a list was full: anything goes, until all is fenced */
    bool is_crowded;      /* a list will soon be full */
};

/* Starts with an empty cache and satp in Bare. Each page's va is to be filled in before use. */
void allowed_tlb_init(struct allowed_tlb *tlb, const struct pte_memory *memory, unsigned asid_bits);

/* To be called before memory changes in any way, the walker's own stores included. */
void allowed_tlb_before_change(struct allowed_tlb *tlb);

void allowed_tlb_set_satp(struct allowed_tlb *tlb, uint64_t satp);

/* Tells the A/D scheme and PBMTE that hold from now on. */
void allowed_tlb_set_scheme(struct allowed_tlb *tlb, bool svade, bool pbmte);

/* A fence: has_va and has_asid as rs1 and rs2 other than x0. */
struct allowed_fence {
    bool has_va;
    bool has_asid;
    uint64_t va;
    uint64_t asid;
};

/* SFENCE.VMA. Without rs1 and rs2, only the schemes last set hold from then on. */
void allowed_tlb_fence(struct allowed_tlb *tlb, const struct allowed_fence *fence);

/* Finds all answers to an access to the n-th page. The request's satp is the one set here, its va
 * an address in that page or one that is not canonical; its svade and pbmte do not matter. */
void allowed_tlb_answers(struct allowed_tlb *tlb, unsigned page, const struct sv_request *request,
                         struct allowed_set *set);

#endif
