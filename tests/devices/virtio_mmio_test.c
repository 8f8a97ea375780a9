#include "devices/virtio_mmio.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/virtio_driver.h"

#define FEATURE (UINT64_C(1) << 5)
#define OTHER_FEATURE (UINT64_C(1) << 40)

enum { QUEUES = 3 };
enum { AGREED = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FEATURES_OK };
enum { RUNNING = AGREED | VIRTIO_STATUS_DRIVER_OK };

static struct virtio_driver driver;
static struct virtio_mmio virtio;
static unsigned notified[QUEUES];
static unsigned stopped[QUEUES];
static unsigned resets;

static void on_notified(struct virtio_mmio *device, unsigned queue)
{
    cr_assert(eq(ptr, device, &virtio));
    notified[queue]++;
}

static void on_stopped(struct virtio_mmio *device, unsigned queue)
{
    (void)device;
    stopped[queue]++;
}

static void on_reset(struct virtio_mmio *device)
{
    (void)device;
    resets++;
}

static const struct virtio_kind kind = {.id = 42,
                                        .queue_count = QUEUES,
                                        .notified = on_notified,
                                        .stopped = on_stopped,
                                        .reset = on_reset};

static void set_up(void)
{
    driver_init(&driver);
    const struct virtio_place place = driver_place(&driver);

    virtio_mmio_init(&virtio, &kind, &place, FEATURE | OTHER_FEATURE);
    memcpy(virtio.config, "\1\2\3\4\5\6\7\x88\x99", 9);
    virtio.config_length = 9;
    driver.device = &virtio.device;
    memset(notified, 0, sizeof notified);
    memset(stopped, 0, sizeof stopped);
    resets = 0;
}

TestSuite(virtio_mmio, .init = set_up);

/* One descriptor that breaks a rule: it is nowhere. */
static void offer_bad(unsigned queue)
{
    const struct driver_descriptor descriptor = {0, 1, 0, 0};

    driver_describe(&driver, queue, 0, &descriptor);
    driver_offer(&driver, queue, 0);
}

Test(virtio_mmio, it_says_what_it_is)
{
    cr_expect(eq(u64, virtio.device.ops->length, 0x1000));
    cr_expect(eq(u32, driver_get(&driver, MMIO_MAGIC), 0x74726976));
    cr_expect(eq(u32, driver_get(&driver, MMIO_VERSION), 2));
    cr_expect(eq(u32, driver_get(&driver, MMIO_DEVICE), 42));
    cr_expect(eq(u32, driver_get(&driver, MMIO_STATUS), 0));
    cr_expect(eq(u32, driver_get(&driver, MMIO_INTERRUPT), 0));
    cr_expect(eq(u32, driver_get(&driver, MMIO_GENERATION), 0));
    cr_expect(eq(u32, driver_get(&driver, 0x0b0), UINT32_MAX), "no shared memory");
    cr_expect(eq(u32, driver_get(&driver, MMIO_NOTIFY), 0), "write-only");
    cr_expect(eq(u32, driver_get(&driver, 0x0f0), 0), "no register");
    driver_put(&driver, 0x0f0, 1);
    driver_put(&driver, MMIO_MAGIC, 1);
    cr_expect(eq(u32, driver_get(&driver, MMIO_MAGIC), 0x74726976));
}

Test(virtio_mmio, an_empty_slot_says_so)
{
    struct device slot;

    virtio_mmio_init_empty(&slot);
    driver.device = &slot;
    cr_expect(eq(u64, slot.ops->length, 0x1000));
    cr_expect(eq(u32, driver_get(&driver, MMIO_MAGIC), 0x74726976));
    cr_expect(eq(u32, driver_get(&driver, MMIO_VERSION), 2));
    for (uint64_t offset = MMIO_DEVICE; offset < 0x1000; offset += 4) {
        driver_put(&driver, offset, UINT32_MAX);
        cr_expect(eq(u32, driver_get(&driver, offset), 0), "%lx", offset);
    }
}

