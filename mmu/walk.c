#include "mmu/walk.h"

#include "mmu/permission.h"
#include "mmu/pte.h"
#include "mmu/walk_cache.h"

/* PPN[3:0] of a NAPOT leaf of 64 KiB. */
enum { NAPOT_PPN_MASK = 0xf, NAPOT_64K = 0x8 };

/* Where the algorithm stands: its variables a and i, and what the pointers passed so far imply. */
struct cursor {
    uint64_t table;       /* a */
    unsigned level;       /* i */
    bool is_below_global; /* a pointer above had G, so every mapping below is global */
};

static uint64_t vpn_index(uint64_t va, unsigned level)
{
    return (va >> (PAGE_SHIFT + level * VPN_BITS)) & ((1u << VPN_BITS) - 1);
}

/* Svnapot: N stands for 16 pages in a row, in a leaf of the last level only, and only with PPN[3:0]
 * 1000. [norm:Svnapot_valid_encoding] */
static bool is_napot_legal(uint64_t pte, unsigned level)
{
    return level == 0 && pte_is_leaf(pte) && (pte_ppn(pte) & NAPOT_PPN_MASK) == NAPOT_64K;
}

/* Svpbmt: a memory type stands in a leaf only, where PBMTE allows it, and type 3 is reserved. Types
 * change nothing here: RAM stays RAM. */
static bool is_pbmt_legal(uint64_t pte, const struct mmu_mode *mode)
{
    return mode->svpbmt && pte_is_leaf(pte) && (pte & PTE_PBMT) != PTE_PBMT;
}

/* Step 3: valid, and no reserved bit or encoding set. */
static enum mmu_rule check_valid(uint64_t pte, unsigned level, const struct mmu_mode *mode)
{
    if (!pte_is_valid(pte)) {
        return MMU_NOT_VALID;
    }
    if ((pte & (PTE_R | PTE_W)) == PTE_W) {
        return MMU_WRITE_WITHOUT_READ;
    }
    if ((pte & PTE_RESERVED) != 0) {
        return MMU_RESERVED_BITS;
    }
    if ((pte & PTE_N) != 0 && !is_napot_legal(pte, level)) {
        return MMU_RESERVED_NAPOT;
    }
    if ((pte & PTE_PBMT) != 0 && !is_pbmt_legal(pte, mode)) {
        return MMU_RESERVED_PBMT;
    }
    if (!pte_is_leaf(pte) && (pte & (PTE_D | PTE_A | PTE_U)) != 0) {
        return MMU_RESERVED_NON_LEAF;
    }
    return MMU_ALLOWED;
}

/* Step 5: a superpage whose low PPN fields are not zero is misaligned. */
static bool is_aligned(uint64_t pte, unsigned level)
{
    uint64_t low_ppn_mask = (UINT64_C(1) << (level * VPN_BITS)) - 1;

    return (pte_ppn(pte) & low_ppn_mask) == 0;
}

enum mmu_page_size walk_leaf_size(unsigned level)
{
    static const enum mmu_page_size size[MMU_MAX_LEVELS] = {MMU_4K, MMU_2M, MMU_1G, MMU_512G,
                                                            MMU_256T};
    return size[level];
}

/* Step 2: reads the PTE for va in the table at the cursor, and notes it. */
static bool read_pte(const struct walker *walker, const struct cursor *at, struct mmu_walk *walk,
                     struct mmu_walk_step **noted)
{
    struct mmu_walk_step *step = &walk->step[walk->step_count++];

    *step = (struct mmu_walk_step){
        .pte_pa = at->table + vpn_index(walk->va, at->level) * PTE_SIZE,
        .level = at->level,
    };
    *noted = step;
    if (walker->cache != NULL && at->level > 0 &&
        walk_cache_find_pte(walker->cache, step->pte_pa, walker->updates, &step->pte)) {
        step->is_cached = true;
        walk->cache_hits[at->level]++;
        return true;
    }
    walk->pte_reads[at->level]++;
    if (walker->pte_reads != NULL) {
        ++*walker->pte_reads;
    }
    return walker->memory.read_pte(walker->memory.ctx, step->pte_pa, &step->pte);
}

