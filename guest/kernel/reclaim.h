/*
 * reclaim.h - memory that is made free when there is none: the clock.
 *
 * The hand goes round over all user frames. One whose A bit is set in some PTE gets a second
 * chance: A is cleared. Any other is taken from all who map it: their PTEs get a mark
 * (page_table.h). What is dirty (the frame's is_dirty, or D in any PTE) goes to its swap slot
 * first; what is clean is only dropped, and comes back from its slot or from the area it belongs
 * to.
 */
#ifndef GUEST_KERNEL_RECLAIM_H
#define GUEST_KERNEL_RECLAIM_H

#include "guest/kernel/frames.h"

/* A cleared frame with one reference. May sleep while another is written out: whatever was read of
 * a PTE, an area or a frame without a reference must be read again after it. NULL: nothing can be
 * made free (no swap, swap full, disk errors, or all the rest is the kernel's); then the caller
 * gives back what it holds and fails. Fails cleanly before any process exists and in the idle loop.
 */
struct frame *memory_take(enum frame_use use);

/* One more reference. */
void memory_hold(struct frame *frame);

/* One reference less. The last one frees the frame and leaves its slot, unless the frame is dirty
 * and others need it from that slot: then the swap cache keeps it. Never sleeps. */
void memory_drop(struct frame *frame);

#endif
