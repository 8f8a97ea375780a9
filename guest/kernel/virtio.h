/*
 * virtio.h - devices behind virtio-mmio version 2, and split queues without options.
 */
#ifndef GUEST_KERNEL_VIRTIO_H
#define GUEST_KERNEL_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

enum virtio_id { VIRTIO_NONE = 0, VIRTIO_BLOCK = 2, VIRTIO_CONSOLE = 3 };

enum { VIRTIO_QUEUE_SIZE = 64, VIRTIO_PARTS_MOST = 4 };

struct virtio_device {
    volatile uint32_t *registers;
    uint32_t irq;
};

/* One piece of a request: physical, and who writes it. */
struct virtio_part {
    uint64_t pa;
    uint32_t length;
    bool device_writes;
};

/* Fields are virtio.c's own. */
struct virtio_queue {
    const struct virtio_device *device;
    uint16_t number;
    uint16_t size;
    uint16_t free_count;
    uint16_t first_free;
    uint16_t used_seen;
    void *descriptors, *available, *used; /* in one frame */
    void *tokens[VIRTIO_QUEUE_SIZE];      /* by the head of a request */
};

/* The first device of that kind, reset and acknowledged; false: none (or not version 2). */
bool virtio_find(enum virtio_id id, struct virtio_device *device);

/* Takes those of the wanted features that the device offers, VERSION_1 being a must; false: it
 * refuses. *features becomes what was agreed. */
bool virtio_negotiate(const struct virtio_device *device, uint64_t *features);

/* Sets up a queue, with a frame of its own; false: the device has none of that number, or no
 * memory. Only before virtio_ready(). */
bool virtio_queue_start(struct virtio_queue *queue, const struct virtio_device *device,
                        uint16_t number);

void virtio_ready(const struct virtio_device *device);

/* Device-specific configuration, byte offset a multiple of 4. */
uint32_t virtio_config(const struct virtio_device *device, uint32_t offset);

/* Puts a request of 1 to VIRTIO_PARTS_MOST parts in and notifies; false: no room. token is not
 * NULL. */
bool virtio_queue_put(struct virtio_queue *queue, const struct virtio_part *parts, unsigned count,
                      void *token);

/* Takes a finished request out: its token, with what the device wrote in *length; NULL: none. An
 * answer that makes no sense (no such request) panics. */
void *virtio_queue_take(struct virtio_queue *queue, uint32_t *length);

/* Tells the device that its interrupt was seen. To be called before the queues are looked at. */
void virtio_acknowledge(const struct virtio_device *device);

#endif
