/*
 * fault.h - a page is needed: the one way by which pages get into a page table, but for fork.
 *
 * A PTE has W only while its frame is its own: one reference, and no PTE names its slot
 * (swap_is_shared()). So a write that faults in an area that allows it gets W if that is so, and a
 * copy of the frame otherwise. No PTE bit says "copy on write": area and reference count do.
 */
#ifndef GUEST_KERNEL_FAULT_H
#define GUEST_KERNEL_FAULT_H

#include <stdint.h>

#include "guest/kernel/address_space.h"

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_EXECUTE };

enum fault_result {
    FAULT_DONE,
    FAULT_NO_AREA,   /* nothing may be there */
    FAULT_FORBIDDEN, /* the area does not allow this access */
    FAULT_NO_MEMORY,
    FAULT_IO_ERROR,    /* its page cannot be read from the swap device */
    FAULT_BEYOND_FILE, /* the area is a file's, which ends before this page */
};

/* The hart could not do the access to va: makes its page ready, by first touch, copy-on-write,
 * swap-in, rights, A and D. On FAULT_DONE the PTE allows the access and has A, and D for a write,
 * until the caller sleeps; where it did before, the hart had an older copy, and is fenced. Sends
 * the event of what it did (event.h), but none of a refusal. May sleep. va may be any number. */
enum fault_result fault_resolve(struct address_space *space, uint64_t va, enum access access);

/* The same for an access that the kernel is about to do itself: no fence where nothing changes. */
enum fault_result fault_prepare(struct address_space *space, uint64_t va, enum access access);

#endif
