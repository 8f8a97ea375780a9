/*
 * fuzz_virtio_block.c - libFuzzer target: a driver that does anything with a disk and its memory.
 *
 * The bytes are what the driver does, one operation after the other, with operands that lie near
 * what makes sense: registers are accessed, memory is written, time passes, whole queues and
 * requests are made, so that short inputs get far. Queues lie anywhere, over each other, over the
 * data of requests and at the end of memory.
 *
 * The same is done to a model of the disk, and after each operation both must hold the same bytes
 * in memory and on the disk, have the same status, interrupts and counts, and complete their next
 * request at the same time; in the end all registers must read the same. Beyond that, all that the
 * device writes it must tell.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio_block.h"
#include "tests/support/virtio_disk_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM UINT64_C(0x80000000)

enum { RAM_LENGTH = 8192, DISK_LENGTH = 16 * BLOCK_SECTOR };

/* Where the parts of a queue are put, and what the driver takes them for. */
struct layout {
    uint32_t size;
    uint32_t part[3]; /* offsets in RAM of descriptors, available and used ring */
};

enum { HEADERS = RAM_LENGTH - 512 }; /* of requests, each with its status behind it */

static uint8_t ram[RAM_LENGTH];
static uint8_t told[RAM_LENGTH]; /* as far as it is known who wrote what */
static uint8_t model_ram[RAM_LENGTH];
static uint8_t disk[DISK_LENGTH];
static uint8_t model_disk[DISK_LENGTH];
static uint64_t now;
static bool irq;
static struct virtio_block block;
static struct disk_model model;
static struct layout layout;

/* The input: what is left of it. */
struct bytes {
    const uint8_t *next;
    size_t left;
};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static uint8_t *find_ram(void *ctx, uint64_t pa, uint64_t length)
{
    uint64_t offset = pa - RAM;

    (void)ctx;
    return offset <= RAM_LENGTH && length <= RAM_LENGTH - offset ? ram + offset : NULL;
}

static void wrote(void *ctx, uint64_t pa, uint64_t length)
{
    const uint8_t *bytes = find_ram(ctx, pa, length);

    require(bytes != NULL);
    memcpy(told + (pa - RAM), bytes, length);
}

static void set_irq(void *ctx, bool level)
{
    (void)ctx;
    irq = level;
}

/* True if the backend can do it. */
static bool is_good(uint64_t offset, size_t length)
{
    require(offset <= DISK_LENGTH && length <= DISK_LENGTH - offset);
    return model.bad_byte < offset || model.bad_byte - offset >= length;
}

static bool read_disk(void *ctx, uint64_t offset, uint8_t *bytes, size_t length)
{
    (void)ctx;
    if (!is_good(offset, length)) {
        return false;
    }
    memcpy(bytes, disk + offset, length);
    return true;
}

static bool write_disk(void *ctx, uint64_t offset, const uint8_t *bytes, size_t length)
{
    (void)ctx;
    require(!block.config.backend.is_read_only);
    if (!is_good(offset, length)) {
        return false;
    }
    memcpy(disk + offset, bytes, length);
    return true;
}

static bool flush_disk(void *ctx)
{
    (void)ctx;
    return !model.does_flush_fail;
}

static uint64_t ticks(void *ctx)
{
    (void)ctx;
    return now;
}

static void rearmed(void *ctx)
{
    (void)ctx;
}

static uint32_t take(struct bytes *bytes, unsigned count)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < count && bytes->left > 0; i++) {
        value |= (uint32_t)*bytes->next++ << (8 * i);
        bytes->left--;
    }
    return value;
}

/* Writes a register of both. */
static void put(uint64_t offset, unsigned size, uint64_t value)
{
    bool is_taken = block.virtio.device.ops->write(&block.virtio.device, offset, size, value);

    require(is_taken == disk_model_write(&model, offset, size, value, now));
}

/* Reads a register of both, which must be the same. */
static uint64_t get(uint64_t offset, unsigned size)
{
    uint64_t value = 0;
    uint64_t want = 0;
    bool is_taken = block.virtio.device.ops->read(&block.virtio.device, offset, size, &value);

    require(is_taken == disk_model_read(&model, offset, size, &want));
    require(value == want);
    return value;
}

static void store(uint32_t offset, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        uint32_t at = (offset + i) % RAM_LENGTH;

        ram[at] = told[at] = model_ram[at] = (uint8_t)(value >> (8 * i));
    }
}

/* Aligned, as the bus sees to it; a register far more often than the space behind. */
static uint64_t take_register(struct bytes *bytes, unsigned size)
{
    uint64_t offset = take(bytes, 1) * UINT64_C(4);

    return (offset < 0x140 ? offset : offset * 4 % VIRTIO_MMIO_LENGTH) & ~(uint64_t)(size - 1);
}

