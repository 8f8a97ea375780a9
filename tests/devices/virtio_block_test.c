#include "devices/virtio_block.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/virtio_driver.h"

enum { SECTORS = 8, DISK_LENGTH = SECTORS * BLOCK_SECTOR };
enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8, DISCARD = 11 };
enum { OK = 0, IOERR = 1, UNSUPP = 2, NONE = 0xee };

/* Where a request of the test lies. */
#define HEADER DRIVER_DATA
#define STATUS (DRIVER_DATA + 0x100)
#define DATA (DRIVER_DATA + 0x1000)

static struct virtio_driver driver;
static struct virtio_block block;
static uint8_t disk[DISK_LENGTH];
static unsigned calls; /* of the backend */
static unsigned flushes;
static bool backend_fails;
static uint64_t now;
static unsigned rearmed;

static bool backend_read(void *ctx, uint64_t offset, uint8_t *bytes, size_t length)
{
    (void)ctx;
    calls++;
    cr_assert(offset <= DISK_LENGTH && length <= DISK_LENGTH - offset);
    if (!backend_fails) {
        memcpy(bytes, disk + offset, length);
    }
    return !backend_fails;
}

static bool backend_write(void *ctx, uint64_t offset, const uint8_t *bytes, size_t length)
{
    (void)ctx;
    calls++;
    cr_assert(offset <= DISK_LENGTH && length <= DISK_LENGTH - offset);
    if (!backend_fails) {
        memcpy(disk + offset, bytes, length);
    }
    return !backend_fails;
}

static bool backend_flush(void *ctx)
{
    (void)ctx;
    calls++;
    flushes++;
    return !backend_fails;
}

static uint64_t ticks(void *ctx)
{
    (void)ctx;
    return now;
}

static void on_rearmed(void *ctx)
{
    (void)ctx;
    rearmed++;
}

static void make(uint64_t latency, uint64_t fail_request, bool is_read_only)
{
    const struct virtio_block_config config = {
        .backend = {.read = backend_read,
                    .write = backend_write,
                    .flush = backend_flush,
                    .capacity = DISK_LENGTH,
                    .is_read_only = is_read_only},
        .latency = latency,
        .fail_request = fail_request,
    };
    const struct virtio_block_host host = {.ticks = ticks, .rearmed = on_rearmed};

    driver_init(&driver);
    const struct virtio_place place = driver_place(&driver);

    for (unsigned i = 0; i < DISK_LENGTH; i++) {
        disk[i] = (uint8_t)(i * 7 + i / BLOCK_SECTOR);
    }
    calls = flushes = rearmed = 0;
    backend_fails = false;
    now = 1000;
    virtio_block_init(&block, &config, &host, &place);
    driver.device = &block.virtio.device;
    driver_start(&driver, 0, 1);
}

static void set_up(void)
{
    make(0, 0, false);
}

TestSuite(virtio_block, .init = set_up);

static void put_header_at(uint64_t pa, uint32_t type, uint64_t sector)
{
    const uint32_t words[4] = {type, 0, (uint32_t)sector, (uint32_t)(sector >> 32)};

    driver_store(&driver, pa, words, sizeof words); /* hosts of tests are little-endian */
}

static void describe(unsigned number, uint64_t pa, uint32_t length, unsigned flags)
{
    const struct driver_descriptor descriptor = {pa, length, (uint16_t)flags,
                                                 (uint16_t)(number + 1)};

    driver_describe(&driver, 0, number, &descriptor);
}

/* A request in descriptors first, first + 1, ...: header, data if there is any, status. Each has a
 * header, data and a status of its own. */
static void request_at(unsigned first, uint32_t type, uint64_t sector, uint32_t length)
{
    static const uint8_t none[] = {NONE};
    unsigned number = first;

    put_header_at(HEADER + first * 16, type, sector);
    driver_store(&driver, STATUS + first, none, 1);
    describe(number++, HEADER + first * 16, 16, NEXT);
    if (length != 0) {
        describe(number++, DATA + first * 0x400, length, NEXT | (type == OUT ? 0 : WRITE));
    }
    describe(number, STATUS + first, 1, WRITE);
    driver_offer(&driver, 0, (uint16_t)first);
}

