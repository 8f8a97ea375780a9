/*
 * virtio_driver.h - memory and a driver for a device of virtio under test: registers by number,
 * queues at fixed places, descriptors as a test wants them.
 *
 * Queue n lies at DRIVER_RAM + n * 4096: descriptors, then 1024 on the available ring, 2048 on the
 * used one. Behind the last queue memory is the test's. What the device writes is compared with
 * what it told to have written.
 */
#ifndef TESTS_SUPPORT_VIRTIO_DRIVER_H
#define TESTS_SUPPORT_VIRTIO_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/virtio_mmio.h"

#define DRIVER_RAM UINT64_C(0x80000000)
#define DRIVER_DATA (DRIVER_RAM + UINT64_C(4096) * VIRTIO_QUEUES_MOST)

enum { DRIVER_RAM_LENGTH = 4096 * VIRTIO_QUEUES_MOST + 32768, DRIVER_QUEUE_SIZE = 16 };

/* Registers. */
enum {
    MMIO_MAGIC = 0x000,
    MMIO_VERSION = 0x004,
    MMIO_DEVICE = 0x008,
    MMIO_VENDOR = 0x00c,
    MMIO_DEVICE_FEATURES = 0x010,
    MMIO_DEVICE_FEATURES_WORD = 0x014,
    MMIO_DRIVER_FEATURES = 0x020,
    MMIO_DRIVER_FEATURES_WORD = 0x024,
    MMIO_QUEUE = 0x030,
    MMIO_QUEUE_MOST = 0x034,
    MMIO_QUEUE_SIZE = 0x038,
    MMIO_QUEUE_READY = 0x044,
    MMIO_NOTIFY = 0x050,
    MMIO_INTERRUPT = 0x060,
    MMIO_ACKNOWLEDGE = 0x064,
    MMIO_STATUS = 0x070,
    MMIO_DESCRIPTORS = 0x080,
    MMIO_AVAILABLE = 0x090,
    MMIO_USED = 0x0a0,
    MMIO_GENERATION = 0x0fc,
    MMIO_CONFIG = 0x100,
};

/* Flags of descriptors. */
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };

struct virtio_driver {
    uint8_t ram[DRIVER_RAM_LENGTH];
    uint8_t told[DRIVER_RAM_LENGTH]; /* the same, as far as the device told what it writes */
    struct device *device;
    bool irq;
    uint16_t offered[VIRTIO_QUEUES_MOST]; /* chains, by queue */
};

struct driver_descriptor {
    uint64_t pa;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
};

/* Empties the memory. */
void driver_init(struct virtio_driver *driver);

/* Where the device under test sits; driver must stay where it is. */
struct virtio_place driver_place(struct virtio_driver *driver);

/* Registers and configuration, in 4 bytes. */
uint32_t driver_get(struct virtio_driver *driver, uint64_t offset);
void driver_put(struct virtio_driver *driver, uint64_t offset, uint32_t value);

/* Resets the device and offers it these features; returns its status. */
uint32_t driver_negotiate(struct virtio_driver *driver, uint64_t features);

/* Makes a queue ready. */
void driver_make_queue(struct virtio_driver *driver, unsigned queue);

/* Negotiates, makes so many queues ready and says DRIVER_OK. */
void driver_start(struct virtio_driver *driver, uint64_t features, unsigned queues);

/* The driver's own writes to memory, and what is there. */
void driver_store(struct virtio_driver *driver, uint64_t pa, const void *bytes, size_t length);
const uint8_t *driver_bytes(const struct virtio_driver *driver, uint64_t pa);
uint64_t driver_load(const struct virtio_driver *driver, uint64_t pa, unsigned size);

void driver_describe(struct virtio_driver *driver, unsigned queue, unsigned number,
                     const struct driver_descriptor *descriptor);

/* Puts a chain into the available ring. */
void driver_offer(struct virtio_driver *driver, unsigned queue, uint16_t head);

void driver_notify(struct virtio_driver *driver, unsigned queue);

/* Chains that came back, modulo 2^16; and of the one that came back as number so and so, from 0 on,
 * its head and the bytes written. */
uint16_t driver_used(const struct virtio_driver *driver, unsigned queue);
uint32_t driver_used_head(const struct virtio_driver *driver, unsigned queue, unsigned number);
uint32_t driver_used_length(const struct virtio_driver *driver, unsigned queue, unsigned number);

/* True if all that the device wrote it told of. */
bool driver_was_told(const struct virtio_driver *driver);

#endif
