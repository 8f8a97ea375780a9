#include "guest/kernel/file_stream.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/error.h"
#include "guest/kernel/lock.h"
#include "guest/kernel/stream.h"
#include "guest/kernel/thread.h"

/* A page of the kernel that a device reads or writes, for whoever has its lock: user pages may be
 * swapped out in the middle of a transfer. It is no page of the allocator's, so that a program that
 * runs out of memory can still say so. */
struct bounce {
    struct lock lock;
    uint8_t bytes[PAGE_SIZE];
};

static struct bounce input, output;

static size_t part_of(uint64_t length)
{
    return length < PAGE_SIZE ? length : PAGE_SIZE;
}

/* What there is, under the lock; it may be nothing, for another may have been faster. */
static int64_t take_input(struct transfer *to)
{
    if (!lock_take_interruptibly(&input.lock)) {
        return ERROR_INTERRUPTED;
    }

    size_t count = stream_take(input.bytes, part_of(to->left));
    int64_t error = transfer_put(to, input.bytes, count);

    lock_give(&input.lock);
    return error != 0 ? error : (int64_t)count;
}

int64_t file_stream_read(struct open_file *file, struct transfer *to)
{
    size_t wanted = part_of(to->left);

    while (to->left > 0) {
        if ((file->flags & OPEN_NO_WAIT) != 0 && !stream_has_input(wanted)) {
            return ERROR_AGAIN;
        }
        if (!stream_await_input(wanted)) {
            return ERROR_INTERRUPTED;
        }

        int64_t count = take_input(to);

        if (count != 0 || stream_has_ended()) {
            return count;
        }
    }
    return 0;
}

static int64_t read_stream(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    (void)offset;
    return file_stream_read(file, to);
}

/* At most a page. */
static int64_t write_part(enum virtio_port port, struct transfer *from)
{
    size_t length = part_of(from->left);

    if (!lock_take_interruptibly(&output.lock)) {
        return ERROR_INTERRUPTED;
    }

    int64_t error = transfer_take(from, output.bytes, length);

    if (error == 0) {
        stream_write(port, output.bytes, length);
    }
    lock_give(&output.lock);
    return error;
}

int64_t file_stream_write(enum virtio_port port, struct transfer *from)
{
    uint64_t length = from->left;
    int64_t error = 0;

    while (from->left > 0 && error == 0) {
        error = signal_is_pending(thread_current()) ? ERROR_INTERRUPTED : write_part(port, from);
    }
    return error != 0 && from->left == length ? error : (int64_t)(length - from->left);
}

static int64_t write_stream(struct open_file *file, struct transfer *from, uint64_t *offset)
{
    (void)offset;
    return file_stream_write((enum virtio_port)(uint64_t)file->object, from);
}

unsigned file_stream_poll_input(void)
{
    bool is_there = stream_has_input(PAGE_SIZE);

    if (stream_has_ended()) {
        return POLL_HANG_UP;
    }
    return is_there ? POLL_READ : 0;
}

/* Output is taken always: the host waits with the whole machine if it has to. */
static unsigned poll_stream(struct open_file *file)
{
    return open_file_can_write(file) ? POLL_WRITE : file_stream_poll_input();
}

static void tell_status(const struct open_file *file, struct file_status *status)
{
    enum { OWNER_READS_WRITES = 0600, DEVICE = 1 };

    status->device = DEVICE;
    status->inode = 1 + (uint64_t)file->object;
    status->mode = MODE_PIPE | OWNER_READS_WRITES;
    status->block_size = (int32_t)PAGE_SIZE;
}

static const struct file_operations stream_operations = {
    .read = read_stream,
    .write = write_stream,
    .poll = poll_stream,
    .status = tell_status,
};

struct open_file *file_stream_open(enum virtio_port port)
{
    uint32_t flags = port == PORT_INPUT ? OPEN_READ_ONLY : OPEN_WRITE_ONLY;
    struct open_file *file = open_file_create(&stream_operations, NULL, flags);

    if (file != NULL) {
        file->object = (void *)(uint64_t)port;
    }
    return file;
}