static unsigned status_at(unsigned first)
{
    return *driver_bytes(&driver, STATUS + first);
}

/* The same as one request that is notified at once: its status. */
static unsigned request(uint32_t type, uint64_t sector, uint32_t length)
{
    request_at(0, type, sector, length);
    driver_notify(&driver, 0);
    return status_at(0);
}

static bool needs_reset(void)
{
    return (driver_get(&driver, MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET) != 0;
}

Test(virtio_block, it_tells_its_capacity_and_features)
{
    cr_expect(eq(u32, driver_get(&driver, MMIO_DEVICE), 2));
    cr_expect(eq(u32, driver_get(&driver, MMIO_CONFIG), SECTORS));
    cr_expect(eq(u32, driver_get(&driver, MMIO_CONFIG + 4), 0));
    cr_expect(eq(u32, driver_get(&driver, MMIO_CONFIG + 12), 126));
    cr_expect(eq(u64, block.virtio.features,
                 VIRTIO_F_VERSION_1 | VIRTIO_BLK_F_FLUSH | VIRTIO_BLK_F_SEG_MAX));
    make(0, 0, true);
    cr_expect(eq(u64, block.virtio.features,
                 VIRTIO_F_VERSION_1 | VIRTIO_BLK_F_FLUSH | VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_RO));
}

Test(virtio_block, sectors_are_read)
{
    cr_expect(eq(u32, request(IN, 3, 1024), OK));
    cr_expect(eq(int, memcmp(driver_bytes(&driver, DATA), disk + 3 * 512, 1024), 0));
    cr_expect(eq(u8, *driver_bytes(&driver, DATA + 1024), 0), "and no more");
    cr_expect(eq(u16, driver_used(&driver, 0), 1));
    cr_expect(eq(u32, driver_used_length(&driver, 0, 0), 1025));
    cr_expect(driver.irq);
    cr_expect(driver_was_told(&driver));
    cr_expect(eq(u64, block.counts.reads, 1));
    cr_expect(eq(u64, block.counts.bytes_read, 1024));
}

Test(virtio_block, sectors_are_written)
{
    uint8_t want[DISK_LENGTH];
    uint8_t bytes[512];

    memset(bytes, 0x5a, sizeof bytes);
    memcpy(want, disk, sizeof want);
    memcpy(want + 7 * 512, bytes, sizeof bytes);
    driver_store(&driver, DATA, bytes, sizeof bytes);
    cr_expect(eq(u32, request(OUT, 7, 512), OK));
    cr_expect(eq(int, memcmp(disk, want, sizeof want), 0));
    cr_expect(eq(u32, driver_used_length(&driver, 0, 0), 1));
    cr_expect(driver_was_told(&driver));
    cr_expect(eq(u64, block.counts.writes, 1));
    cr_expect(eq(u64, block.counts.bytes_written, 512));
}

Test(virtio_block, a_flush_reaches_the_backend)
{
    cr_expect(eq(u32, request(FLUSH, 0, 0), OK));
    cr_expect(eq(u32, flushes, 1));
    cr_expect(eq(u64, block.counts.flushes, 1));
    backend_fails = true;
    cr_expect(eq(u32, request(FLUSH, 0, 0), IOERR));
    make(0, 0, true);
    cr_expect(eq(u32, request(FLUSH, 0, 0), OK), "nothing to be kept");
    cr_expect(eq(u32, flushes, 0));
}

Test(virtio_block, it_has_a_name)
{
    static const struct {
        uint32_t length;
        uint32_t used;
    } rows[] = {{20, 21}, {4, 5}, {32, 20}};
    static const char name[20] = "pagewalk";

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t told = rows[i].length < 20 ? rows[i].length : 20;

        set_up();
        cr_expect(eq(u32, request(GET_ID, 0, rows[i].length), OK));
        cr_expect(eq(int, memcmp(driver_bytes(&driver, DATA), name, told), 0));
        cr_expect(eq(u8, *driver_bytes(&driver, DATA + told), 0));
        cr_expect(eq(u32, driver_used_length(&driver, 0, 0), rows[i].used));
    }
    cr_expect(eq(u32, calls, 0));
}