/* Step 4 for a pointer: goes down to the table that it names. */
static void descend(struct cursor *at, uint64_t pte)
{
    at->table = pte_ppn(pte) << PAGE_SHIFT;
    at->level--;
    at->is_below_global |= (pte & PTE_G) != 0;
}

/* The walk has followed a pointer: a walk cache remembers it if it came from memory. */
static void remember(const struct walker *walker, const struct cursor *at,
                     const struct mmu_walk_step *step, const struct mmu_walk *walk)
{
    if (walker->cache == NULL || !walker->updates || step->is_cached) {
        return;
    }
    walk_cache_learn(walker->cache, walk,
                     &(struct walk_pointer){.pa = step->pte_pa,
                                            .pte = step->pte,
                                            .level = step->level,
                                            .is_global = at->is_below_global});
}

/* Steps 2 to 4: follows pointers from the cursor on until a leaf, which *leaf then names. */
static enum mmu_rule find_leaf(const struct walker *walker, struct cursor *at,
                               struct mmu_walk *walk, const struct mmu_walk_step **leaf)
{
    for (;;) {
        struct mmu_walk_step *step = NULL;

        if (!read_pte(walker, at, walk, &step)) {
            return MMU_PTE_UNREADABLE;
        }
        enum mmu_rule rule = check_valid(step->pte, at->level, &walk->mode);

        if (rule != MMU_ALLOWED) {
            return rule;
        }
        if (pte_is_leaf(step->pte)) {
            *leaf = step;
            return MMU_ALLOWED;
        }
        if (at->level == 0) {
            return MMU_NO_LEAF;
        }
        descend(at, step->pte);
        remember(walker, at, step, walk);
    }
}

/* Starts below a pointer that a walk cache by VA remembers, if it does. */
static void start_deeper(const struct walker *walker, struct cursor *at, struct mmu_walk *walk)
{
    struct walk_pointer pointer;

    if (walker->cache == NULL ||
        !walk_cache_find_start(walker->cache, walk, walker->updates, &pointer)) {
        return;
    }
    walk->step[walk->step_count++] =
        (struct mmu_walk_step){.pte = pointer.pte, .level = pointer.level, .is_cached = true};
    walk->cache_hits[pointer.level]++;
    *at = (struct cursor){.level = pointer.level, .is_below_global = pointer.is_global};
    descend(at, pointer.pte);
}

/* Steps 5 to 8, and 9 under Svade: whether the leaf allows the access. */
static enum mmu_rule check_leaf(const struct mmu_walk *walk, const struct mmu_walk_step *leaf)
{
    if (!is_aligned(leaf->pte, leaf->level)) {
        return MMU_MISALIGNED;
    }
    return permission_check(leaf->pte, &walk->mode, walk->access);
}

/* Step 9: sets A, and D for a store. *lost tells that the PTE in memory was no longer the one read:
 * nothing was written then, and the algorithm goes back to step 2. */
static enum mmu_rule set_accessed_dirty(const struct walker *walker,
                                        const struct mmu_walk_step *leaf, struct mmu_walk *walk,
                                        bool *lost)
{
    const struct mmu_memory *memory = &walker->memory;
    uint64_t missing = permission_missing_ad(leaf->pte, walk->access);

    walk->pte = leaf->pte | missing;
    if (missing == 0) {
        return MMU_ALLOWED;
    }
    if (!memory->may_write_pte(memory->ctx, leaf->pte_pa)) {
        return MMU_PTE_UNWRITABLE;
    }
    if (walker->updates && !memory->swap_pte(memory->ctx, leaf->pte_pa, leaf->pte, walk->pte)) {
        *lost = true;
        return MMU_ALLOWED;
    }
    walk->sets_a = (missing & PTE_A) != 0;
    walk->sets_d = (missing & PTE_D) != 0;
    return MMU_ALLOWED;
}

