/*
 * l0.h - pages that loads and stores reach directly: the host's address of each, found by an index
 * and a compare.
 *
 * A page is here only while an access to it would be a hit in the L1 of the modelled TLB, allowed,
 * and answered by RAM that nothing watches; hits are noted for the TLB as it wants them (see
 * mmu_shortcut). An access that is misaligned or not here goes the long way. The reference engine
 * leaves it empty. Who keeps it right: emu/engine/direct.c.
 */
#ifndef EMU_HART_L0_H
#define EMU_HART_L0_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { L0_ENTRIES = 256 };

/* A tag that no access has: of an aligned one bit 3 is always clear. */
#define L0_NO_PAGE UINT64_C(8)

/*
 * A tag:
 *
 *   63..12         | 11..4 | 3       | 2..0
 *    page's number | view  | no page | 0: aligned
 *
 * A page may be reached differently in another mode of the hart: what engines call a view.
 */
enum { L0_VIEW_SHIFT = 4, L0_VIEWS = 31 };

/* A page of RAM, as a view has it. */
struct l0_page {
    uint64_t load_tag;  /* L0_NO_PAGE: no loads */
    uint64_t store_tag; /* the same for stores */
    uint64_t addend;    /* the host's address minus the guest's */
};

struct l0_entry {
    struct l0_page page;
    uint64_t *stamp; /* each hit stores ++clock there */
    uint64_t loads;  /* hits not yet counted */
    uint64_t stores;
    uint64_t unused[2]; /* a power of two of bytes is indexed by a shift */
};

struct l0 {
    uint64_t view;  /* of the hart now, shifted to its place in a tag; not 0 */
    uint64_t clock; /* of the modelled L1s, while an engine keeps shortcuts */
    struct l0_entry entry[L0_ENTRIES];
};

/* Leads nowhere. */
static inline void l0_forget(struct l0_page *page)
{
    page->load_tag = L0_NO_PAGE;
    page->store_tag = L0_NO_PAGE;
}

/* Empties it; hits not yet counted are lost. */
static inline void l0_reset(struct l0 *l0)
{
    memset(l0->entry, 0, sizeof l0->entry);
    l0->view = UINT64_C(1) << L0_VIEW_SHIFT;
    for (unsigned i = 0; i < L0_ENTRIES; i++) {
        l0_forget(&l0->entry[i].page);
    }
}

/* Pages that are far apart by a power of two must not all share an entry. */
static inline unsigned l0_index(uint64_t va)
{
    return (unsigned)(va >> 12 ^ va >> 20) % L0_ENTRIES;
}

/* What a tag must be for an aligned access of size bytes at va. */
static inline uint64_t l0_tag(const struct l0 *l0, uint64_t va, unsigned size)
{
    return (va & (~UINT64_C(0xfff) | (size - 1))) | l0->view;
}

static inline void l0_note_hit(struct l0 *l0, const struct l0_entry *entry)
{
    *entry->stamp = ++l0->clock;
}

/* A hit must not cost the host a jump that is taken: hence what compilers are told to expect. */

/* Writes where to load size bytes from, the hit noted. Returns false: go the long way. */
static inline bool l0_load(struct l0 *l0, uint64_t va, unsigned size, const uint8_t **bytes)
{
    struct l0_entry *entry = &l0->entry[l0_index(va)];

    if (__builtin_expect(l0_tag(l0, va, size) != entry->page.load_tag, 0)) {
        return false;
    }
    entry->loads++;
    l0_note_hit(l0, entry);
    *bytes = (const uint8_t *)(uintptr_t)(va + entry->page.addend);
    return true;
}

/* Writes where to store size bytes, the hit noted. Returns false: go the long way. */
static inline bool l0_store(struct l0 *l0, uint64_t va, unsigned size, uint8_t **bytes)
{
    struct l0_entry *entry = &l0->entry[l0_index(va)];

    if (__builtin_expect(l0_tag(l0, va, size) != entry->page.store_tag, 0)) {
        return false;
    }
    entry->stores++;
    l0_note_hit(l0, entry);
    *bytes = (uint8_t *)(uintptr_t)(va + entry->page.addend);
    return true;
}

#endif
