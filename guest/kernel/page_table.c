#include "guest/kernel/page_table.h"

#include <stddef.h>

#include "guest/kernel/direct_map.h"
#include "guest/kernel/fence.h"
#include "guest/kernel/kernel_table.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/reclaim.h"
#include "guest/kernel/swap.h"

#define PTE_RIGHTS (PTE_R | PTE_W | PTE_X)

static bool is_valid(uint64_t pte)
{
    return (pte & PTE_V) != 0;
}

static uint64_t *table_at(uint64_t pa)
{
    return direct_map(pa);
}

static struct frame *frame_in(uint64_t pte)
{
    return frame_of(pte_pa(pte));
}

/* The entry for va that is as far down as there are tables, and its level: 0 is a leaf. */
static uint64_t *find_entry(const struct address_space *space, uint64_t va, unsigned *level)
{
    uint64_t *table = table_at(space->root_pa);

    *level = SV39_LEVELS - 1;
    while (*level > 0 && is_valid(table[vpn_index(va, *level)])) {
        table = table_at(pte_pa(table[vpn_index(va, *level)]));
        (*level)--;
    }
    return &table[vpn_index(va, *level)];
}

/* The leaf's place, or NULL where there is no table for it. */
static uint64_t *find_leaf(const struct address_space *space, uint64_t va)
{
    unsigned level;
    uint64_t *entry = find_entry(space, va, &level);

    return level == 0 ? entry : NULL;
}

/* Puts another PTE in; returns the old one as it was last, with what the hart set in it. */
static uint64_t exchange(uint64_t *pte, uint64_t desired)
{
    return __atomic_exchange_n(pte, desired, __ATOMIC_RELAXED);
}

