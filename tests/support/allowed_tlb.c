#include "tests/support/allowed_tlb.h"

#include <assert.h>
#include <string.h>

#define ALL_SPACES (UINT32_C(1) << 31)

/* Where a search has got to. */
struct place {
    uint64_t table;
    int level;
    bool is_global;
};

/* A walk through all that memory and the cache may say of one page. Either it learns what it finds,
 * or it judges it for an access. */
struct search {
    struct allowed_tlb *tlb;
    struct allowed_page *page;
    uint32_t space;                   /* the bit of satp.ASID */
    const struct sv_request *request; /* NULL: learn */
    struct allowed_set *set;
};

void allowed_tlb_init(struct allowed_tlb *tlb, const struct pte_memory *memory, unsigned asid_bits)
{
    memset(tlb, 0, sizeof *tlb);
    tlb->memory = memory;
    tlb->asid_bits = asid_bits;
}

/* The bit of an ASID, of which only the low asid_bits exist [norm:asidlen]. */
static uint32_t space_of(struct allowed_tlb *tlb, uint64_t asid)
{
    uint64_t real = asid & ((UINT64_C(1) << tlb->asid_bits) - 1);
    unsigned space = 0;

    while (space < tlb->spaces && tlb->asid[space] != real) {
        space++;
    }
    if (space == tlb->spaces) {
        assert(tlb->spaces < ALLOWED_SPACES);
        tlb->asid[tlb->spaces++] = real;
    }
    return UINT32_C(1) << space;
}

static bool is_leaf(uint64_t pte)
{
    return (pte & SV_V) != 0 && (pte & (SV_R | SV_X)) != 0;
}

/* A pointer that step 3 lets pass. */
static bool is_pointer(uint64_t pte, int level)
{
    uint64_t flags = pte & (SV_V | SV_R | SV_W | SV_X | SV_U | SV_A | SV_D);
    return level > 0 && flags == SV_V && pte >> 54 == 0;
}

/* Puts an entry into a list, or more address spaces into the one that is there. */
static void learn(struct allowed_tlb *tlb, struct allowed_list *list,
                  const struct allowed_entry *entry)
{
    for (unsigned i = 0; i < list->count; i++) {
        struct allowed_entry *old = &list->entry[i];
        if (old->pte == entry->pte && old->pte_pa == entry->pte_pa && old->level == entry->level) {
            old->spaces |= entry->spaces;
            return;
        }
    }
    if (list->count == ALLOWED_ENTRIES) {
        tlb->is_lost = true;
        return;
    }
    list->entry[list->count++] = *entry;
    tlb->is_crowded |= list->count > ALLOWED_ENTRIES / 2;
}

/* What a PTE that ends the walk makes of the access, under one A/D scheme and one PBMTE. */
static void judge_under(const struct search *search, const struct allowed_entry *end, bool svade,
                        bool pbmte)
{
    const struct pte_memory *memory = search->tlb->memory;
    struct sv_request request = *search->request;
    uint64_t now = 0;

    request.svade = svade;
    request.pbmte = pbmte;
    struct sv_answer found = sv_judge(&request, end->level, end->pte);
    struct allowed_answer answer = {.outcome = found.outcome, .pa = found.pa};
    if (found.outcome == SV_OK && found.sets != 0) {
        /* Step 9: the cache has no part in it. Where memory holds something else by now, the walk
         * is back at step 2, and ends at another PTE. */
        answer.stores = true;
        answer.stored_pa = end->pte_pa;
        answer.stored_pte = end->pte | found.sets;
        if (!pte_memory_may_write(memory, end->pte_pa)) {
            answer = (struct allowed_answer){.outcome = SV_ACCESS_FAULT};
        } else if (!pte_memory_peek(memory, end->pte_pa, &now) || now != end->pte) {
            return;
        }
    }
    allowed_set_add(search->set, &answer);
}

static void judge(const struct search *search, const struct allowed_entry *end)
{
    for (unsigned i = 0; i < 4; i++) {
        bool svade = i % 2 != 0;
        bool pbmte = i / 2 != 0;
        if (search->tlb->may_be_svade[svade] && search->tlb->may_be_pbmte[pbmte]) {
            judge_under(search, end, svade, pbmte);
        }
    }
}

