#include "guest/kernel/move.h"

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/page_table.h"
#include "guest/kernel/reclaim.h"
#include "guest/kernel/swap.h"

/* The frame of the page, if others have it too; else NULL. A page in a slot may be moved: who
 * brings it back looks at the frame's address (fault.c). */
static struct frame *shared_frame(const struct address_space *space, uint64_t va)
{
    uint64_t pte = page_table_read(space, va);
    struct frame *frame = (pte & PTE_V) != 0 ? frame_of(pte_pa(pte)) : NULL;

    return frame != NULL && (frame->references > 1 || swap_is_shared(frame)) ? frame : NULL;
}

/* Gives the page a frame of its own. While memory is found, who shared it may leave, or reclaim
 * may take it: so the caller looks again. False: no memory. */
static bool make_own(struct address_space *space, uint64_t va, struct frame *shared)
{
    struct frame *frame;
    uint64_t old;

    memory_hold(shared); /* reclaim leaves it alone */
    frame = memory_take(FRAME_USER);
    memory_drop(shared);
    if (frame == NULL) {
        return false;
    }
    memcpy(frame_bytes(frame), frame_bytes(shared), PAGE_SIZE);
    frame->is_dirty = true;
    old = page_table_read(space, va);
    page_table_replace(space, va, frame, old & (PTE_R | PTE_X | PTE_A));
    if ((old & PTE_U) == 0) {
        page_table_hide(space, va);
    }
    memory_drop(shared); /* what was the PTE's */
    return true;
}

static bool move_page(struct address_space *space, uint64_t va, uint64_t to)
{
    struct frame *shared;

    if (!page_table_prepare(space, to)) {
        return false;
    }
    while ((shared = shared_frame(space, va)) != NULL) {
        if (!make_own(space, va, shared)) {
            return false;
        }
    }
    page_table_move(space, va, to);
    return true;
}

bool move_pages(struct address_space *space, uint64_t start, uint64_t to, uint64_t length)
{
    uint64_t va;

    for (va = start; page_table_next(space, va, start + length, &va); va += PAGE_SIZE) {
        if (!move_page(space, va, to + (va - start))) {
            break;
        }
    }
    if (!page_table_next(space, start, start + length, &va)) {
        return true;
    }
    for (va = to; page_table_next(space, va, to + length, &va); va += PAGE_SIZE) {
        page_table_move(space, va, start + (va - to));
    }
    return false;
}