Test(virtio_block, bad_requests_get_an_error_and_leave_the_disk_alone)
{
    static const struct {
        uint32_t type;
        uint64_t sector;
        uint32_t length;
        bool is_read_only;
        unsigned want;
        const char *why;
    } rows[] = {
        {IN, 0, DISK_LENGTH, false, OK, "all of the disk"},
        {OUT, 0, DISK_LENGTH, false, OK, "all of it"},
        {IN, 7, 512, false, OK, "the last sector"},
        {IN, 8, 512, false, IOERR, "behind the end"},
        {OUT, 8, 512, false, IOERR, "behind the end"},
        {IN, 7, 1024, false, IOERR, "half behind the end"},
        {OUT, 7, 1024, false, IOERR, "half behind the end"},
        {IN, 0, DISK_LENGTH + 512, false, IOERR, "more than there is"},
        {IN, UINT64_MAX, 512, false, IOERR, "it wraps"},
        {OUT, UINT64_MAX / 512 + 1, 512, false, IOERR, "in bytes it wraps to 0"},
        {IN, 0, 511, false, IOERR, "less than a sector"},
        {OUT, 0, 513, false, IOERR, "more than one"},
        {IN, 0, 1, false, IOERR, "a byte"},
        {OUT, 0, 512, true, IOERR, "read-only"},
        {IN, 0, 512, true, OK, "which can be read"},
        {DISCARD, 0, 16, false, UNSUPP, "not offered"},
        {0xffffffff, 0, 0, false, UNSUPP, "what is that"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make(0, 0, rows[i].is_read_only);
        cr_expect(eq(u32, request(rows[i].type, rows[i].sector, rows[i].length), rows[i].want),
                  "%s", rows[i].why);
        cr_expect(not(needs_reset()), "%s", rows[i].why);
        cr_expect(eq(u16, driver_used(&driver, 0), 1), "%s", rows[i].why);
        cr_expect(eq(u64, block.counts.requests, 1), "%s", rows[i].why);
        if (rows[i].want != OK) {
            cr_expect(eq(u32, calls, 0), "%s", rows[i].why);
            cr_expect(eq(u64, block.counts.failed, 1), "%s", rows[i].why);
            cr_expect(eq(u64, block.counts.bytes_read + block.counts.bytes_written, 0));
            cr_expect(le(u32, driver_used_length(&driver, 0, 0), 1));
        }
        cr_expect(driver_was_told(&driver), "%s", rows[i].why);
    }
}

Test(virtio_block, errors_of_the_backend_are_told)
{
    static const uint32_t types[] = {IN, OUT};

    for (size_t i = 0; i < 2; i++) {
        unsigned flags = NEXT | (types[i] == IN ? WRITE : 0);

        set_up();
        backend_fails = true;
        put_header_at(HEADER, types[i], 0);
        describe(0, HEADER, 16, NEXT);
        describe(1, DATA, 512, flags);
        describe(2, DATA + 512, 512, flags);
        describe(3, STATUS, 1, WRITE);
        driver_offer(&driver, 0, 0);
        driver_notify(&driver, 0);
        cr_expect(eq(u32, status_at(0), IOERR));
        cr_expect(eq(u32, calls, 1), "and it gives up at once");
        cr_expect(eq(u64, block.counts.failed, 1));
        cr_expect(eq(u64, block.counts.bytes_written + block.counts.bytes_read, 0));
    }
}

Test(virtio_block, how_descriptors_divide_a_request_does_not_matter)
{
    put_header_at(HEADER, IN, 2);
    describe(0, HEADER, 5, NEXT);
    describe(1, HEADER + 5, 11, NEXT);
    describe(2, DATA, 100, NEXT | WRITE);
    describe(3, DATA + 0x800, 412, NEXT | WRITE);
    describe(4, DATA + 0x1800, 513, WRITE); /* the last byte is the status */
    driver_offer(&driver, 0, 0);
    driver_notify(&driver, 0);
    cr_expect(eq(int, memcmp(driver_bytes(&driver, DATA), disk + 1024, 100), 0));
    cr_expect(eq(int, memcmp(driver_bytes(&driver, DATA + 0x800), disk + 1124, 412), 0));
    cr_expect(eq(int, memcmp(driver_bytes(&driver, DATA + 0x1800), disk + 1536, 512), 0));
    cr_expect(eq(u8, *driver_bytes(&driver, DATA + 0x1800 + 512), OK));
    cr_expect(eq(u32, driver_used_length(&driver, 0, 0), 1025));
    cr_expect(driver_was_told(&driver));

    driver_store(&driver, DATA, "writing", 7);
    put_header_at(DATA - 16, OUT, 5);
    describe(0, DATA - 16, 16 + 12, NEXT); /* the header and the first bytes */
    describe(1, DATA + 12, 500, NEXT);
    describe(2, STATUS, 1, WRITE);
    driver_offer(&driver, 0, 0);
    driver_notify(&driver, 0);
    cr_expect(eq(int, memcmp(disk + 5 * 512, "writing", 7), 0));
    cr_expect(eq(u32, status_at(0), OK));
}

/* Requests that make no sense as a whole: descriptors 0, 1 and 2. */
static const struct {
    const char *why;
    uint32_t type;
    struct driver_descriptor descriptor[3];
} nonsense[] = {
    {"no status", IN, {{HEADER, 16, 0, 0}}},
    {"no header", IN, {{DATA, 513, WRITE, 0}}},
    {"a header that the device would write",
     IN,
     {{HEADER, 16, NEXT | WRITE, 1}, {STATUS, 1, WRITE, 0}}},
    {"a header that is too short", IN, {{HEADER, 15, NEXT, 1}, {STATUS, 1, WRITE, 0}}},
    {"a read into what the device may only read",
     IN,
     {{HEADER, 16, NEXT, 1}, {DATA, 512, NEXT, 2}, {STATUS, 1, WRITE, 0}}},
    {"a write from what the device may only write",
     OUT,
     {{HEADER, 16, NEXT, 1}, {DATA, 512, NEXT | WRITE, 2}, {STATUS, 1, WRITE, 0}}},
    {"a name into what the device may only read",
     GET_ID,
     {{HEADER, 16, NEXT, 1}, {DATA, 20, NEXT, 2}, {STATUS, 1, WRITE, 0}}},
    {"a flush with data",
     FLUSH,
     {{HEADER, 16, NEXT, 1}, {DATA, 512, NEXT | WRITE, 2}, {STATUS, 1, WRITE, 0}}},
    {"a flush with data to write",
     FLUSH,
     {{HEADER, 16, NEXT, 1}, {DATA, 512, NEXT, 2}, {STATUS, 1, WRITE, 0}}},
    {"a status that the device would read",
     OUT,
     {{HEADER, 16, NEXT, 1}, {DATA, 512, NEXT, 2}, {STATUS, 1, 0, 0}}},
    {"data outside RAM",
     IN,
     {{HEADER, 16, NEXT, 1}, {0x1000, 512, NEXT | WRITE, 2}, {STATUS, 1, WRITE, 0}}},
    {"a chain without an end", IN, {{HEADER, 16, NEXT, 1}, {DATA, 512, NEXT | WRITE, 1}}},
    {"a descriptor of no bytes",
     IN,
     {{HEADER, 16, NEXT, 1}, {DATA, 0, NEXT | WRITE, 2}, {STATUS, 1, WRITE, 0}}},
    {"indirect descriptors", IN, {{HEADER, 16, INDIRECT, 1}}},
};

Test(virtio_block, what_makes_no_sense_needs_a_reset)
{
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        set_up();
        put_header_at(HEADER, nonsense[i].type, 0);
        for (unsigned number = 0; number < 3; number++) {
            driver_describe(&driver, 0, number, &nonsense[i].descriptor[number]);
        }
        driver_offer(&driver, 0, 0);
        driver_notify(&driver, 0);
        cr_expect(needs_reset(), "%s", nonsense[i].why);
        cr_expect(eq(u32, driver_get(&driver, MMIO_INTERRUPT), VIRTIO_INTERRUPT_CONFIG), "%s",
                  nonsense[i].why);
        cr_expect(eq(u16, driver_used(&driver, 0), 0), "%s", nonsense[i].why);
        cr_expect(eq(u64, block.counts.requests, 0), "%s", nonsense[i].why);
        cr_expect(eq(u64, virtio_block_next_event(&block), UINT64_MAX), "%s", nonsense[i].why);
        cr_expect(eq(u32, request(IN, 0, 512), NONE), "%s: it does nothing now", nonsense[i].why);
        driver_start(&driver, 0, 1);
        cr_expect(eq(u32, request(IN, 0, 512), OK), "%s: but after a reset", nonsense[i].why);
    }
}

