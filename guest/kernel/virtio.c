#include "guest/kernel/virtio.h"

#include <stddef.h>

#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/end.h"
#include "guest/kernel/frames.h"

/* Registers, in words. 64-bit ones are two: the low half first. */
enum {
    REGISTER_MAGIC = 0x000 / 4,
    REGISTER_VERSION = 0x004 / 4,
    REGISTER_DEVICE_ID = 0x008 / 4,
    REGISTER_DEVICE_FEATURES = 0x010 / 4,
    REGISTER_DEVICE_FEATURES_SELECT = 0x014 / 4,
    REGISTER_DRIVER_FEATURES = 0x020 / 4,
    REGISTER_DRIVER_FEATURES_SELECT = 0x024 / 4,
    REGISTER_QUEUE_SELECT = 0x030 / 4,
    REGISTER_QUEUE_SIZE_MOST = 0x034 / 4,
    REGISTER_QUEUE_SIZE = 0x038 / 4,
    REGISTER_QUEUE_READY = 0x044 / 4,
    REGISTER_QUEUE_NOTIFY = 0x050 / 4,
    REGISTER_INTERRUPT_STATUS = 0x060 / 4,
    REGISTER_INTERRUPT_ACKNOWLEDGE = 0x064 / 4,
    REGISTER_STATUS = 0x070 / 4,
    REGISTER_QUEUE_DESCRIPTORS = 0x080 / 4,
    REGISTER_QUEUE_AVAILABLE = 0x090 / 4,
    REGISTER_QUEUE_USED = 0x0a0 / 4,
    REGISTER_CONFIG = 0x100 / 4,
};

enum { MAGIC = 0x74726976, VERSION_MODERN = 2 }; /* "virt" */

enum {
    STATUS_ACKNOWLEDGE = 1,
    STATUS_DRIVER = 2,
    STATUS_DRIVER_OK = 4,
    STATUS_FEATURES_OK = 8,
    STATUS_FAILED = 128,
};

#define FEATURE_VERSION_1 (UINT64_C(1) << 32)

enum { DESCRIPTOR_NEXT = 1, DESCRIPTOR_DEVICE_WRITES = 2 };

/* A split queue, in one frame:
 *
 *      0  descriptors: the parts of requests, chained by their numbers
 *   1024  available ring: the driver puts the first descriptor of each request
 *   2048  used ring: the device puts it back, with the bytes it wrote
 */
enum { AVAILABLE_OFFSET = 1024, USED_OFFSET = 2048 };

struct virtio_descriptor {
    uint64_t pa;
    uint32_t length;
    uint16_t flags, next;
};

struct virtio_available {
    uint16_t flags, index; /* of the next place, counted without end */
    uint16_t heads[VIRTIO_QUEUE_SIZE];
};

struct virtio_used {
    uint16_t flags, index;
    struct {
        uint32_t head, length;
    } requests[VIRTIO_QUEUE_SIZE];
};

_Static_assert(sizeof(struct virtio_descriptor[VIRTIO_QUEUE_SIZE]) <= AVAILABLE_OFFSET &&
                   AVAILABLE_OFFSET + sizeof(struct virtio_available) <= USED_OFFSET &&
                   USED_OFFSET + sizeof(struct virtio_used) <= 4096,
               "a queue lies in one frame");

/* What was stored to memory before is there for the device before what is stored after, registers
 * among it; and the same for loads. */
static void order(void)
{
    __asm__ volatile("fence iorw, iorw" : : : "memory");
}

bool virtio_find(enum virtio_id id, struct virtio_device *device)
{
    for (uint32_t i = 0; i < machine()->virtio_count; i++) {
        volatile uint32_t *registers = direct_map(machine()->virtio[i].pa);

        if (registers[REGISTER_MAGIC] != MAGIC || registers[REGISTER_VERSION] != VERSION_MODERN ||
            registers[REGISTER_DEVICE_ID] != id) {
            continue;
        }
        registers[REGISTER_STATUS] = 0; /* reset, whatever was before */
        while (registers[REGISTER_STATUS] != 0) {
        }
        registers[REGISTER_STATUS] = STATUS_ACKNOWLEDGE;
        registers[REGISTER_STATUS] |= STATUS_DRIVER;
        *device = (struct virtio_device){.registers = registers, .irq = machine()->virtio[i].irq};
        return true;
    }
    return false;
}

static uint64_t device_features(volatile uint32_t *registers)
{
    registers[REGISTER_DEVICE_FEATURES_SELECT] = 0;
    uint64_t low = registers[REGISTER_DEVICE_FEATURES];

    registers[REGISTER_DEVICE_FEATURES_SELECT] = 1;
    return (uint64_t)registers[REGISTER_DEVICE_FEATURES] << 32 | low;
}

static void set_driver_features(volatile uint32_t *registers, uint64_t features)
{
    registers[REGISTER_DRIVER_FEATURES_SELECT] = 0;
    registers[REGISTER_DRIVER_FEATURES] = (uint32_t)features;
    registers[REGISTER_DRIVER_FEATURES_SELECT] = 1;
    registers[REGISTER_DRIVER_FEATURES] = (uint32_t)(features >> 32);
}

bool virtio_negotiate(const struct virtio_device *device, uint64_t *features)
{
    volatile uint32_t *registers = device->registers;
    uint64_t agreed = device_features(registers) & (*features | FEATURE_VERSION_1);

    set_driver_features(registers, agreed);
    registers[REGISTER_STATUS] |= STATUS_FEATURES_OK;
    if ((agreed & FEATURE_VERSION_1) == 0 ||
        (registers[REGISTER_STATUS] & STATUS_FEATURES_OK) == 0) {
        registers[REGISTER_STATUS] |= STATUS_FAILED;
        return false;
    }
    *features = agreed;
    return true;
}

