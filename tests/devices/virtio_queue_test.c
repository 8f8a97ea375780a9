#include "devices/virtio_queue.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/virtio_driver.h"

/* Queue 0 of the driver's memory. */
#define DESCRIPTORS DRIVER_RAM
#define AVAILABLE (DRIVER_RAM + 1024)
#define USED (DRIVER_RAM + 2048)
#define RAM_END (DRIVER_RAM + DRIVER_RAM_LENGTH)

static struct virtio_driver driver;
static struct virtio_memory memory;
static struct virtio_queue queue;
static struct virtio_chain chain;

static void set_up(void)
{
    driver_init(&driver);
    memory = driver_place(&driver).memory;
    virtio_queue_init(&queue);
    queue.size = DRIVER_QUEUE_SIZE;
    queue.descriptors_pa = DESCRIPTORS;
    queue.available_pa = AVAILABLE;
    queue.used_pa = USED;
}

/* RAM everywhere, for looking only. */
static uint8_t *any_ram(void *ctx, uint64_t pa, uint64_t length)
{
    struct virtio_driver *of = ctx;

    (void)pa;
    (void)length;
    return of->ram;
}

static void start(void)
{
    set_up();
    cr_assert(eq(int, virtio_queue_start(&queue, &memory), VIRTIO_OK));
}

static void describe(unsigned number, uint64_t pa, uint32_t length, unsigned flags, unsigned next)
{
    const struct driver_descriptor descriptor = {pa, length, (uint16_t)flags, (uint16_t)next};

    driver_describe(&driver, 0, number, &descriptor);
}

TestSuite(virtio_queue, .init = set_up);

Test(virtio_queue, rings_must_be_whole_aligned_and_in_ram)
{
    static const struct {
        uint32_t size;
        uint64_t descriptors;
        uint64_t available;
        uint64_t used;
        enum virtio_outcome want;
        const char *why;
    } rows[] = {
        {16, DESCRIPTORS, AVAILABLE, USED, VIRTIO_OK, "as it should be"},
        {1, DESCRIPTORS, AVAILABLE, USED, VIRTIO_OK, "the smallest"},
        {256, DESCRIPTORS, DRIVER_RAM + 4096, DRIVER_RAM + 8192, VIRTIO_OK, "the largest"},
        {0, DESCRIPTORS, AVAILABLE, USED, VIRTIO_BROKEN, "no descriptors"},
        {12, DESCRIPTORS, AVAILABLE, USED, VIRTIO_BROKEN, "no power of two"},
        {512, DESCRIPTORS, DRIVER_RAM + 8192, DRIVER_RAM + 16384, VIRTIO_BROKEN, "too large"},
        {0x80000000, DESCRIPTORS, AVAILABLE, USED, VIRTIO_BROKEN, "far too large"},
        {16, DESCRIPTORS + 8, AVAILABLE, USED, VIRTIO_BROKEN, "descriptors are not aligned"},
        {16, DESCRIPTORS, AVAILABLE + 1, USED, VIRTIO_BROKEN, "nor is the available ring"},
        {16, DESCRIPTORS, AVAILABLE + 2, USED, VIRTIO_OK, "which needs 2 only"},
        {16, DESCRIPTORS, AVAILABLE, USED + 2, VIRTIO_BROKEN, "the used ring needs 4"},
        {16, 0, AVAILABLE, USED, VIRTIO_BROKEN, "descriptors are not in RAM"},
        {16, DESCRIPTORS, 0, USED, VIRTIO_BROKEN, "nor is the available ring"},
        {16, DESCRIPTORS, AVAILABLE, 0, VIRTIO_BROKEN, "nor is the used ring"},
        {16, RAM_END - 256, AVAILABLE, USED, VIRTIO_OK, "the last place for descriptors"},
        {16, RAM_END - 240, AVAILABLE, USED, VIRTIO_BROKEN, "the last one is outside"},
        {16, DESCRIPTORS, RAM_END - 36, USED, VIRTIO_OK, "the last place to offer"},
        {16, DESCRIPTORS, RAM_END - 34, USED, VIRTIO_BROKEN, "the last entry is outside"},
        {16, DESCRIPTORS, AVAILABLE, RAM_END - 132, VIRTIO_OK, "the last place to give back"},
        {16, DESCRIPTORS, AVAILABLE, RAM_END - 128, VIRTIO_BROKEN, "the last entry is outside"},
        {16, UINT64_MAX - 15, AVAILABLE, USED, VIRTIO_BROKEN, "around the end of the world"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_ready = rows[i].want == VIRTIO_OK;

        virtio_queue_init(&queue);
        queue.size = rows[i].size;
        queue.descriptors_pa = rows[i].descriptors;
        queue.available_pa = rows[i].available;
        queue.used_pa = rows[i].used;
        cr_expect(eq(int, virtio_queue_start(&queue, &memory), rows[i].want), "%s", rows[i].why);
        cr_expect(eq(int, queue.is_ready, is_ready), "%s", rows[i].why);
    }
}

Test(virtio_queue, one_that_is_not_ready_offers_nothing)
{
    unsigned count = 77;

    driver_offer(&driver, 0, 0);
    cr_expect(eq(int, virtio_queue_count(&queue, &count), VIRTIO_OK));
    cr_expect(eq(u32, count, 0));
    cr_expect(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_EMPTY));
}

