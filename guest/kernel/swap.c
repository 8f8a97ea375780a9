#include "guest/kernel/swap.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/log.h"
#include "guest/kernel/reclaim.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/virtio_block.h"

struct slot {
    struct frame *frame; /* tied to it, or NULL */
    uint32_t names;      /* PTEs marked with it, and who holds it for a moment */
    uint32_t next_free;  /* in the list of slots that were given back; 0: the last */
};

/* The table of slots lies in frames of its own. Of a disk, a GiB is used at most. */
enum { SLOTS_PER_PAGE = 256, SLOT_PAGES_MOST = 1024 };

_Static_assert(sizeof(struct slot[SLOTS_PER_PAGE]) == PAGE_SIZE, "slots fill their pages");

static struct slot *slot_pages[SLOT_PAGES_MOST];
static uint32_t slot_count; /* usable are 1 to slot_count */
static uint32_t slots_used; /* those with a name or a frame */
static uint32_t slots_ever; /* 1 to slots_ever were in use at some time */
static uint32_t first_free; /* of those given back; 0: none */

static struct slot *slot_at(uint32_t number)
{
    return &slot_pages[number / SLOTS_PER_PAGE][number % SLOTS_PER_PAGE];
}

/* Slot 0 is none, so slot 1 is the disk's first page. */
static uint64_t disk_page(uint32_t number)
{
    return number - 1;
}

void swap_start(void)
{
    uint64_t pages = virtio_block_pages();

    for (uint32_t i = 0; i < SLOT_PAGES_MOST && slot_count < pages; i++) {
        struct frame *frame = frames_take(FRAME_KERNEL);
        uint64_t last = (i + 1) * SLOTS_PER_PAGE - 1;

        if (frame == NULL) {
            return;
        }
        slot_pages[i] = frame_bytes(frame);
        slot_count = (uint32_t)(last < pages ? last : pages);
    }
}

uint64_t swap_slots(void)
{
    return slot_count;
}

uint64_t swap_slots_free(void)
{
    return slot_count - slots_used;
}

static void release_if_unused(uint32_t number)
{
    struct slot *slot = slot_at(number);

    if (slot->names == 0 && slot->frame == NULL) {
        slot->next_free = first_free;
        first_free = number;
        slots_used--;
    }
}

void swap_hold(uint32_t number)
{
    slot_at(number)->names++;
}

void swap_drop(uint32_t number)
{
    struct slot *slot = slot_at(number);
    struct frame *frame = slot->frame;

    slot->names--;
    if (slot->names == 0 && frame != NULL && frame->references == 0) {
        /* It could not be written and was kept for those who had it: nobody is left. */
        swap_untie(frame);
        frames_put(frame);
    } else {
        release_if_unused(number);
    }
}

bool swap_is_shared(const struct frame *frame)
{
    return frame->slot != 0 && slot_at(frame->slot)->names > 0;
}

static void tie(struct frame *frame, uint32_t number)
{
    frame->slot = number;
    slot_at(number)->frame = frame;
}

void swap_untie(struct frame *frame)
{
    uint32_t number = frame->slot;

    if (number != 0) {
        frame->slot = 0;
        slot_at(number)->frame = NULL;
        release_if_unused(number);
    }
}

/* No slot is free, but some may be kept by frames alone: pages that came back. One that gives its
 * slot away is dirty from now on. Each call looks at a few slots only, where the last one stopped:
 * a full disk must not cost a search through all of it for each frame that the clock looks at. */
static bool free_a_kept_slot(void)
{
    enum { LOOKED_AT = 64 };
    static uint32_t hand;

    for (unsigned i = 0; i < LOOKED_AT && i < slot_count; i++) {
        hand = hand % slot_count + 1;
        struct frame *frame = slot_at(hand)->frame;

        if (frame != NULL && !frame->is_busy && !swap_is_shared(frame)) {
            frame->is_dirty = true;
            swap_untie(frame);
            return true;
        }
    }
    return false;
}

/* A slot for a frame, or 0. */
static uint32_t take_slot(void)
{
    if (slots_used == slot_count && !free_a_kept_slot()) {
        return 0;
    }
    uint32_t number = first_free;

    if (number != 0) {
        first_free = slot_at(number)->next_free;
    } else {
        number = ++slots_ever;
    }
    slots_used++;
    return number;
}

bool swap_tie(struct frame *frame)
{
    if (frame->slot == 0) {
        uint32_t number = take_slot();

        if (number == 0) {
            return false;
        }
        tie(frame, number);
    }
    return true;
}

static void end_transfer(struct frame *frame)
{
    frame->is_busy = false;
    scheduler_wake(frame);
}

bool swap_out(struct frame *frame)
{
    frame->is_busy = true;
    bool is_written = virtio_block_write(disk_page(frame->slot), frame_pa(frame));

    if (is_written) {
        frame->is_dirty = false;
    } else {
        log_line("the disk could not write swap slot %u", frame->slot);
    }
    end_transfer(frame);
    return is_written;
}

/* Reads the slot into a frame that is the caller's alone. Who comes for the slot meanwhile finds
 * the frame, busy. */
static bool read_slot(uint32_t number, struct frame *frame)
{
    tie(frame, number);
    frame->is_busy = true;
    bool is_read = virtio_block_read(disk_page(number), frame_pa(frame));

    if (!is_read) {
        log_line("the disk could not read swap slot %u", number);
        swap_untie(frame);
    }
    end_transfer(frame);
    return is_read;
}

/* Waits until the transfer of a slot's frame is over, with a reference, so that the frame is not
 * given to others just then. False: it is the slot's no longer, for it could not be read. */
static bool hold_cached(uint32_t number, struct frame *frame)
{
    memory_hold(frame);
    while (frame->is_busy) {
        scheduler_sleep(frame);
    }
    if (frame->slot != number) {
        memory_drop(frame);
        return false;
    }
    return true;
}

/* The slot is on the disk only. */
static enum swap_result read_fresh(uint32_t number, uint64_t va, struct frame *fresh)
{
    if (fresh == NULL) {
        return SWAP_NO_MEMORY;
    }
    fresh->va = va;
    if (!read_slot(number, fresh)) {
        memory_drop(fresh);
        return SWAP_IO_ERROR;
    }
    return SWAP_DONE;
}

enum swap_result swap_in(uint32_t number, uint64_t va, struct frame **frame, bool *was_read)
{
    struct slot *slot = slot_at(number);

    for (;;) {
        while ((*frame = slot->frame) != NULL) {
            if (hold_cached(number, *frame)) {
                *was_read = false;
                return SWAP_DONE;
            }
        }
        *frame = memory_take(FRAME_USER);
        if (slot->frame == NULL) {
            *was_read = true;
            return read_fresh(number, va, *frame);
        }
        if (*frame != NULL) { /* another process was faster */
            memory_drop(*frame);
        }
    }
}
