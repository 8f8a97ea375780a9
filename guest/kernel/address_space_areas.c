#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/address_space.h"
#include "guest/kernel/event.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/page_table.h"

/* Two places are kept for the halves of areas that are about to be cut. */
enum { AREAS_ALLOWED = AREAS_MOST - 2 };

static bool is_page_aligned(uint64_t va)
{
    return va % PAGE_SIZE == 0;
}

static uint64_t page_up(uint64_t va)
{
    return page_down(va + PAGE_SIZE - 1);
}

/* What may be written may be read: Sv39 has no page that is only written. */
static uint32_t with_read(uint32_t permissions)
{
    return (permissions & AREA_WRITE) != 0 ? permissions | AREA_READ : permissions;
}

/* The first area that ends behind va: the one that va is in, or else the next one. */
static size_t find_place(const struct address_space *space, uint64_t va)
{
    size_t low = 0;
    size_t high = space->area_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (space->areas[middle].end <= va) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct area *address_space_find(const struct address_space *space, uint64_t va)
{
    size_t place = find_place(space, va);

    if (place == space->area_count || space->areas[place].start > va) {
        return NULL;
    }
    return &space->areas[place];
}

bool address_space_is_free(const struct address_space *space, uint64_t start, uint64_t end)
{
    size_t place = find_place(space, start);

    return place == space->area_count || space->areas[place].start >= end;
}

static void insert(struct address_space *space, size_t place, const struct area *area)
{
    for (size_t i = space->area_count; i > place; i--) {
        space->areas[i] = space->areas[i - 1];
    }
    space->areas[place] = *area;
    inode_hold(area->inode);
    space->area_count++;
}

/* Takes out the areas from first up to last. */
static void take_out(struct address_space *space, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        inode_drop(space->areas[i].inode);
    }
    for (size_t i = last; i < space->area_count; i++) {
        space->areas[first + i - last] = space->areas[i];
    }
    space->area_count -= last - first;
}

static bool can_join(const struct area *left, const struct area *right)
{
    return left->end == right->start && left->inode == NULL && right->inode == NULL &&
           left->permissions == right->permissions && left->kind == right->kind &&
           left->is_shared == right->is_shared;
}

/* Joins equal anonymous neighbours. */
static void join(struct address_space *space)
{
    for (size_t i = 1; i < space->area_count;) {
        if (can_join(&space->areas[i - 1], &space->areas[i])) {
            space->areas[i - 1].end = space->areas[i].end;
            take_out(space, i, i + 1);
        } else {
            i++;
        }
    }
}

bool address_space_add(struct address_space *space, const struct area *area)
{
    struct area added = *area;

    if (!is_page_aligned(area->start) || !is_page_aligned(area->end) || area->start >= area->end ||
        area->start < USER_FIRST || area->end > USER_END ||
        !address_space_is_free(space, area->start, area->end)) {
        return false;
    }
    added.permissions = with_read(area->permissions);
    insert(space, find_place(space, area->start), &added); /* one too many may be joined */
    join(space);
    if (space->area_count > AREAS_ALLOWED) {
        size_t place = find_place(space, area->start);

        take_out(space, place, place + 1);
        return false;
    }
    if (space->is_told) {
        event_map(space->pid, area->kind, area->start, area->end);
    }
    return true;
}

bool address_space_grow(struct address_space *space, uint64_t end, uint64_t new_end)
{
    struct area *area = &space->areas[find_place(space, end - 1)];

    if (address_space_find(space, end - 1) != area || area->end != end || new_end > USER_END ||
        !address_space_is_free(space, end, new_end)) {
        return false;
    }
    area->end = new_end;
    if (space->is_told) {
        event_map(space->pid, area->kind, end, new_end);
    }
    join(space);
    return true;
}

static bool is_inside(const struct address_space *space, uint64_t va)
{
    const struct area *area = address_space_find(space, va);

    return area != NULL && area->start < va;
}

struct area address_space_part(const struct area *area, uint64_t va)
{
    struct area part = *area;
    uint64_t distance = va - area->start;

    part.start = va;
    if (area->length > distance) {
        part.offset += distance;
        part.length -= distance;
    } else {
        part.inode = NULL;
        part.length = 0;
    }
    return part;
}

/* Makes va the border of two areas, if it is inside of one. */
static void cut(struct address_space *space, uint64_t va)
{
    size_t place = find_place(space, va);
    struct area part;

    if (!is_inside(space, va)) {
        return;
    }
    part = address_space_part(&space->areas[place], va);
    space->areas[place].end = va;
    if (space->areas[place].length > va - space->areas[place].start) {
        space->areas[place].length = va - space->areas[place].start;
    }
    insert(space, place + 1, &part);
}