Test(virtio_queue, a_chain_is_what_is_read_then_what_is_written)
{
    start();
    describe(3, DRIVER_DATA, 16, NEXT, 9);
    describe(9, DRIVER_DATA + 100, 5, NEXT, 0);
    describe(0, RAM_END - 1, 1, NEXT | WRITE, 15);
    describe(15, DRIVER_DATA + 200, 7, WRITE, 3);
    driver_offer(&driver, 0, 3);
    cr_assert(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_OK));
    cr_expect(eq(u16, chain.head, 3));
    cr_expect(eq(u32, chain.readable.count, 2));
    cr_expect(eq(u64, chain.readable.length, 21));
    cr_expect(eq(u32, chain.writable.count, 2));
    cr_expect(eq(u64, chain.writable.length, 8));
    cr_expect(eq(u64, chain.readable.piece[1].pa, DRIVER_DATA + 100));
    cr_expect(eq(u64, chain.writable.piece[0].pa, RAM_END - 1));
    cr_expect(eq(ptr, chain.writable.piece[1].bytes,
                 (uint8_t *)driver_bytes(&driver, DRIVER_DATA + 200)));
    cr_expect(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_OK), "it stays there");
}

/* A descriptor of a chain that a driver should not have made. */
struct bad {
    const char *why;
    struct driver_descriptor descriptor[3];
    enum virtio_outcome want;
};

#define GOOD                                                                                       \
    {                                                                                              \
        DRIVER_DATA, 8, NEXT, 1                                                                    \
    }

