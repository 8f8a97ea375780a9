#include "guest/kernel/file_status.h"

#include "guest/include/sv39.h"
#include "guest/kernel/directory.h"

/* A directory is also named by itself and by what is in it. */
static uint32_t count_links(const struct inode *inode)
{
    uint32_t links = inode->names;

    if (!inode_is(inode, MODE_DIRECTORY) || inode->names == 0) {
        return links;
    }
    links++;
    for (const struct directory_entry *entry = directory_next(inode, 0); entry != NULL;
         entry = entry->next) {
        links += inode_is(entry->inode, MODE_DIRECTORY);
    }
    return links;
}

struct file_status file_status_of(const struct inode *inode)
{
    enum { BLOCK_SIZE = 512 };

    return (struct file_status){
        .device = 1,
        .inode = inode->number,
        .mode = inode->mode,
        .links = count_links(inode),
        .special_device = inode->special_device,
        .size = (int64_t)inode->length,
        .block_size = (int32_t)PAGE_SIZE,
        .blocks = (int64_t)(inode->length + BLOCK_SIZE - 1) / BLOCK_SIZE,
        .access_time = {inode->accessed.seconds, inode->accessed.nanoseconds},
        .change_time = {inode->written.seconds, inode->written.nanoseconds},
        .status_time = {inode->changed.seconds, inode->changed.nanoseconds},
    };
}

static struct extended_time extend_time(const int64_t time[2])
{
    return (struct extended_time){time[0], (uint32_t)time[1], 0};
}

struct extended_status file_status_extend(const struct file_status *status)
{
    enum { BASIC = 0x7ff, MINORS = 256 };

    return (struct extended_status){
        .mask = BASIC,
        .block_size = (uint32_t)status->block_size,
        .links = status->links,
        .user = status->user,
        .group = status->group,
        .mode = (uint16_t)status->mode,
        .inode = status->inode,
        .size = (uint64_t)status->size,
        .blocks = (uint64_t)status->blocks,
        .access_time = extend_time(status->access_time),
        .status_time = extend_time(status->status_time),
        .change_time = extend_time(status->change_time),
        .special_device = {(uint32_t)(status->special_device / MINORS),
                           (uint32_t)(status->special_device % MINORS)},
        .device = {(uint32_t)(status->device / MINORS), (uint32_t)(status->device % MINORS)},
    };
}