Test(virtio_block, a_request_takes_its_latency)
{
    make(50, 0, false);
    cr_expect(eq(u64, virtio_block_next_event(&block), UINT64_MAX));
    rearmed = 0;
    cr_expect(eq(u32, request(IN, 0, 512), NONE));
    cr_expect(ge(u32, rearmed, 1));
    cr_expect(eq(u64, virtio_block_next_event(&block), 1050));
    now = 1049;
    virtio_block_update(&block);
    cr_expect(eq(u32, status_at(0), NONE));
    cr_expect(eq(u32, calls, 0), "data moves at the end");
    cr_expect(eq(u16, driver_used(&driver, 0), 0));
    cr_expect(not(driver.irq));
    now = 1050;
    virtio_block_update(&block);
    cr_expect(eq(u32, status_at(0), OK));
    cr_expect(eq(u16, driver_used(&driver, 0), 1));
    cr_expect(driver.irq);
    cr_expect(eq(u64, virtio_block_next_event(&block), UINT64_MAX));
}

Test(virtio_block, requests_complete_in_order_each_at_its_time)
{
    make(50, 0, false);
    request_at(0, IN, 0, 512);
    request_at(3, IN, 1, 512);
    driver_notify(&driver, 0);
    now = 1010;
    request_at(6, IN, 2, 512);
    driver_notify(&driver, 0);
    driver_notify(&driver, 0); /* nothing new: none begins twice */
    cr_expect(eq(u64, virtio_block_next_event(&block), 1050));
    now = 1055;
    virtio_block_update(&block);
    cr_expect(eq(u16, driver_used(&driver, 0), 2));
    cr_expect(eq(u32, driver_used_head(&driver, 0, 0), 0));
    cr_expect(eq(u32, driver_used_head(&driver, 0, 1), 3));
    cr_expect(eq(u32, status_at(3), OK));
    cr_expect(eq(u32, status_at(6), NONE));
    cr_expect(eq(u64, virtio_block_next_event(&block), 1060));
    now = 5000;
    virtio_block_update(&block);
    cr_expect(eq(u32, driver_used_head(&driver, 0, 2), 6));
    cr_expect(eq(u64, block.counts.requests, 3));
}

