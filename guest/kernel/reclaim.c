#include "guest/kernel/reclaim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/include/sv39.h"
#include "guest/kernel/address_space.h"
#include "guest/kernel/event.h"
#include "guest/kernel/page_table.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/swap.h"

/* Pages that one call may fail to write: a disk with a bad spot is used on, a broken one is not
 * asked for every page. */
enum { FAILURES_MOST = 8 };

/* Where pages that cannot be written make the rest as scarce as this, memory is as good as full. */
enum { STUCK_FOR_EACH_VICTIM = 16 };

static uint64_t hand;             /* number of the frame that the clock looks at next */
static unsigned writes_under_way; /* frames that will be free when their write is done */

/* What the hand has met since it passed frame 0. */
static struct {
    uint64_t victims; /* frames it took away */
    uint64_t stuck;   /* dirty ones that found no slot */
} turn;

void memory_hold(struct frame *frame)
{
    frame->references++;
}

void memory_drop(struct frame *frame)
{
    frame->references--;
    if (frame->references == 0 && !(frame->is_dirty && swap_is_shared(frame))) {
        swap_untie(frame);
        frames_put(frame);
    }
}

/* The reverse map: the PTE of the frame in this address space, or 0. */
static uint64_t pte_in(const struct address_space *space, const struct frame *frame)
{
    uint64_t pte = page_table_read(space, frame->va);

    return (pte & PTE_V) != 0 && pte_pa(pte) == frame_pa(frame) ? pte : 0;
}

/* How many PTEs map the frame, each with a reference; their bits together in *bits. */
static uint32_t count_mappers(const struct frame *frame, uint64_t *bits)
{
    struct address_space *space = address_space_first();
    uint32_t count = 0;

    for (*bits = 0; space != NULL && count < frame->references; space = space->next) {
        uint64_t pte = pte_in(space, frame);

        count += pte != 0;
        *bits |= pte;
    }
    return count;
}

/* The frame gets a second chance. */
static void clear_accessed(const struct frame *frame)
{
    for (struct address_space *space = address_space_first(); space != NULL; space = space->next) {
        if (pte_in(space, frame) != 0) {
            page_table_clear_accessed(space, frame->va);
        }
    }
}

/* May the frame be taken away? Not if somebody holds it who is no PTE: a fault that is not yet
 * done. A dirty one must have a slot, and gets it here. */
static bool is_victim(struct frame *frame)
{
    uint64_t bits;

    if (frame->use != FRAME_USER || frame->is_busy ||
        frame->references != count_mappers(frame, &bits)) {
        return false;
    }
    if ((bits & PTE_A) != 0) {
        clear_accessed(frame);
        return false;
    }
    bool is_clean = (bits & PTE_D) == 0 && !frame->is_dirty;

    if (is_clean || swap_tie(frame)) {
        turn.victims++;
        return true;
    }
    turn.stuck++;
    return false;
}

/* The hand is at frame 0 again. Has it met hardly anything but pages that cannot be written? Then
 * to go on would be to read the same few pages of code again and again. */
static bool ends_scarce_turn(void)
{
    bool is_scarce = turn.stuck > turn.victims * STUCK_FOR_EACH_VICTIM;

    hand = 0;
    turn.victims = 0;
    turn.stuck = 0;
    return is_scarce;
}

/* Moves the hand behind the next frame that may go, two turns at most: in the first it may find
 * nothing but A bits to clear. NULL: there is none worth it. Never sleeps. */
static struct frame *find_victim(void)
{
    for (uint64_t steps = 2 * frames_count(); steps > 0; steps--) {
        if (hand == frames_count() && ends_scarce_turn()) {
            return NULL;
        }
        struct frame *frame = frame_number(hand++);

        if (is_victim(frame)) {
            return frame;
        }
    }
    return NULL;
}

/* Takes the frame from all who map it; each PTE gets the slot's number, if there is one. What D
 * says is in is_dirty afterwards. Returns the pid of one who had it, or 0. */
static uint32_t unmap(struct frame *frame)
{
    uint64_t mark = frame->slot != 0 ? mark_swapped(frame->slot) : MARK_DROPPED;
    uint32_t owner = 0;

    for (struct address_space *space = address_space_first(); space != NULL; space = space->next) {
        if (pte_in(space, frame) == 0) {
            continue;
        }
        page_table_remove(space, frame->va, mark);
        if (frame->slot != 0) {
            swap_hold(frame->slot);
        }
        memory_drop(frame);
        owner = space->pid;
    }
    return owner;
}

/* Who finds no frame meanwhile waits for this one. */
static bool write_out(struct frame *frame)
{
    writes_under_way++;
    bool is_written = swap_out(frame);

    writes_under_way--;
    scheduler_wake(&writes_under_way);
    return is_written;
}

/* Makes the victim free. False: its write failed, it stays. May sleep. */
static bool evict(struct frame *frame)
{
    memory_hold(frame); /* over the write */
    uint32_t owner = unmap(frame);
    bool must_write = frame->is_dirty;
    bool is_sound = !must_write || write_out(frame);

    if (must_write && is_sound && owner != 0) {
        event_swap_out(owner, frame->va);
    }
    memory_drop(frame);
    return is_sound;
}

/* Nothing can be taken now. Is a write of another process under way, then its frame will be free.
 */
static bool wait_for_others(void)
{
    if (writes_under_way == 0) {
        return false;
    }
    scheduler_sleep(&writes_under_way);
    return true;
}

struct frame *memory_take(enum frame_use use)
{
    struct frame *frame;
    unsigned failures = 0;

    while ((frame = frames_take(use)) == NULL && process_current() != NULL) {
        struct frame *victim = find_victim();

        if (victim == NULL && !wait_for_others()) {
            return NULL;
        }
        if (victim != NULL && !evict(victim) && ++failures == FAILURES_MOST) {
            return NULL;
        }
    }
    return frame;
}
