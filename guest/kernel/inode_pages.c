#include "guest/kernel/inode_pages.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/error.h"
#include "guest/kernel/heap.h"
#include "guest/kernel/reclaim.h"

enum { POINTERS = 512 }; /* of a table of either level */

struct inode_table {
    struct frame *pages[POINTERS];
};
_Static_assert(sizeof(struct inode_table) == PAGE_SIZE, "a table is a frame");
_Static_assert(FILE_LENGTH_MOST == POINTERS * POINTERS * PAGE_SIZE, "two levels of tables");

static uint64_t frames_most, frames_had;

static const uint8_t zeroes[PAGE_SIZE];

void inode_pages_start(void)
{
    frames_most = frames_free() / 2;
}

uint64_t inode_pages_most(void)
{
    return frames_most;
}

uint64_t inode_pages_left(void)
{
    uint64_t had = frames_had + heap_frames();

    return had < frames_most ? frames_most - had : 0;
}

bool inode_pages_are_left(void)
{
    return inode_pages_left() > 0;
}

static uint64_t least(uint64_t first, uint64_t second)
{
    return first < second ? first : second;
}

/* A frame for a file. The bound is looked at before the sleep: what others take meanwhile may
 * exceed it by a frame each. */
static int64_t take(struct frame **frame)
{
    if (!inode_pages_are_left()) {
        return ERROR_NO_SPACE;
    }
    *frame = memory_take(FRAME_KERNEL);
    return *frame != NULL ? 0 : ERROR_NO_MEMORY;
}

static void count(struct inode *inode)
{
    inode->frames++;
    frames_had++;
}

static void give(struct inode *inode, struct frame *frame)
{
    inode->frames--;
    frames_had--;
    memory_drop(frame);
}

/* Puts a new frame of pointers at *place, unless somebody does meanwhile. */
static int64_t prepare_table(struct inode *inode, void **place)
{
    struct frame *frame;

    if (*place != NULL) {
        return 0;
    }

    int64_t error = take(&frame);

    if (error != 0) {
        return error;
    }
    if (*place != NULL) {
        memory_drop(frame);
        return 0;
    }
    *place = frame_bytes(frame);
    count(inode);
    return 0;
}

/* The file's own frame; NULL: that page has none. */
static struct frame *find(const struct inode *inode, uint64_t number)
{
    if (inode->tables == NULL || number >= POINTERS * POINTERS ||
        inode->tables[number / POINTERS] == NULL) {
        return NULL;
    }
    return inode->tables[number / POINTERS]->pages[number % POINTERS];
}

/* Tables stay as long as the inode does, so those who sleep need not look for them again. */
static int64_t prepare_tables(struct inode *inode, uint64_t number)
{
    int64_t error = prepare_table(inode, (void **)&inode->tables);

    return error == 0 ? prepare_table(inode, (void **)&inode->tables[number / POINTERS]) : error;
}

/* Makes the page, as the archive has it, unless somebody does meanwhile. */
static int64_t prepare_page(struct inode *inode, uint64_t number)
{
    struct frame *frame;

    if (find(inode, number) != NULL) {
        return 0;
    }

    int64_t error = take(&frame);

    if (error != 0) {
        return error;
    }
    if (find(inode, number) != NULL) {
        memory_drop(frame);
        return 0;
    }
    (void)inode_read(inode, number * PAGE_SIZE, frame_bytes(frame), PAGE_SIZE);
    inode->tables[number / POINTERS]->pages[number % POINTERS] = frame;
    count(inode);
    return 0;
}

int64_t inode_page(struct inode *inode, uint64_t number, struct frame **frame)
{
    int64_t error = number < FILE_LENGTH_MOST / PAGE_SIZE ? 0 : ERROR_TOO_BIG;

    if (error == 0) {
        error = prepare_tables(inode, number);
    }
    if (error == 0) {
        error = prepare_page(inode, number);
    }
    if (error == 0) {
        *frame = find(inode, number);
        memory_hold(*frame);
    }
    return error;
}

const uint8_t *inode_bytes(const struct inode *inode, uint64_t offset, uint64_t *together)
{
    uint64_t in_page = offset % PAGE_SIZE;
    const struct frame *frame = find(inode, offset / PAGE_SIZE);
    uint64_t end = offset - in_page + PAGE_SIZE;
    const uint8_t *bytes = zeroes + in_page;

    if (frame != NULL) {
        bytes = (uint8_t *)frame_bytes(frame) + in_page;
    } else if (offset < inode->archive_length) {
        bytes = inode->bytes + offset;
        end = inode->tables == NULL ? inode->archive_length : least(end, inode->archive_length);
    }
    *together = least(end, inode->length) - offset;
    return bytes;
}

/* Gives back the pages from this number on. */
static void give_pages(struct inode *inode, uint64_t first)
{
    uint64_t number = first;

    while (inode->tables != NULL && number < POINTERS * POINTERS) {
        struct inode_table *table = inode->tables[number / POINTERS];

        if (table == NULL) {
            number = (number / POINTERS + 1) * POINTERS;
            continue;
        }
        if (table->pages[number % POINTERS] != NULL) {
            give(inode, table->pages[number % POINTERS]);
            table->pages[number % POINTERS] = NULL;
        }
        number++;
    }
}

void inode_set_length(struct inode *inode, uint64_t length)
{
    struct frame *last = find(inode, length / PAGE_SIZE);
    uint64_t in_page = length % PAGE_SIZE;

    if (length < inode->length) {
        give_pages(inode, (length + PAGE_SIZE - 1) / PAGE_SIZE);
        if (in_page != 0 && last != NULL) {
            memset((uint8_t *)frame_bytes(last) + in_page, 0, PAGE_SIZE - in_page);
        }
    }
    inode->archive_length = least(inode->archive_length, length);
    inode->length = length;
}

static void give_table(struct inode *inode, void *table)
{
    if (table != NULL) {
        give(inode, frame_of(direct_map_pa(table)));
    }
}

void inode_pages_end(struct inode *inode)
{
    give_pages(inode, 0);
    if (inode->tables != NULL) {
        for (unsigned i = 0; i < POINTERS; i++) {
            give_table(inode, inode->tables[i]);
        }
        give_table(inode, inode->tables);
    }
}
