#include "devices/virtio_console.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/virtio_driver.h"

enum { CONTROL_IN = 2, CONTROL_OUT = 3, STDIN_IN = 4, STDIN_OUT = 5, STDOUT_IN = 6 };
enum { STDOUT_OUT = 7, STDERR_OUT = 9 };
enum { DEVICE_READY = 0, PORT_ADD = 1, PORT_READY = 3, PORT_OPEN = 6, PORT_NAME = 7 };
enum { CONTROL_LENGTH = 8, ROOM = 64 };

/* Where each queue's bytes lie: descriptor n has ROOM of them. */
#define PLACE(queue, number) (DRIVER_DATA + (queue)*0x400 + (number)*ROOM)

/* The other end. */
struct streams {
    char text[VIRTIO_CONSOLE_PORTS][128];
    size_t length[VIRTIO_CONSOLE_PORTS];
    const char *input; /* what is left of it; NULL: none now */
    size_t most;       /* bytes given at once */
    bool ends_with_it;
    unsigned asked;
};

static struct virtio_driver driver;
static struct virtio_console console;
static struct streams streams;

static void put(void *ctx, enum virtio_console_port port, const uint8_t *bytes, size_t length)
{
    struct streams *end = ctx;

    cr_assert(le(sz, end->length[port] + length, sizeof end->text[port] - 1));
    memcpy(end->text[port] + end->length[port], bytes, length);
    end->length[port] += length;
}

static size_t get(void *ctx, uint8_t *bytes, size_t length, bool *has_ended)
{
    struct streams *end = ctx;
    size_t count = end->input == NULL ? 0 : strlen(end->input);

    cr_assert(gt(sz, length, 0));
    end->asked++;
    if (end->input != NULL && (count == 0 || end->ends_with_it)) {
        *has_ended = true;
    }
    count = count < length ? count : length;
    count = count < end->most ? count : end->most;
    if (count != 0) {
        memcpy(bytes, end->input, count);
        end->input += count;
    }
    return count;
}

static void start(uint64_t features)
{
    const struct virtio_console_host host = {.put = put, .get = get, .ctx = &streams};

    driver_init(&driver);
    const struct virtio_place place = driver_place(&driver);

    streams = (struct streams){.most = 1000};
    virtio_console_init(&console, &host, &place);
    driver.device = &console.virtio.device;
    driver_start(&driver, features, VIRTIO_QUEUES_MOST);
}

static void set_up(void)
{
    start(VIRTIO_CONSOLE_F_MULTIPORT);
}

TestSuite(virtio_console, .init = set_up);

/* A chain of one descriptor, of which there are several in turn. */
static void offer(unsigned queue, unsigned number, uint32_t length, unsigned flags)
{
    const struct driver_descriptor descriptor = {PLACE(queue, number), length, (uint16_t)flags, 0};

    driver_describe(&driver, queue, number, &descriptor);
    driver_offer(&driver, queue, (uint16_t)number);
}

static void offer_room(unsigned queue, unsigned number, uint32_t length)
{
    offer(queue, number, length, WRITE);
    driver_notify(&driver, queue);
}

static void send(unsigned queue, const void *bytes, size_t length)
{
    driver_store(&driver, PLACE(queue, 0), bytes, length);
    offer(queue, 0, (uint32_t)length, 0);
    driver_notify(&driver, queue);
}

static void control(uint32_t port, unsigned event, unsigned value)
{
    const uint8_t bytes[CONTROL_LENGTH] = {(uint8_t)port,         (uint8_t)(port >> 8),
                                           (uint8_t)(port >> 16), (uint8_t)(port >> 24),
                                           (uint8_t)event,        0,
                                           (uint8_t)value,        0};

    send(CONTROL_OUT, bytes, sizeof bytes);
}

/* The nth message that came. */
static void expect_message(unsigned number, uint32_t port, unsigned event, unsigned value,
                           const char *name)
{
    uint64_t pa = PLACE(CONTROL_IN, driver_used_head(&driver, CONTROL_IN, number));

    cr_expect(gt(u16, driver_used(&driver, CONTROL_IN), number), "message %u", number);
    cr_expect(eq(u32, driver_load(&driver, pa, 4), port), "message %u", number);
    cr_expect(eq(u32, driver_load(&driver, pa + 4, 2), event), "message %u", number);
    cr_expect(eq(u32, driver_load(&driver, pa + 6, 2), value), "message %u", number);
    cr_expect(
        eq(u32, driver_used_length(&driver, CONTROL_IN, number), CONTROL_LENGTH + strlen(name)),
        "message %u", number);
    cr_expect(eq(int, memcmp(driver_bytes(&driver, pa + CONTROL_LENGTH), name, strlen(name)), 0),
              "message %u", number);
}

