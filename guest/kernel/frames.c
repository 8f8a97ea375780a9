#include "guest/kernel/frames.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/end.h"
#include "guest/kernel/sections.h"

#define NO_FRAME UINT64_MAX

static struct frame *frames; /* all of RAM, by number */
static uint64_t frame_count;
static uint64_t free_count;
static uint64_t first_free = NO_FRAME; /* the next is in `va` of each */

static uint64_t page_up(uint64_t address)
{
    return page_down(address + PAGE_SIZE - 1);
}

/* What is not to be given out: physical, page aligned; empty if there is none. */
struct range {
    uint64_t start, end;
};

enum { IMAGE, ARCHIVE, TREE, RANGES }; /* the kernel's image, the array of frames behind it */

static bool overlaps(const struct range *a, const struct range *b)
{
    return a->start < b->end && b->start < a->end;
}

static void make_free(uint64_t number)
{
    frames[number] = (struct frame){.va = first_free, .use = FRAME_FREE};
    first_free = number;
    free_count++;
}

static uint64_t number_of(uint64_t pa)
{
    return (pa - machine()->ram_start) / PAGE_SIZE;
}

/* From the last to the first: so the lowest is taken first. */
static void free_pages(uint64_t start, uint64_t end)
{
    for (uint64_t number = number_of(end); number > number_of(start);) {
        make_free(--number);
    }
}

static void reserve_pages(uint64_t start, uint64_t end)
{
    for (uint64_t number = number_of(start); number < number_of(end); number++) {
        frames[number] = (struct frame){.use = FRAME_RESERVED};
    }
}

/* The range that reaches highest of those that begin below top. The image always does. */
static struct range highest_below(const struct range ranges[RANGES], uint64_t top)
{
    struct range highest = ranges[IMAGE];

    for (unsigned i = IMAGE + 1; i < RANGES; i++) {
        if (ranges[i].start < top && ranges[i].end > highest.end) {
            highest = ranges[i];
        }
    }
    return highest;
}

/* The array itself has the first pages behind the image. */
static void place_array(struct range ranges[RANGES])
{
    uint64_t start = direct_map_pa(kernel_end);
    uint64_t end = page_up(start + frame_count * sizeof(struct frame));

    ranges[IMAGE] = (struct range){machine()->ram_start, end};
    if (end > machine()->ram_end || overlaps(&ranges[IMAGE], &ranges[ARCHIVE]) ||
        overlaps(&ranges[IMAGE], &ranges[TREE])) {
        panic("the archive or the device tree lies where the kernel needs memory");
    }
    frames = direct_map(start);
}

void frames_start(void)
{
    const struct machine *m = machine();
    struct range ranges[RANGES] = {
        [ARCHIVE] = {page_down(m->archive_start), page_up(m->archive_end)},
        [TREE] = {page_down(m->tree_start), page_up(m->tree_end)},
    };
    struct range range;

    frame_count = (m->ram_end - m->ram_start) / PAGE_SIZE;
    place_array(ranges);
    for (uint64_t top = page_down(m->ram_end); top > m->ram_start; top = range.start) {
        range = highest_below(ranges, top);
        if (range.end < top) {
            free_pages(range.end, top);
        }
        reserve_pages(range.start, range.end < top ? range.end : top);
    }
}

struct frame *frames_take(enum frame_use use)
{
    struct frame *frame;

    if (first_free == NO_FRAME) {
        return NULL;
    }
    frame = &frames[first_free];
    first_free = frame->va;
    free_count--;
    *frame = (struct frame){.references = 1, .use = (uint8_t)use};
    memset(frame_bytes(frame), 0, PAGE_SIZE);
    return frame;
}

void frames_put(struct frame *frame)
{
    if (frame->use == FRAME_FREE || frame->use == FRAME_RESERVED || frame->references != 0 ||
        frame->slot != 0) {
        panic("frame 0x%lx is given back while it is free or needed", frame_pa(frame));
    }
    make_free((uint64_t)(frame - frames));
}

struct frame *frame_of(uint64_t pa)
{
    uint64_t number = number_of(pa);

    if (pa < machine()->ram_start || number >= frame_count) {
        panic("0x%lx is no memory", pa);
    }
    return &frames[number];
}

uint64_t frame_pa(const struct frame *frame)
{
    return machine()->ram_start + (uint64_t)(frame - frames) * PAGE_SIZE;
}

void *frame_bytes(const struct frame *frame)
{
    return direct_map(frame_pa(frame));
}

struct frame *frame_number(uint64_t number)
{
    return &frames[number];
}

uint64_t frames_count(void)
{
    return frame_count;
}

uint64_t frames_free(void)
{
    return free_count;
}