/* A PTE at which walks of this page may end. */
static void meet_end(const struct search *search, const struct allowed_entry *end)
{
    if (search->request != NULL) {
        judge(search, end);
    } else {
        learn(search->tlb, &search->page->ends, end);
    }
}

static struct allowed_entry entry_of(const struct search *search, const struct place *place,
                                     uint64_t pte_pa, uint64_t pte)
{
    bool is_global = place->is_global || (pte & (SV_V | SV_G)) == (SV_V | SV_G);
    return (struct allowed_entry){.pte = pte,
                                  .pte_pa = pte_pa,
                                  .level = place->level,
                                  .spaces = is_global ? ALL_SPACES : search->space};
}

static uint64_t slot_of(const struct search *search, const struct place *place)
{
    return place->table + sv_index(search->page->va, place->level) * 8;
}

/* The 16 PTEs of the 64 KiB that the page is part of: any of them may stand for its own. */
static void meet_napot(const struct search *search, const struct place *place)
{
    uint64_t pte_pa = slot_of(search, place);
    uint64_t met = 0; /* mostly they are all the same */

    for (uint64_t part = 0; part < 16; part++) {
        uint64_t pte = 0;
        bool is_read = pte_memory_peek(search->tlb->memory, pte_pa - pte_pa % 128 + part * 8, &pte);
        if (is_read && pte != met && (pte & SV_N) != 0 && sv_ppn(pte) % 16 == 8) {
            struct allowed_entry end = entry_of(search, place, pte_pa, pte);
            meet_end(search, &end);
            met = pte;
        }
    }
}

static struct place behind(const struct allowed_entry *pointer)
{
    return (struct place){.table = sv_ppn(pointer->pte) << 12,
                          .level = pointer->level - 1,
                          .is_global = (pointer->spaces & ALL_SPACES) != 0};
}

/* What memory says at this place: an end, or a pointer, which is learned and put into *pointer. */
static bool meet_memory(const struct search *search, const struct place *place,
                        struct allowed_entry *pointer)
{
    uint64_t pte_pa = slot_of(search, place);
    uint64_t pte = 0;

    if (search->set != NULL) {
        allowed_set_add_read(search->set, pte_pa);
    }
    if (!pte_memory_peek(search->tlb->memory, pte_pa, &pte)) {
        if (search->set != NULL) {
            allowed_set_add(search->set, &(struct allowed_answer){.outcome = SV_ACCESS_FAULT});
        }
        return false;
    }
    struct allowed_entry entry = entry_of(search, place, pte_pa, pte);
    if (!is_pointer(pte, place->level)) {
        meet_end(search, &entry);
        return false;
    }
    if (search->request == NULL) {
        learn(search->tlb, &search->page->pointers, &entry);
        struct allowed_entry by_pa = entry;
        by_pa.spaces |= ~ALL_SPACES; /* a store shows to no address space before a fence for it */
        learn(search->tlb, &search->tlb->pointers[(pte_pa - PTE_MEMORY_BASE) / 4096], &by_pa);
    }
    *pointer = entry;
    return true;
}

static bool is_usable(const struct search *search, const struct allowed_entry *entry)
{
    return (entry->spaces & (search->space | ALL_SPACES)) != 0;
}

/* The cached pointers that may be used at a place, one by one: *next counts them. */
static const struct allowed_entry *next_pointer(const struct search *search,
                                                const struct place *place, unsigned *next)
{
    uint64_t pte_pa = slot_of(search, place);
    const struct allowed_list *by_va = &search->page->pointers;
    const struct allowed_list *by_pa = NULL;

    if (pte_pa - PTE_MEMORY_BASE < PTE_MEMORY_PAGES * UINT64_C(4096)) {
        by_pa = &search->tlb->pointers[(pte_pa - PTE_MEMORY_BASE) / 4096];
    }
    while (*next < by_va->count) {
        const struct allowed_entry *entry = &by_va->entry[(*next)++];
        /* Those of this very PTE are in the other list. */
        if (entry->level == place->level && entry->pte_pa != pte_pa && is_usable(search, entry)) {
            return entry;
        }
    }
    while (by_pa != NULL && *next - by_va->count < by_pa->count) {
        const struct allowed_entry *entry = &by_pa->entry[(*next)++ - by_va->count];
        if (entry->pte_pa == pte_pa && is_usable(search, entry)) {
            return entry;
        }
    }
    return NULL;
}

