#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/address_space.h"
#include "guest/kernel/error.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/process.h"

/* Linux's numbers. */
enum { PROTECT_READ = 1, PROTECT_WRITE = 2, PROTECT_EXECUTE = 4, PROTECT_ALL = 7 };
enum {
    MAP_TYPE = 0x0f,
    MAP_PRIVATE = 0x02,
    MAP_FIXED = 0x10,
    MAP_ANONYMOUS = 0x20,
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

int64_t sys_brk(const uint64_t arguments[6])
{
    return (int64_t)address_space_set_break(space(), arguments[0]);
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

/* The part of a file that is mapped from `offset` on. What lies behind its end reads as zeroes. */
static int64_t find_content(uint64_t number, uint64_t offset, struct area *area)
{
    const struct descriptor *descriptor = descriptor_find(&process_current()->descriptors, number);

    if (descriptor == NULL) {
        return ERROR_BAD_FILE;
    }
    if (descriptor->kind != DESCRIPTOR_FILE) {
        return ERROR_NO_ACCESS;
    }
    if (offset < descriptor->file->length) {
        area->bytes = descriptor->file->bytes + offset;
        area->length = descriptor->file->length - offset;
    }
    return 0;
}

int64_t sys_mmap(const uint64_t arguments[6])
{
    uint64_t length = arguments[1], protection = arguments[2], flags = arguments[3];
    struct area area = {.permissions = permissions_of(protection)};
    struct range range;
    int64_t error = 0;

    /* MAP_PRIVATE alone: nothing is shared between processes. */
    if (length == 0 || (protection & ~(uint64_t)PROTECT_ALL) != 0 ||
        (flags & MAP_TYPE) != MAP_PRIVATE || arguments[5] % PAGE_SIZE != 0) {
        return ERROR_INVALID;
    }
    if (length > USER_END) {
        return ERROR_NO_MEMORY;
    }
    if ((flags & MAP_ANONYMOUS) == 0) {
        error = find_content(arguments[4], arguments[5], &area);
    }
    if (error == 0) {
        error = place(arguments[0], length, flags, &range);
    }
    if (error != 0) {
        return error;
    }
    area.start = range.start;
    area.end = range.end;
    return address_space_add(space(), &area) ? (int64_t)area.start : ERROR_NO_MEMORY;
}

int64_t sys_munmap(const uint64_t arguments[6])
{
    struct range range;

    if (arguments[1] == 0 || !range_of(arguments[0], arguments[1], &range)) {
        return ERROR_INVALID;
    }
    return address_space_remove(space(), range.start, range.end) ? 0 : ERROR_NO_MEMORY;
}

int64_t sys_mprotect(const uint64_t arguments[6])
{
    struct range range;

    if (arguments[0] % PAGE_SIZE != 0 || (arguments[2] & ~(uint64_t)PROTECT_ALL) != 0) {
        return ERROR_INVALID;
    }
    if (!range_of(arguments[0], arguments[1], &range)) {
        return ERROR_NO_MEMORY;
    }
    if (range.start == range.end) {
        return 0;
    }
    switch (address_space_protect(space(), range.start, range.end, permissions_of(arguments[2]))) {
    case PROTECT_DONE: break;
    case PROTECT_NO_AREA:
    case PROTECT_NO_ROOM: return ERROR_NO_MEMORY;
    }
    return 0;
}

/* The part of an area that lies in the range. */
static struct area clip(const struct area *area, const struct range *range)
{
    struct area piece = *area;

    if (piece.start < range->start) {
        uint64_t skipped = range->start - piece.start;

        piece.start = range->start;
        piece.length = piece.length > skipped ? piece.length - skipped : 0;
        piece.bytes = piece.length > 0 ? piece.bytes + skipped : NULL;
    }
    if (piece.end > range->end) {
        piece.end = range->end;
    }
    return piece;
}

/* Each piece of an area is taken away and put there again, without its pages. */
static int64_t forget_pages(struct range range)
{
    enum { MORE_WHILE_SPLIT = 2 };

    while (range.start < range.end) {
        const struct area *area = address_space_find(space(), range.start);

        if (area == NULL || space()->area_count + MORE_WHILE_SPLIT > AREAS_MOST) {
            return ERROR_NO_MEMORY;
        }

        struct area piece = clip(area, &range);

        (void)address_space_remove(space(), piece.start, piece.end);
        (void)address_space_add(space(), &piece);
        range.start = piece.end;
    }
    return 0;
}

/* All other advice may be ignored, and is. */
int64_t sys_madvise(const uint64_t arguments[6])
{
    struct range range;

    if (!range_of(arguments[0], arguments[1], &range)) {
        return ERROR_INVALID;
    }
    return arguments[2] == ADVICE_DO_NOT_NEED ? forget_pages(range) : 0;
}

/* The program wrote instructions; on one hart that is all there is to it. Unpriv. [norm:fence_i_op]
 */
int64_t sys_riscv_flush_icache(const uint64_t arguments[6])
{
    (void)arguments;
    __asm__ volatile("fence.i" : : : "memory");
    return 0;
}
