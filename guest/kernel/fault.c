#include "guest/kernel/fault.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/event.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/inode_pages.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/page_table.h"
#include "guest/kernel/reclaim.h"
#include "guest/kernel/swap.h"

static bool allows(const struct area *area, enum access access)
{
    static const uint32_t needed[] = {
        [ACCESS_READ] = AREA_READ,
        [ACCESS_WRITE] = AREA_WRITE,
        [ACCESS_EXECUTE] = AREA_EXECUTE,
    };

    return (area->permissions & needed[access]) != 0;
}

/* Does the PTE let the access pass without a fault on any hart, one that sets A and D or not? */
static bool is_ready(const struct address_space *space, uint64_t va, enum access access)
{
    static const uint64_t needed[] = {
        [ACCESS_READ] = PTE_V | PTE_U | PTE_A | PTE_R,
        [ACCESS_WRITE] = PTE_V | PTE_U | PTE_A | PTE_D | PTE_W,
        [ACCESS_EXECUTE] = PTE_V | PTE_U | PTE_A | PTE_X,
    };

    return (page_table_read(space, va) & needed[access]) == needed[access];
}

/* May a write to the frame be seen by anyone but the one process that has it? */
static bool is_shared(const struct frame *frame)
{
    return frame->references > 1 || swap_is_shared(frame);
}

/* The PTE bits for an access to a page of the area that is in this frame. What the area allows is
 * given at once, so that it need not fault later; W only where a write needs no copy. */
static uint64_t flags_of(const struct area *area, const struct frame *frame, enum access access)
{
    uint64_t flags = PTE_U | PTE_A;

    if ((area->permissions & AREA_READ) != 0) {
        flags |= PTE_R;
    }
    if ((area->permissions & AREA_EXECUTE) != 0) {
        flags |= PTE_X;
    }
    if ((area->permissions & AREA_WRITE) != 0 && (area->is_shared || !is_shared(frame))) {
        flags |= access == ACCESS_WRITE ? PTE_W | PTE_D : PTE_W;
    }
    return flags;
}

/* The frame was written as data, by this hart or by a device: if it is code, fetches must not see
 * what was there before. Unpriv. [norm:fence_i_op] */
static void order_fetches(const struct area *area)
{
    if ((area->permissions & AREA_EXECUTE) != 0) {
        __asm__ volatile("fence.i" : : : "memory");
    }
}

/* The part of the area's content that belongs to the page of va; the rest of the frame is zero. */
static void fill(const struct area *area, uint64_t va, struct frame *frame)
{
    uint64_t distance = va - area->start;

    if (area->inode != NULL && distance < area->length) {
        uint64_t left = area->length - distance;

        (void)inode_read(area->inode, area->offset + distance, frame_bytes(frame),
                         left < PAGE_SIZE ? left : PAGE_SIZE);
    }
}

/* Is the page to come from a file that ends before it? */
static bool is_beyond_file(const struct area *area, uint64_t va)
{
    uint64_t distance = va - area->start;

    return area->inode != NULL && distance < area->length &&
           area->offset + distance >= page_down(area->inode->length + PAGE_SIZE - 1);
}

/*
 * The steps by which a page gets ready. Each may sleep. The lock of the address space is held: its
 * areas stay, and all PTEs but valid ones of users' frames, which reclaim may take away at any time
 * and takes no lock for: fault_prepare() looks again.
 */

/* A page of a shared area: the file's own frame. */
static enum fault_result touch_shared(struct address_space *space, const struct area *area,
                                      uint64_t va, enum access access)
{
    struct frame *frame;

    if (!page_table_prepare(space, va) ||
        inode_page(area->inode, (area->offset + va - area->start) / PAGE_SIZE, &frame) != 0) {
        return FAULT_NO_MEMORY;
    }
    order_fetches(area);
    page_table_map(space, va, frame, flags_of(area, frame, access));
    space->touched_pages++;
    event_fault(space->pid, EVENT_FAULT_MINOR, va);
    return FAULT_DONE;
}

/* The page was never touched, or was dropped because the area can give it again. */
static enum fault_result touch(struct address_space *space, const struct area *area, uint64_t va,
                               enum access access)
{
    struct frame *frame;

    if (!page_table_prepare(space, va)) {
        return FAULT_NO_MEMORY;
    }
    frame = memory_take(FRAME_USER);
    if (frame == NULL) {
        return FAULT_NO_MEMORY;
    }
    fill(area, va, frame);
    order_fetches(area);
    space->touched_pages += page_table_read(space, va) == 0; /* not dropped before */
    page_table_map(space, va, frame, flags_of(area, frame, access));
    event_fault(space->pid, EVENT_FAULT_MINOR, va);
    return FAULT_DONE;
}

/* A frame for the page alone, with what another one has; NULL: no memory. May sleep. */
static struct frame *duplicate(struct frame *frame)
{
    struct frame *own;

