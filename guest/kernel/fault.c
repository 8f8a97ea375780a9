#include "guest/kernel/fault.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/event.h"
#include "guest/kernel/frames.h"
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
    if ((area->permissions & AREA_WRITE) != 0 && !is_shared(frame)) {
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

/* The part of the area's bytes that belongs to the page of va; the rest of the frame is zero. */
static void fill(const struct area *area, uint64_t va, struct frame *frame)
{
    uint64_t offset = va - area->start;

    if (offset < area->length) {
        uint64_t left = area->length - offset;

        memcpy(frame_bytes(frame), area->bytes + offset, left < PAGE_SIZE ? left : PAGE_SIZE);
    }
}

/*
 * The steps by which a page gets ready. Each may sleep; then the PTE may be another, and what was
 * done is given back: fault_prepare() looks again. The areas are the process's own, so they stay.
 */

/* The page was never touched, or was dropped because the area can give it again. */
static enum fault_result touch(struct address_space *space, const struct area *area, uint64_t va,
                               enum access access)
{
    struct frame *frame;
    uint64_t mark;

    if (!page_table_prepare(space, va)) {
        return FAULT_NO_MEMORY;
    }
    frame = memory_take(FRAME_USER);
    if (frame == NULL) {
        return FAULT_NO_MEMORY;
    }
    mark = page_table_read(space, va);
    if (mark != 0 && mark != MARK_DROPPED) {
        memory_drop(frame);
        return FAULT_DONE;
    }
    fill(area, va, frame);
    order_fetches(area);
    page_table_map(space, va, frame, flags_of(area, frame, access));
    space->touched_pages += mark == 0;
    event_fault(space->pid, EVENT_FAULT_MINOR, va);
    return FAULT_DONE;
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
    if (page_table_read(space, va) != mark) {
        memory_drop(frame);
        return FAULT_DONE;
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
    struct frame *frame;

    memory_hold(shared); /* so that reclaim leaves it where it is while we sleep */
    frame = memory_take(FRAME_USER);
    memory_drop(shared);
    if (frame == NULL) {
        return FAULT_NO_MEMORY;
    }
    memcpy(frame_bytes(frame), frame_bytes(shared), PAGE_SIZE);
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
    bool lacks_w = access == ACCESS_WRITE && (pte & PTE_W) == 0;

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
    return touch(space, area, va, access);
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
    while (result == FAULT_DONE && !is_ready(space, va, access)) {
        result = advance(space, page_down(va), access);
    }
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
