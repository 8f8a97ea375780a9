#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/address_space.h"
#include "guest/kernel/error.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/lock.h"
#include "guest/kernel/move.h"
#include "guest/kernel/page_table.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { REMAP_MAY_MOVE = 1, REMAP_FIXED = 2 };
enum { SYNC_ASYNCHRONOUS = 1, SYNC_INVALIDATE = 2, SYNC_SYNCHRONOUS = 4 };

/* What mremap asks for, lengths in whole pages. */
struct remap {
    uint64_t start, length, new_length;
    bool may_move, is_fixed;
    uint64_t to; /* if it is fixed */
};

static uint64_t page_up(uint64_t va)
{
    return page_down(va + PAGE_SIZE - 1);
}

static struct address_space *space(void)
{
    return process_current()->space;
}

/* Where a range of that length may go, empty of areas; 0: nowhere. */
static uint64_t find_place(const struct remap *remap)
{
    uint64_t to = remap->to;

    if (!remap->is_fixed) {
        return address_space_room(space(), remap->new_length);
    }
    return address_space_remove(space(), to, to + remap->new_length) ? to : 0;
}

/* The area's part from remap->start on gets another place, and what pages there are go there. */
static int64_t move(const struct remap *remap, const struct area *area)
{
    struct area moved = address_space_part(area, remap->start);
    uint64_t kept = remap->length < remap->new_length ? remap->length : remap->new_length;

    inode_hold(moved.inode); /* find_place() may take the area away that has it */
    moved.start = find_place(remap);
    moved.end = moved.start + remap->new_length;

    bool is_done = moved.start != 0 && address_space_add(space(), &moved);

    inode_drop(moved.inode);
    if (!is_done) {
        return ERROR_NO_MEMORY;
    }
    if (!moved.is_shared && !move_pages(space(), remap->start, moved.start, kept)) {
        (void)address_space_remove(space(), moved.start, moved.end);
        return ERROR_NO_MEMORY;
    }
    /* One that is a hole in its area may be too many: then what was moved stays there, empty. */
    (void)address_space_remove(space(), remap->start, remap->start + remap->length);
    return (int64_t)moved.start;
}

/* The area, which has all of the old range, stays where it is: false, if that is not possible. */
static bool resize(const struct remap *remap)
{
    uint64_t end = remap->start + remap->length, new_end = remap->start + remap->new_length;

    if (remap->is_fixed) {
        return false;
    }
    if (new_end <= end) {
        return address_space_remove(space(), new_end, end);
    }
    return new_end <= USER_MMAP_TOP && address_space_grow(space(), end, new_end);
}

static int64_t remap_locked(const struct remap *remap)
{
    const struct area *area = address_space_find(space(), remap->start);

    if (area == NULL || area->end - remap->start < remap->length) {
        return ERROR_BAD_ADDRESS;
    }
    if (resize(remap)) {
        return (int64_t)remap->start;
    }
    return remap->may_move ? move(remap, area) : ERROR_NO_MEMORY;
}

/* Do the numbers make sense? Both ranges lie in the user's part then, and apart. */
static bool is_sound(const struct remap *remap)
{
    if (remap->start % PAGE_SIZE != 0 || remap->length == 0 || remap->new_length == 0 ||
        remap->start > USER_END || remap->length > USER_END - remap->start ||
        remap->new_length > USER_END) {
        return false;
    }
    if (!remap->is_fixed) {
        return true;
    }
    return remap->may_move && remap->to % PAGE_SIZE == 0 && remap->to >= USER_FIRST &&
           remap->to <= USER_END - remap->new_length &&
           (remap->to >= remap->start + remap->length ||
            remap->start >= remap->to + remap->new_length);
}

static int64_t sys_mremap(const uint64_t arguments[6])
{
    uint64_t flags = arguments[3];
    const struct remap remap = {
        .start = arguments[0],
        .length = page_up(arguments[1]),
        .new_length = page_up(arguments[2]),
        .may_move = (flags & REMAP_MAY_MOVE) != 0,
        .is_fixed = (flags & REMAP_FIXED) != 0,
        .to = arguments[4],
    };
    int64_t result;

    if ((flags & ~(uint64_t)(REMAP_MAY_MOVE | REMAP_FIXED)) != 0 || !is_sound(&remap)) {
        return ERROR_INVALID;
    }
    lock_take(&space()->lock);
    result = remap_locked(&remap);
    lock_give(&space()->lock);
    return result;
}

/* 0, or what a call about [va, va + length) says that all lies in areas. */
static int64_t check_range(uint64_t va, uint64_t length)
{
    uint64_t end = va + page_up(length);

    if (va % PAGE_SIZE != 0) {
        return ERROR_INVALID;
    }
    if (va > USER_END || length > USER_END - va) {
        return ERROR_NO_MEMORY;
    }
    while (va < end) {
        const struct area *area = address_space_find(space(), va);

        if (area == NULL) {
            return ERROR_NO_MEMORY;
        }
        va = area->end;
    }
    return 0;
}

/* A shared page is the file's: there is nothing to write back. */
static int64_t sys_msync(const uint64_t arguments[6])
{
    uint64_t flags = arguments[2];
    const uint64_t both = SYNC_ASYNCHRONOUS | SYNC_SYNCHRONOUS;

    if ((flags & ~(both | SYNC_INVALIDATE)) != 0 || (flags & both) == both) {
        return ERROR_INVALID;
    }
    return check_range(arguments[0], arguments[1]);
}

/* Which pages need no storage: those with a frame. */
static int64_t sys_mincore(const uint64_t arguments[6])
{
    uint64_t va = arguments[0], answer_va = arguments[2];
    int64_t error = check_range(va, arguments[1]);

    for (uint64_t end = va + page_up(arguments[1]); error == 0 && va < end; va += PAGE_SIZE) {
        uint8_t is_there = (page_table_read(space(), va) & PTE_V) != 0;

        error = user_write(space(), answer_va, &is_there, sizeof is_there);
        answer_va += sizeof is_there;
    }
    return error;
}

/* Pages stay pages that may go to storage; a program sees no difference but time. */
static int64_t sys_mlock(const uint64_t arguments[6])
{
    return check_range(page_down(arguments[0]), arguments[1] + arguments[0] % PAGE_SIZE);
}

static int64_t sys_mlockall(const uint64_t arguments[6])
{
    (void)arguments;
    return 0;
}

const struct syscall syscalls_remap[] = {
    {216, "mremap", sys_mremap},
    {227, "msync", sys_msync},
    {228, "mlock", sys_mlock},
    {229, "munlock", sys_mlock},
    {230, "mlockall", sys_mlockall},
    {231, "munlockall", sys_mlockall},
    {232, "mincore", sys_mincore},
    {284, "mlock2", sys_mlock},
    {0, NULL, NULL},
};