static void give_rooms(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        offer_room(CONTROL_IN, i, ROOM);
    }
}

static bool needs_reset(void)
{
    return (driver_get(&driver, MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET) != 0;
}

Test(virtio_console, it_tells_its_ports_and_features)
{
    cr_expect(eq(u32, driver_get(&driver, MMIO_DEVICE), 3));
    cr_expect(eq(u32, driver_get(&driver, MMIO_CONFIG), 0), "rows and columns are not offered");
    cr_expect(eq(u32, driver_get(&driver, MMIO_CONFIG + 4), 4));
    cr_expect(eq(u64, console.virtio.features, VIRTIO_F_VERSION_1 | VIRTIO_CONSOLE_F_MULTIPORT));
}

Test(virtio_console, ports_are_announced_named_and_opened)
{
    static const char *const names[] = {"", "pagewalk.stdin", "pagewalk.stdout", "pagewalk.stderr"};

    give_rooms(9);
    cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 0), "the driver speaks first");
    control(0, DEVICE_READY, 1);
    cr_assert(eq(u16, driver_used(&driver, CONTROL_IN), 3));
    cr_expect(driver.irq);
    for (uint32_t port = 1; port <= 3; port++) {
        expect_message(port - 1, port, PORT_ADD, 1, "");
    }
    for (uint32_t port = 1; port <= 3; port++) {
        unsigned first = 3 + 2 * (port - 1);

        control(port, PORT_READY, 1);
        cr_assert(eq(u16, driver_used(&driver, CONTROL_IN), first + 2));
        expect_message(first, port, PORT_NAME, 1, names[port]);
        expect_message(first + 1, port, PORT_OPEN, 1, "");
    }
    cr_expect(driver_was_told(&driver));
    cr_expect(eq(u16, driver_used(&driver, CONTROL_OUT), 4));
    cr_expect(eq(u32, driver_used_length(&driver, CONTROL_OUT, 0), 0));
}

Test(virtio_console, messages_wait_for_room)
{
    control(0, DEVICE_READY, 1);
    control(2, PORT_READY, 1);
    cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 0));
    give_rooms(5);
    expect_message(0, 1, PORT_ADD, 1, "");
    expect_message(1, 2, PORT_ADD, 1, "");
    expect_message(2, 2, PORT_NAME, 1, "pagewalk.stdout");
    expect_message(3, 2, PORT_OPEN, 1, "");
    expect_message(4, 3, PORT_ADD, 1, "");
}

Test(virtio_console, messages_that_mean_nothing_are_taken_and_forgotten)
{
    static const struct {
        uint32_t port;
        unsigned event;
        unsigned value;
        const char *why;
    } rows[] = {
        {0, DEVICE_READY, 0, "the driver failed"},
        {1, PORT_READY, 0, "it failed"},
        {0, PORT_READY, 1, "not a port of ours"},
        {4, PORT_READY, 1, "no port"},
        {UINT32_MAX, PORT_READY, 1, "no port"},
        {4, PORT_OPEN, 1, "no port"},
        {1, PORT_ADD, 1, "only a device does"},
        {1, PORT_NAME, 1, "only a device does"},
        {1, 0xff, 1, "no event"},
    };

    give_rooms(9);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        control(rows[i].port, rows[i].event, rows[i].value);
        cr_expect(eq(u16, driver_used(&driver, CONTROL_OUT), i + 1), "%s", rows[i].why);
        cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 0), "%s", rows[i].why);
    }
    send(CONTROL_OUT, "short", 5);
    cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 0));
    cr_expect(not(needs_reset()));
    control(0, DEVICE_READY, 1);
    control(0, DEVICE_READY, 1);
    cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 3), "a port is added once");
}

Test(virtio_console, a_name_is_cut_to_the_room_for_it)
{
    control(0, DEVICE_READY, 1);
    give_rooms(3);
    offer_room(CONTROL_IN, 3, CONTROL_LENGTH + 4);
    offer_room(CONTROL_IN, 4, CONTROL_LENGTH);
    offer_room(CONTROL_IN, 5, CONTROL_LENGTH);
    control(3, PORT_READY, 1);
    expect_message(3, 3, PORT_NAME, 1, "page");
    expect_message(4, 3, PORT_OPEN, 1, "");
    control(3, PORT_READY, 1);
    expect_message(5, 3, PORT_NAME, 1, "");
}