static void write_register(struct bytes *bytes)
{
    static const uint32_t bases[] = {0, (uint32_t)RAM, (uint32_t)RAM + RAM_LENGTH - 16, UINT32_MAX};
    uint64_t offset = take_register(bytes, 4);
    uint32_t base = bases[take(bytes, 1) % 4];

    put(offset, 4, base + take(bytes, 2));
}

static void access_register(struct bytes *bytes)
{
    unsigned size = 1U << take(bytes, 1) % 4;
    uint64_t offset = take_register(bytes, size) | (take(bytes, 1) % 4 & -size & 3);

    put(offset & ~(uint64_t)(size - 1), size, get(offset & ~(uint64_t)(size - 1), size));
}

static void write_memory(struct bytes *bytes)
{
    uint32_t offset = take(bytes, 2);
    uint32_t length = take(bytes, 1) % 32;

    for (uint32_t i = 0; i < length; i++) {
        store(offset + i, take(bytes, 1), 1);
    }
}

/* Where a queue has its parts: apart, over each other, over the requests, at the end. */
static void choose_layout(struct bytes *bytes)
{
    static const uint32_t places[] = {
        0, 0x10, 0x100, 0x200, 0x800, 0x1000, 0x1400, HEADERS, RAM_LENGTH - 256, RAM_LENGTH - 64};
    uint32_t kind = take(bytes, 1);

    layout = (struct layout){.size = 1U << kind % 9, .part = {0, 0x1000, 0x1400}};
    for (unsigned i = 0; i < 3 && kind >= 128; i++) {
        uint32_t place = take(bytes, 1);

        layout.part[i] = places[place % 10] + place / 10 % 4 * 4;
    }
}

static void put_queue(void)
{
    put(0x030, 4, 0);
    put(0x038, 4, layout.size);
    for (unsigned i = 0; i < 3; i++) {
        put(0x080 + i * 16, 4, RAM + layout.part[i]);
        put(0x084 + i * 16, 4, 0);
    }
    put(0x044, 4, 1);
}

/* A reset, and all that comes before a request, mostly with features that can be agreed on. */
static void start(struct bytes *bytes)
{
    static const uint64_t features[] = {0x100000000, 0x100000204, 0x100000000, 0x100000220,
                                        0x100000000, 0x100000001, 0x300000000, 0x000000204};
    uint64_t wanted = features[take(bytes, 1) % 8];

    put(0x070, 4, 0);
    put(0x070, 4, 3);
    for (uint32_t word = 2; word-- > 0;) {
        put(0x024, 4, word);
        put(0x020, 4, (uint32_t)(wanted >> (32 * word)));
    }
    put(0x070, 4, 11);
    choose_layout(bytes);
    put_queue();
    put(0x070, 4, 15);
    store(layout.part[1], 0, 4);
}

/* A queue that is taken back while it is used, and perhaps made anew elsewhere. */
static void restart(struct bytes *bytes)
{
    uint32_t kind = take(bytes, 1);

    put(0x030, 4, 0);
    put(0x044, 4, 0);
    if (kind % 2 == 0) {
        choose_layout(bytes);
    }
    if (kind % 4 != 3) {
        put_queue();
    }
}

static void put_descriptor(uint32_t number, uint64_t pa, uint32_t length, uint32_t flags,
                           uint32_t next)
{
    uint32_t at = layout.part[0] + number * 16;

    store(at, pa, 8);
    store(at + 8, length, 4);
    store(at + 12, flags, 2);
    store(at + 14, next, 2);
}

/* A descriptor, mostly of RAM and of a length that may be whole sectors. */
static void describe(struct bytes *bytes)
{
    uint32_t number = take(bytes, 1) % layout.size;
    uint32_t kind = take(bytes, 1);
    uint64_t pa = kind % 16 == 15 ? take(bytes, 4) : RAM + take(bytes, 2) % RAM_LENGTH;
    uint32_t length = kind % 4 == 0 ? take(bytes, 4) : take(bytes, 1) % 8 * 256 + kind / 16;
    uint32_t flags = take(bytes, 1) % 8;

    put_descriptor(number, pa, length, flags, number + 1 + take(bytes, 1) % 16);
}

static void offer(uint32_t head, uint32_t more)
{
    uint32_t at = layout.part[1] % RAM_LENGTH;
    uint16_t index = (uint16_t)(ram[(at + 2) % RAM_LENGTH] | ram[(at + 3) % RAM_LENGTH] << 8);

    store(at + 4 + index % layout.size * 2, head, 2);
    store(at + 2, index + more, 2);
}

/* A head in the ring, and an index that goes on, stands still, goes back or far ahead. */
static void offer_any(struct bytes *bytes)
{
    static const uint32_t steps[] = {1, 1, 1, 2, 0, UINT32_MAX, 16, 0x8000};

    offer(take(bytes, 1), steps[take(bytes, 1) % 8]);
}

