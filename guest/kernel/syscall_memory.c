#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/address_space.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/inode.h"
#include "guest/kernel/inode_pages.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/lock.h"
#include "guest/kernel/open_file.h"
#include "guest/kernel/process.h"

/* Linux's numbers. */
enum { PROTECT_READ = 1, PROTECT_WRITE = 2, PROTECT_EXECUTE = 4, PROTECT_ALL = 7 };
enum {
    MAP_TYPE = 0x0f,
    MAP_SHARED = 0x01,
    MAP_PRIVATE = 0x02,
    MAP_SHARED_CHECKED = 0x03, /* the same as MAP_SHARED, as long as all other flags are known */
    MAP_FIXED = 0x10,
    MAP_ANONYMOUS = 0x20,
    MAP_STACK = 0x20000,
    MAP_FIXED_NO_REPLACE = 0x100000,
};
enum { ADVICE_DO_NOT_NEED = 4 };

/* A range as a caller gives it, in whole pages. */
struct range {
    uint64_t start, end;
};

static struct address_space *space(void)
{
    return process_current()->space;
}

/* False: unaligned, or not in the user's half. Length 0 is a range of its own kind: empty. */
static bool range_of(uint64_t va, uint64_t length, struct range *range)
{
    if (va % PAGE_SIZE != 0 || va > USER_END || length > USER_END - va) {
        return false;
    }
    *range = (struct range){va, page_down(va + length + PAGE_SIZE - 1)};
    return true;
}

/* A page that may be written can be read, too: no PTE says W without R. Priv. [pte-rwx] */
static uint32_t permissions_of(uint64_t protection)
{
    uint32_t permissions = 0;

    if ((protection & (PROTECT_READ | PROTECT_WRITE)) != 0) {
        permissions |= AREA_READ;
    }
    if ((protection & PROTECT_WRITE) != 0) {
        permissions |= AREA_WRITE;
    }
    if ((protection & PROTECT_EXECUTE) != 0) {
        permissions |= AREA_EXECUTE;
    }
    return permissions;
}

static int64_t sys_brk(const uint64_t arguments[6])
{
    uint64_t end;

    lock_take(&space()->lock);
    end = address_space_set_break(space(), arguments[0]);
    lock_give(&space()->lock);
    return (int64_t)end;
}

/* Makes room for `length` bytes at the address that was asked for, or where there is some. */
static int64_t place(uint64_t va, uint64_t length, uint64_t flags, struct range *range)
{
    bool fits = range_of(va, length, range) && range->start >= USER_FIRST;

    if ((flags & MAP_FIXED_NO_REPLACE) != 0) {
        if (!fits) {
            return ERROR_INVALID;
        }
        return address_space_is_free(space(), range->start, range->end) ? 0 : ERROR_EXISTS;
    }
    if ((flags & MAP_FIXED) != 0) {
        if (!fits) {
            return ERROR_INVALID;
        }
        return address_space_remove(space(), range->start, range->end) ? 0 : ERROR_NO_MEMORY;
    }
    if (!fits || !address_space_is_free(space(), range->start, range->end)) {
        length = page_down(length + PAGE_SIZE - 1);
        range->start = address_space_room(space(), length);
        range->end = range->start + length;
    }
    return range->start != 0 ? 0 : ERROR_NO_MEMORY;
}

/* May the file be mapped so? */
static int64_t check_file(const struct open_file *file, const struct area *area)
{
    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    if (file->inode == NULL || !inode_is(file->inode, MODE_REGULAR)) {
        return ERROR_NO_DEVICE;
    }
    if (!open_file_can_read(file) ||
        (area->is_shared && (area->permissions & AREA_WRITE) != 0 && !open_file_can_write(file))) {
        return ERROR_NO_ACCESS;
    }
    return 0;
}

/* The part of a file that is mapped from `offset` on, with a reference to it. */
static int64_t find_content(uint64_t number, uint64_t offset, struct area *area)
{
    const struct open_file *file = descriptor_find(&process_current()->descriptors, number);
    int64_t error = check_file(file, area);

    if (error != 0) {
        return error;
    }
    inode_hold(file->inode);
    area->inode = file->inode;
    area->offset = offset;
    area->length = UINT64_MAX - offset; /* as far as the file goes */
    area->kind = AREA_FILE;
    area->is_read_only = area->is_shared && !open_file_can_write(file);
    return 0;
}

