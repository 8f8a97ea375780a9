#include "emu/engine/direct.h"

#include "emu/hart/pmp.h"
#include "mmu/pte.h"

void direct_init(struct direct *direct, struct hart *hart, const struct code *code)
{
    *direct = (struct direct){.hart = hart, .code = code};
    l0_reset(&hart->l0);
}

static uint64_t page_of(uint64_t va)
{
    return va & ~(PAGE_SIZE - 1);
}

static void settle(struct direct *direct, unsigned index)
{
    struct l0_entry *entry = &direct->hart->l0.entry[index];
    const struct direct_page *page = &direct->page[index];
    uint64_t loads = entry->loads;
    uint64_t stores = entry->stores;

    entry->loads = 0;
    entry->stores = 0;
    if (page->is_translated && loads != 0) {
        mmu_count_shortcut(direct->hart->mmu, &page->shortcut, MMU_LOAD, loads);
    }
    if (page->is_translated && stores != 0) {
        mmu_count_shortcut(direct->hart->mmu, &page->shortcut, MMU_STORE, stores);
    }
}

static inline void forget(struct direct *direct, unsigned index)
{
    struct l0_entry *entry = &direct->hart->l0.entry[index];

    if ((entry->loads | entry->stores) != 0) {
        settle(direct, index);
    }
    entry->load_tag = L0_NO_PAGE;
    entry->store_tag = L0_NO_PAGE;
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
}

void direct_forget_all(struct direct *direct)
{
    for (unsigned i = 0; i < L0_ENTRIES; i++) {
        forget(direct, i);
    }
}

void direct_forget(struct direct *direct, uint64_t va, enum mmu_page_size size)
{
    const struct l0_entry *entry = &direct->hart->l0.entry[l0_index(va)];

    if (size != MMU_4K) {
        direct_forget_all(direct);
    } else if (page_of(entry->load_tag) == va || page_of(entry->store_tag) == va) {
        forget(direct, l0_index(va));
    }
}

void direct_forget_stores(struct direct *direct)
{
    for (unsigned i = 0; i < L0_ENTRIES; i++) {
        direct->hart->l0.entry[i].store_tag = L0_NO_PAGE;
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

/* Points an entry at a page of RAM, for those accesses that PMP permits to all of it. */
static void point(struct direct *direct, struct l0_entry *entry, uint64_t page_va, uint64_t page_pa,
                  unsigned permissions)
{
    uint64_t tag = page_va | direct->hart->l0.view;

    const uint8_t *bytes = bus_ram(direct->hart->bus, page_pa, PAGE_SIZE);

    if (bytes == NULL) {
        permissions = 0; /* RAM ends within the page */
    }
    entry->load_tag = (permissions & PMP_R) != 0 ? tag : L0_NO_PAGE;
    entry->store_tag =
        (permissions & PMP_W) != 0 && is_unwatched(direct, page_pa) ? tag : L0_NO_PAGE;
    entry->addend = (uint64_t)(uintptr_t)bytes - page_va;
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

void direct_reached(struct direct *direct, const struct mmu_mode *mode, uint64_t va,
                    enum mmu_access access, uint64_t pa)
{
    unsigned index = l0_index(va);
    struct l0_entry *entry = &direct->hart->l0.entry[index];
    uint64_t page_pa = page_of(pa);
    unsigned permissions = PMP_RWX;
    bool is_translated = mmu_is_active(mode);

    if (is_translated && !mmu_was_hit(direct->hart->mmu, access)) {
        return; /* many a page is reached once only: it enters when it is reached again */
    }
    forget(direct, index);
    direct->page[index].is_translated = is_translated;
    if (is_translated) {
        if (!find_shortcut(direct, entry, mode, va, access, &permissions)) {
            return;
        }
    } else {
        entry->stamp = &direct->unused_stamp;
    }
    permissions &= pmp_permissions(&direct->hart->pmp, page_pa, PAGE_SIZE, mode->privilege);
    point(direct, entry, page_of(va), page_pa, permissions);
}
