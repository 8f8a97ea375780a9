/*
 * The disk as drivers of the field use it: what Linux 6.12 and U-Boot write to which register, in
 * which order, how they lay out a queue and its requests, and what they expect to find.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "devices/virtio_block.h"
#include "tests/support/virtio_driver.h"

#define RAM UINT64_C(0x80000000)

enum { RAM_LENGTH = 1 << 20, SECTORS = 1024, DISK_LENGTH = SECTORS * BLOCK_SECTOR };

/* One queue of Linux: descriptors, available ring, used ring on a page boundary of its own. */
enum { SIZE = 256, DESCRIPTORS = 0, AVAILABLE = SIZE * 16, USED = 8192 };

/* A header and a status for each first descriptor; then the data. */
enum { HEADERS = 0x4000, STATUSES = 0x6000, DATA = 0x10000 };

enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8 };

static uint8_t ram[RAM_LENGTH];
static uint8_t disk[DISK_LENGTH];
static bool irq;
static struct virtio_block block;

/* The driver's own: the descriptor that is free next, and what it has seen of both rings. */
static unsigned free_first;
static uint16_t offered;
static uint16_t seen;

static uint8_t *find_ram(void *ctx, uint64_t pa, uint64_t length)
{
    uint64_t offset = pa - RAM;

    (void)ctx;
    return offset <= RAM_LENGTH && length <= RAM_LENGTH - offset ? ram + offset : NULL;
}

static void wrote(void *ctx, uint64_t pa, uint64_t length)
{
    cr_assert(ne(ptr, find_ram(ctx, pa, length), NULL));
}

static void set_irq(void *ctx, bool level)
{
    (void)ctx;
    irq = level;
}

static bool read_disk(void *ctx, uint64_t offset, uint8_t *bytes, size_t length)
{
    (void)ctx;
    memcpy(bytes, disk + offset, length);
    return true;
}

static bool write_disk(void *ctx, uint64_t offset, const uint8_t *bytes, size_t length)
{
    (void)ctx;
    memcpy(disk + offset, bytes, length);
    return true;
}

static bool flush_disk(void *ctx)
{
    (void)ctx;
    return true;
}

static uint64_t no_ticks(void *ctx)
{
    (void)ctx;
    return 0;
}

static void on_rearmed(void *ctx)
{
    (void)ctx;
}

static void make(uint64_t capacity, bool is_read_only)
{
    const struct virtio_block_config config = {.backend = {.read = read_disk,
                                                           .write = write_disk,
                                                           .flush = flush_disk,
                                                           .capacity = capacity,
                                                           .is_read_only = is_read_only}};
    const struct virtio_block_host host = {.ticks = no_ticks, .rearmed = on_rearmed};
    const struct virtio_place place = {.memory = {.ram = find_ram, .wrote = wrote},
                                       .irq = {.set = set_irq}};

    for (unsigned i = 0; i < DISK_LENGTH; i++) {
        disk[i] = (uint8_t)(i * 5 + i / BLOCK_SECTOR);
    }
    memset(ram, 0, sizeof ram);
    irq = false;
    virtio_block_init(&block, &config, &host, &place);
}

static uint32_t get_sized(uint64_t offset, unsigned size)
{
    uint64_t value = UINT64_MAX;

    cr_assert(block.virtio.device.ops->read(&block.virtio.device, offset, size, &value));
    return (uint32_t)value;
}

static uint32_t get(uint64_t offset)
{
    return get_sized(offset, 4);
}

static void put(uint64_t offset, uint32_t value)
{
    cr_assert(block.virtio.device.ops->write(&block.virtio.device, offset, 4, value));
}

static void put_pair(uint64_t offset, uint64_t value)
{
    put(offset, (uint32_t)value);
    put(offset + 4, (uint32_t)(value >> 32));
}

/* Numbers in memory are little-endian, and so are the hosts of these tests. */
static void store(uint64_t offset, uint64_t value, unsigned size)
{
    memcpy(ram + offset, &value, size);
}