Test(virtio_block, requests_under_way_go_on_around_the_ring)
{
    make(5, 0, false);
    for (unsigned i = 0; i < 1000; i++) {
        request_at(i % 2 * 3, IN, i % SECTORS, 512);
        driver_notify(&driver, 0);
        cr_assert(eq(u64, virtio_block_next_event(&block), i == 0 ? now + 5 : now + 2));
        now += 3;
        virtio_block_update(&block);
        cr_assert(eq(u16, driver_used(&driver, 0), i < 1 ? 0 : i), "%u", i);
    }
}

Test(virtio_block, a_reset_forgets_what_is_under_way)
{
    make(50, 0, false);
    request(IN, 0, 512);
    driver_start(&driver, 0, 1);
    cr_expect(eq(u64, virtio_block_next_event(&block), UINT64_MAX));
    now = 1050;
    virtio_block_update(&block);
    cr_expect(eq(u32, calls, 0));
    request(IN, 0, 512);
    cr_expect(eq(u64, virtio_block_next_event(&block), 1100));
}

Test(virtio_block, so_does_a_queue_that_is_taken_back)
{
    make(50, 0, false);
    request(IN, 0, 512);
    driver_put(&driver, MMIO_QUEUE, 0);
    driver_put(&driver, MMIO_QUEUE_READY, 0);
    cr_expect(eq(u64, virtio_block_next_event(&block), UINT64_MAX));
    now = 1050;
    virtio_block_update(&block);
    cr_expect(eq(u32, calls, 0));
}

