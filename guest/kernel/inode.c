#include "guest/kernel/inode.h"

#include "guest/kernel/bytes.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/error.h"
#include "guest/kernel/file_directory.h"
#include "guest/kernel/file_regular.h"
#include "guest/kernel/heap.h"
#include "guest/kernel/inode_pages.h"
#include "guest/kernel/timer.h"

/* What neither opens nor reads: a link is followed, or its text told. */
static const struct file_operations no_operations;

static const struct file_operations *operations_of(uint32_t mode)
{
    switch (mode & MODE_TYPE) {
    case MODE_REGULAR: return &regular_operations;
    case MODE_DIRECTORY: return &directory_operations;
    default: return &no_operations;
    }
}

struct inode *inode_create(uint32_t mode)
{
    static uint64_t last_number;
    struct inode *inode = heap_take(sizeof *inode);

    if (inode == NULL) {
        return NULL;
    }
    inode->number = ++last_number;
    inode->mode = mode;
    inode->references = 1;
    inode->operations = operations_of(mode);
    inode_note_write(inode);
    inode->accessed = inode->written;
    return inode;
}

int64_t inode_set_text(struct inode *inode, const char *text, size_t length)
{
    uint8_t *copy = heap_take(length);

    if (copy == NULL) {
        return ERROR_NO_MEMORY;
    }
    memcpy(copy, text, length);
    inode->bytes = copy;
    inode->length = length;
    return 0;
}

void inode_hold(struct inode *inode)
{
    if (inode != NULL) {
        inode->references++;
    }
}

bool inode_is(const struct inode *inode, uint32_t type)
{
    return (inode->mode & MODE_TYPE) == type;
}

/* Gives back what it has. The directory that it is in, whose reference is the caller's now. */
static struct inode *empty(struct inode *inode)
{
    switch (inode->mode & MODE_TYPE) {
    case MODE_REGULAR: inode_pages_end(inode); return NULL;
    case MODE_LINK: heap_give((void *)inode->bytes); return NULL;
    case MODE_DIRECTORY: return inode->parent != inode ? inode->parent : NULL;
    default: return NULL;
    }
}

/* A loop, for directories in directories that were all removed while one was open. */
void inode_drop(struct inode *inode)
{
    while (inode != NULL && --inode->references == 0) {
        struct inode *parent = empty(inode);

        heap_give(inode);
        inode = parent;
    }
}

void inode_hold_program(struct inode *inode)
{
    if (inode != NULL) {
        inode_hold(inode);
        inode->runs++;
    }
}

void inode_drop_program(struct inode *inode)
{
    if (inode != NULL) {
        inode->runs--;
        inode_drop(inode);
    }
}

bool inode_allows(const struct inode *inode, uint32_t permission)
{
    return (inode->mode & permission) == permission;
}

void inode_note_change(struct inode *inode)
{
    struct timespec now = clock_of_ticks(timer_now());

    inode->changed = (struct inode_time){now.seconds, now.nanoseconds};
}

void inode_note_write(struct inode *inode)
{
    inode_note_change(inode);
    inode->written = inode->changed;
}

uint64_t inode_read(const struct inode *inode, uint64_t offset, void *to, uint64_t length)
{
    uint64_t done = 0;

    while (done < length && offset + done < inode->length) {
        uint64_t together;
        const uint8_t *bytes = inode_bytes(inode, offset + done, &together);

        if (together > length - done) {
            together = length - done;
        }
        memcpy((uint8_t *)to + done, bytes, together);
        done += together;
    }
    return done;
}