Test(virtio_console, output_and_error_are_apart)
{
    const struct driver_descriptor pieces[2] = {{PLACE(STDOUT_OUT, 1), 3, NEXT, 2},
                                                {PLACE(STDOUT_OUT, 2), 4, 0, 0}};

    send(STDOUT_OUT, "hello\0\r\n", 8);
    send(STDERR_OUT, "oops", 4);
    driver_store(&driver, PLACE(STDOUT_OUT, 1), "one", 3);
    driver_store(&driver, PLACE(STDOUT_OUT, 2), " two", 4);
    driver_describe(&driver, STDOUT_OUT, 1, &pieces[0]);
    driver_describe(&driver, STDOUT_OUT, 2, &pieces[1]);
    driver_offer(&driver, STDOUT_OUT, 1);
    driver_notify(&driver, STDOUT_OUT);
    cr_expect(eq(sz, streams.length[VIRTIO_CONSOLE_OUTPUT], 15));
    cr_expect(eq(int, memcmp(streams.text[VIRTIO_CONSOLE_OUTPUT], "hello\0\r\none two", 15), 0));
    cr_expect(eq(str, streams.text[VIRTIO_CONSOLE_ERROR], "oops"));
    cr_expect(eq(u16, driver_used(&driver, STDOUT_OUT), 2));
    cr_expect(driver.irq);
}

Test(virtio_console, several_chains_are_put_out_at_one_notification)
{
    driver_store(&driver, PLACE(STDOUT_OUT, 0), "ab", 2);
    driver_store(&driver, PLACE(STDOUT_OUT, 1), "cd", 2);
    offer(STDOUT_OUT, 0, 2, 0);
    offer(STDOUT_OUT, 1, 2, 0);
    driver_notify(&driver, STDOUT_OUT);
    cr_expect(eq(str, streams.text[VIRTIO_CONSOLE_OUTPUT], "abcd"));
}

Test(virtio_console, what_nobody_reads_is_taken)
{
    send(1, "port 0", 6);
    send(STDIN_OUT, "port 1", 6);
    cr_expect(eq(u16, driver_used(&driver, 1), 1));
    cr_expect(eq(u16, driver_used(&driver, STDIN_OUT), 1));
    cr_expect(eq(sz, streams.length[1] + streams.length[2] + streams.length[3], 0));
}

Test(virtio_console, input_is_asked_for_once_there_is_room_and_the_port_is_open)
{
    streams.input = "abc";
    driver_notify(&driver, STDIN_IN);
    offer_room(STDIN_IN, 0, ROOM);
    virtio_console_poll(&console);
    cr_expect(eq(u32, streams.asked, 0), "the port is not open");
    control(1, PORT_OPEN, 1);
    cr_expect(eq(u32, streams.asked, 1));
    cr_expect(eq(u16, driver_used(&driver, STDIN_IN), 1));
    cr_expect(eq(u32, driver_used_length(&driver, STDIN_IN, 0), 3));
    cr_expect(eq(int, memcmp(driver_bytes(&driver, PLACE(STDIN_IN, 0)), "abc", 3), 0));
    cr_expect(driver.irq);
    cr_expect(driver_was_told(&driver));
    virtio_console_poll(&console);
    driver_notify(&driver, STDIN_IN);
    cr_expect(eq(u32, streams.asked, 1), "there is no room");
    control(1, PORT_OPEN, 0);
    offer_room(STDIN_IN, 1, ROOM);
    cr_expect(eq(u32, streams.asked, 1), "the port is closed");
}

Test(virtio_console, input_fills_the_first_piece_at_most)
{
    const struct driver_descriptor pieces[2] = {{PLACE(STDIN_IN, 0), 2, WRITE | NEXT, 1},
                                                {PLACE(STDIN_IN, 1), 9, WRITE, 0}};

    control(1, PORT_OPEN, 1);
    streams.input = "abcdef";
    driver_describe(&driver, STDIN_IN, 0, &pieces[0]);
    driver_describe(&driver, STDIN_IN, 1, &pieces[1]);
    driver_offer(&driver, STDIN_IN, 0);
    driver_notify(&driver, STDIN_IN);
    cr_expect(eq(u32, driver_used_length(&driver, STDIN_IN, 0), 2));
    cr_expect(eq(str, (char *)streams.input, "cdef"));
}