/* Clears some bits, sets others, and loses none that the hart sets. Returns what was there. */
static uint64_t change(uint64_t *pte, uint64_t clear, uint64_t set)
{
    uint64_t old = *pte;

    while (!__atomic_compare_exchange_n(pte, &old, (old & ~clear) | set, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
    }
    return old;
}

/* A PTE went away: what D told is the frame's to remember. */
static void note_dirty(uint64_t old)
{
    if ((old & PTE_D) != 0) {
        frame_in(old)->is_dirty = true;
    }
}

uint64_t page_table_read(const struct address_space *space, uint64_t va)
{
    const uint64_t *pte = find_leaf(space, va);

    return pte != NULL ? *pte : 0;
}

/* Nobody else adds tables to this address space while memory_take() sleeps: that takes its lock. */
bool page_table_prepare(struct address_space *space, uint64_t va)
{
    for (;;) {
        unsigned level;
        uint64_t *entry = find_entry(space, va, &level);
        struct frame *frame;

        if (level == 0) {
            return true;
        }
        frame = memory_take(FRAME_KERNEL);
        if (frame == NULL) {
            return false;
        }
        *entry = pte_make(frame_pa(frame), PTE_V);
        fence_table_added(space);
    }
}

/* A file's frame may be mapped anywhere, and reclaim leaves it alone: it has no reverse map. */
static void note_place(struct frame *frame, uint64_t va)
{
    if (frame->use == FRAME_USER) {
        frame->va = page_down(va);
    }
}

void page_table_map(struct address_space *space, uint64_t va, struct frame *frame, uint64_t flags)
{
    note_place(frame, va);
    exchange(find_leaf(space, va), pte_make(frame_pa(frame), flags | PTE_V | PTE_U));
    space->resident_pages++;
    fence_page_mapped(space, va);
}

uint64_t page_table_replace(struct address_space *space, uint64_t va, struct frame *frame,
                            uint64_t flags)
{
    uint64_t old;

    frame->va = page_down(va);
    old = exchange(find_leaf(space, va), pte_make(frame_pa(frame), flags | PTE_V | PTE_U));
    note_dirty(old);
    fence_page_replaced(space, va);
    return old;
}

uint64_t page_table_remove(struct address_space *space, uint64_t va, uint64_t mark)
{
    uint64_t old = exchange(find_leaf(space, va), mark);

    note_dirty(old);
    space->resident_pages--;
    fence_page_unmapped(space, va);
    return old;
}

/* One invalid PTE for another: a copy of either leads to the same fault, so no fence. */
uint64_t page_table_clear_mark(struct address_space *space, uint64_t va)
{
    return exchange(find_leaf(space, va), 0);
}

void page_table_restrict(struct address_space *space, uint64_t va, uint64_t flags)
{
    change(find_leaf(space, va), flags, 0);
    fence_page_restricted(space, va);
}

void page_table_hide(struct address_space *space, uint64_t va)
{
    change(find_leaf(space, va), PTE_RIGHTS | PTE_U, PTE_R);
    fence_page_restricted(space, va);
}

void page_table_allow(struct address_space *space, uint64_t va, uint64_t flags)
{
    uint64_t *pte = find_leaf(space, va);
    bool is_hidden = (*pte & PTE_U) == 0; /* then its R is nobody's right */

    change(pte, is_hidden ? PTE_RIGHTS : 0, flags);
    fence_page_allowed(space, va);
}

bool page_table_clear_accessed(struct address_space *space, uint64_t va)
{
    uint64_t old = change(find_leaf(space, va), PTE_A, 0);

    if ((old & PTE_A) == 0) {
        return false;
    }
    fence_accessed_cleared(space, va);
    return true;
}

void page_table_move(struct address_space *space, uint64_t va, uint64_t to)
{
    uint64_t pte = exchange(find_leaf(space, va), 0);

    if (is_valid(pte)) {
        fence_page_unmapped(space, va);
        note_place(frame_in(pte), to);
    }
    exchange(find_leaf(space, to), pte);
    if (is_valid(pte)) {
        fence_page_mapped(space, to);
    }
}

/* Copies one PTE. The child has never run, so no fence for it; D stays with the parent, whose
 * writes it tells of. */
static void share_page(struct address_space *parent, struct address_space *child, uint64_t va)
{
    uint64_t pte = page_table_read(parent, va);

    if (is_valid(pte)) {
        pte = change(find_leaf(parent, va), PTE_W, 0) & ~(PTE_W | PTE_D);
        memory_hold(frame_in(pte));
        child->resident_pages++;
    } else if ((pte & MARK_SWAPPED) != 0) {
        swap_hold(mark_slot(pte));
    }
    exchange(find_leaf(child, va), pte);
    child->touched_pages++;
}

/* Makes all tables that the child will need. Reclaim may take pages of the parent meanwhile, but
 * then leaves marks: what needs a table does so still. */
static bool prepare_all(const struct address_space *parent, struct address_space *child,
                        uint64_t start, uint64_t end)
{
    const uint64_t reach = PAGE_SIZE * PTE_PER_TABLE; /* of a leaf table */

    for (uint64_t va = start; page_table_next(parent, va, end, &va);
         va = (va & ~(reach - 1)) + reach) {
        if (!page_table_prepare(child, va)) {
            return false;
        }
    }
    return true;
}

/* From the first W that goes to the fence nothing sleeps: other threads of the parent could write
 * meanwhile, by what the hart remembers, to what is the child's too. */
bool page_table_share(struct address_space *parent, struct address_space *child, uint64_t start,
                      uint64_t end)
{
    if (!prepare_all(parent, child, start, end)) {
        return false;
    }
    for (uint64_t va = start; page_table_next(parent, va, end, &va); va += PAGE_SIZE) {
        share_page(parent, child, va);
    }
    fence_pages_shared(parent);
    return true;
}

bool page_table_next(const struct address_space *space, uint64_t va, uint64_t end, uint64_t *found)
{
    while (va < end) {
        unsigned level;
        const uint64_t *entry = find_entry(space, va, &level);
        uint64_t reach = PAGE_SIZE << (SV39_VPN_BITS * level); /* of what this entry maps */

        if (*entry != 0) {
            *found = va;
            return true;
        }
        va = (va & ~(reach - 1)) + reach;
    }
    return false;
}

static void release_page(struct address_space *space, uint64_t va)
{
    uint64_t pte = page_table_read(space, va);

    if (is_valid(pte)) {
        memory_drop(frame_in(page_table_remove(space, va, 0)));
        return;
    }
    page_table_clear_mark(space, va);
    if ((pte & MARK_SWAPPED) != 0) {
        swap_drop(mark_slot(pte));
    }
}

void page_table_release(struct address_space *space, uint64_t start, uint64_t end)
{
    for (uint64_t va = start; page_table_next(space, va, end, &va); va += PAGE_SIZE) {
        release_page(space, va);
    }
}

bool page_table_create(struct address_space *space)
{
    struct frame *frame = memory_take(FRAME_KERNEL);

    if (frame == NULL) {
        return false;
    }
    space->root_pa = frame_pa(frame);
    kernel_table_copy_root(frame_bytes(frame));
    return true;
}

/* Frees the tables that the first `count` entries of a table point to, `level` being that table's,
 * and the table itself. */
static void free_tables(uint64_t pa, unsigned level, unsigned count)
{
    const uint64_t *table = table_at(pa);

    for (unsigned i = 0; level > 0 && i < count; i++) {
        if (is_valid(table[i])) {
            free_tables(pte_pa(table[i]), level - 1, PTE_PER_TABLE);
        }
    }
    memory_drop(frame_of(pa));
}

void page_table_destroy(struct address_space *space)
{
    free_tables(space->root_pa, SV39_LEVELS - 1, KERNEL_ROOT_FIRST);
}
