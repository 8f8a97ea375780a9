/*
 * swap.h - pages on the block device: slots, and the cache of frames that are the same as a slot.
 *
 * A slot is one page on the device; it counts the PTEs that are marked with it, and the frame that
 * caches it is known. While frame and slot are tied (frame->slot), a clean frame can be dropped
 * without writing, and whoever faults on the slot gets that frame. A slot is free again when no PTE
 * names it and no frame is tied. Slot 0 is never given out. Out of slots is an answer, not an
 * error.
 */
#ifndef GUEST_KERNEL_SWAP_H
#define GUEST_KERNEL_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/frames.h"

enum swap_result { SWAP_DONE, SWAP_NO_MEMORY, SWAP_IO_ERROR };

/* Swap is on if there is a block device with room for a page. */
void swap_start(void);

/* Another PTE is marked with the slot, or one no longer is. Never sleep. */
void swap_hold(uint32_t slot);
void swap_drop(uint32_t slot);

/* Finds the frame of the slot in the cache, or reads it. May sleep. On SWAP_DONE *frame is tied to
 * the slot, not busy, and the caller has a reference; *was_read tells if the device was asked. va
 * is where the page will be mapped. The caller must hold the slot, so it is not given away
 * meanwhile. */
enum swap_result swap_in(uint32_t slot, uint64_t va, struct frame **frame, bool *was_read);

/* Ties the frame to a slot if it is to none. False: swap is off or full. Never sleeps. */
bool swap_tie(struct frame *frame);

/* Ends the tie, if any: the frame is about to differ or to be freed. Never sleeps. */
void swap_untie(struct frame *frame);

/* Writes a tied frame to its slot, busy meanwhile, then wakes who sleeps on the frame. False: an
 * I/O error, the frame stays dirty. May sleep. */
bool swap_out(struct frame *frame);

/* Does a PTE anywhere still name the frame's slot? Then a write through another PTE must copy. */
bool swap_is_shared(const struct frame *frame);

uint64_t swap_slots(void);      /* usable ones, 0: no swap */
uint64_t swap_slots_free(void); /* of these */

#endif