/* True if what a cached pointer leads to has been visited through the one in memory. */
static bool was_visited(const struct allowed_entry *pointer, uint64_t pte, bool is_global)
{
    return pointer->pte == pte && (!is_global || (pointer->spaces & ALL_SPACES) != 0);
}

/* Whatever a walk can do from here on. */
static void visit(const struct search *search, const struct place *place)
{
    struct allowed_entry pointer = {.pte = 0};
    unsigned next = 0;
    bool has_pointer = meet_memory(search, place, &pointer);

    if (has_pointer) {
        struct place below = behind(&pointer);
        visit(search, &below);
    }
    if (search->set != NULL && search->set->fresh == 0) {
        search->set->fresh = search->set->count; /* the way through memory alone has ended */
    }
    if (place->level == 0) {
        meet_napot(search, place);
        return;
    }
    for (;;) {
        const struct allowed_entry *cached = next_pointer(search, place, &next);
        if (cached == NULL) {
            return;
        }
        struct place below = behind(cached);
        below.level = place->level - 1;
        below.is_global |= place->is_global;
        if (!has_pointer || !was_visited(&pointer, cached->pte, below.is_global)) {
            visit(search, &below);
        }
    }
}

/* From the root, or below a cached pointer for this address without asking for those above it: "if
 * the entry is associated with a global mapping", they may be another address space's. */
static void search_all(const struct search *search)
{
    uint64_t satp = search->tlb->satp;
    struct place root = {.table = sv_root(satp), .level = sv_levels(satp) - 1};
    const struct allowed_list *pointers = &search->page->pointers;

    visit(search, &root);
    for (unsigned i = 0; i < pointers->count; i++) {
        if (pointers->entry[i].level <= root.level && is_usable(search, &pointers->entry[i])) {
            struct place below = behind(&pointers->entry[i]);
            visit(search, &below);
        }
    }
}

/* True if satp translates this address; if not, it is in Bare, or the address is not canonical. */
static bool has_address(uint64_t satp, uint64_t va)
{
    return satp >> 60 != 0 && va == sv_canonical(va, sv_levels(satp));
}

/* "At any time, all page table entries reachable by executing the algorithm may be loaded into the
 * address-translation cache" [sv32algorithm]. While nothing changes, once is enough. */
static void learn_all(struct allowed_tlb *tlb)
{
    if (tlb->is_learned) {
        return;
    }
    tlb->is_learned = true;
    for (unsigned i = 0; i < ALLOWED_PAGES; i++) {
        struct search search = {
            .tlb = tlb, .page = &tlb->page[i], .space = space_of(tlb, tlb->satp >> 44 & 0xffff)};
        if (has_address(tlb->satp, search.page->va)) {
            search_all(&search);
        }
    }
}

void allowed_tlb_before_change(struct allowed_tlb *tlb)
{
    learn_all(tlb);
    tlb->is_learned = false;
}

void allowed_tlb_set_satp(struct allowed_tlb *tlb, uint64_t satp)
{
    allowed_tlb_before_change(tlb);
    tlb->satp = satp;
}

void allowed_tlb_set_scheme(struct allowed_tlb *tlb, bool svade, bool pbmte)
{
    tlb->svade = svade;
    tlb->pbmte = pbmte;
    tlb->may_be_svade[svade] = true;
    tlb->may_be_pbmte[pbmte] = true;
}