/* Links all descriptors into the list of free ones. */
static void free_all(struct virtio_queue *queue)
{
    struct virtio_descriptor *descriptors = queue->descriptors;

    for (uint16_t i = 0; i < queue->size; i++) {
        descriptors[i].next = (uint16_t)(i + 1);
    }
    queue->free_count = queue->size;
}

static void set_queue_address(volatile uint32_t *registers, unsigned number, const void *address)
{
    uint64_t pa = direct_map_pa(address);

    registers[number] = (uint32_t)pa;
    registers[number + 1] = (uint32_t)(pa >> 32);
}

/* The largest size of both, a power of 2 as it must be; 0: the device has no such queue. */
static uint16_t common_size(uint32_t device_most)
{
    uint16_t size = VIRTIO_QUEUE_SIZE;

    while (size > device_most) {
        size /= 2;
    }
    return size;
}

bool virtio_queue_start(struct virtio_queue *queue, const struct virtio_device *device,
                        uint16_t number)
{
    volatile uint32_t *registers = device->registers;

    registers[REGISTER_QUEUE_SELECT] = number;
    uint16_t size = common_size(registers[REGISTER_QUEUE_SIZE_MOST]);

    if (size == 0 || registers[REGISTER_QUEUE_READY] != 0) {
        return false;
    }
    struct frame *frame = frames_take(FRAME_KERNEL);

    if (frame == NULL) {
        return false;
    }
    uint8_t *bytes = frame_bytes(frame);

    *queue = (struct virtio_queue){
        .device = device,
        .number = number,
        .size = size,
        .descriptors = bytes,
        .available = bytes + AVAILABLE_OFFSET,
        .used = bytes + USED_OFFSET,
    };
    free_all(queue);
    registers[REGISTER_QUEUE_SIZE] = size;
    set_queue_address(registers, REGISTER_QUEUE_DESCRIPTORS, queue->descriptors);
    set_queue_address(registers, REGISTER_QUEUE_AVAILABLE, queue->available);
    set_queue_address(registers, REGISTER_QUEUE_USED, queue->used);
    order();
    registers[REGISTER_QUEUE_READY] = 1;
    return true;
}

void virtio_ready(const struct virtio_device *device)
{
    device->registers[REGISTER_STATUS] |= STATUS_DRIVER_OK;
}

uint32_t virtio_config(const struct virtio_device *device, uint32_t offset)
{
    return device->registers[REGISTER_CONFIG + offset / 4];
}

/* Takes descriptors from the list for the parts, which stay linked as they are there; the first is
 * the head. */
static uint16_t describe(struct virtio_queue *queue, const struct virtio_part *parts,
                         unsigned count)
{
    struct virtio_descriptor *descriptors = queue->descriptors;
    uint16_t head = queue->first_free;
    uint16_t number = head;

    for (unsigned i = 0; i < count; i++) {
        struct virtio_descriptor *descriptor = &descriptors[number];
        bool is_last = i + 1 == count;

        descriptor->pa = parts[i].pa;
        descriptor->length = parts[i].length;
        descriptor->flags = (uint16_t)((parts[i].device_writes ? DESCRIPTOR_DEVICE_WRITES : 0) |
                                       (is_last ? 0 : DESCRIPTOR_NEXT));
        number = descriptor->next;
    }
    queue->first_free = number;
    queue->free_count = (uint16_t)(queue->free_count - count);
    return head;
}

bool virtio_queue_put(struct virtio_queue *queue, const struct virtio_part *parts, unsigned count,
                      void *token)
{
    struct virtio_available *available = queue->available;

    if (count > queue->free_count) {
        return false;
    }
    uint16_t head = describe(queue, parts, count);

    queue->tokens[head] = token;
    available->heads[available->index % queue->size] = head;
    order(); /* the request is whole before the device may look at it */
    available->index++;
    order();
    queue->device->registers[REGISTER_QUEUE_NOTIFY] = queue->number;
    return true;
}

/* Puts the descriptors of a request back in front of the list. */
static void release(struct virtio_queue *queue, uint16_t head)
{
    struct virtio_descriptor *descriptors = queue->descriptors;
    uint16_t last = head;

    queue->free_count++;
    while ((descriptors[last].flags & DESCRIPTOR_NEXT) != 0) {
        last = descriptors[last].next;
        queue->free_count++;
    }
    descriptors[last].next = queue->first_free;
    queue->first_free = head;
}

void *virtio_queue_take(struct virtio_queue *queue, uint32_t *length)
{
    volatile struct virtio_used *used = queue->used;

    if (used->index == queue->used_seen) {
        return NULL;
    }
    order(); /* the answer is read after the index that says it is there */
    uint16_t place = queue->used_seen % queue->size;
    uint32_t head = used->requests[place].head;

    if (head >= queue->size || queue->tokens[head] == NULL) {
        panic("a virtio device answers request %u, which was not made", head);
    }
    void *token = queue->tokens[head];

    *length = used->requests[place].length;
    queue->tokens[head] = NULL;
    queue->used_seen++;
    release(queue, (uint16_t)head);
    return token;
}

void virtio_acknowledge(const struct virtio_device *device)
{
    volatile uint32_t *registers = device->registers;

    registers[REGISTER_INTERRUPT_ACKNOWLEDGE] = registers[REGISTER_INTERRUPT_STATUS];
    order();
}