static uint32_t load(uint64_t offset, unsigned size)
{
    uint32_t value = 0;

    memcpy(&value, ram + offset, size);
    return value;
}

static void add_status(uint32_t bits)
{
    put(MMIO_STATUS, get(MMIO_STATUS) | bits);
}

/* The upper half first, as Linux reads and writes it. */
static uint64_t agree_on_features(uint64_t known)
{
    uint64_t features;

    put(MMIO_DEVICE_FEATURES_WORD, 1);
    features = (uint64_t)get(MMIO_DEVICE_FEATURES) << 32;
    put(MMIO_DEVICE_FEATURES_WORD, 0);
    features |= get(MMIO_DEVICE_FEATURES);
    features &= known;
    put(MMIO_DRIVER_FEATURES_WORD, 1);
    put(MMIO_DRIVER_FEATURES, (uint32_t)(features >> 32));
    put(MMIO_DRIVER_FEATURES_WORD, 0);
    put(MMIO_DRIVER_FEATURES, (uint32_t)features);
    add_status(VIRTIO_STATUS_FEATURES_OK);
    cr_assert(ne(u32, get(MMIO_STATUS) & VIRTIO_STATUS_FEATURES_OK, 0));
    return features;
}

static void set_up_queue(void)
{
    put(MMIO_QUEUE, 0);
    cr_assert(eq(u32, get(MMIO_QUEUE_READY), 0), "it is in use");
    cr_assert(ge(u32, get(MMIO_QUEUE_MOST), SIZE));
    memset(ram, 0, DATA);
    put(MMIO_QUEUE_SIZE, SIZE);
    put_pair(MMIO_DESCRIPTORS, RAM + DESCRIPTORS);
    put_pair(MMIO_AVAILABLE, RAM + AVAILABLE);
    put_pair(MMIO_USED, RAM + USED);
    put(MMIO_QUEUE_READY, 1);
    free_first = 0;
    offered = seen = 0;
}

/* All that Linux knows of what a disk can: RO, FLUSH, SIZE_MAX, SEG_MAX, GEOMETRY, BLK_SIZE,
 * TOPOLOGY, CONFIG_WCE, MQ, DISCARD, WRITE_ZEROES, SECURE_ERASE, ZONED; and of transports. */
#define LINUX_FEATURES UINT64_C(0x0000001530037e76)

static uint64_t probe(void)
{
    uint64_t features;

    cr_assert(eq(u32, get(MMIO_MAGIC), 0x74726976));
    cr_assert(eq(u32, get(MMIO_VERSION), 2));
    cr_assert(eq(u32, get(MMIO_DEVICE), 2));
    put(MMIO_STATUS, 0);
    cr_assert(eq(u32, get(MMIO_STATUS), 0), "Linux waits for that");
    add_status(VIRTIO_STATUS_ACKNOWLEDGE);
    add_status(VIRTIO_STATUS_DRIVER);
    features = agree_on_features(LINUX_FEATURES);
    set_up_queue();
    add_status(VIRTIO_STATUS_DRIVER_OK);
    return features;
}

/* 64 bits of the configuration: two words, as long as the generation stands still. */
static uint64_t read_capacity(void)
{
    uint32_t generation = get(MMIO_GENERATION);
    uint64_t capacity = get(MMIO_CONFIG) | (uint64_t)get(MMIO_CONFIG + 4) << 32;

    cr_assert(eq(u32, get(MMIO_GENERATION), generation));
    return capacity;
}

static unsigned describe(uint64_t offset, uint32_t length, unsigned flags)
{
    unsigned number = free_first++ % SIZE;
    uint64_t at = DESCRIPTORS + (uint64_t)number * 16;

    store(at, RAM + offset, 8);
    store(at + 8, length, 4);
    store(at + 12, flags, 2);
    store(at + 14, free_first % SIZE, 2);
    return number;
}

/* Where piece i of the data of a request lies: a page each, backwards, so that none are joined. */
static uint64_t piece_at(unsigned head, unsigned i)
{
    return DATA + (uint64_t)(head % 100 + 150 - i % 150) % 150 * 4096 + (head % 8) * 512;
}

