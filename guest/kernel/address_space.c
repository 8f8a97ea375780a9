#include "guest/kernel/address_space.h"

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/event.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/page_table.h"
#include "guest/kernel/reclaim.h"

_Static_assert(sizeof(struct address_space) <= PAGE_SIZE, "it lives in one frame");

static struct address_space *first;

struct address_space *address_space_create(uint32_t pid)
{
    struct frame *frame = memory_take(FRAME_KERNEL);
    struct address_space *space;

    if (frame == NULL) {
        return NULL;
    }
    space = frame_bytes(frame); /* all zeroes */
    space->references = 1;
    space->pid = pid;
    if (!page_table_create(space)) {
        memory_drop(frame);
        return NULL;
    }
    space->next = first;
    first = space;
    return space;
}

void address_space_tell(struct address_space *space, uint32_t pid)
{
    space->is_told = true;
    event_unmap(pid, 0, USER_END);
    for (size_t i = 0; i < space->area_count; i++) {
        event_map(pid, space->areas[i].kind, space->areas[i].start, space->areas[i].end);
    }
}

static void hold_files(const struct address_space *space)
{
    inode_hold_program(space->program);
    for (size_t i = 0; i < space->area_count; i++) {
        inode_hold(space->areas[i].inode);
    }
}

static void drop_files(const struct address_space *space)
{
    inode_drop_program(space->program);
    for (size_t i = 0; i < space->area_count; i++) {
        inode_drop(space->areas[i].inode);
    }
}

struct address_space *address_space_copy(struct address_space *space, uint32_t pid)
{
    struct address_space *copy = address_space_create(pid);
    bool is_done;

    if (copy == NULL) {
        return NULL;
    }
    lock_take(&space->lock);
    copy->program = space->program;
    copy->program_break_start = space->program_break_start;
    copy->program_break = space->program_break;
    copy->arguments_start = space->arguments_start;
    copy->arguments_end = space->arguments_end;
    copy->area_count = space->area_count;
    memcpy(copy->areas, space->areas, space->area_count * sizeof space->areas[0]);
    hold_files(copy);
    is_done = page_table_share(space, copy, USER_FIRST, USER_END);
    lock_give(&space->lock);
    if (!is_done) {
        address_space_drop(copy);
        return NULL;
    }
    return copy;
}

static void leave_list(const struct address_space *space)
{
    struct address_space **place = &first;

    while (*place != space) {
        place = &(*place)->next;
    }
    *place = space->next;
}

void address_space_drop(struct address_space *space)
{
    if (--space->references > 0) {
        return;
    }
    page_table_release(space, USER_FIRST, USER_END);
    page_table_destroy(space);
    drop_files(space);
    leave_list(space);
    memory_drop(frame_of(direct_map_pa(space)));
}

struct address_space *address_space_first(void)
{
    return first;
}
