/*
 * stale.h - a translation that is used, changed in memory, fenced and used again.
 *
 * The rules about fences are rows of this. In each, the old mapping is made in space 0 and the new
 * one, at the same address, in a space of its own. Then:
 *
 *   warm     fetch, load and AMO at va reach the old page (and a load of another 4 KiB of it, if it
 *            is a superpage), so that whatever can be cached is
 *   change   one PTE of the old mapping is overwritten by that of the new one
 *   fence    in the form that the row tells
 *   look     the same accesses again: all new, or, where a row says so, old or new
 *
 * A superpage of 1 GiB or more has nowhere else to go in RAM: its new mapping is none, and the
 * accesses must fault.
 */
#ifndef GUEST_RULES_STALE_H
#define GUEST_RULES_STALE_H

#include "guest/rules/runtime/rule.h"

enum fence_form { FENCE_ALL, FENCE_ASID, FENCE_VA, FENCE_VA_ASID };

/* Executes a fence of this form in that mode; what the form does not name is ignored. */
typedef struct rule_outcome stale_fence(enum fence_form form, enum rule_mode mode, uint64_t va,
                                        uint64_t asid);

struct stale_row {
    const char *name;
    enum fence_form form;
    unsigned level;   /* of the leaf; RULE_EACH_LEVEL: every level */
    unsigned above;   /* the PTE that changes is that many levels above the leaf; or each */
    uint64_t leaf;    /* bits added to both leaves: PTE_G */
    uint64_t pointer; /* bits added to the pointer above the leaf */
    bool is_high;     /* va is in the upper half */
    bool is_zero;     /* va is 0 */
    uint64_t asid;    /* of the translation */
    uint64_t current; /* the ASID in satp while the fence is executed, of another space if other */
    uint64_t fence_asid; /* rs2 */
    uint64_t fence_flip; /* rs1 is va with these bits inverted; */
    bool is_far;         /* all bits inside the page inverted; */
    bool is_fence_zero;  /* or 0 */
    enum rule_mode by;   /* who executes the fence; 0 stands for RULE_M */
    bool is_either;      /* old is allowed, too, until all is fenced */
};

enum {
    STALE_OFFSET = 0x340,
    STALE_ELSEWHERE = 0x4000, /* another 4 KiB of the same superpage */
    STALE_OTHER_SPACE = 1,
    STALE_NEW_SPACE = 3,
    STALE_ASID_SHIFT = 44,
};
#define STALE_ASIDS UINT64_C(0xffff)

/* What a row is with its level chosen. */
struct stale_page {
    uint64_t va;
    unsigned level;
    uint64_t old_pa;
    uint64_t new_pa;        /* 0: none */
    volatile uint64_t *pte; /* the one that changes */
    uint64_t old_pte;
    uint64_t new_pte;
    volatile uint64_t *pointer; /* the one above the leaf */
};

/* SFENCE.VMA with rs1 = a1 or x0 and rs2 = a2 or x0. */
static inline uint32_t fence_operands(enum fence_form form)
{
    uint32_t va = form == FENCE_VA || form == FENCE_VA_ASID ? UINT32_C(11) << 15 : 0;
    uint32_t asid = form == FENCE_ASID || form == FENCE_VA_ASID ? UINT32_C(12) << 20 : 0;

    return va | asid;
}

static inline struct rule_outcome sfence_vma(enum fence_form form, enum rule_mode mode, uint64_t va,
                                             uint64_t asid)
{
    return rule_insn(mode, 0, UINT32_C(0x12000073) | fence_operands(form), va, asid);
}

/* The ASID bits that satp has: 0 if there are no ASIDs. */
static inline uint64_t asid_mask(void)
{
    uint64_t satp = csr_read(CSR_SATP);

    csr_write(CSR_SATP, satp | STALE_ASIDS << STALE_ASID_SHIFT);
    uint64_t mask = csr_read(CSR_SATP) >> STALE_ASID_SHIFT & STALE_ASIDS;

    csr_write(CSR_SATP, satp);
    return mask;
}

/* Each level has its own place in the same tables: a sibling of the pointer to the lower levels. */
static inline uint64_t stale_va(const struct stale_row *row, unsigned level, uint64_t pa)
{
    uint64_t va = rule_va(level, pa) + 16 * rule_size(level);
    uint64_t upper_half = ~UINT64_C(0) << (PAGE_SHIFT + SV39_VPN_BITS * rule_paging->levels - 1);

    return row->is_zero ? 0 : row->is_high ? va | upper_half : va;
}

static inline struct stale_page stale_set_up(const struct stale_row *row, unsigned level,
                                             unsigned above)
{
    uint64_t size = rule_size(level);
    uint64_t low_bits = row->is_zero ? 0 : rule_page(1) + STALE_OFFSET;
    struct stale_page page = {
        .level = level,
        .old_pa =
            (level == 0 ? rule_page(1) : rule_page(0) & ~(size - 1)) | (low_bits & (size - 1)),
    };

    if (row->is_zero) {
        rule_reset();
    }
    if (level < 2) {
        page.new_pa = page.old_pa + size;
        rule_mark(page.new_pa);
        rule_mark(page.new_pa ^ STALE_ELSEWHERE);
    }
    page.va = stale_va(row, level, page.old_pa);
    rule_choose_space(STALE_NEW_SPACE);
    if (page.new_pa != 0) {
        rule_map(page.va, page.new_pa & ~(size - 1), LEAF_RWX | row->leaf, level);
    }
    page.new_pte = *rule_pte(page.va, level + above);
    rule_choose_space(0);
    rule_map(page.va, page.old_pa & ~(size - 1), LEAF_RWX | row->leaf, level);
    page.pte = rule_pte(page.va, level + above);
    page.pointer = rule_pte(page.va, level + 1 < rule_paging->levels ? level + 1 : level);
    *page.pointer |= row->pointer;
    page.old_pte = *page.pte;
    rule_switch(0, row->asid);
    rule_fence();
    return page;
}

