#include "guest/kernel/heap.h"

#include <stdbool.h>

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/end.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/reclaim.h"

/* Sizes double from the least on. */
enum { LEAST = 32, SIZES = 6 };
_Static_assert(LEAST << (SIZES - 1) == HEAP_MOST, "the last size is the largest");

/* What is free begins with this. */
struct piece {
    struct piece *next;
};

/* A frame begins with this; behind it, from the first multiple of 16 on, are the pieces. Frames
 * that have free pieces are in a list. */
struct block {
    struct block *next, *previous;
    struct piece *free;
    uint32_t taken;
    uint32_t size; /* index of it */
};

enum { PIECES_OFFSET = (sizeof(struct block) + 15) / 16 * 16 };

static struct block *blocks[SIZES];
static uint64_t frame_count;

static uint32_t size_index(size_t size)
{
    uint32_t index = 0;

    if (size > HEAP_MOST) {
        panic("a piece of memory of %lu bytes is too large", size);
    }
    while ((size_t)LEAST << index < size) {
        index++;
    }
    return index;
}

static void join_list(struct block *block)
{
    block->previous = NULL;
    block->next = blocks[block->size];
    if (block->next != NULL) {
        block->next->previous = block;
    }
    blocks[block->size] = block;
}

static void leave_list(const struct block *block)
{
    if (block->previous != NULL) {
        block->previous->next = block->next;
    } else {
        blocks[block->size] = block->next;
    }
    if (block->next != NULL) {
        block->next->previous = block->previous;
    }
}

/* A frame of free pieces. */
static bool add_block(uint32_t index)
{
    struct frame *frame = memory_take(FRAME_KERNEL);
    size_t size = (size_t)LEAST << index;

    if (frame == NULL) {
        return false;
    }

    uint8_t *bytes = frame_bytes(frame);
    struct block *block = (struct block *)bytes;

    block->size = index;
    for (size_t end = PAGE_SIZE; end >= PIECES_OFFSET + size; end -= size) {
        struct piece *piece = (struct piece *)(bytes + end - size);

        piece->next = block->free;
        block->free = piece;
    }
    frame_count++;
    join_list(block);
    return true;
}

void *heap_take(size_t size)
{
    uint32_t index = size_index(size);

    if (blocks[index] == NULL && !add_block(index)) {
        return NULL;
    }

    struct block *block = blocks[index];
    struct piece *piece = block->free;

    block->free = piece->next;
    block->taken++;
    if (block->free == NULL) {
        leave_list(block);
    }
    return memset(piece, 0, (size_t)LEAST << index);
}

void heap_give(void *piece)
{
    if (piece == NULL) {
        return;
    }

    struct block *block = (struct block *)page_down((uint64_t)piece);
    struct piece *given = piece;

    if (block->free == NULL) {
        join_list(block);
    }
    given->next = block->free;
    block->free = given;
    block->taken--;
    if (block->taken == 0) {
        leave_list(block);
        frame_count--;
        memory_drop(frame_of(direct_map_pa(block)));
    }
}

uint64_t heap_frames(void)
{
    return frame_count;
}
