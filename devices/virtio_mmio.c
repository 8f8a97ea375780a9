#include "devices/virtio_mmio.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

enum { REGISTER_SIZE = 4, CONFIG_BASE = 0x100 };

#define MAGIC UINT32_C(0x74726976)  /* "virt" */
#define VENDOR UINT32_C(0x4b4c4157) /* "WALK" */

enum { VERSION = 2 };

/* A register; a guest that reads what cannot be read gets 0, as it does where there is none. */
struct virtio_register {
    uint32_t offset;
    uint32_t (*read)(const struct virtio_mmio *virtio);
    void (*write)(struct virtio_mmio *virtio, uint32_t value);
};

/* The half that a driver has selected of 64 bits of features; 0 behind them. */
static uint32_t word_of(uint64_t features, uint32_t word)
{
    return word < 2 ? (uint32_t)(features >> (32 * word)) : 0;
}

static void set_low(uint64_t *doubleword, uint32_t value)
{
    *doubleword = (*doubleword & ~(uint64_t)UINT32_MAX) | value;
}

static void set_high(uint64_t *doubleword, uint32_t value)
{
    *doubleword = (*doubleword & UINT32_MAX) | (uint64_t)value << 32;
}

static void drive_irq(const struct virtio_mmio *virtio)
{
    irq_line_set(&virtio->irq, virtio->interrupt != 0);
}

static void raise(struct virtio_mmio *virtio, enum virtio_interrupt interrupt)
{
    virtio->interrupt |= (uint32_t)interrupt;
    drive_irq(virtio);
}

static bool has_status(const struct virtio_mmio *virtio, enum virtio_device_status status)
{
    return (virtio->status & (uint32_t)status) != 0;
}

static void reset(struct virtio_mmio *virtio)
{
    virtio->driver_features = 0;
    virtio->device_features_word = 0;
    virtio->driver_features_word = 0;
    virtio->selected_queue = 0;
    virtio->interrupt = 0;
    virtio->status = 0;
    for (unsigned i = 0; i < virtio->kind->queue_count; i++) {
        virtio_queue_init(&virtio->queue[i]);
    }
    virtio->kind->reset(virtio);
    drive_irq(virtio);
}

/* The queue that a driver has selected, NULL if the device has none of that number. */
static struct virtio_queue *selected_queue(struct virtio_mmio *virtio)
{
    return virtio->selected_queue < virtio->kind->queue_count
               ? &virtio->queue[virtio->selected_queue]
               : NULL;
}

/* The same if its size and addresses may be set: only before it is ready. */
static struct virtio_queue *open_queue(struct virtio_mmio *virtio)
{
    struct virtio_queue *queue = selected_queue(virtio);

    return queue != NULL && !queue->is_ready ? queue : NULL;
}

static uint32_t read_magic(const struct virtio_mmio *virtio)
{
    (void)virtio;
    return MAGIC;
}

static uint32_t read_version(const struct virtio_mmio *virtio)
{
    (void)virtio;
    return VERSION;
}

static uint32_t read_device(const struct virtio_mmio *virtio)
{
    return virtio->kind->id;
}

static uint32_t read_vendor(const struct virtio_mmio *virtio)
{
    (void)virtio;
    return VENDOR;
}

static uint32_t read_device_features(const struct virtio_mmio *virtio)
{
    return word_of(virtio->features, virtio->device_features_word);
}

static void write_device_features_word(struct virtio_mmio *virtio, uint32_t value)
{
    virtio->device_features_word = value;
}

/* What was agreed stays so until a reset. */
static void write_driver_features(struct virtio_mmio *virtio, uint32_t value)
{
    if (has_status(virtio, VIRTIO_STATUS_FEATURES_OK)) {
        return;
    }
    switch (virtio->driver_features_word) {
    case 0: set_low(&virtio->driver_features, value); break;
    case 1: set_high(&virtio->driver_features, value); break;
    default: break;
    }
}

static void write_driver_features_word(struct virtio_mmio *virtio, uint32_t value)
{
    virtio->driver_features_word = value;
}

static void write_selected_queue(struct virtio_mmio *virtio, uint32_t value)
{
    virtio->selected_queue = value;
}

static uint32_t read_queue_most(const struct virtio_mmio *virtio)
{
    return virtio->selected_queue < virtio->kind->queue_count ? VIRTIO_QUEUE_MOST : 0;
}

static void write_queue_size(struct virtio_mmio *virtio, uint32_t value)
{
    struct virtio_queue *queue = open_queue(virtio);

    if (queue != NULL) {
        queue->size = value;
    }
}

static uint32_t read_queue_ready(const struct virtio_mmio *virtio)
{
    return virtio->selected_queue < virtio->kind->queue_count &&
           virtio->queue[virtio->selected_queue].is_ready;
}

static void stop_queue(struct virtio_mmio *virtio, struct virtio_queue *queue)
{
    queue->is_ready = false;
    virtio->kind->stopped(virtio, virtio->selected_queue);
}