bool address_space_remove(struct address_space *space, uint64_t start, uint64_t end)
{
    bool makes_hole =
        start < end && is_inside(space, start) && address_space_find(space, start)->end > end;

    if (makes_hole && space->area_count >= AREAS_ALLOWED) {
        return false;
    }
    if (start >= end) {
        return true;
    }
    cut(space, start);
    cut(space, end);
    take_out(space, find_place(space, start), find_place(space, end));
    page_table_release(space, start, end);
    if (space->is_told) {
        event_unmap(space->pid, start, end);
    }
    return true;
}

/* Is every page of [start, end) in an area? */
static bool is_covered(const struct address_space *space, uint64_t start, uint64_t end)
{
    while (start < end) {
        const struct area *area = address_space_find(space, start);

        if (area == NULL) {
            return false;
        }
        start = area->end;
    }
    return true;
}

bool address_space_forget(struct address_space *space, uint64_t start, uint64_t end)
{
    if (!is_covered(space, start, end)) {
        return false;
    }
    page_table_release(space, start, end);
    return true;
}

/* Takes from a page that is there what its area no longer allows. What a hidden page may have again
 * a fault finds out. */
static void restrict_page(struct address_space *space, uint64_t va, uint32_t permissions)
{
    uint64_t pte = page_table_read(space, va);
    uint64_t rights = pte & (PTE_R | PTE_W | PTE_X);
    uint64_t allowed = ((permissions & AREA_READ) != 0 ? PTE_R : 0) |
                       ((permissions & AREA_WRITE) != 0 ? PTE_W : 0) |
                       ((permissions & AREA_EXECUTE) != 0 ? PTE_X : 0);

    if ((pte & PTE_V) == 0 || (pte & PTE_U) == 0 || (rights & ~allowed) == 0) {
        return;
    }
    if ((rights & allowed) == 0) {
        page_table_hide(space, va);
    } else {
        page_table_restrict(space, va, rights & ~allowed);
    }
}

/* Is there a read-only area in [start, end)? */
static bool is_read_only(const struct address_space *space, uint64_t start, uint64_t end)
{
    for (size_t i = find_place(space, start); i < space->area_count; i++) {
        if (space->areas[i].start < end && space->areas[i].is_read_only) {
            return true;
        }
    }
    return false;
}

enum protect_result address_space_protect(struct address_space *space, uint64_t start, uint64_t end,
                                          uint32_t permissions)
{
    size_t cuts = (size_t)is_inside(space, start) + (size_t)is_inside(space, end);

    if (!is_covered(space, start, end)) {
        return PROTECT_NO_AREA;
    }
    if ((permissions & AREA_WRITE) != 0 && is_read_only(space, start, end)) {
        return PROTECT_READ_ONLY;
    }
    if (space->area_count + cuts > AREAS_ALLOWED) {
        return PROTECT_NO_ROOM;
    }
    cut(space, start);
    cut(space, end);
    for (size_t i = find_place(space, start); i < find_place(space, end); i++) {
        space->areas[i].permissions = with_read(permissions);
    }
    join(space);
    for (uint64_t va = start; page_table_next(space, va, end, &va); va += PAGE_SIZE) {
        restrict_page(space, va, with_read(permissions));
    }
    return PROTECT_DONE;
}

/* From the top: each area above leaves less, until the gap below one is large enough. */
uint64_t address_space_room(const struct address_space *space, uint64_t length)
{
    uint64_t end = USER_MMAP_TOP;

    if (length == 0) {
        return 0;
    }
    for (size_t i = space->area_count; i-- > 0;) {
        const struct area *area = &space->areas[i];

        if (area->start >= end) {
            continue;
        }
        if (area->end < end && end - area->end >= length) {
            return end - length;
        }
        end = area->start;
    }
    return end - USER_FIRST >= length ? end - length : 0;
}

void address_space_start_break(struct address_space *space, uint64_t va)
{
    space->program_break_start = va;
    space->program_break = va;
}

/* Makes the pages of the break reach to `end` from `old_end`. */
static bool move_break(struct address_space *space, uint64_t old_end, uint64_t end)
{
    const struct area area = {
        .start = old_end, .end = end, .permissions = AREA_READ | AREA_WRITE, .kind = AREA_HEAP};

    if (end < old_end) {
        return address_space_remove(space, end, old_end);
    }
    return end == old_end || address_space_add(space, &area);
}

uint64_t address_space_set_break(struct address_space *space, uint64_t va)
{
    if (va >= space->program_break_start && va <= USER_MMAP_TOP &&
        move_break(space, page_up(space->program_break), page_up(va))) {
        space->program_break = va;
    }
    return space->program_break;
}