/* Offers a request as virtio_blk lays it out, of so many pieces of one length. */
static unsigned submit(uint32_t type, uint64_t sector, unsigned pieces, uint32_t length)
{
    unsigned head = free_first % SIZE;
    uint64_t header = HEADERS + head * 16;

    store(header, type, 4);
    store(header + 4, 0, 4);
    store(header + 8, sector, 8);
    store(STATUSES + head, 0xff, 1);
    describe(header, 16, NEXT);
    for (unsigned i = 0; i < pieces; i++) {
        describe(piece_at(head, i), length, NEXT | (type == OUT ? 0 : WRITE));
    }
    describe(STATUSES + head, 1, WRITE);
    store(AVAILABLE + 4 + offered % SIZE * 2, head, 2);
    store(AVAILABLE + 2, ++offered, 2);
    return head;
}

static void kick(void)
{
    cr_assert(eq(u32, load(USED, 2) & 1, 0), "the device wants to be notified");
    put(MMIO_NOTIFY, 0);
}

/* The interrupt handler: acknowledges, then takes all that was given back. */
static unsigned handle_interrupt(void)
{
    uint32_t status = get(MMIO_INTERRUPT);
    unsigned count = 0;

    cr_assert(eq(u32, status, VIRTIO_INTERRUPT_USED));
    put(MMIO_ACKNOWLEDGE, status);
    cr_expect(not(irq));
    for (; seen != (uint16_t)load(USED + 2, 2); seen++) {
        uint32_t head = load(USED + 4 + seen % SIZE * 8, 4);

        cr_assert(lt(u32, head, SIZE));
        cr_assert(eq(u8, ram[STATUSES + head], 0), "request %u", head);
        count++;
    }
    return count;
}

static void expect_on_disk(unsigned head, uint64_t sector, unsigned pieces, uint32_t length)
{
    for (unsigned i = 0; i < pieces; i++) {
        cr_assert(eq(int,
                     memcmp(ram + piece_at(head, i),
                            disk + sector * BLOCK_SECTOR + (uint64_t)i * length, length),
                     0),
                  "piece %u of %u", i, pieces);
    }
}

static void set_up(void)
{
    make(DISK_LENGTH, false);
}

TestSuite(virtio_linux, .init = set_up);

Test(virtio_linux, a_probe_finds_a_disk_with_a_cache_and_many_segments)
{
    cr_expect(eq(u64, probe(), VIRTIO_F_VERSION_1 | VIRTIO_BLK_F_FLUSH | VIRTIO_BLK_F_SEG_MAX));
    cr_expect(eq(u64, read_capacity(), SECTORS));
    cr_expect(eq(u32, get(MMIO_CONFIG + 12), VIRTIO_BLOCK_SEGMENTS));
    make(DISK_LENGTH, true);
    cr_expect(eq(u64, probe() & VIRTIO_BLK_F_RO, VIRTIO_BLK_F_RO));
    make(UINT64_C(3) << 42, true);
    cr_expect(eq(u64, (probe(), read_capacity()), UINT64_C(3) << 33), "of more than 2^32 sectors");
}

Test(virtio_linux, the_configuration_can_be_read_in_pieces_of_any_length)
{
    for (unsigned size = 1; size <= 4; size *= 2) {
        for (uint64_t offset = 0; offset < 16; offset += size) {
            uint32_t want = 0;

            memcpy(&want, block.virtio.config + offset, size);
            cr_expect(eq(u32, get_sized(MMIO_CONFIG + offset, size), want), "%lu", offset);
        }
        for (uint64_t offset = 16; offset < 96; offset += size) {
            cr_expect(eq(u32, get_sized(MMIO_CONFIG + offset, size), 0), "what is not offered");
        }
    }
}