Test(virtio_console, one_chain_is_filled_at_a_time)
{
    control(1, PORT_OPEN, 1);
    streams.input = "abcdef";
    streams.most = 2;
    offer(STDIN_IN, 0, ROOM, WRITE);
    offer(STDIN_IN, 1, ROOM, WRITE);
    driver_notify(&driver, STDIN_IN);
    cr_expect(eq(u16, driver_used(&driver, STDIN_IN), 1));
    virtio_console_poll(&console);
    cr_expect(eq(u16, driver_used(&driver, STDIN_IN), 2));
    virtio_console_poll(&console);
    cr_expect(eq(u32, streams.asked, 2));
    cr_expect(eq(str, (char *)streams.input, "ef"));
}

Test(virtio_console, input_that_is_late_is_asked_for_again)
{
    control(1, PORT_OPEN, 1);
    offer_room(STDIN_IN, 0, ROOM);
    cr_expect(eq(u16, driver_used(&driver, STDIN_IN), 0));
    cr_expect(not(console.has_input_ended));
    virtio_console_poll(&console);
    cr_expect(eq(u32, streams.asked, 2));
    streams.input = "x";
    virtio_console_poll(&console);
    cr_expect(eq(u16, driver_used(&driver, STDIN_IN), 1));
}

Test(virtio_console, the_end_of_the_input_closes_the_port_once)
{
    for (unsigned with_bytes = 0; with_bytes < 2; with_bytes++) {
        set_up();
        give_rooms(4);
        control(1, PORT_OPEN, 1);
        streams.input = with_bytes != 0 ? "z" : "";
        streams.ends_with_it = true;
        offer_room(STDIN_IN, 0, ROOM);
        cr_expect(eq(u16, driver_used(&driver, STDIN_IN), with_bytes));
        cr_assert(eq(u16, driver_used(&driver, CONTROL_IN), 1));
        expect_message(0, 1, PORT_OPEN, 0, "");
        offer_room(STDIN_IN, 1, ROOM);
        virtio_console_poll(&console);
        control(1, PORT_OPEN, 1);
        cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 1));
        cr_expect(eq(u32, streams.asked, 1), "nor is it asked for again");
    }
}

Test(virtio_console, the_end_waits_for_room_to_be_told)
{
    control(1, PORT_OPEN, 1);
    streams.input = "";
    offer_room(STDIN_IN, 0, ROOM);
    give_rooms(1);
    expect_message(0, 1, PORT_OPEN, 0, "");
}

Test(virtio_console, a_reset_forgets_ports_and_end)
{
    control(0, DEVICE_READY, 1);
    control(1, PORT_OPEN, 1);
    streams.input = "";
    offer_room(STDIN_IN, 0, ROOM);
    driver_start(&driver, VIRTIO_CONSOLE_F_MULTIPORT, VIRTIO_QUEUES_MOST);
    give_rooms(8);
    cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 0));
    offer_room(STDIN_IN, 0, ROOM);
    cr_expect(eq(u32, streams.asked, 1), "closed again");
    control(0, DEVICE_READY, 1);
    cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 3));
    control(1, PORT_OPEN, 1);
    expect_message(3, 1, PORT_OPEN, 0, "");
}

Test(virtio_console, a_driver_without_ports_has_port_0_only)
{
    start(0);
    send(1, "to nobody", 9);
    cr_expect(eq(u16, driver_used(&driver, 1), 1));
    give_rooms(4);
    control(0, DEVICE_READY, 1);
    send(STDOUT_OUT, "hello", 5);
    cr_expect(eq(u16, driver_used(&driver, CONTROL_OUT), 0));
    cr_expect(eq(u16, driver_used(&driver, CONTROL_IN), 0));
    cr_expect(eq(u16, driver_used(&driver, STDOUT_OUT), 0));
    cr_expect(eq(sz, streams.length[VIRTIO_CONSOLE_OUTPUT], 0));
}