static const struct bad bad_chains[] = {
    {"a good one", {{DRIVER_DATA, 8, 0, 0}}, VIRTIO_OK},
    {"a good one of three", {GOOD, {DRIVER_DATA, 8, NEXT, 2}, {DRIVER_DATA, 8, 0, 0}}, VIRTIO_OK},
    {"next is not looked at without the flag", {{DRIVER_DATA, 8, 0, 99}}, VIRTIO_OK},
    {"unknown flags say nothing", {{DRIVER_DATA, 8, 0xfff8, 0}}, VIRTIO_OK},
    {"it points to itself", {{DRIVER_DATA, 8, NEXT, 0}}, VIRTIO_BROKEN},
    {"it goes in a circle", {GOOD, {DRIVER_DATA, 8, NEXT, 0}}, VIRTIO_BROKEN},
    {"next is the first that there is not", {{DRIVER_DATA, 8, NEXT, 16}}, VIRTIO_BROKEN},
    {"next is far outside", {{DRIVER_DATA, 8, NEXT, 0xffff}}, VIRTIO_BROKEN},
    {"no bytes", {{DRIVER_DATA, 0, 0, 0}}, VIRTIO_BROKEN},
    {"no bytes later", {GOOD, {DRIVER_DATA, 0, WRITE, 0}}, VIRTIO_BROKEN},
    {"address 0", {{0, 8, 0, 0}}, VIRTIO_BROKEN},
    {"a device, not RAM", {{0x10001000, 4, WRITE, 0}}, VIRTIO_BROKEN},
    {"it begins below RAM", {{DRIVER_RAM - 1, 8, 0, 0}}, VIRTIO_BROKEN},
    {"it ends behind RAM", {{RAM_END - 7, 8, 0, 0}}, VIRTIO_BROKEN},
    {"it lies behind RAM", {{RAM_END, 1, 0, 0}}, VIRTIO_BROKEN},
    {"it wraps", {{UINT64_MAX, 8, 0, 0}}, VIRTIO_BROKEN},
    {"all of the address space", {{DRIVER_DATA, UINT32_MAX, 0, 0}}, VIRTIO_BROKEN},
    {"the second is outside", {GOOD, {0, 8, 0, 0}}, VIRTIO_BROKEN},
    {"to be read behind to be written",
     {{DRIVER_DATA, 8, NEXT | WRITE, 1}, {DRIVER_DATA, 8, 0, 0}},
     VIRTIO_BROKEN},
    {"an indirect table, which was not offered", {{DRIVER_DATA, 16, INDIRECT, 0}}, VIRTIO_BROKEN},
};

Test(virtio_queue, bad_chains_are_broken)
{
    for (size_t i = 0; i < sizeof bad_chains / sizeof *bad_chains; i++) {
        start();
        for (unsigned number = 0; number < 3; number++) {
            driver_describe(&driver, 0, number, &bad_chains[i].descriptor[number]);
        }
        driver_offer(&driver, 0, 0);
        cr_expect(eq(int, virtio_queue_peek(&queue, &memory, &chain), bad_chains[i].want), "%s",
                  bad_chains[i].why);
    }
}

Test(virtio_queue, a_head_that_there_is_not_is_broken)
{
    static const uint16_t heads[] = {16, 17, 255, 0x8000, 0xffff};

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        start();
        driver_offer(&driver, 0, heads[i]);
        cr_expect(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_BROKEN), "%u",
                  heads[i]);
    }
}

Test(virtio_queue, a_chain_may_use_all_descriptors)
{
    start();
    for (unsigned i = 0; i < DRIVER_QUEUE_SIZE; i++) {
        describe(i, DRIVER_DATA + i, 1, i + 1 < DRIVER_QUEUE_SIZE ? NEXT : 0, i + 1);
    }
    driver_offer(&driver, 0, 0);
    cr_expect(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_OK));
    cr_expect(eq(u32, chain.readable.count, DRIVER_QUEUE_SIZE));
}

Test(virtio_queue, more_than_4_gib_in_a_chain_are_broken)
{
    static const struct {
        uint32_t last;
        enum virtio_outcome want;
    } rows[] = {{0x7fffffff, VIRTIO_OK}, {0x80000000, VIRTIO_BROKEN}};

    /* Memory of 4 GiB, of which nothing is touched. */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct virtio_memory large = memory;

        start();
        describe(0, 0, 0x80000000, NEXT, 1);
        describe(1, 0, rows[i].last, WRITE, 0);
        driver_offer(&driver, 0, 0);
        large.ram = any_ram;
        cr_expect(eq(int, virtio_queue_peek(&queue, &large, &chain), rows[i].want), "%x",
                  rows[i].last);
    }
}