Test(virtio_linux, requests_have_up_to_as_many_segments_as_it_is_told)
{
    probe();
    for (unsigned pieces = 1; pieces <= VIRTIO_BLOCK_SEGMENTS; pieces++) {
        unsigned head = submit(IN, pieces, pieces, 4096 / 8);

        kick();
        cr_assert(eq(u32, handle_interrupt(), 1), "%u", pieces);
        expect_on_disk(head, pieces, pieces, 512);
        for (unsigned i = 0; i < pieces; i++) {
            memset(ram + piece_at(free_first % SIZE, i), (int)(pieces + i), 512);
        }
        head = submit(OUT, pieces + 300, pieces, 512);
        kick();
        cr_assert(eq(u32, handle_interrupt(), 1), "%u", pieces);
        expect_on_disk(head, pieces + 300, pieces, 512);
    }
}

Test(virtio_linux, two_of_the_largest_fill_the_queue)
{
    unsigned first;
    unsigned second;

    probe();
    first = submit(IN, 0, VIRTIO_BLOCK_SEGMENTS, 512);
    second = submit(IN, 200, VIRTIO_BLOCK_SEGMENTS, 512);
    cr_assert(le(u32, free_first, SIZE));
    kick();
    cr_expect(eq(u32, handle_interrupt(), 2));
    expect_on_disk(second, 200, VIRTIO_BLOCK_SEGMENTS, 512);
    cr_expect(ne(u32, first, second));
}

Test(virtio_linux, many_requests_are_under_one_notification_and_one_interrupt)
{
    probe();
    for (unsigned i = 0; i < SIZE / 3; i++) {
        submit(IN, i, 1, 4096);
    }
    kick();
    cr_expect(eq(u32, handle_interrupt(), SIZE / 3));
    cr_expect(eq(u64, block.counts.bytes_read, SIZE / 3 * 4096));
}

Test(virtio_linux, it_goes_on_when_the_indices_wrap)
{
    probe();
    for (unsigned i = 0; i < 70000; i++) {
        unsigned head = submit(i % 3 == 0 ? OUT : IN, i % SECTORS, 1, 512);

        kick();
        cr_assert(eq(u32, handle_interrupt(), 1), "%u", i);
        cr_assert(eq(u32, load(USED + 4 + (seen - 1U) % SIZE * 8, 4), head));
    }
    cr_expect(eq(u64, block.counts.requests, 70000));
}

Test(virtio_linux, a_flush_has_no_data_and_a_name_twenty_bytes)
{
    unsigned head;

    probe();
    submit(FLUSH, 0, 0, 0);
    head = submit(GET_ID, 0, 1, 20);
    kick();
    cr_expect(eq(u32, handle_interrupt(), 2));
    cr_expect(eq(str, (char *)ram + piece_at(head, 0), "pagewalk"));
    cr_expect(eq(u64, block.counts.flushes, 1));
}

Test(virtio_linux, a_driver_leaves_and_another_comes)
{
    for (unsigned i = 0; i < 3; i++) {
        unsigned head;

        probe();
        head = submit(IN, i, 2, 1024);
        kick();
        cr_expect(eq(u32, handle_interrupt(), 1));
        expect_on_disk(head, i, 2, 1024);
        put(MMIO_STATUS, 0);
        put(MMIO_QUEUE, 0);
        put(MMIO_QUEUE_READY, 0);
        cr_expect(eq(u32, get(MMIO_QUEUE_READY), 0));
    }
}

Test(virtio_linux, u_boot_polls_one_request_at_a_time_and_wants_no_interrupt)
{
    probe();
    store(AVAILABLE, 1, 2);
    for (unsigned i = 0; i < 10; i++) {
        unsigned head = submit(IN, i * 8, 1, 8 * 512);

        kick();
        cr_expect(not(irq));
        cr_expect(eq(u32, get(MMIO_INTERRUPT), 0));
        cr_assert(eq(u32, load(USED + 2, 2), i + 1));
        cr_expect(eq(u32, load(USED + 4 + i * 8 + 4, 4), 8 * 512 + 1));
        expect_on_disk(head, i * 8, 1, 8 * 512);
    }
}