/* Takes address spaces from an entry; the last one takes it away. */
static void forget(struct allowed_list *list, unsigned *i, uint32_t spaces)
{
    list->entry[*i].spaces &= ~spaces;
    if (list->entry[*i].spaces == 0) {
        list->entry[*i] = list->entry[--list->count];
    } else {
        ++*i;
    }
}

static void forget_all_of(struct allowed_list *list, uint32_t spaces)
{
    for (unsigned i = 0; i < list->count;) {
        forget(list, &i, spaces);
    }
}

/* True if a fence for va covers an end of the walks of a page. */
static bool covers(const struct allowed_tlb *tlb, uint64_t va, const struct allowed_page *page,
                   const struct allowed_entry *end)
{
    uint64_t now = 0;

    if ((va ^ page->va) >> (12 + 9 * end->level) != 0) {
        return false;
    }
    return end->level == 0 || is_leaf(end->pte) ||
           (pte_memory_peek(tlb->memory, end->pte_pa, &now) && is_leaf(now));
}

static void fence_va(struct allowed_tlb *tlb, uint64_t va, uint32_t spaces)
{
    for (unsigned n = 0; n < ALLOWED_PAGES; n++) {
        struct allowed_list *ends = &tlb->page[n].ends;
        for (unsigned i = 0; i < ends->count;) {
            if (covers(tlb, va, &tlb->page[n], &ends->entry[i])) {
                forget(ends, &i, spaces);
            } else {
                i++;
            }
        }
    }
}

static void fence_spaces(struct allowed_tlb *tlb, uint32_t spaces)
{
    for (unsigned n = 0; n < ALLOWED_PAGES; n++) {
        forget_all_of(&tlb->page[n].ends, spaces);
        forget_all_of(&tlb->page[n].pointers, spaces);
    }
    for (unsigned n = 0; n < PTE_MEMORY_PAGES; n++) {
        forget_all_of(&tlb->pointers[n], spaces);
    }
}

void allowed_tlb_fence(struct allowed_tlb *tlb, const struct allowed_fence *fence)
{
    /* ALL_SPACES is not among the bits of one ASID: its fence spares what is global
     * [norm:sfence_vma_asid_only, norm:sfence_vma_va_asid]. */
    uint32_t spaces = fence->has_asid ? space_of(tlb, fence->asid) : UINT32_MAX;

    allowed_tlb_before_change(tlb);
    if (!fence->has_va) {
        fence_spaces(tlb, spaces);
    } else if (tlb->satp >> 60 == 0 || has_address(tlb->satp, fence->va)) {
        fence_va(tlb, fence->va, spaces); /* else it has no effect [norm:sfence_vma_invalid_va] */
    }
    if (!fence->has_va && !fence->has_asid) {
        tlb->is_lost = false;
        tlb->is_crowded = false;
        memset(tlb->may_be_svade, 0, sizeof tlb->may_be_svade);
        memset(tlb->may_be_pbmte, 0, sizeof tlb->may_be_pbmte);
        allowed_tlb_set_scheme(tlb, tlb->svade, tlb->pbmte);
    }
}

void allowed_tlb_answers(struct allowed_tlb *tlb, unsigned page, const struct sv_request *request,
                         struct allowed_set *set)
{
    struct search search = {.tlb = tlb,
                            .page = &tlb->page[page],
                            .space = space_of(tlb, tlb->satp >> 44 & 0xffff),
                            .request = request,
                            .set = set};
    const struct allowed_list *ends = &search.page->ends;

    assert(request->satp == tlb->satp);
    memset(set, 0, sizeof *set);
    set->fresh = 1;
    if (!sv_is_translated(request)) {
        allowed_set_add(set, &(struct allowed_answer){.outcome = SV_OK, .pa = request->va});
        return;
    }
    if (!has_address(tlb->satp, request->va)) {
        allowed_set_add(set, &(struct allowed_answer){.outcome = SV_PAGE_FAULT});
        return;
    }
    set->fresh = 0;
    set->is_everything = tlb->is_lost;
    search_all(&search);
    for (unsigned i = 0; i < ends->count; i++) {
        if (is_usable(&search, &ends->entry[i])) {
            judge(&search, &ends->entry[i]);
        }
    }
}
