/*
 * page_table.h - the user half of an address space's page table. No other file writes its PTEs.
 *
 * Every function that changes a PTE executes the fence that the change needs before it returns
 * (fence.h), so no caller can forget one. A PTE is changed by an atomic exchange: a D bit that the
 * hardware sets is never lost. Tables are freed only with the whole address space, so a non-leaf
 * PTE changes just once, from invalid to valid.
 *
 * Where a PTE with D set goes away, its frame's is_dirty is set: so a frame is dirty if is_dirty or
 * D in any PTE that still maps it.
 *
 * An invalid leaf PTE is one of:
 *
 *   0             never touched
 *   MARK_DROPPED  was there and was clean: the area's content is still right
 *   MARK_SWAPPED  is in the swap slot whose number is in the PPN's place
 */
#ifndef GUEST_KERNEL_PAGE_TABLE_H
#define GUEST_KERNEL_PAGE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/include/sv39.h"
#include "guest/kernel/address_space.h"
#include "guest/kernel/frames.h"

#define MARK_SWAPPED (UINT64_C(1) << 8) /* RSW bits; V is 0 */
#define MARK_DROPPED (UINT64_C(1) << 9)

static inline uint64_t mark_swapped(uint32_t slot)
{
    return (uint64_t)slot << PTE_PPN_SHIFT | MARK_SWAPPED;
}

static inline uint32_t mark_slot(uint64_t mark)
{
    return (uint32_t)(mark >> PTE_PPN_SHIFT);
}

/* The leaf PTE of va, valid or mark; 0 also where there is no table. */
uint64_t page_table_read(const struct address_space *space, uint64_t va);

/* Makes the tables down to va. May sleep: the PTE must be read after it. False: no memory. */
bool page_table_prepare(struct address_space *space, uint64_t va);

/* Invalid to valid, in a prepared place; the caller's reference to the frame becomes the PTE's, and
 * frame->va is set. A mark's slot is the caller's from now on. flags: PTE_R, W, X, A, D; V and U
 * are added. */
void page_table_map(struct address_space *space, uint64_t va, struct frame *frame, uint64_t flags);

/* Valid to valid with another frame: copy-on-write. Returns the old PTE; its reference is the
 * caller's. */
uint64_t page_table_replace(struct address_space *space, uint64_t va, struct frame *frame,
                            uint64_t flags);

/* Valid to a mark (or 0). Returns the old PTE, D as it was last; its reference is the caller's, and
 * so is holding the slot in the mark. */
uint64_t page_table_remove(struct address_space *space, uint64_t va, uint64_t mark);

/* A mark becomes 0: its slot is the caller's. Returns the mark. */
uint64_t page_table_clear_mark(struct address_space *space, uint64_t va);

/* Clears rights of a valid PTE (any of R, W, X; at least one right stays, else use
 * page_table_hide()). */
void page_table_restrict(struct address_space *space, uint64_t va, uint64_t flags);

/* Takes U and all rights from a valid PTE but keeps its page: for PROT_NONE. R is set instead, as a
 * leaf has one right at least. Undone by page_table_allow(PTE_U | ...). */
void page_table_hide(struct address_space *space, uint64_t va);

/* Sets bits of a valid PTE: rights, U, A, D; one that was hidden has just these rights then. Fences
 * even if all are set already: the hart may have faulted on an older copy. */
void page_table_allow(struct address_space *space, uint64_t va, uint64_t flags);

/* Clears A of a valid PTE; was it set? */
bool page_table_clear_accessed(struct address_space *space, uint64_t va);

/* Moves a PTE or mark to a prepared place that is empty. The frame is this PTE's alone, or a
 * file's, and no PTE names its slot. */
void page_table_move(struct address_space *space, uint64_t va, uint64_t to);

/* Copies all PTEs and marks of [start, end) to the other address space, W taken from both, and
 * counts references and slots. One fence at the end, for the whole parent. May sleep before it
 * copies anything; the parent's lock is held. False: no memory, and nothing was copied. The child
 * has touched what it got. */
bool page_table_share(struct address_space *parent, struct address_space *child, uint64_t start,
                      uint64_t end);

/* The lowest leaf PTE at or above va and below end that is not 0; its address in *found. */
bool page_table_next(const struct address_space *space, uint64_t va, uint64_t end, uint64_t *found);

/* Empties [start, end): every PTE becomes 0, frames and slots are given back. Never sleeps. */
void page_table_release(struct address_space *space, uint64_t start, uint64_t end);

/* Makes a root with the kernel's half in it (false: no memory; may sleep), and frees the tables of
 * a space whose PTEs are all 0. For address_space.c. */
bool page_table_create(struct address_space *space);
void page_table_destroy(struct address_space *space);

#endif
