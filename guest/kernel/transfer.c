#include "guest/kernel/transfer.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/stream.h"
#include "guest/kernel/user_memory.h"

/* A page of the kernel that a device reads or writes, for whoever has taken it: user pages may be
 * swapped out in the middle of a transfer. It is no page of the allocator's, so that a program that
 * runs out of memory can still say so. */
struct bounce {
    bool is_taken;
    uint8_t bytes[PAGE_SIZE];
};

static struct bounce input, output;

/* False: a signal came first. */
static bool take(struct bounce *bounce)
{
    while (bounce->is_taken) {
        if (!scheduler_sleep_interruptibly(bounce)) {
            return false;
        }
    }
    bounce->is_taken = true;
    return true;
}

static void give_back(struct bounce *bounce)
{
    bounce->is_taken = false;
    scheduler_wake(bounce);
}

static int64_t read_stream(uint64_t va, uint64_t length)
{
    if (length == 0) {
        return 0;
    }
    if (!take(&input)) {
        return ERROR_INTERRUPTED;
    }

    int64_t count = stream_read(input.bytes, length < PAGE_SIZE ? length : PAGE_SIZE);
    int64_t error =
        count > 0 ? user_write(process_current()->space, va, input.bytes, (size_t)count) : 0;

    give_back(&input);
    return error != 0 ? error : count;
}

static int64_t read_file(struct descriptor *descriptor, uint64_t va, uint64_t length)
{
    const struct file *file = descriptor->file;

    if (descriptor->offset >= file->length) {
        return 0;
    }
    if (length > file->length - descriptor->offset) {
        length = file->length - descriptor->offset;
    }

    int64_t error =
        user_write(process_current()->space, va, file->bytes + descriptor->offset, length);

    if (error != 0) {
        return error;
    }
    descriptor->offset += length;
    return (int64_t)length;
}

int64_t transfer_read(struct descriptor *descriptor, uint64_t va, uint64_t length)
{
    switch (descriptor->kind) {
    case DESCRIPTOR_INPUT: return read_stream(va, length);
    case DESCRIPTOR_FILE: return read_file(descriptor, va, length);
    case DESCRIPTOR_OUTPUT:
    case DESCRIPTOR_ERROR:
    case DESCRIPTOR_CLOSED: break;
    }
    return ERROR_BAD_FILE;
}

/* At most a page. */
static int64_t write_part(enum virtio_port port, uint64_t va, size_t length)
{
    if (!take(&output)) {
        return ERROR_INTERRUPTED;
    }

    int64_t error = user_read(process_current()->space, output.bytes, va, length);

    if (error == 0) {
        stream_write(port, output.bytes, length);
    }
    give_back(&output);
    return error;
}

static int64_t write_stream(enum virtio_port port, uint64_t va, uint64_t length)
{
    uint64_t done = 0;

    while (done < length && process_current()->killed_by == SIGNAL_NONE) {
        uint64_t rest = length - done;
        size_t part = rest < PAGE_SIZE ? rest : PAGE_SIZE;
        int64_t error = write_part(port, va + done, part);

        if (error != 0) {
            return done > 0 ? (int64_t)done : error;
        }
        done += part;
    }
    return (int64_t)done;
}

int64_t transfer_write(struct descriptor *descriptor, uint64_t va, uint64_t length)
{
    switch (descriptor->kind) {
    case DESCRIPTOR_OUTPUT: return write_stream(PORT_OUTPUT, va, length);
    case DESCRIPTOR_ERROR: return write_stream(PORT_ERROR, va, length);
    case DESCRIPTOR_INPUT:
    case DESCRIPTOR_FILE: /* all of them are open for reading */
    case DESCRIPTOR_CLOSED: break;
    }
    return ERROR_BAD_FILE;
}