    memory_hold(frame); /* so that reclaim leaves it where it is while we sleep */
    own = memory_take(FRAME_USER);
    if (own != NULL) {
        memcpy(frame_bytes(own), frame_bytes(frame), PAGE_SIZE);
    }
    memory_drop(frame);
    return own;
}

/* A frame that came from a slot, and our reference to it: ours to map at va? Where mremap moved the
 * page of a fork, another process may have it at another address, and a frame has one address only:
 * then it is a copy. NULL: no memory. May sleep. */
static struct frame *frame_for(struct frame *frame, uint64_t va)
{
    struct frame *own;

    if (frame->va == va || frame->references == 1) {
        return frame;
    }
    own = duplicate(frame);
    memory_drop(frame);
    if (own != NULL) {
        own->is_dirty = true;
    }
    return own;
}

/* The page is in a swap slot. */
static enum fault_result bring_back(struct address_space *space, const struct area *area,
                                    uint64_t va, enum access access)
{
    uint64_t mark = page_table_read(space, va);
    uint32_t slot = mark_slot(mark);
    struct frame *frame;
    bool was_read;
    enum swap_result result;

    swap_hold(slot); /* so that it stays this page's while we sleep */
    result = swap_in(slot, va, &frame, &was_read);
    swap_drop(slot);
    if (result != SWAP_DONE) {
        return result == SWAP_IO_ERROR ? FAULT_IO_ERROR : FAULT_NO_MEMORY;
    }
    frame = frame_for(frame, va);
    if (frame == NULL) {
        return FAULT_NO_MEMORY;
    }
    swap_drop(slot); /* the mark's: it is about to go, and does not share the page */
    order_fetches(area);
    page_table_map(space, va, frame, flags_of(area, frame, access));
    /* One that was still in a frame came from no storage. */
    event_fault(space->pid, was_read ? EVENT_FAULT_SWAP_IN : EVENT_FAULT_MINOR, va);
    return FAULT_DONE;
}

/* A write to a page that others have, too. */
static enum fault_result copy(struct address_space *space, const struct area *area, uint64_t va)
{
    struct frame *shared = frame_of(pte_pa(page_table_read(space, va)));
    struct frame *frame = duplicate(shared);

    if (frame == NULL) {
        return FAULT_NO_MEMORY;
    }
    order_fetches(area);
    page_table_replace(space, va, frame, flags_of(area, frame, ACCESS_WRITE));
    memory_drop(shared); /* what was the PTE's */
    event_fault(space->pid, EVENT_FAULT_COPY, va);
    return FAULT_DONE;
}

/* The page is there, but its PTE lacks something. Without W a write finds out if the page is still
 * shared; all else is A or D, or a right that mprotect gave. */
static enum fault_result allow(struct address_space *space, const struct area *area, uint64_t va,
                               enum access access)
{
    uint64_t pte = page_table_read(space, va);
    const struct frame *frame = frame_of(pte_pa(pte));
    bool lacks_w = access == ACCESS_WRITE && (pte & PTE_W) == 0 && !area->is_shared;

    if (lacks_w && is_shared(frame)) {
        return copy(space, area, va);
    }
    page_table_allow(space, va, flags_of(area, frame, access));
    event_fault(space->pid, lacks_w ? EVENT_FAULT_COPY : EVENT_FAULT_BITS, va);
    return FAULT_DONE;
}

/* The next step for a page that is not ready. */
static enum fault_result advance(struct address_space *space, uint64_t va, enum access access)
{
    const struct area *area = address_space_find(space, va);
    uint64_t pte = page_table_read(space, va);

    if (area == NULL) {
        return FAULT_NO_AREA;
    }
    if (!allows(area, access)) {
        return FAULT_FORBIDDEN;
    }
    if ((pte & PTE_V) != 0) {
        return allow(space, area, va, access);
    }
    if ((pte & MARK_SWAPPED) != 0) {
        return bring_back(space, area, va, access);
    }
    if (is_beyond_file(area, va)) {
        return FAULT_BEYOND_FILE;
    }
    return area->is_shared ? touch_shared(space, area, va, access) : touch(space, area, va, access);
}

/* Can va have a PTE of a user? page_table_read() looks at bits 38..0 only. */
static bool is_users(uint64_t va)
{
    return va >= USER_FIRST && va < USER_END;
}

enum fault_result fault_prepare(struct address_space *space, uint64_t va, enum access access)
{
    enum fault_result result = FAULT_DONE;

    if (!is_users(va)) {
        return FAULT_NO_AREA;
    }
    if (is_ready(space, va, access)) {
        return FAULT_DONE;
    }
    lock_take(&space->lock);
    while (result == FAULT_DONE && !is_ready(space, va, access)) {
        result = advance(space, page_down(va), access);
    }
    lock_give(&space->lock);
    return result;
}

enum fault_result fault_resolve(struct address_space *space, uint64_t va, enum access access)
{
    if (is_users(va) && is_ready(space, va, access)) {
        page_table_allow(space, va, 0);
        return FAULT_DONE;
    }
    return fault_prepare(space, va, access);
}