Test(virtio_console, buffers_of_the_wrong_direction_need_a_reset)
{
    static const struct {
        unsigned queue;
        uint32_t length;
        unsigned flags;
        const char *why;
    } rows[] = {
        {CONTROL_IN, ROOM, 0, "a message cannot go there"},
        {CONTROL_IN, CONTROL_LENGTH - 1, WRITE, "it does not fit"},
        {CONTROL_OUT, CONTROL_LENGTH, WRITE, "a message is read"},
        {STDIN_IN, ROOM, 0, "input cannot go there"},
        {STDIN_OUT, ROOM, WRITE, "nothing is read there, either"},
        {STDOUT_OUT, ROOM, WRITE, "output is read"},
        {STDERR_OUT, ROOM, WRITE, "as errors are"},
        {1, ROOM, WRITE, "port 0, too"},
        {STDOUT_OUT, UINT32_MAX, 0, "outside RAM"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up();
        streams.input = "abc";
        control(1, PORT_OPEN, 1);
        control(0, DEVICE_READY, 1);
        offer(rows[i].queue, 1, rows[i].length, rows[i].flags);
        driver_notify(&driver, rows[i].queue);
        cr_expect(needs_reset(), "%s", rows[i].why);
        cr_expect(eq(u32, driver_get(&driver, MMIO_INTERRUPT) & VIRTIO_INTERRUPT_CONFIG,
                     VIRTIO_INTERRUPT_CONFIG));
        virtio_console_poll(&console);
        send(STDOUT_OUT, "hello", 5);
        cr_expect(eq(u32, streams.asked, 0), "%s", rows[i].why);
        cr_expect(eq(sz, streams.length[VIRTIO_CONSOLE_OUTPUT], 0), "%s", rows[i].why);
    }
}

Test(virtio_console, room_with_something_to_read_needs_a_reset)
{
    static const unsigned queues[] = {CONTROL_IN, STDIN_IN};

    for (size_t i = 0; i < 2; i++) {
        const struct driver_descriptor pieces[2] = {{PLACE(queues[i], 0), 4, NEXT, 1},
                                                    {PLACE(queues[i], 1), ROOM, WRITE, 0}};

        set_up();
        streams.input = "abc";
        control(1, PORT_OPEN, 1);
        control(0, DEVICE_READY, 1);
        driver_describe(&driver, queues[i], 0, &pieces[0]);
        driver_describe(&driver, queues[i], 1, &pieces[1]);
        driver_offer(&driver, queues[i], 0);
        driver_notify(&driver, queues[i]);
        cr_expect(needs_reset(), "queue %u", queues[i]);
        cr_expect(eq(u16, driver_used(&driver, queues[i]), 0));
    }
}

/* Rings that overlap, so that what comes back is a new offer: of head 5, five chains at once. */
Test(virtio_console, what_giving_back_offers_waits_for_the_next_notification)
{
    const uint64_t used = PLACE(STDOUT_OUT, 4);
    static const uint8_t offer_one[] = {1, 0, 5, 0}; /* index, first head */

    driver_put(&driver, MMIO_QUEUE, STDOUT_OUT);
    driver_put(&driver, MMIO_QUEUE_READY, 0);
    driver_put(&driver, MMIO_USED, (uint32_t)used);
    driver_put(&driver, MMIO_AVAILABLE, (uint32_t)used + 2);
    driver_put(&driver, MMIO_QUEUE_READY, 1);
    for (unsigned number = 0; number < 6; number += 5) {
        const struct driver_descriptor piece = {PLACE(STDOUT_OUT, 0), 1, 0, 0};

        driver_describe(&driver, STDOUT_OUT, number, &piece);
    }
    driver_store(&driver, used + 4, offer_one, sizeof offer_one);
    driver_notify(&driver, STDOUT_OUT);
    cr_expect(not(needs_reset()));
    cr_expect(eq(sz, streams.length[VIRTIO_CONSOLE_OUTPUT], 1));
    cr_expect(eq(u64, driver_load(&driver, used + 4, 2), 5), "there are more now");
}

Test(virtio_console, only_who_wants_input_waits_for_it)
{
    control(1, PORT_OPEN, 1);
    streams.input = "abcdef";
    streams.most = 2;
    offer(STDIN_IN, 0, ROOM, WRITE);
    offer(STDIN_IN, 1, ROOM, WRITE);
    driver_notify(&driver, STDIN_IN);
    send(STDOUT_OUT, "x", 1);
    give_rooms(1);
    cr_expect(eq(u32, streams.asked, 1));
}

Test(virtio_console, room_for_input_of_other_ports_stays_empty)
{
    streams.input = "abc";
    control(2, PORT_OPEN, 1);
    offer_room(STDIN_IN, 0, ROOM);
    offer_room(STDOUT_IN, 0, ROOM);
    offer_room(0, 0, ROOM);
    cr_expect(eq(u32, streams.asked, 0));
    cr_expect(eq(u16, driver_used(&driver, STDOUT_IN), 0));
    cr_expect(eq(u16, driver_used(&driver, 0), 0));
}
