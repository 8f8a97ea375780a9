/*
 * fuzz_virtio_block.c - libFuzzer target: a driver that does anything with a disk and its memory.
 *
 * The bytes are what the driver does, one operation after the other, with operands that lie near
 * what makes sense: registers are written and read, memory is written, time passes, and a whole
 * queue is made ready, so that short inputs reach requests. Nothing may crash, hang, write what it
 * does not tell, or reach beyond memory and disk.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio_block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM UINT64_C(0x80000000)

enum { RAM_LENGTH = 8192, DISK_LENGTH = 16 * BLOCK_SECTOR, QUEUE_SIZE = 8 };

/* Where a queue that is made ready has its parts. */
enum { DESCRIPTORS = 0, AVAILABLE = 0x100, USED = 0x200, HEADERS = 0x300 };

static uint8_t ram[RAM_LENGTH];
static uint8_t told[RAM_LENGTH]; /* as far as it is known who wrote what */
static uint8_t disk[DISK_LENGTH];
static uint64_t now;
static struct virtio_block block;

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
    require(level == (block.virtio.interrupt != 0));
}

static bool is_on_disk(uint64_t offset, size_t length)
{
    return offset <= DISK_LENGTH && length <= DISK_LENGTH - offset;
}

static bool read_disk(void *ctx, uint64_t offset, uint8_t *bytes, size_t length)
{
    (void)ctx;
    require(is_on_disk(offset, length));
    memcpy(bytes, disk + offset, length);
    return true;
}

static bool write_disk(void *ctx, uint64_t offset, const uint8_t *bytes, size_t length)
{
    (void)ctx;
    require(is_on_disk(offset, length) && !block.config.backend.is_read_only);
    memmove(disk + offset, bytes, length);
    return true;
}

static bool flush_disk(void *ctx)
{
    (void)ctx;
    return true;
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

static void put(uint64_t offset, unsigned size, uint32_t value)
{
    (void)block.virtio.device.ops->write(&block.virtio.device, offset, size, value);
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
    uint64_t offset = take_register(bytes, size);
    uint64_t value = 0;

    (void)block.virtio.device.ops->read(&block.virtio.device, offset, size, &value);
    put(offset, size, (uint32_t)value);
}

static void write_memory(struct bytes *bytes)
{
    uint32_t offset = take(bytes, 2) % RAM_LENGTH;
    uint32_t length = take(bytes, 1) % 32;

    for (uint32_t i = 0; i < length && offset + i < RAM_LENGTH; i++) {
        ram[offset + i] = told[offset + i] = (uint8_t)take(bytes, 1);
    }
}

static void store(uint32_t offset, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        ram[offset + i] = told[offset + i] = (uint8_t)(value >> (8 * i));
    }
}

/* A reset, and all that comes before a request. */
static void start(struct bytes *bytes)
{
    static const uint32_t writes[][2] = {
        {0x070, 0},  {0x070, 3},
        {0x024, 1},  {0x020, 1},
        {0x070, 11}, {0x030, 0},
        {0x038, 8},  {0x080, (uint32_t)RAM + DESCRIPTORS},
        {0x084, 0},  {0x090, (uint32_t)RAM + AVAILABLE},
        {0x094, 0},  {0x0a0, (uint32_t)RAM + USED},
        {0x0a4, 0},  {0x044, 1},
        {0x070, 15},
    };

    (void)bytes;
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        put(writes[i][0], 4, writes[i][1]);
    }
    store(AVAILABLE, 0, 4);
}

/* A descriptor, mostly of RAM and of a length that may be whole sectors. */
static void describe(struct bytes *bytes)
{
    uint32_t number = take(bytes, 1) % QUEUE_SIZE;
    uint32_t kind = take(bytes, 1);
    uint64_t pa = kind % 16 == 15 ? take(bytes, 4) : RAM + take(bytes, 2) % RAM_LENGTH;
    uint32_t length = kind % 4 == 0 ? take(bytes, 4) : take(bytes, 1) % 8 * 256 + kind / 16;

    store(DESCRIPTORS + number * 16, pa, 8);
    store(DESCRIPTORS + number * 16 + 8, length, 4);
    store(DESCRIPTORS + number * 16 + 12, take(bytes, 1) % 8, 2);
    store(DESCRIPTORS + number * 16 + 14, (number + 1 + take(bytes, 1) % 16) % 16, 2);
}

/* A whole request: header, data, status; and its place in the ring. */
static void request(struct bytes *bytes)
{
    static const uint32_t types[] = {0, 1, 4, 8, 11, 0, 1, 1};
    uint32_t type = types[take(bytes, 1) % 8];
    uint32_t length = take(bytes, 1) % 9 * 128;
    uint16_t index = (uint16_t)(ram[AVAILABLE + 2] | ram[AVAILABLE + 3] << 8);
    const struct {
        uint64_t pa;
        uint32_t length;
        uint16_t flags;
    } parts[3] = {{RAM + HEADERS, 16, 1},
                  {RAM + take(bytes, 2) % RAM_LENGTH, length, type == 1 ? 1 : 3},
                  {RAM + HEADERS + 16, 1, 2}};

    store(HEADERS, type, 4);
    store(HEADERS + 8, take(bytes, 1) % 20, 8);
    for (uint32_t i = 0; i < 3; i++) {
        store(DESCRIPTORS + i * 16, parts[i].pa, 8);
        store(DESCRIPTORS + i * 16 + 8, parts[i].length, 4);
        store(DESCRIPTORS + i * 16 + 12, parts[i].flags, 2);
        store(DESCRIPTORS + i * 16 + 14, i + 1, 2);
    }
    store(AVAILABLE + 4 + (uint32_t)(index % QUEUE_SIZE) * 2, 0, 2);
    store(AVAILABLE + 2, index + 1U, 2);
}

static void notify(struct bytes *bytes)
{
    put(0x050, 4, take(bytes, 1) % 2);
}

static void pass_time(struct bytes *bytes)
{
    now += take(bytes, 1) % 16;
    virtio_block_update(&block);
    require(virtio_block_next_event(&block) > now);
}

static void check(void)
{
    const struct virtio_block_counts *counts = &block.counts;

    require(memcmp(ram, told, RAM_LENGTH) == 0);
    require(counts->reads + counts->writes + counts->flushes <= counts->requests);
    require(counts->failed <= counts->requests);
    require(block.due_count <= VIRTIO_QUEUE_MOST);
}

static void start_world(uint8_t choice)
{
    const struct virtio_block_config config = {
        .backend = {.read = read_disk,
                    .write = write_disk,
                    .flush = flush_disk,
                    .capacity = DISK_LENGTH,
                    .is_read_only = (choice & 1) != 0},
        .latency = choice >> 1 & 7,
        .fail_request = choice >> 4,
    };
    const struct virtio_block_host host = {.ticks = ticks, .rearmed = rearmed};
    const struct virtio_place place = {.memory = {.ram = find_ram, .wrote = wrote},
                                       .irq = {.set = set_irq}};

    memset(ram, 0, sizeof ram);
    memset(told, 0, sizeof told);
    memset(disk, choice, sizeof disk);
    now = 0;
    virtio_block_init(&block, &config, &host, &place);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const operations[])(struct bytes * bytes) = {
        write_register, access_register, write_memory, start, describe, request, notify, pass_time,
    };
    struct bytes bytes = {.next = data, .left = size};

    start_world((uint8_t)take(&bytes, 1));
    while (bytes.left > 0) {
        operations[take(&bytes, 1) % (sizeof operations / sizeof *operations)](&bytes);
        check();
    }
    return 0;
}