Test(virtio_queue, more_on_offer_than_there_are_descriptors_is_broken)
{
    static const struct {
        unsigned offered;
        enum virtio_outcome want;
    } rows[] = {{0, VIRTIO_OK},
                {1, VIRTIO_OK},
                {16, VIRTIO_OK},
                {17, VIRTIO_BROKEN},
                {0xffff, VIRTIO_BROKEN}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t index[2] = {(uint8_t)rows[i].offered, (uint8_t)(rows[i].offered >> 8)};
        unsigned count = 77;

        start();
        driver_store(&driver, AVAILABLE + 2, index, 2);
        cr_expect(eq(int, virtio_queue_count(&queue, &count), rows[i].want), "%u", rows[i].offered);
        cr_expect(eq(u32, count, rows[i].want == VIRTIO_OK ? rows[i].offered : 77));
    }
}

Test(virtio_queue, chains_come_back_in_order_around_both_ends)
{
    start();
    describe(5, DRIVER_DATA, 4, WRITE, 0);
    describe(6, DRIVER_DATA, 4, WRITE, 0);
    for (unsigned i = 0; i < 70000; i++) {
        unsigned count = 0;
        uint16_t head = 5 + i % 2;

        driver_offer(&driver, 0, head);
        cr_assert(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_OK), "%u", i);
        cr_assert(virtio_queue_give_back(&queue, &memory, &chain, i));
        cr_assert(eq(u16, driver_used(&driver, 0), (uint16_t)(i + 1)));
        cr_assert(eq(u32, driver_used_head(&driver, 0, i), head));
        cr_assert(eq(u32, driver_used_length(&driver, 0, i), i));
        cr_assert(eq(int, virtio_queue_count(&queue, &count), VIRTIO_OK));
        cr_assert(eq(u32, count, 0));
    }
    cr_expect(driver_was_told(&driver));
}

Test(virtio_queue, one_that_is_ready_does_not_start_again)
{
    start();
    describe(0, DRIVER_DATA, 4, 0, 0);
    driver_offer(&driver, 0, 0);
    cr_assert(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_OK));
    virtio_queue_give_back(&queue, &memory, &chain, 0);
    cr_expect(eq(int, virtio_queue_start(&queue, &memory), VIRTIO_OK));
    cr_expect(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_EMPTY));
}

Test(virtio_queue, a_driver_may_want_no_interrupt)
{
    static const uint8_t no_interrupt[2] = {1, 0};

    start();
    describe(0, DRIVER_DATA, 4, 0, 0);
    driver_offer(&driver, 0, 0);
    cr_assert(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_OK));
    driver_store(&driver, AVAILABLE, no_interrupt, 2);
    cr_expect(not(virtio_queue_give_back(&queue, &memory, &chain, 0)));
}

Test(virtio_queue, a_run_is_read_and_written_across_its_pieces)
{
    char bytes[9] = "";

    start();
    driver_store(&driver, DRIVER_DATA, "abcdefgh", 8);
    describe(0, DRIVER_DATA, 3, NEXT, 1);
    describe(1, DRIVER_DATA + 3, 1, NEXT, 2);
    describe(2, DRIVER_DATA + 4, 4, NEXT, 3);
    describe(3, DRIVER_DATA + 20, 2, NEXT | WRITE, 4);
    describe(4, DRIVER_DATA + 30, 6, WRITE, 0);
    driver_offer(&driver, 0, 0);
    cr_assert(eq(int, virtio_queue_peek(&queue, &memory, &chain), VIRTIO_OK));
    virtio_run_read(&chain.readable, 0, bytes, 8);
    cr_expect(eq(str, bytes, "abcdefgh"));
    virtio_run_read(&chain.readable, 2, bytes, 3);
    cr_expect(eq(int, memcmp(bytes, "cde", 3), 0));
    virtio_run_write(&chain.writable, &memory, 1, "123", 3);
    cr_expect(eq(int, memcmp(driver_bytes(&driver, DRIVER_DATA + 20), "\0001", 2), 0));
    cr_expect(eq(int, memcmp(driver_bytes(&driver, DRIVER_DATA + 30), "23\0", 3), 0));
    cr_expect(eq(u32, virtio_run_piece(&chain.writable, 2, 100).length, 6));
    cr_expect(driver_was_told(&driver));
}
