#include "guest/kernel/descriptor.h"

#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/file_lock.h"
#include "guest/kernel/file_stream.h"
#include "guest/kernel/process.h"

void descriptors_start(struct descriptors *descriptors)
{
    for (enum virtio_port port = PORT_INPUT; port < PORTS; port++) {
        descriptors->of_number[port].file = file_stream_open(port);
    }
}

struct open_file *descriptor_find(const struct descriptors *descriptors, uint64_t number)
{
    return number < DESCRIPTORS_MOST ? descriptors->of_number[number].file : NULL;
}

int64_t descriptor_open(struct descriptors *descriptors, struct open_file *file, uint64_t least,
                        bool closes_at_exec)
{
    for (uint64_t number = least; number < DESCRIPTORS_MOST; number++) {
        struct descriptor *descriptor = &descriptors->of_number[number];

        if (descriptor->file == NULL) {
            *descriptor = (struct descriptor){file, closes_at_exec};
            return (int64_t)number;
        }
    }
    return ERROR_TOO_MANY_FILES;
}

/* The number is free before the file goes. A process that closes a file by any number has no locks
 * on it any more. */
static void close(struct descriptor *descriptor)
{
    struct open_file *file = descriptor->file;

    *descriptor = (struct descriptor){.file = NULL};
    if (file != NULL) {
        file_lock_forget(file->inode, process_current());
        open_file_drop(file);
    }
}

void descriptor_replace(struct descriptors *descriptors, uint64_t number, struct open_file *file,
                        bool closes_at_exec)
{
    close(&descriptors->of_number[number]);
    descriptors->of_number[number] = (struct descriptor){file, closes_at_exec};
}

int64_t descriptor_close(struct descriptors *descriptors, uint64_t number)
{
    if (descriptor_find(descriptors, number) == NULL) {
        return ERROR_BAD_FILE;
    }
    close(&descriptors->of_number[number]);
    return 0;
}

void descriptors_copy(struct descriptors *copy, const struct descriptors *descriptors)
{
    *copy = *descriptors;
    for (unsigned number = 0; number < DESCRIPTORS_MOST; number++) {
        if (copy->of_number[number].file != NULL) {
            open_file_hold(copy->of_number[number].file);
        }
    }
}

void descriptors_exec(struct descriptors *descriptors)
{
    for (unsigned number = 0; number < DESCRIPTORS_MOST; number++) {
        if (descriptors->of_number[number].closes_at_exec) {
            close(&descriptors->of_number[number]);
        }
    }
}

void descriptors_end(struct descriptors *descriptors)
{
    for (unsigned number = 0; number < DESCRIPTORS_MOST; number++) {
        close(&descriptors->of_number[number]);
    }
}