Test(virtio_mmio, registers_take_words_and_the_configuration_what_it_is_made_of)
{
    static const struct {
        uint64_t offset;
        unsigned size;
        bool want;
        uint64_t value;
    } rows[] = {
        {MMIO_MAGIC, 1, false, 0},         {MMIO_MAGIC, 2, false, 0},
        {MMIO_MAGIC, 4, true, 0x74726976}, {MMIO_MAGIC, 8, false, 0},
        {MMIO_CONFIG, 1, true, 1},         {MMIO_CONFIG + 7, 1, true, 0x88},
        {MMIO_CONFIG, 2, true, 0x201},     {MMIO_CONFIG + 4, 4, true, 0x88070605},
        {MMIO_CONFIG, 8, false, 0},        {MMIO_CONFIG + 8, 1, true, 0x99},
        {MMIO_CONFIG + 8, 2, true, 0},     {MMIO_CONFIG + 9, 1, true, 0},
        {MMIO_CONFIG + 0xeff, 1, true, 0}, {MMIO_CONFIG + 0xefc, 4, true, 0},
    };
    struct device empty;

    virtio_mmio_init_empty(&empty);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = 77;
        struct device *device = &virtio.device;

        cr_expect(
            eq(int, device->ops->read(device, rows[i].offset, rows[i].size, &value), rows[i].want),
            "row %zu", i);
        cr_expect(eq(u64, value, rows[i].want ? rows[i].value : 77), "row %zu", i);
        cr_expect(
            eq(int, device->ops->write(device, rows[i].offset, rows[i].size, 0), rows[i].want),
            "row %zu", i);
        cr_expect(
            eq(int, empty.ops->read(&empty, rows[i].offset, rows[i].size, &value), rows[i].want),
            "row %zu", i);
        cr_expect(eq(int, empty.ops->write(&empty, rows[i].offset, rows[i].size, 0), rows[i].want),
                  "row %zu", i);
    }
    cr_expect(eq(u32, driver_get(&driver, MMIO_CONFIG), 0x04030201), "it cannot be written");
}

Test(virtio_mmio, features_are_offered_in_two_words)
{
    static const uint32_t want[] = {1 << 5, 1 << 8 | 1, 0, 0};

    for (uint32_t word = 0; word < 4; word++) {
        driver_put(&driver, MMIO_DEVICE_FEATURES_WORD, word);
        cr_expect(eq(u32, driver_get(&driver, MMIO_DEVICE_FEATURES), want[word]), "%u", word);
    }
    driver_put(&driver, MMIO_DEVICE_FEATURES_WORD, 0x80000001);
    cr_expect(eq(u32, driver_get(&driver, MMIO_DEVICE_FEATURES), 0));
}

