#include "emu/engine/direct.h"

#include "emu/hart/pmp.h"
#include "mmu/pte.h"

void direct_init(struct direct *direct, struct hart *hart, const struct code *code)
{
    *direct = (struct direct){.hart = hart, .code = code};
    l0_reset(&hart->l0);
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

static void forget(struct direct *direct, unsigned index)
{
    struct l0_entry *entry = &direct->hart->l0.entry[index];

    settle(direct, index);
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
    } else if (entry->load_tag == va || entry->store_tag == va) {
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

/* PMP, asked about the whole page. */
static bool may(const struct direct *direct, uint64_t page_pa, enum mmu_access access,
                enum mmu_privilege privilege)
{
    return pmp_allows(&direct->hart->pmp, page_pa, PAGE_SIZE, access, privilege);
}

/* Points an entry at a page of RAM, for those accesses that would be allowed. */
static void point(struct direct *direct, struct l0_entry *entry, uint64_t va, uint64_t page_pa,
                  bool allows_load, bool allows_store)
{
    uint64_t page_va = va & ~(PAGE_SIZE - 1);
    const uint8_t *bytes = bus_ram(direct->hart->bus, page_pa, PAGE_SIZE);

    entry->load_tag = allows_load ? page_va : L0_NO_PAGE;
    entry->store_tag = allows_store && is_unwatched(direct, page_pa) ? page_va : L0_NO_PAGE;
    entry->addend = (uint64_t)(uintptr_t)bytes - page_va;
}

void direct_reached(struct direct *direct, const struct mmu_mode *mode, uint64_t va,
                    enum mmu_access access, uint64_t pa)
{
    unsigned index = l0_index(va);
    struct l0_entry *entry = &direct->hart->l0.entry[index];
    struct direct_page *page = &direct->page[index];
    uint64_t page_pa = pa & ~(PAGE_SIZE - 1);
    bool allows_load = true;
    bool allows_store = true;

    forget(direct, index);
    entry->clock = &direct->unused_clock;
    entry->stamp = &direct->unused_stamp;
    page->is_translated = mmu_is_active(mode);
    if (!bus_is_ram(direct->hart->bus, page_pa, PAGE_SIZE)) {
        return;
    }
    if (page->is_translated) {
        if (!mmu_make_shortcut(direct->hart->mmu, mode, va, access, &page->shortcut)) {
            return;
        }
        entry->clock = page->shortcut.clock;
        entry->stamp = page->shortcut.stamp;
        if (page->shortcut.is_latest_only) {
            direct->latest = entry;
        }
        allows_load = page->shortcut.allows_load;
        allows_store = page->shortcut.allows_store;
    }
    allows_load = allows_load && may(direct, page_pa, MMU_LOAD, mode->privilege);
    allows_store = allows_store && may(direct, page_pa, MMU_STORE, mode->privilege);
    point(direct, entry, va, page_pa, allows_load, allows_store);
}
