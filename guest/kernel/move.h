/*
 * move.h - pages that get another address in their address space: mremap.
 */
#ifndef GUEST_KERNEL_MOVE_H
#define GUEST_KERNEL_MOVE_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"

/* Moves what is mapped in [start, start + length), private, to the empty range at `to`. A frame has
 * one address (frames.h): one that a fork shares is copied. False: no memory; then all is where it
 * was. May sleep; the address space's lock is held. */
bool move_pages(struct address_space *space, uint64_t start, uint64_t to, uint64_t length);

#endif