static void write_queue_ready(struct virtio_mmio *virtio, uint32_t value)
{
    struct virtio_queue *queue = selected_queue(virtio);

    if (queue == NULL) {
        return;
    }
    if (value == 0) {
        stop_queue(virtio, queue);
    } else if (virtio_queue_start(queue, &virtio->memory) != VIRTIO_OK) {
        virtio_mmio_break(virtio);
    }
}

static void write_notify(struct virtio_mmio *virtio, uint32_t value)
{
    if (value < virtio->kind->queue_count && virtio->queue[value].is_ready &&
        virtio_mmio_is_running(virtio)) {
        virtio->kind->notified(virtio, value);
    }
}

static uint32_t read_interrupt(const struct virtio_mmio *virtio)
{
    return virtio->interrupt;
}

static void write_acknowledge(struct virtio_mmio *virtio, uint32_t value)
{
    virtio->interrupt &= ~value;
    drive_irq(virtio);
}

static uint32_t read_status(const struct virtio_mmio *virtio)
{
    return virtio->status;
}

/* The device speaks as the standard says only to a driver that knows VERSION_1. */
static bool are_features_accepted(const struct virtio_mmio *virtio)
{
    return (virtio->driver_features & ~virtio->features) == 0 &&
           virtio_mmio_has(virtio, VIRTIO_F_VERSION_1);
}

/* A driver sets bits and never clears one but by a reset. The device takes FEATURES_OK only if it
 * can live with them, DRIVER_OK only after that, and NEEDS_RESET from nobody. */
static void write_status(struct virtio_mmio *virtio, uint32_t value)
{
    if (value == 0) {
        reset(virtio);
        return;
    }
    virtio->status |=
        value & (VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FAILED);
    if ((value & VIRTIO_STATUS_FEATURES_OK) != 0 && are_features_accepted(virtio)) {
        virtio->status |= VIRTIO_STATUS_FEATURES_OK;
    }
    if ((value & VIRTIO_STATUS_DRIVER_OK) != 0 && has_status(virtio, VIRTIO_STATUS_FEATURES_OK)) {
        virtio->status |= VIRTIO_STATUS_DRIVER_OK;
    }
}

static void write_descriptors_low(struct virtio_mmio *virtio, uint32_t value)
{
    struct virtio_queue *queue = open_queue(virtio);

    if (queue != NULL) {
        set_low(&queue->descriptors_pa, value);
    }
}

static void write_descriptors_high(struct virtio_mmio *virtio, uint32_t value)
{
    struct virtio_queue *queue = open_queue(virtio);

    if (queue != NULL) {
        set_high(&queue->descriptors_pa, value);
    }
}

static void write_available_low(struct virtio_mmio *virtio, uint32_t value)
{
    struct virtio_queue *queue = open_queue(virtio);

    if (queue != NULL) {
        set_low(&queue->available_pa, value);
    }
}

static void write_available_high(struct virtio_mmio *virtio, uint32_t value)
{
    struct virtio_queue *queue = open_queue(virtio);

    if (queue != NULL) {
        set_high(&queue->available_pa, value);
    }
}

static void write_used_low(struct virtio_mmio *virtio, uint32_t value)
{
    struct virtio_queue *queue = open_queue(virtio);

    if (queue != NULL) {
        set_low(&queue->used_pa, value);
    }
}

static void write_used_high(struct virtio_mmio *virtio, uint32_t value)
{
    struct virtio_queue *queue = open_queue(virtio);

    if (queue != NULL) {
        set_high(&queue->used_pa, value);
    }
}

/* There is no shared memory, which all ones say; its four words follow each other. */
static uint32_t read_shared_memory(const struct virtio_mmio *virtio)
{
    (void)virtio;
    return UINT32_MAX;
}

static const struct virtio_register registers[] = {
    {0x000, read_magic, NULL},
    {0x004, read_version, NULL},
    {0x008, read_device, NULL},
    {0x00c, read_vendor, NULL},
    {0x010, read_device_features, NULL},
    {0x014, NULL, write_device_features_word},
    {0x020, NULL, write_driver_features},
    {0x024, NULL, write_driver_features_word},
    {0x030, NULL, write_selected_queue},
    {0x034, read_queue_most, NULL},
    {0x038, NULL, write_queue_size},
    {0x044, read_queue_ready, write_queue_ready},
    {0x050, NULL, write_notify},
    {0x060, read_interrupt, NULL},
    {0x064, NULL, write_acknowledge},
    {0x070, read_status, write_status},
    {0x080, NULL, write_descriptors_low},
    {0x084, NULL, write_descriptors_high},
    {0x090, NULL, write_available_low},
    {0x094, NULL, write_available_high},
    {0x0a0, NULL, write_used_low},
    {0x0a4, NULL, write_used_high},
    {0x0b0, read_shared_memory, NULL},
    {0x0b4, read_shared_memory, NULL},
    {0x0b8, read_shared_memory, NULL},
    {0x0bc, read_shared_memory, NULL},
};