Test(virtio_mmio, features_are_agreed_if_they_were_offered_and_have_version_1)
{
    static const struct {
        uint64_t features;
        bool want;
    } rows[] = {
        {VIRTIO_F_VERSION_1, true},
        {VIRTIO_F_VERSION_1 | FEATURE, true},
        {VIRTIO_F_VERSION_1 | FEATURE | OTHER_FEATURE, true},
        {0, false},
        {FEATURE, false},
        {VIRTIO_F_VERSION_1 | 1, false},
        {VIRTIO_F_VERSION_1 | UINT64_C(1) << 63, false},
        {UINT64_MAX, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t status = driver_negotiate(&driver, rows[i].features);

        cr_expect(eq(int, (status & VIRTIO_STATUS_FEATURES_OK) != 0, rows[i].want), "row %zu", i);
        driver_put(&driver, MMIO_STATUS, status | VIRTIO_STATUS_DRIVER_OK);
        cr_expect(eq(int, virtio_mmio_is_running(&virtio), rows[i].want), "row %zu", i);
        cr_expect(eq(int, virtio_mmio_has(&virtio, FEATURE), (rows[i].features & FEATURE) != 0));
    }
}

Test(virtio_mmio, what_was_agreed_stays_so)
{
    driver_negotiate(&driver, VIRTIO_F_VERSION_1);
    driver_put(&driver, MMIO_DRIVER_FEATURES_WORD, 0);
    driver_put(&driver, MMIO_DRIVER_FEATURES, UINT32_MAX);
    cr_expect(not(virtio_mmio_has(&virtio, FEATURE)));
    driver_negotiate(&driver, VIRTIO_F_VERSION_1 | FEATURE);
    cr_expect(virtio_mmio_has(&virtio, FEATURE), "after a reset it is new");
}

Test(virtio_mmio, features_behind_the_second_word_are_ignored)
{
    driver_put(&driver, MMIO_DRIVER_FEATURES_WORD, 2);
    driver_put(&driver, MMIO_DRIVER_FEATURES, UINT32_MAX);
    cr_expect(eq(u64, virtio.driver_features, 0));
}

Test(virtio_mmio, status_bits_stay_until_a_reset)
{
    driver_put(&driver, MMIO_STATUS, 0xff);
    cr_expect(eq(u32, driver_get(&driver, MMIO_STATUS), 0x83),
              "without features neither they nor the driver are OK; a driver cannot ask for a "
              "reset that way");
    driver_put(&driver, MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE);
    cr_expect(eq(u32, driver_get(&driver, MMIO_STATUS), 0x83));
    driver_put(&driver, MMIO_STATUS, 0);
    cr_expect(eq(u32, driver_get(&driver, MMIO_STATUS), 0));
    cr_expect(eq(u32, resets, 1));
}

Test(virtio_mmio, a_notification_reaches_the_queue_of_a_device_that_runs)
{
    driver_negotiate(&driver, VIRTIO_F_VERSION_1);
    driver_make_queue(&driver, 0);
    driver_make_queue(&driver, 1);
    driver_notify(&driver, 1);
    cr_expect(eq(u32, notified[1], 0), "not before DRIVER_OK");
    driver_put(&driver, MMIO_STATUS, RUNNING);
    driver_notify(&driver, 1);
    cr_expect(eq(u32, notified[1], 1));
    driver_notify(&driver, 2);
    cr_expect(eq(u32, notified[2], 0), "it is not ready");
    driver_notify(&driver, QUEUES);
    driver_notify(&driver, UINT32_MAX);
    cr_expect(eq(u32, notified[0], 0));
}

Test(virtio_mmio, queues_are_set_up_by_number)
{
    static const struct {
        uint32_t queue;
        uint32_t most;
    } rows[] = {{0, 256}, {2, 256}, {3, 0}, {UINT32_MAX, 0}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        driver_put(&driver, MMIO_QUEUE, rows[i].queue);
        cr_expect(eq(u32, driver_get(&driver, MMIO_QUEUE_MOST), rows[i].most));
        driver_make_queue(&driver, rows[i].queue % VIRTIO_QUEUES_MOST);
        driver_put(&driver, MMIO_QUEUE, rows[i].queue);
        cr_expect(eq(u32, driver_get(&driver, MMIO_QUEUE_READY), rows[i].most != 0), "row %zu", i);
    }
    cr_expect(eq(u64, virtio.queue[2].descriptors_pa, DRIVER_RAM + 8192));
    cr_expect(not(virtio.queue[1].is_ready));
}

Test(virtio_mmio, addresses_have_two_words)
{
    static const uint64_t registers[] = {MMIO_DESCRIPTORS, MMIO_AVAILABLE, MMIO_USED};
    const uint64_t *const addresses[] = {&virtio.queue[1].descriptors_pa,
                                         &virtio.queue[1].available_pa, &virtio.queue[1].used_pa};

    driver_put(&driver, MMIO_QUEUE, 1);
    for (unsigned i = 0; i < 3; i++) {
        driver_put(&driver, registers[i] + 4, 0x12345678);
        driver_put(&driver, registers[i], 0x9abcdef0);
        cr_expect(eq(u64, *addresses[i], 0x123456789abcdef0));
        driver_put(&driver, registers[i] + 4, 1);
        cr_expect(eq(u64, *addresses[i], 0x19abcdef0));
    }
}

Test(virtio_mmio, a_queue_that_is_ready_does_not_move)
{
    driver_start(&driver, 0, 1);
    driver_put(&driver, MMIO_QUEUE, 0);
    driver_put(&driver, MMIO_QUEUE_SIZE, 1);
    for (uint64_t offset = MMIO_DESCRIPTORS; offset < MMIO_USED + 8; offset += 4) {
        driver_put(&driver, offset, 0);
    }
    driver_put(&driver, MMIO_QUEUE_READY, 1);
    cr_expect(eq(u32, virtio.queue[0].size, DRIVER_QUEUE_SIZE));
    cr_expect(eq(u64, virtio.queue[0].descriptors_pa, DRIVER_RAM));
    cr_expect(eq(u64, virtio.queue[0].used_pa, DRIVER_RAM + 2048));
    cr_expect(virtio_mmio_is_running(&virtio));
}

Test(virtio_mmio, a_driver_may_take_a_queue_back)
{
    driver_start(&driver, 0, 1);
    driver_offer(&driver, 0, 0);
    cr_expect(eq(u32, virtio_mmio_count(&virtio, 0), 1));
    driver_put(&driver, MMIO_QUEUE, 0);
    driver_put(&driver, MMIO_QUEUE_READY, 0);
    cr_expect(eq(u32, driver_get(&driver, MMIO_QUEUE_READY), 0));
    cr_expect(eq(u32, stopped[0], 1));
    cr_expect(eq(u32, virtio_mmio_count(&virtio, 0), 0));
    driver_notify(&driver, 0);
    cr_expect(eq(u32, notified[0], 0));
}

Test(virtio_mmio, a_bad_queue_needs_a_reset_and_interrupts_only_a_driver_that_is_ok)
{
    driver_negotiate(&driver, VIRTIO_F_VERSION_1);
    driver_put(&driver, MMIO_QUEUE, 0);
    driver_put(&driver, MMIO_QUEUE_READY, 1); /* of no size */
    cr_expect(eq(u32, driver_get(&driver, MMIO_STATUS), AGREED | VIRTIO_STATUS_NEEDS_RESET));
    cr_expect(not(driver.irq));
    driver_start(&driver, 0, 0);
    driver_put(&driver, MMIO_QUEUE_READY, 1);
    cr_expect(eq(u32, driver_get(&driver, MMIO_STATUS), RUNNING | VIRTIO_STATUS_NEEDS_RESET));
    cr_expect(eq(u32, driver_get(&driver, MMIO_INTERRUPT), VIRTIO_INTERRUPT_CONFIG));
    cr_expect(driver.irq);
}

Test(virtio_mmio, a_broken_device_does_nothing_until_it_is_reset)
{
    struct virtio_chain chain;

    driver_start(&driver, 0, 2);
    offer_bad(0);
    driver_offer(&driver, 1, 0);
    cr_expect(not(virtio_mmio_peek(&virtio, 0, &chain)));
    cr_expect(eq(u32, driver_get(&driver, MMIO_STATUS), RUNNING | VIRTIO_STATUS_NEEDS_RESET));
    cr_expect(driver.irq);
    driver_put(&driver, MMIO_ACKNOWLEDGE, VIRTIO_INTERRUPT_CONFIG);
    cr_expect(not(driver.irq));
    driver_notify(&driver, 1);
    cr_expect(eq(u32, notified[1], 0));
    cr_expect(eq(u32, virtio_mmio_count(&virtio, 1), 0));
    cr_expect(not(virtio_mmio_peek(&virtio, 1, &chain)));
    driver_put(&driver, MMIO_STATUS, RUNNING);
    cr_expect(not(virtio_mmio_is_running(&virtio)), "a driver cannot talk it out of that");
    driver_start(&driver, 0, 2);
    driver_notify(&driver, 1);
    cr_expect(eq(u32, notified[1], 1));
}

Test(virtio_mmio, too_many_on_offer_break_the_device)
{
    driver_start(&driver, 0, 1);
    for (unsigned i = 0; i <= DRIVER_QUEUE_SIZE; i++) {
        driver_offer(&driver, 0, 0);
    }
    cr_expect(eq(u32, virtio_mmio_count(&virtio, 0), 0));
    cr_expect(not(virtio_mmio_is_running(&virtio)));
}

Test(virtio_mmio, a_used_chain_interrupts_until_acknowledged)
{
    static const uint8_t no_interrupt[2] = {1, 0};
    const struct driver_descriptor descriptor = {DRIVER_DATA, 4, WRITE, 0};
    struct virtio_chain chain;

    driver_start(&driver, 0, 1);
    driver_describe(&driver, 0, 0, &descriptor);
    driver_offer(&driver, 0, 0);
    cr_assert(virtio_mmio_peek(&virtio, 0, &chain));
    virtio_mmio_give_back(&virtio, 0, &chain, 4);
    cr_expect(driver.irq);
    cr_expect(eq(u32, driver_get(&driver, MMIO_INTERRUPT), VIRTIO_INTERRUPT_USED));
    driver_put(&driver, MMIO_ACKNOWLEDGE, VIRTIO_INTERRUPT_CONFIG);
    cr_expect(driver.irq, "another one");
    driver_put(&driver, MMIO_ACKNOWLEDGE, VIRTIO_INTERRUPT_USED);
    cr_expect(not(driver.irq));
    cr_expect(eq(u32, driver_get(&driver, MMIO_INTERRUPT), 0));
    driver_store(&driver, DRIVER_RAM + 1024, no_interrupt, 2);
    driver_offer(&driver, 0, 0);
    cr_assert(virtio_mmio_peek(&virtio, 0, &chain));
    virtio_mmio_give_back(&virtio, 0, &chain, 4);
    cr_expect(not(driver.irq), "the driver wants none");
    cr_expect(eq(u16, driver_used(&driver, 0), 2));
}

Test(virtio_mmio, a_reset_forgets_everything)
{
    const struct driver_descriptor descriptor = {DRIVER_DATA, 4, WRITE, 0};
    struct virtio_chain chain;

    driver_start(&driver, FEATURE, 1);
    driver_describe(&driver, 0, 0, &descriptor);
    driver_offer(&driver, 0, 0);
    cr_assert(virtio_mmio_peek(&virtio, 0, &chain));
    virtio_mmio_give_back(&virtio, 0, &chain, 4);
    driver_put(&driver, MMIO_STATUS, 0);
    cr_expect(not(driver.irq));
    cr_expect(eq(u32, driver_get(&driver, MMIO_INTERRUPT), 0));
    cr_expect(eq(u32, driver_get(&driver, MMIO_QUEUE_READY), 0));
    cr_expect(eq(u64, virtio.driver_features, 0));
    cr_expect(eq(u32, virtio.queue[0].size, 0));
    cr_expect(eq(u16, virtio.queue[0].next, 0));
}