/* Step 10: the translation is successful. */
static void succeed(struct mmu_walk *walk, const struct cursor *at)
{
    walk->size = (walk->pte & PTE_N) != 0 ? MMU_64K : walk_leaf_size(at->level);
    walk->is_global |= (walk->pte & PTE_G) != 0;
    walk->pa = walk_leaf_pa(walk->pte, walk->size, walk->va);
}

void walk_run(const struct walker *walker, struct mmu_walk *walk)
{
    struct cursor at = {
        .table = (walk->mode.satp & SATP_PPN) << PAGE_SHIFT, /* step 1: the root table */
        .level = walk_levels(walk->mode.satp) - 1,
    };
    bool lost = false;

    start_deeper(walker, &at, walk);
    do {
        const struct mmu_walk_step *leaf = NULL;

        if (lost) {
            walk->step_count--; /* the PTE is read again in place */
            lost = false;
        }
        walk->rule = find_leaf(walker, &at, walk, &leaf);
        if (walk->rule == MMU_ALLOWED) {
            walk->rule = check_leaf(walk, leaf);
        }
        if (walk->rule == MMU_ALLOWED) {
            walk->rule = set_accessed_dirty(walker, leaf, walk, &lost);
        }
    } while (lost);
    walk->is_global = at.is_below_global;
    if (walk->rule == MMU_ALLOWED) {
        succeed(walk, &at);
    }
}

enum mmu_status mmu_rule_status(enum mmu_rule rule)
{
    if (rule == MMU_ALLOWED) {
        return MMU_OK;
    }
    return rule == MMU_PTE_UNREADABLE || rule == MMU_PTE_UNWRITABLE ? MMU_ACCESS_FAULT
                                                                    : MMU_PAGE_FAULT;
}

const char *mmu_rule_words(enum mmu_rule rule)
{
    static const char *const words[] = {
        [MMU_ALLOWED] = "the access is allowed",
        [MMU_NOT_CANONICAL] = "the bits above the virtual address width do not equal its top bit",
        [MMU_PTE_UNREADABLE] = "the page-table entry cannot be read: no memory there, or PMP",
        [MMU_NOT_VALID] = "the page-table entry is not valid (V=0)",
        [MMU_WRITE_WITHOUT_READ] = "the page-table entry is reserved: writable but not readable",
        [MMU_RESERVED_BITS] = "the page-table entry has a reserved bit set",
        [MMU_RESERVED_NAPOT] =
            "N is set in a pointer, above the last level, or with a reserved size",
        [MMU_RESERVED_PBMT] = "PBMT is reserved: it is 3, or in a pointer, or menvcfg.PBMTE is 0",
        [MMU_RESERVED_NON_LEAF] = "the pointer has D, A or U set, which are reserved there",
        [MMU_NO_LEAF] = "the last level holds a pointer instead of a leaf",
        [MMU_MISALIGNED] = "the superpage is misaligned: its low PPN bits are not zero",
        [MMU_NOT_FOR_USER] = "the page is not for U-mode (U=0)",
        [MMU_NOT_FOR_SUPERVISOR] =
            "the page is for U-mode (U=1), and S-mode has no SUM=1 or fetches",
        [MMU_NOT_EXECUTABLE] = "the page is not executable (X=0)",
        [MMU_NOT_READABLE] = "the page is not readable (R=0)",
        [MMU_NOT_WRITABLE] = "the page is not writable (W=0)",
        [MMU_A_CLEAR] = "the page was not accessed before (A=0) and software sets A",
        [MMU_D_CLEAR] = "the page was not written before (D=0) and software sets D",
        [MMU_PTE_UNWRITABLE] = "A or D cannot be set: no memory at the page-table entry, or PMP",
    };
    return words[rule];
}