/* What processes share that is no file is one without a name. May sleep. */
static int64_t make_shared(uint64_t length, struct area *area)
{
    area->inode = inode_create(MODE_REGULAR);
    if (area->inode == NULL) {
        return ERROR_NO_MEMORY;
    }
    area->length = UINT64_MAX;
    inode_set_length(area->inode, page_down(length + PAGE_SIZE - 1));
    return 0;
}

/* What will be in the area, and what the area is. */
static int64_t describe(const uint64_t arguments[6], struct area *area)
{
    uint64_t length = arguments[1], flags = arguments[3], type = flags & MAP_TYPE;

    area->is_shared = type == MAP_SHARED || type == MAP_SHARED_CHECKED;
    if (!area->is_shared && type != MAP_PRIVATE) {
        return ERROR_INVALID;
    }
    if ((flags & MAP_ANONYMOUS) == 0) {
        return find_content(arguments[4], arguments[5], area);
    }
    area->kind = (flags & MAP_STACK) != 0 ? AREA_STACK : AREA_ANONYMOUS;
    return area->is_shared ? make_shared(length, area) : 0;
}

static int64_t add(const uint64_t arguments[6], struct area *area)
{
    struct range range;
    int64_t error = place(arguments[0], arguments[1], arguments[3], &range);

    if (error != 0) {
        return error;
    }
    area->start = range.start;
    area->end = range.end;
    return address_space_add(space(), area) ? (int64_t)area->start : ERROR_NO_MEMORY;
}

static int64_t sys_mmap(const uint64_t arguments[6])
{
    uint64_t length = arguments[1], protection = arguments[2];
    struct area area = {.permissions = permissions_of(protection)};
    int64_t result;

    if (length == 0 || (protection & ~(uint64_t)PROTECT_ALL) != 0 ||
        arguments[5] % PAGE_SIZE != 0) {
        return ERROR_INVALID;
    }
    if (length > USER_END) {
        return ERROR_NO_MEMORY;
    }
    result = describe(arguments, &area);
    if (result != 0) {
        return result;
    }
    lock_take(&space()->lock);
    result = add(arguments, &area);
    lock_give(&space()->lock);
    inode_drop(area.inode);
    return result;
}

static int64_t sys_munmap(const uint64_t arguments[6])
{
    struct range range;
    bool is_done;

    if (arguments[1] == 0 || !range_of(arguments[0], arguments[1], &range)) {
        return ERROR_INVALID;
    }
    lock_take(&space()->lock);
    is_done = address_space_remove(space(), range.start, range.end);
    lock_give(&space()->lock);
    return is_done ? 0 : ERROR_NO_MEMORY;
}

static int64_t sys_mprotect(const uint64_t arguments[6])
{
    struct range range;
    enum protect_result result;

    if (arguments[0] % PAGE_SIZE != 0 || (arguments[2] & ~(uint64_t)PROTECT_ALL) != 0) {
        return ERROR_INVALID;
    }
    if (!range_of(arguments[0], arguments[1], &range)) {
        return ERROR_NO_MEMORY;
    }
    if (range.start == range.end) {
        return 0;
    }
    lock_take(&space()->lock);
    result = address_space_protect(space(), range.start, range.end, permissions_of(arguments[2]));
    lock_give(&space()->lock);
    switch (result) {
    case PROTECT_DONE: break;
    case PROTECT_NO_AREA:
    case PROTECT_NO_ROOM: return ERROR_NO_MEMORY;
    case PROTECT_READ_ONLY: return ERROR_NO_ACCESS;
    }
    return 0;
}

/* All other advice may be ignored, and is. */
static int64_t sys_madvise(const uint64_t arguments[6])
{
    struct range range;
    bool is_done = true;

    if (!range_of(arguments[0], arguments[1], &range)) {
        return ERROR_INVALID;
    }
    lock_take(&space()->lock);
    if (arguments[2] == ADVICE_DO_NOT_NEED) {
        is_done = address_space_forget(space(), range.start, range.end);
    }
    lock_give(&space()->lock);
    return is_done ? 0 : ERROR_NO_MEMORY;
}

/* The program wrote instructions; on one hart that is all there is to it. Unpriv. [norm:fence_i_op]
 */
static int64_t sys_riscv_flush_icache(const uint64_t arguments[6])
{
    (void)arguments;
    __asm__ volatile("fence.i" : : : "memory");
    return 0;
}

const struct syscall syscalls_memory[] = {
    {214, "brk", sys_brk},
    {215, "munmap", sys_munmap},
    {222, "mmap", sys_mmap},
    {226, "mprotect", sys_mprotect},
    {233, "madvise", sys_madvise},
    {259, "riscv_flush_icache", sys_riscv_flush_icache},
    {0, NULL, NULL},
};