Test(virtio_block, a_request_that_is_taken_away_again_needs_a_reset)
{
    static const uint8_t index[2] = {1, 0};

    make(50, 0, false);
    request_at(0, IN, 0, 512);
    request_at(3, IN, 0, 512);
    driver_notify(&driver, 0);
    driver_store(&driver, DRIVER_RAM + 1024 + 2, index, 2);
    driver_notify(&driver, 0);
    cr_expect(needs_reset());
    cr_expect(eq(u64, virtio_block_next_event(&block), UINT64_MAX));
}

Test(virtio_block, all_taken_away_silently_leave_nothing_under_way)
{
    static const uint8_t index[2] = {0, 0};

    make(50, 0, false);
    request(IN, 0, 512);
    driver_store(&driver, DRIVER_RAM + 1024 + 2, index, 2);
    now = 1050;
    virtio_block_update(&block);
    cr_expect(eq(u64, virtio_block_next_event(&block), UINT64_MAX));
    cr_expect(eq(u32, calls, 0));
}

Test(virtio_block, the_request_that_is_to_fail_does)
{
    static const uint32_t types[] = {IN, FLUSH, OUT, GET_ID, IN, OUT};
    enum { COUNT = 6 };

    for (uint64_t fail = 0; fail <= COUNT + 1; fail++) {
        make(0, fail, false);
        for (unsigned i = 0; i < COUNT; i++) {
            bool has_data = types[i] != FLUSH;
            unsigned calls_before = calls;
            unsigned want = i + 1 == fail ? IOERR : OK;

            cr_expect(eq(u32, request(types[i], 0, has_data ? 512 : 0), want), "%u of %lu", i,
                      fail);
            cr_expect(eq(u32, calls - calls_before, want == OK && types[i] != GET_ID),
                      "the backend hears nothing of it");
        }
        cr_expect(eq(u64, block.counts.failed, fail >= 1 && fail <= COUNT));
        cr_expect(eq(u64, block.counts.requests, COUNT));
        cr_expect(eq(u64, block.counts.reads, 2));
        cr_expect(eq(u64, block.counts.writes, 2));
        cr_expect(eq(u64, block.counts.flushes, 1));
    }
}

Test(virtio_block, a_full_queue_of_requests_is_done)
{
    for (unsigned latency = 0; latency < 2; latency++) {
        make(latency, 0, false);
        for (unsigned i = 0; i < DRIVER_QUEUE_SIZE; i++) {
            request_at(0, IN, 0, 512); /* one chain, offered again and again */
        }
        driver_notify(&driver, 0);
        now += latency;
        virtio_block_update(&block);
        cr_expect(eq(u16, driver_used(&driver, 0), DRIVER_QUEUE_SIZE));
        cr_expect(not(needs_reset()));
    }
}

Test(virtio_block, data_may_lie_where_the_request_does)
{
    /* It reads over its own header, descriptors and rings: they were read before. */
    static const uint64_t places[] = {HEADER, DRIVER_RAM, DRIVER_RAM + 1024, DRIVER_RAM + 2048};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        set_up();
        put_header_at(HEADER, IN, 1);
        describe(0, HEADER, 16, NEXT);
        describe(1, places[i], 512, NEXT | WRITE);
        describe(2, DATA, 1, WRITE);
        driver_offer(&driver, 0, 0);
        driver_notify(&driver, 0);
        cr_expect(eq(u64, block.counts.reads, 1));
        cr_expect(driver_was_told(&driver));
    }
}