/* Leaves no pointer changed for the next row. */
static inline void stale_restore(const struct stale_row *row, const struct stale_page *page)
{
    *page->pte = page->old_pte;
    *page->pointer &= ~row->pointer;
}

/* Which mapping the accesses used. */
struct stale_look {
    unsigned old_count;
    unsigned new_count;
    const char *neither; /* what else was seen, or NULL */
};

/* Loads and adds 0 at a1, then loads at a4. */
RULE_CODE static void stale_load_amo_load(void)
{
    __asm__ volatile("ld a0, (a1)\n amoadd.d a2, zero, (a1)\n ld a3, (a4)\n" RULE_END);
}

/* pa: where an access went, 0 if it was a page fault. flip: it was at va with these bits inverted.
 */
static inline void stale_count(struct stale_look *look, const struct stale_page *page, uint64_t pa,
                               uint64_t flip)
{
    if (pa == (page->new_pa != 0 ? page->new_pa ^ flip : 0)) {
        look->new_count++;
    } else if (pa == (page->old_pa ^ flip)) {
        look->old_count++;
    } else {
        look->neither = rule_text("pa %lx", pa);
    }
}

static inline bool stale_is_page_fault(const struct rule_outcome *outcome)
{
    return outcome->trapped && outcome->cause >= CAUSE_FETCH_PAGE_FAULT;
}

static inline struct stale_look stale_look_at(const struct stale_page *page)
{
    uint64_t flip = page->level != 0 ? STALE_ELSEWHERE : 0;
    struct stale_look look = {0};
    struct rule_outcome fetch = rule_try(RULE_FETCH, RULE_S, page->va);
    struct rule_outcome data = rule_run(&(struct rule_run){
        .code = stale_load_amo_load,
        .mode = RULE_S,
        .a = {0, page->va, 0, 0, page->va ^ flip},
    });

    stale_count(&look, page, stale_is_page_fault(&fetch) ? 0 : fetch.value, 0);
    if (stale_is_page_fault(&data)) {
        stale_count(&look, page, 0, 0);
    } else if (data.trapped) {
        look.neither = rule_outcome_text(&data);
    } else {
        stale_count(&look, page, rule_marked_pa(data.a[0]), 0);
        stale_count(&look, page, rule_marked_pa(data.a[2]), 0);
        stale_count(&look, page, rule_marked_pa(data.a[3]), flip);
    }
    return look;
}

static inline const char *stale_text(const struct stale_look *look)
{
    if (look->neither != NULL) {
        return look->neither;
    }
    return look->old_count == 0 ? "new" : look->new_count == 0 ? "old" : "old and new";
}

static inline void stale_judge(const char *name, const struct stale_row *row,
                               const struct stale_page *page)
{
    struct stale_look look = stale_look_at(page);

    if (!row->is_either) {
        rule_expect(look.neither == NULL && look.old_count == 0, name, "new", stale_text(&look));
        return;
    }
    rule_fence();

    struct stale_look later = stale_look_at(page);
    bool is_over = later.neither == NULL && later.old_count == 0;

    rule_choice(look.neither == NULL && is_over, name, "old | new",
                is_over
                    ? stale_text(&look)
                    : rule_text("%s, after fencing all %s", stale_text(&look), stale_text(&later)));
}

static inline void stale_run_at(const struct stale_row *row, stale_fence *fence, unsigned level,
                                unsigned above)
{
    const char *name = rule_text("%s, level %u", row->name, level);
    struct stale_page page = stale_set_up(row, level, above);
    struct stale_look before = stale_look_at(&page);
    uint64_t fence_va = page.va ^ row->fence_flip;

    if (above != 0) {
        name = rule_text("%s under %u", name, level + above);
    }
    if (before.neither != NULL || before.new_count != 0) {
        rule_expect(false, name, "old before the change", stale_text(&before));
        stale_restore(row, &page);
        return;
    }
    if (row->is_far || row->is_fence_zero) {
        fence_va = row->is_fence_zero ? 0 : page.va ^ (rule_size(level) - 1);
    }
    *page.pte = page.new_pte | (above == 1 ? row->pointer : 0);
    if (row->current != row->asid) {
        rule_switch(STALE_OTHER_SPACE, row->current);
    }
    struct rule_outcome fenced =
        fence(row->form, row->by != 0 ? row->by : RULE_M, fence_va, row->fence_asid);

    rule_switch(0, row->asid);
    if (fenced.trapped) {
        rule_expect(false, name, "a fence without trap", rule_outcome_text(&fenced));
    } else {
        stale_judge(name, row, &page);
    }
    stale_restore(row, &page);
}

static inline void stale_run_row(const struct stale_row *row, stale_fence *fence)
{
    if ((row->asid != row->current || row->asid != 0) && asid_mask() == 0) {
        rule_skip(row->name, "no ASIDs");
        return;
    }
    for (unsigned level = 0; level < rule_paging->levels; level++) {
        if (row->level != level && row->level != RULE_EACH_LEVEL) {
            continue;
        }
        for (unsigned above = 0; level + above < rule_paging->levels; above++) {
            if (row->above == above || (row->above == RULE_EACH_LEVEL && above != 0)) {
                stale_run_at(row, fence, level, above);
            }
        }
    }
}

/* Runs an array of rows with this fence. */
#define STALE_RUN(ROWS, FENCE)                                                                     \
    for (size_t row_ = 0; row_ < sizeof(ROWS) / sizeof *(ROWS); row_++) {                          \
        stale_run_row(&(ROWS)[row_], FENCE);                                                       \
    }

#endif