static const struct virtio_register *find_register(uint64_t offset)
{
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        if (offset == registers[i].offset) {
            return &registers[i];
        }
    }
    return NULL;
}

/* Choice: registers take 4 bytes at a time, the configuration 1, 2 or 4, as drivers must access
 * them; all else is refused. */
static bool is_size_allowed(uint64_t offset, unsigned size)
{
    return size == REGISTER_SIZE || (offset >= CONFIG_BASE && size < REGISTER_SIZE);
}

/* Little-endian, as the configuration is kept. */
static uint64_t read_config(const struct virtio_mmio *virtio, uint64_t offset, unsigned size)
{
    uint64_t value = 0;

    if (offset < virtio->config_length && size <= virtio->config_length - offset) {
        memcpy(&value, virtio->config + offset, size);
    }
    return le64toh(value);
}

static bool mmio_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct virtio_mmio *virtio = (const struct virtio_mmio *)device;
    const struct virtio_register *found = find_register(offset);

    if (!is_size_allowed(offset, size)) {
        return false;
    }
    if (offset >= CONFIG_BASE) {
        *value = read_config(virtio, offset - CONFIG_BASE, size);
    } else {
        *value = found != NULL && found->read != NULL ? found->read(virtio) : 0;
    }
    return true;
}

/* Nothing in the configurations here can be written. */
static bool mmio_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    struct virtio_mmio *virtio = (struct virtio_mmio *)device;
    const struct virtio_register *found = find_register(offset);

    if (!is_size_allowed(offset, size)) {
        return false;
    }
    if (found != NULL && found->write != NULL) {
        found->write(virtio, (uint32_t)value);
    }
    return true;
}

static const struct device_ops mmio_ops = {
    .name = "virtio-mmio", .length = VIRTIO_MMIO_LENGTH, .read = mmio_read, .write = mmio_write};

static bool empty_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)device;
    if (!is_size_allowed(offset, size)) {
        return false;
    }
    switch (offset) {
    case 0x000: *value = MAGIC; break;
    case 0x004: *value = VERSION; break;
    default: *value = VIRTIO_ID_NONE; break;
    }
    return true;
}

static bool empty_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    (void)device;
    (void)value;
    return is_size_allowed(offset, size);
}

static const struct device_ops empty_ops = {.name = "virtio-mmio without a device",
                                            .length = VIRTIO_MMIO_LENGTH,
                                            .read = empty_read,
                                            .write = empty_write};

void virtio_mmio_init_empty(struct device *slot)
{
    *slot = (struct device){&empty_ops};
}

void virtio_mmio_init(struct virtio_mmio *virtio, const struct virtio_kind *kind,
                      const struct virtio_place *place, uint64_t features)
{
    assert(kind->queue_count <= VIRTIO_QUEUES_MOST);
    *virtio = (struct virtio_mmio){.device = {&mmio_ops},
                                   .kind = kind,
                                   .memory = place->memory,
                                   .irq = place->irq,
                                   .features = features | VIRTIO_F_VERSION_1};
}

bool virtio_mmio_is_running(const struct virtio_mmio *virtio)
{
    return has_status(virtio, VIRTIO_STATUS_DRIVER_OK) &&
           !has_status(virtio, VIRTIO_STATUS_NEEDS_RESET);
}

bool virtio_mmio_has(const struct virtio_mmio *virtio, uint64_t feature)
{
    return (virtio->driver_features & feature) != 0;
}

unsigned virtio_mmio_count(struct virtio_mmio *virtio, unsigned queue)
{
    unsigned count = 0;

    if (virtio_mmio_is_running(virtio) &&
        virtio_queue_count(&virtio->queue[queue], &count) != VIRTIO_OK) {
        virtio_mmio_break(virtio);
    }
    return count;
}

bool virtio_mmio_peek(struct virtio_mmio *virtio, unsigned queue, struct virtio_chain *chain)
{
    enum virtio_outcome outcome;

    if (!virtio_mmio_is_running(virtio)) {
        return false;
    }
    outcome = virtio_queue_peek(&virtio->queue[queue], &virtio->memory, chain);
    if (outcome == VIRTIO_BROKEN) {
        virtio_mmio_break(virtio);
    }
    return outcome == VIRTIO_OK;
}

void virtio_mmio_give_back(struct virtio_mmio *virtio, unsigned queue,
                           const struct virtio_chain *chain, uint32_t written)
{
    if (virtio_queue_give_back(&virtio->queue[queue], &virtio->memory, chain, written)) {
        raise(virtio, VIRTIO_INTERRUPT_USED);
    }
}

/* A driver that has said DRIVER_OK is told by an interrupt, too. */
void virtio_mmio_break(struct virtio_mmio *virtio)
{
    virtio->status |= VIRTIO_STATUS_NEEDS_RESET;
    if (has_status(virtio, VIRTIO_STATUS_DRIVER_OK)) {
        raise(virtio, VIRTIO_INTERRUPT_CONFIG);
    }
}
