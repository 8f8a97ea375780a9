#include "devices/virtio_queue.h"

#include <endian.h>
#include <string.h>

enum { DESCRIPTOR_LENGTH = 16, DESCRIPTOR_ALIGNMENT = 16 };
enum { DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2, DESCRIPTOR_INDIRECT = 4 };
enum { RING_INDEX = 2, RING_FIRST = 4 };
enum { AVAILABLE_ENTRY = 2, AVAILABLE_ALIGNMENT = 2, AVAILABLE_NO_INTERRUPT = 1 };
enum { USED_ENTRY = 8, USED_ALIGNMENT = 4 };

struct descriptor {
    uint64_t pa;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
};

static uint16_t load_half(const uint8_t *bytes)
{
    uint16_t half;

    memcpy(&half, bytes, sizeof half);
    return le16toh(half);
}

static uint32_t load_word(const uint8_t *bytes)
{
    uint32_t word;

    memcpy(&word, bytes, sizeof word);
    return le32toh(word);
}

static uint64_t load_doubleword(const uint8_t *bytes)
{
    uint64_t doubleword;

    memcpy(&doubleword, bytes, sizeof doubleword);
    return le64toh(doubleword);
}

static struct descriptor load_descriptor(const struct virtio_queue *queue, uint16_t number)
{
    const uint8_t *bytes = queue->descriptors + (size_t)number * DESCRIPTOR_LENGTH;

    return (struct descriptor){.pa = load_doubleword(bytes),
                               .length = load_word(bytes + 8),
                               .flags = load_half(bytes + 12),
                               .next = load_half(bytes + 14)};
}

void virtio_queue_init(struct virtio_queue *queue)
{
    *queue = (struct virtio_queue){.is_ready = false};
}

static bool is_size_allowed(uint32_t size)
{
    return size != 0 && size <= VIRTIO_QUEUE_MOST && (size & (size - 1)) == 0;
}

/* A part of the queue that is aligned and in RAM, else NULL. */
static uint8_t *find_part(const struct virtio_memory *memory, uint64_t pa, uint64_t alignment,
                          uint64_t length)
{
    return pa % alignment == 0 ? memory->ram(memory->ctx, pa, length) : NULL;
}

/* The rings are taken without the event index behind their last entries, which is not offered. */
enum virtio_outcome virtio_queue_start(struct virtio_queue *queue,
                                       const struct virtio_memory *memory)
{
    uint64_t size = queue->size;

    if (queue->is_ready) {
        return VIRTIO_OK;
    }
    if (!is_size_allowed(queue->size)) {
        return VIRTIO_BROKEN;
    }
    queue->descriptors =
        find_part(memory, queue->descriptors_pa, DESCRIPTOR_ALIGNMENT, size * DESCRIPTOR_LENGTH);
    queue->available = find_part(memory, queue->available_pa, AVAILABLE_ALIGNMENT,
                                 RING_FIRST + size * AVAILABLE_ENTRY);
    queue->used = find_part(memory, queue->used_pa, USED_ALIGNMENT, RING_FIRST + size * USED_ENTRY);
    if (queue->descriptors == NULL || queue->available == NULL || queue->used == NULL) {
        return VIRTIO_BROKEN;
    }
    queue->next = 0;
    queue->is_ready = true;
    return VIRTIO_OK;
}

/* More chains than there are descriptors cannot be on offer. */
enum virtio_outcome virtio_queue_count(const struct virtio_queue *queue, unsigned *count)
{
    uint16_t offered = 0;

    if (queue->is_ready) {
        offered = (uint16_t)(load_half(queue->available + RING_INDEX) - queue->next);
    }
    if (offered > queue->size) {
        return VIRTIO_BROKEN;
    }
    *count = offered;
    return VIRTIO_OK;
}

/* Adds a descriptor to the run that it belongs to. The device reads first: what it reads cannot
 * follow what it writes. All bytes of a chain are fewer than 2^32. */