/* A whole request: header, pieces of data, status; and its place in the ring. */
static void request(struct bytes *bytes)
{
    static const uint32_t types[] = {0, 1, 4, 8, 11, 0, 1, 1};
    uint32_t kind = take(bytes, 1);
    uint32_t type = types[kind % 8];
    uint32_t pieces = type == 4 ? 0 : kind / 8 % 4;
    uint32_t header = HEADERS + kind / 32 * 32;
    uint32_t number = take(bytes, 1) % layout.size;
    uint32_t head = number;

    store(header, type, 4);
    store(header + 8, take(bytes, 1) % 20, 8);
    put_descriptor(number, RAM + header, 16, 1, number + 1);
    for (uint32_t i = 0; i < pieces; i++) {
        uint32_t length = take(bytes, 1) % 9 * 128;

        number = (number + 1) % layout.size;
        put_descriptor(number, RAM + take(bytes, 2) % RAM_LENGTH, length, type == 1 ? 1 : 3,
                       (number + 1) % layout.size);
    }
    number = (number + 1) % layout.size;
    put_descriptor(number, RAM + header + 16, 1, 2, 0);
    offer(head, 1);
}

static void notify(struct bytes *bytes)
{
    put(0x050, 4, take(bytes, 1) % 16 == 15);
}

/* The same request again and again, round the ring. */
static void repeat(struct bytes *bytes)
{
    uint32_t head = take(bytes, 1) % layout.size;
    uint32_t count = take(bytes, 1) % 64;

    for (uint32_t i = 0; i < count; i++) {
        offer(head, 1);
        if (i % 4 == 3) {
            put(0x050, 4, 0);
        }
    }
}

static void pass_time(struct bytes *bytes)
{
    now += take(bytes, 1) % 16;
    virtio_block_update(&block);
    disk_model_update(&model, now);
    require(virtio_block_next_event(&block) > now);
}

static void check(void)
{
    (void)get(0x044, 4);
    (void)get(0x070, 4);
    require(irq == (get(0x060, 4) != 0));
    require(virtio_block_next_event(&block) == disk_model_next_event(&model));
    require(memcmp(ram, model_ram, RAM_LENGTH) == 0);
    require(memcmp(ram, told, RAM_LENGTH) == 0);
    require(memcmp(disk, model_disk, DISK_LENGTH) == 0);
    require(memcmp(&block.counts, &model.counts, sizeof model.counts) == 0);
}

static void start_world(struct bytes *bytes)
{
    uint32_t choice = take(bytes, 2);
    bool is_read_only = choice % 8 == 7;
    uint64_t latency = choice / 8 % 8;
    uint64_t fail_request = choice / 64 % 8;
    uint32_t bad = choice / 512;
    const struct virtio_block_config config = {
        .backend = {.read = read_disk,
                    .write = write_disk,
                    .flush = flush_disk,
                    .capacity = DISK_LENGTH,
                    .is_read_only = is_read_only},
        .latency = latency,
        .fail_request = fail_request,
    };
    const struct virtio_block_host host = {.ticks = ticks, .rearmed = rearmed};
    const struct virtio_place place = {.memory = {.ram = find_ram, .wrote = wrote},
                                       .irq = {.set = set_irq}};

    memset(ram, 0, sizeof ram);
    memset(told, 0, sizeof told);
    memset(model_ram, 0, sizeof model_ram);
    for (unsigned i = 0; i < DISK_LENGTH; i++) {
        disk[i] = model_disk[i] = (uint8_t)(i * 5 + i / BLOCK_SECTOR);
    }
    now = 0;
    irq = false;
    layout = (struct layout){.size = 1};
    model = (struct disk_model){.ram = model_ram,
                                .ram_base = RAM,
                                .ram_length = RAM_LENGTH,
                                .sectors = model_disk,
                                .capacity = DISK_LENGTH,
                                .is_read_only = is_read_only,
                                .does_flush_fail = bad % 4 == 3,
                                .bad_byte = bad % 2 == 0 ? UINT64_MAX : bad * 64,
                                .latency = latency,
                                .fail_request = fail_request};
    virtio_block_init(&block, &config, &host, &place);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const operations[16])(struct bytes * bytes) = {
        write_register, access_register, write_memory, start,   describe, request, request,  notify,
        notify,         pass_time,       offer_any,    restart, repeat,   request, describe, notify,
    };
    struct bytes bytes = {.next = data, .left = size};

    start_world(&bytes);
    while (bytes.left > 0) {
        operations[take(&bytes, 1) % 16](&bytes);
        check();
    }
    for (uint64_t offset = 0; offset < 0x120; offset += 4) {
        (void)get(offset, 4);
    }
    return 0;
}
