#include "emu/engine/direct.h"

#include "emu/hart/pmp.h"
#include "mmu/pte.h"

/* A page enters the L0 at its miss as long as half of them are hit twice before they go, else at
 * its second hit: to enter and to leave costs about as much as two hits by a region. */
enum { MOST_REUSE = 64, REUSE_OF_HITS = 2 };

static void forget_regions(struct direct *direct)
{
    for (unsigned i = 0; i < REGIONS; i++) {
        direct->region[i].tag = L0_NO_PAGE;
    }
}

static uint64_t page_of(uint64_t va)
{
    return va & ~(PAGE_SIZE - 1);
}

static void count_shortcut(const struct direct *direct, const struct direct_page *page,
                           uint64_t loads, uint64_t stores)
{
    if (loads != 0) {
        mmu_count_shortcut(direct->hart->mmu, &page->shortcut, MMU_LOAD, loads);
    }
    if (stores != 0) {
        mmu_count_shortcut(direct->hart->mmu, &page->shortcut, MMU_STORE, stores);
    }
}

/* Counts the hits on a page. */
static void settle(struct direct *direct, unsigned index)
{
    struct l0_entry *entry = &direct->hart->l0.entry[index];
    const struct direct_page *page = &direct->page[index];
    uint64_t loads = entry->loads;
    uint64_t stores = entry->stores;

    if ((loads | stores) == 0) {
        return;
    }
    entry->loads = 0;
    entry->stores = 0;
    if (page->kind == DIRECT_OF_REGION) {
        mmu_count_region_hits(direct->hart->mmu, page->asid, page->privilege, loads, stores);
    } else if (page->kind == DIRECT_OF_SHORTCUT) {
        count_shortcut(direct, page, loads, stores);
    }
}

static inline void note_hits(struct direct *direct)
{
    direct->reuse += direct->reuse < MOST_REUSE ? REUSE_OF_HITS : 0u;
}

static inline void note_miss(struct direct *direct)
{
    direct->reuse -= direct->reuse != 0;
}

static void forget(struct direct *direct, unsigned index)
{
    struct l0_entry *entry = &direct->hart->l0.entry[index];

    settle(direct, index);
    l0_forget(&entry->page);
    if (entry == direct->latest) {
        direct->latest = NULL;
    }
}

void direct_forget_latest(struct direct *direct)
{
    if (direct->latest != NULL) {
        forget(direct, (unsigned)(direct->latest - direct->hart->l0.entry));
    }
}

void direct_settle(struct direct *direct)
{
    for (unsigned i = 0; i < L0_ENTRIES; i++) {
        settle(direct, i);
    }
    mmu_count_regions(direct->hart->mmu);
}

static void forget_l0(struct direct *direct)
{
    for (unsigned i = 0; i < L0_ENTRIES; i++) {
        forget(direct, i);
    }
}

void direct_forget_all(struct direct *direct)
{
    forget_l0(direct);
    forget_regions(direct);
}

void direct_forget(struct direct *direct, uint64_t va, enum mmu_page_size size)
{
    const struct l0_entry *entry = &direct->hart->l0.entry[l0_index(va)];
    const struct l0_page *page = &entry->page;

    if (size != MMU_4K) {
        forget_l0(direct);
    } else if (page_of(page->load_tag) == va || page_of(page->store_tag) == va) {
        if (entry->loads + entry->stores > 1) {
            note_hits(direct);
        }
        forget(direct, l0_index(va));
    }
}

void direct_forget_stores(struct direct *direct)
{
    for (unsigned i = 0; i < L0_ENTRIES; i++) {
        direct->hart->l0.entry[i].page.store_tag = L0_NO_PAGE;
    }
}

/* Whether a page may be stored to without anybody having to know. */
static bool is_unwatched(const struct direct *direct, uint64_t page_pa)
{
    const struct bus_watch *watch = &direct->hart->bus->watch;
    bool is_watched = watch->length != 0 && watch->pa < page_pa + PAGE_SIZE &&
                      page_pa < watch->pa + watch->length;

    return !is_watched && code_is_data(direct->code, page_pa);
}

/* Has a page lead to RAM, for those accesses that are allowed. */
static void point(const struct direct *direct, struct l0_page *page, uint64_t va, uint64_t pa,
                  unsigned permissions)
{
    uint64_t tag = page_of(va) | direct->hart->l0.view;
    uint64_t page_pa = page_of(pa);
    const uint8_t *bytes = bus_ram(direct->hart->bus, page_pa, PAGE_SIZE);

    if (bytes == NULL) {
        permissions = 0; /* RAM ends within the page */
    }
    page->load_tag = (permissions & PMP_R) != 0 ? tag : L0_NO_PAGE;
    page->store_tag =
        (permissions & PMP_W) != 0 && is_unwatched(direct, page_pa) ? tag : L0_NO_PAGE;
    page->addend = (uint64_t)(uintptr_t)bytes - page_of(va);
}

/* What the L1D would allow of a page that it holds, as PMP permissions. */
static bool find_shortcut(struct direct *direct, struct l0_entry *entry,
                          const struct mmu_mode *mode, uint64_t va, enum mmu_access access,
                          unsigned *permissions)
{
    struct mmu_shortcut *shortcut = &direct->page[entry - direct->hart->l0.entry].shortcut;

    if (!mmu_make_shortcut(direct->hart->mmu, mode, va, access, shortcut)) {
        return false;
    }
    entry->stamp = shortcut->stamp;
    if (shortcut->is_latest_only) {
        direct->latest = entry;
    }
    *permissions = (shortcut->allows_load ? PMP_R : 0u) | (shortcut->allows_store ? PMP_W : 0u);
    return true;
}

