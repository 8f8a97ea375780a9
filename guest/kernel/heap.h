/*
 * heap.h - pieces of memory that are less than a page: names, directory entries, inodes.
 *
 * A piece is of one of a few sizes, and a frame holds pieces of one size only; when its last piece
 * is given back, the frame is. So after the last piece no frame is missing.
 */
#ifndef GUEST_KERNEL_HEAP_H
#define GUEST_KERNEL_HEAP_H

#include <stddef.h>
#include <stdint.h>

enum { HEAP_MOST = 1024 }; /* bytes of the largest piece */

/* A piece of at least that size, of zeroes, or NULL without memory. May sleep. */
void *heap_take(size_t size);

/* NULL is allowed. Never sleeps. */
void heap_give(void *piece);

/* How many frames it has. */
uint64_t heap_frames(void);

#endif
