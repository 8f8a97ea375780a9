/*
 * virtio_mmio.h - the virtio-mmio transport, version 2: registers, features, status, interrupt and
 * queues, common to all devices of virtio.
 *
 *   000 magic     004 version   008 device    00c vendor
 *   010 device features, 014 which word      020 driver features, 024 which word
 *   030 which queue   034 its largest size   038 size   044 ready   050 notify
 *   060 interrupt status   064 acknowledge   070 device status
 *   080, 090, 0a0 addresses of descriptors, available and used ring, two words each
 *   0fc generation of the configuration   100 configuration
 *
 * A device embeds struct virtio_mmio as its first member. A slot without a device says so in its
 * device register, as on QEMU's virt machine. Whatever a driver does wrong in memory makes the
 * device ask for a reset: it then does nothing until it gets one.
 *
 * Spec: Virtual I/O Device (VIRTIO) 1.1, [Virtio Over MMIO], [Device Status Field].
 */
#ifndef DEVICES_VIRTIO_MMIO_H
#define DEVICES_VIRTIO_MMIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/device.h"
#include "devices/virtio_queue.h"

#define VIRTIO_F_VERSION_1 (UINT64_C(1) << 32)

enum { VIRTIO_MMIO_LENGTH = 0x1000, VIRTIO_QUEUES_MOST = 10, VIRTIO_CONFIG_MOST = 16 };

enum virtio_id { VIRTIO_ID_NONE = 0, VIRTIO_ID_BLOCK = 2, VIRTIO_ID_CONSOLE = 3 };

enum virtio_interrupt { VIRTIO_INTERRUPT_USED = 1, VIRTIO_INTERRUPT_CONFIG = 2 };

enum virtio_device_status {
    VIRTIO_STATUS_ACKNOWLEDGE = 1,
    VIRTIO_STATUS_DRIVER = 2,
    VIRTIO_STATUS_DRIVER_OK = 4,
    VIRTIO_STATUS_FEATURES_OK = 8,
    VIRTIO_STATUS_NEEDS_RESET = 64,
    VIRTIO_STATUS_FAILED = 128,
};

struct virtio_mmio;

/* What one kind of device is, and does. */
struct virtio_kind {
    enum virtio_id id;
    unsigned queue_count;
    /* The driver says that there is something new in a queue. The device runs. */
    void (*notified)(struct virtio_mmio *virtio, unsigned queue);
    /* The driver takes a queue back: what was under way there is forgotten. */
    void (*stopped)(struct virtio_mmio *virtio, unsigned queue);
    /* Forget all that the driver had begun. */
    void (*reset)(struct virtio_mmio *virtio);
};

struct virtio_mmio {
    struct device device;
    const struct virtio_kind *kind;
    struct virtio_memory memory;
    struct irq_line irq;
    uint64_t features; /* offered */
    uint8_t config[VIRTIO_CONFIG_MOST];
    size_t config_length;
    uint64_t driver_features;
    uint32_t device_features_word; /* which half the driver looks at */
    uint32_t driver_features_word;
    uint32_t selected_queue;
    uint32_t interrupt;
    uint32_t status;
    struct virtio_queue queue[VIRTIO_QUEUES_MOST];
};

/* Where a device sits; copied, and each ctx must outlive the device. */
struct virtio_place {
    struct virtio_memory memory;
    struct irq_line irq;
};

/* Makes a slot without a device. */
void virtio_mmio_init_empty(struct device *slot);

/* Makes a device with these features beside VIRTIO_F_VERSION_1 and no configuration. */
void virtio_mmio_init(struct virtio_mmio *virtio, const struct virtio_kind *kind,
                      const struct virtio_place *place, uint64_t features);

/* True between DRIVER_OK and whatever ends that: only then may a device use its queues. */
bool virtio_mmio_is_running(const struct virtio_mmio *virtio);

/* True if the driver took a feature that was offered. */
bool virtio_mmio_has(const struct virtio_mmio *virtio, uint64_t feature);

/* How many chains are offered in a queue; 0 of a device that does not run. */
unsigned virtio_mmio_count(struct virtio_mmio *virtio, unsigned queue);

/* Reads the first chain that is offered in a queue, or returns false: there is none. */
bool virtio_mmio_peek(struct virtio_mmio *virtio, unsigned queue, struct virtio_chain *chain);

/* Gives that chain back, with so many bytes written, and interrupts. */
void virtio_mmio_give_back(struct virtio_mmio *virtio, unsigned queue,
                           const struct virtio_chain *chain, uint32_t written);

/* The driver broke a rule: the device stops until it is reset, and says so. */
void virtio_mmio_break(struct virtio_mmio *virtio);

#endif
