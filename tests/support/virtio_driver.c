#include "tests/support/virtio_driver.h"

#include <assert.h>
#include <string.h>

enum { QUEUE_STRIDE = 4096, AVAILABLE_OFFSET = 1024, USED_OFFSET = 2048 };

static uint64_t queue_pa(unsigned queue)
{
    return DRIVER_RAM + (uint64_t)queue * QUEUE_STRIDE;
}

static uint8_t *ram(void *ctx, uint64_t pa, uint64_t length)
{
    struct virtio_driver *driver = ctx;
    uint64_t offset = pa - DRIVER_RAM;

    return offset <= DRIVER_RAM_LENGTH && length <= DRIVER_RAM_LENGTH - offset
               ? driver->ram + offset
               : NULL;
}

static void wrote(void *ctx, uint64_t pa, uint64_t length)
{
    struct virtio_driver *driver = ctx;
    const uint8_t *bytes = ram(ctx, pa, length);

    assert(bytes != NULL);
    memcpy(driver->told + (pa - DRIVER_RAM), bytes, length);
}

static void set_irq(void *ctx, bool level)
{
    struct virtio_driver *driver = ctx;

    driver->irq = level;
}

void driver_init(struct virtio_driver *driver)
{
    memset(driver, 0, sizeof *driver);
}

struct virtio_place driver_place(struct virtio_driver *driver)
{
    return (struct virtio_place){.memory = {.ram = ram, .wrote = wrote, .ctx = driver},
                                 .irq = {.set = set_irq, .ctx = driver}};
}

uint32_t driver_get(struct virtio_driver *driver, uint64_t offset)
{
    uint64_t value = 0;
    bool is_answered = driver->device->ops->read(driver->device, offset, 4, &value);

    assert(is_answered);
    (void)is_answered;
    return (uint32_t)value;
}

void driver_put(struct virtio_driver *driver, uint64_t offset, uint32_t value)
{
    bool is_taken = driver->device->ops->write(driver->device, offset, 4, value);

    assert(is_taken);
    (void)is_taken;
}

uint32_t driver_negotiate(struct virtio_driver *driver, uint64_t features)
{
    const uint32_t known = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;

    driver_put(driver, MMIO_STATUS, 0);
    driver_put(driver, MMIO_STATUS, known);
    for (uint32_t word = 0; word < 2; word++) {
        driver_put(driver, MMIO_DRIVER_FEATURES_WORD, word);
        driver_put(driver, MMIO_DRIVER_FEATURES, (uint32_t)(features >> (32 * word)));
    }
    driver_put(driver, MMIO_STATUS, known | VIRTIO_STATUS_FEATURES_OK);
    return driver_get(driver, MMIO_STATUS);
}

static void put_address(struct virtio_driver *driver, uint64_t offset, uint64_t pa)
{
    driver_put(driver, offset, (uint32_t)pa);
    driver_put(driver, offset + 4, (uint32_t)(pa >> 32));
}

void driver_make_queue(struct virtio_driver *driver, unsigned queue)
{
    driver_put(driver, MMIO_QUEUE, queue);
    driver_put(driver, MMIO_QUEUE_SIZE, DRIVER_QUEUE_SIZE);
    put_address(driver, MMIO_DESCRIPTORS, queue_pa(queue));
    put_address(driver, MMIO_AVAILABLE, queue_pa(queue) + AVAILABLE_OFFSET);
    put_address(driver, MMIO_USED, queue_pa(queue) + USED_OFFSET);
    driver_put(driver, MMIO_QUEUE_READY, 1);
}

void driver_start(struct virtio_driver *driver, uint64_t features, unsigned queues)
{
    uint32_t status = driver_negotiate(driver, features | VIRTIO_F_VERSION_1);

    memset(driver->offered, 0, sizeof driver->offered);
    for (unsigned queue = 0; queue < queues; queue++) {
        static const uint8_t nothing[QUEUE_STRIDE];

        driver_store(driver, queue_pa(queue), nothing, sizeof nothing);
        driver_make_queue(driver, queue);
    }
    driver_put(driver, MMIO_STATUS, status | VIRTIO_STATUS_DRIVER_OK);
}

void driver_store(struct virtio_driver *driver, uint64_t pa, const void *bytes, size_t length)
{
    uint8_t *to = ram(driver, pa, length);

    assert(to != NULL);
    memcpy(to, bytes, length);
    wrote(driver, pa, length);
}

const uint8_t *driver_bytes(const struct virtio_driver *driver, uint64_t pa)
{
    return driver->ram + (pa - DRIVER_RAM);
}

uint64_t driver_load(const struct virtio_driver *driver, uint64_t pa, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = size; i-- > 0;) {
        value = value << 8 | driver_bytes(driver, pa)[i];
    }
    return value;
}

static void store_number(struct virtio_driver *driver, uint64_t pa, uint64_t value, unsigned size)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    driver_store(driver, pa, bytes, size);
}

void driver_describe(struct virtio_driver *driver, unsigned queue, unsigned number,
                     const struct driver_descriptor *descriptor)
{
    uint64_t pa = queue_pa(queue) + (uint64_t)number * 16;

    store_number(driver, pa, descriptor->pa, 8);
    store_number(driver, pa + 8, descriptor->length, 4);
    store_number(driver, pa + 12, descriptor->flags, 2);
    store_number(driver, pa + 14, descriptor->next, 2);
}

void driver_offer(struct virtio_driver *driver, unsigned queue, uint16_t head)
{
    uint64_t available = queue_pa(queue) + AVAILABLE_OFFSET;
    uint64_t place = driver->offered[queue]++ % DRIVER_QUEUE_SIZE;

    store_number(driver, available + 4 + place * 2, head, 2);
    store_number(driver, available + 2, driver->offered[queue], 2);
}

void driver_notify(struct virtio_driver *driver, unsigned queue)
{
    driver_put(driver, MMIO_NOTIFY, queue);
}

uint16_t driver_used(const struct virtio_driver *driver, unsigned queue)
{
    return (uint16_t)driver_load(driver, queue_pa(queue) + USED_OFFSET + 2, 2);
}

static uint64_t used_pa(unsigned queue, unsigned number)
{
    return queue_pa(queue) + USED_OFFSET + 4 + (uint64_t)(number % DRIVER_QUEUE_SIZE) * 8;
}

uint32_t driver_used_head(const struct virtio_driver *driver, unsigned queue, unsigned number)
{
    return (uint32_t)driver_load(driver, used_pa(queue, number), 4);
}

uint32_t driver_used_length(const struct virtio_driver *driver, unsigned queue, unsigned number)
{
    return (uint32_t)driver_load(driver, used_pa(queue, number) + 4, 4);
}

bool driver_was_told(const struct virtio_driver *driver)
{
    return memcmp(driver->ram, driver->told, sizeof driver->ram) == 0;
}
