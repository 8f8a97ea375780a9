#include "guest/kernel/file_regular.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/error.h"
#include "guest/kernel/inode_pages.h"
#include "guest/kernel/reclaim.h"

static uint64_t least(uint64_t first, uint64_t second)
{
    return first < second ? first : second;
}

/* Under the inode's lock: what is copied stays where it is. */
static int64_t read_all(const struct inode *inode, struct transfer *to, uint64_t *offset)
{
    int64_t done = 0;

    while (to->left > 0 && *offset < inode->length) {
        uint64_t together;
        const uint8_t *bytes = inode_bytes(inode, *offset, &together);
        uint64_t length = least(together, to->left);
        int64_t error = transfer_put(to, bytes, length);

        if (error != 0) {
            return done > 0 ? done : error;
        }
        *offset += length;
        done += (int64_t)length;
    }
    return done;
}

static int64_t read_regular(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    lock_take(&file->inode->lock);

    int64_t done = read_all(file->inode, to, offset);

    lock_give(&file->inode->lock);
    return done;
}

/* As much as goes into the page of the offset; how many bytes that was. */
static int64_t write_page(struct inode *inode, struct transfer *from, uint64_t offset)
{
    uint64_t in_page = offset % PAGE_SIZE;
    uint64_t length = least(PAGE_SIZE - in_page, from->left);
    struct frame *frame;
    int64_t error = inode_page(inode, offset / PAGE_SIZE, &frame);

    if (error != 0) {
        return error;
    }
    error = transfer_take(from, (uint8_t *)frame_bytes(frame) + in_page, length);
    memory_drop(frame);
    return error != 0 ? error : (int64_t)length;
}

/* Under the inode's lock: two writes are one after the other. */
static int64_t write_all(struct inode *inode, struct transfer *from, uint64_t *offset)
{
    int64_t done = 0;

    while (from->left > 0) {
        int64_t part = write_page(inode, from, *offset);

        if (part < 0) {
            return done > 0 ? done : part;
        }
        *offset += (uint64_t)part;
        done += part;
        if (*offset > inode->length) {
            inode->length = *offset;
        }
        inode_note_write(inode);
    }
    return done;
}

static int64_t write_regular(struct open_file *file, struct transfer *from, uint64_t *offset)
{
    struct inode *inode = file->inode;

    lock_take(&inode->lock);
    if ((file->flags & OPEN_APPEND) != 0) {
        *offset = inode->length;
    }

    int64_t done = write_all(inode, from, offset);

    lock_give(&inode->lock);
    return done;
}

const struct file_operations regular_operations = {
    .read = read_regular,
    .write = write_regular,
    .has_offsets = true,
};