/* A page that no region knows enters the L0 when it is reached again: many are reached only once.
 */
static void enter_l0(struct direct *direct, const struct mmu_mode *mode, uint64_t va,
                     enum mmu_access access, uint64_t pa)
{
    unsigned index = l0_index(va);
    struct l0_entry *entry = &direct->hart->l0.entry[index];
    unsigned permissions = PMP_RWX;
    bool is_translated = mmu_is_active(mode);

    forget(direct, index);
    direct->page[index].kind = is_translated ? DIRECT_OF_SHORTCUT : DIRECT_NOBODYS;
    if (!is_translated) {
        entry->stamp = &direct->unused_stamp;
    } else if (!find_shortcut(direct, entry, mode, va, access, &permissions)) {
        return;
    }
    permissions &= pmp_permissions(&direct->hart->pmp, page_of(pa), PAGE_SIZE, mode->privilege);
    point(direct, &entry->page, va, pa, permissions);
}

/* The same for a page that a region has translated. */
static void enter_by_region(struct direct *direct, const struct mmu_region *region, uint64_t va,
                            const struct mmu_taken *taken)
{
    unsigned index = l0_index(va);
    struct l0_entry *entry = &direct->hart->l0.entry[index];
    struct direct_page *page = &direct->page[index];
    struct mmu_region_shortcut shortcut;

    if (!mmu_shortcut_region(direct->hart->mmu, region, taken, &shortcut)) {
        return;
    }
    forget(direct, index);
    page->kind = DIRECT_OF_REGION;
    page->privilege = region->privilege;
    page->asid = region->asid;
    entry->stamp = shortcut.stamp;
    point(direct, &entry->page, va, taken->pa,
          (shortcut.allows_load ? PMP_R : 0u) | (shortcut.allows_store ? PMP_W : 0u));
}

/* hart->pages.take: a region may know that the access is allowed. */
static uint64_t take(void *ctx, uint64_t va, unsigned size, enum mmu_access access)
{
    struct direct *direct = ctx;
    struct hart *hart = direct->hart;
    struct region *region = region_place(direct->region, va);
    struct mmu_taken taken;

    if (region->tag != region_tag(&hart->l0, va, size) ||
        !mmu_take_region(hart->mmu, &region->mmu, va, access, &taken)) {
        return HART_NOT_TAKEN;
    }
    if (taken.was_miss) {
        note_miss(direct);
    } else if (taken.hit_again) {
        note_hits(direct);
    }
    if (direct->reuse != 0 || taken.hit_again) {
        enter_by_region(direct, &region->mmu, va, &taken);
    }
    return taken.pa;
}

/* Bounds what the region may lead to: pages of RAM for which PMP decides as for pa. Returns whether
 * that is to permit loads and stores. */
static bool bound(const struct direct *direct, const struct mmu_mode *mode, uint64_t pa,
                  struct mmu_region *region)
{
    const struct hart *hart = direct->hart;
    const struct pmp_span ram = {hart->bus->ram_base,
                                 hart->bus->ram_base + hart->bus->ram_length - 1};
    const struct pmp_span span = pmp_alike(&hart->pmp, pa, &ram);
    unsigned permissions = pmp_permissions(&hart->pmp, pa, 1, mode->privilege);

    region->first_pa = page_of(span.first + (PAGE_SIZE - 1));
    region->last_pa = page_of(span.last + 1) - 1;
    region->bytes = bus_ram_at(hart->bus, region->first_pa);
    return (~permissions & (PMP_R | PMP_W)) == 0;
}

static void learn_region(struct direct *direct, const struct mmu_mode *mode, uint64_t va,
                         enum mmu_access access, uint64_t pa)
{
    const struct hart *hart = direct->hart;
    struct region *region = region_place(direct->region, va);
    uint64_t tag = region_tag(&hart->l0, va, 1);

    if (region->tag != tag) {
        region->mmu.levels = 0;
    }
    bool is_learned = bound(direct, mode, pa, &region->mmu) &&
                      mmu_learn_region(hart->mmu, mode, va, access, &region->mmu);

    region->tag = is_learned ? tag : L0_NO_PAGE;
}

/* hart->pages.reached: an access has been allowed the long way. */
static void reached(void *ctx, const struct mmu_mode *mode, uint64_t va, enum mmu_access access,
                    uint64_t pa)
{
    struct direct *direct = ctx;
    bool is_active = mmu_is_active(mode);
    bool was_hit = is_active && mmu_was_hit(direct->hart->mmu, access);

    if (!is_active || was_hit) {
        enter_l0(direct, mode, va, access, pa);
    }
    /* Of a load a region may not have learned what allows stores: D was clear. */
    if (is_active && (!was_hit || access == MMU_STORE)) {
        learn_region(direct, mode, va, access, pa);
    }
}

void direct_init(struct direct *direct, struct hart *hart, const struct code *code)
{
    *direct = (struct direct){.hart = hart, .code = code};
    l0_reset(&hart->l0);
    forget_regions(direct);
    hart->pages = (struct hart_pages){.take = take, .reached = reached, .ctx = direct};
}

void direct_finish(struct direct *direct)
{
    l0_reset(&direct->hart->l0);
    direct->hart->pages = (struct hart_pages){.ctx = NULL};
}