static bool add_piece(struct virtio_chain *chain, const struct virtio_memory *memory,
                      const struct descriptor *descriptor)
{
    bool is_writable = (descriptor->flags & DESCRIPTOR_WRITE) != 0;
    struct virtio_run *run = is_writable ? &chain->writable : &chain->readable;
    struct virtio_piece *piece = &chain->piece[chain->readable.count + chain->writable.count];
    uint64_t length = chain->readable.length + chain->writable.length + descriptor->length;

    if ((descriptor->flags & DESCRIPTOR_INDIRECT) != 0 || descriptor->length == 0 ||
        length > UINT32_MAX || (!is_writable && chain->writable.count != 0)) {
        return false;
    }
    piece->bytes = memory->ram(memory->ctx, descriptor->pa, descriptor->length);
    piece->pa = descriptor->pa;
    piece->length = descriptor->length;
    if (run->count == 0) {
        run->piece = piece;
    }
    run->count++;
    run->length += descriptor->length;
    return piece->bytes != NULL;
}

/* A chain that is longer than the queue goes in a circle. */
enum virtio_outcome virtio_queue_peek(const struct virtio_queue *queue,
                                      const struct virtio_memory *memory,
                                      struct virtio_chain *chain)
{
    unsigned count;
    uint16_t number;
    enum virtio_outcome outcome = virtio_queue_count(queue, &count);

    if (outcome != VIRTIO_OK) {
        return outcome;
    }
    if (count == 0) {
        return VIRTIO_EMPTY;
    }
    number = load_half(queue->available + RING_FIRST +
                       (size_t)(queue->next % queue->size) * AVAILABLE_ENTRY);
    chain->head = number;
    chain->readable = chain->writable = (struct virtio_run){.count = 0};
    for (uint32_t seen = 0; seen < queue->size && number < queue->size; seen++) {
        struct descriptor descriptor = load_descriptor(queue, number);

        if (!add_piece(chain, memory, &descriptor)) {
            return VIRTIO_BROKEN;
        }
        if ((descriptor.flags & DESCRIPTOR_NEXT) == 0) {
            return VIRTIO_OK;
        }
        number = descriptor.next;
    }
    return VIRTIO_BROKEN;
}

bool virtio_queue_give_back(struct virtio_queue *queue, const struct virtio_memory *memory,
                            const struct virtio_chain *chain, uint32_t written)
{
    const uint32_t entry[2] = {htole32(chain->head), htole32(written)};
    uint64_t offset = RING_FIRST + (uint64_t)(queue->next % queue->size) * USED_ENTRY;
    uint16_t index;

    queue->next++;
    index = htole16(queue->next);
    memcpy(queue->used + offset, entry, sizeof entry);
    memcpy(queue->used + RING_INDEX, &index, sizeof index);
    memory->wrote(memory->ctx, queue->used_pa + offset, sizeof entry);
    memory->wrote(memory->ctx, queue->used_pa + RING_INDEX, sizeof index);
    return (load_half(queue->available) & AVAILABLE_NO_INTERRUPT) == 0;
}

struct virtio_piece virtio_run_piece(const struct virtio_run *run, uint64_t offset, uint64_t length)
{
    const struct virtio_piece *piece = run->piece;
    uint64_t left;

    while (offset >= piece->length) {
        offset -= piece->length;
        piece++;
    }
    left = piece->length - offset;
    return (struct virtio_piece){.bytes = piece->bytes + offset,
                                 .pa = piece->pa + offset,
                                 .length = (uint32_t)(length < left ? length : left)};
}

void virtio_run_read(const struct virtio_run *run, uint64_t offset, void *bytes, size_t length)
{
    uint8_t *to = bytes;

    for (size_t done = 0; done < length;) {
        struct virtio_piece piece = virtio_run_piece(run, offset + done, length - done);

        memcpy(to + done, piece.bytes, piece.length);
        done += piece.length;
    }
}

void virtio_run_write(const struct virtio_run *run, const struct virtio_memory *memory,
                      uint64_t offset, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;

    for (size_t done = 0; done < length;) {
        struct virtio_piece piece = virtio_run_piece(run, offset + done, length - done);

        memcpy(piece.bytes, from + done, piece.length);
        memory->wrote(memory->ctx, piece.pa, piece.length);
        done += piece.length;
    }
}
