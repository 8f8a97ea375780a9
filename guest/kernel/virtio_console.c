#include "guest/kernel/virtio_console.h"

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/log.h"
#include "guest/kernel/plic.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/stream.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/virtio.h"

#define FEATURE_MULTIPORT (UINT64_C(1) << 1)

/* Queues 2 and 3 carry messages about ports; port n has 2n + 2 to receive and 2n + 3 to send. Port
 * 0 is another kind of console, not used here. */
enum { QUEUE_CONTROL_RECEIVE = 2, QUEUE_CONTROL_SEND = 3, PORT_NUMBERS = 4 };

enum control_event {
    CONTROL_DEVICE_READY = 0,
    CONTROL_PORT_ADD = 1,
    CONTROL_PORT_READY = 3,
    CONTROL_PORT_OPEN = 6,
    CONTROL_PORT_NAME = 7,
};

enum { NAME_SIZE = 32, MESSAGES_IN = 16, MESSAGES_OUT = 16, BOOT_WAITS_PER_SECOND = 10 };

struct message {
    uint32_t port;
    uint16_t event, value;
    char name[NAME_SIZE]; /* only of CONTROL_PORT_NAME; the device never writes the last byte */
};

enum { MESSAGE_OUT_SIZE = 8, MESSAGE_IN_SIZE = sizeof(struct message) - 1 };

struct port {
    struct virtio_queue receive, send;
    bool is_at_end; /* the host closed it */
};

static struct virtio_device device;
static struct virtio_queue control_receive, control_send;
static struct message messages_in[MESSAGES_IN], messages_out[MESSAGES_OUT];
static unsigned messages_sent;
static struct port ports[PORT_NUMBERS]; /* by the device's number */
static struct port *port_of[PORTS];     /* by what it is for */

static const char *const names[PORTS] = {
    [PORT_INPUT] = "pagewalk.stdin",
    [PORT_OUTPUT] = "pagewalk.stdout",
    [PORT_ERROR] = "pagewalk.stderr",
};

/* What was received and not read yet is [start, end); posted: the device has that many bytes of it
 * to write to, 0: none. */
static struct {
    uint8_t bytes[PAGE_SIZE];
    size_t start, end, posted;
} input;

/* Messages are sent at boot only, few, and each from a place of its own: nobody waits for the
 * device to have read one. */
static void send_message(uint32_t port, enum control_event event, uint16_t value)
{
    if (messages_sent == MESSAGES_OUT) {
        return;
    }
    struct message *message = &messages_out[messages_sent++];
    const struct virtio_part part = {direct_map_pa(message), MESSAGE_OUT_SIZE, false};

    *message = (struct message){.port = port, .event = (uint16_t)event, .value = value};
    virtio_queue_put(&control_send, &part, 1, message);
}

static void post_message(struct message *message)
{
    const struct virtio_part part = {direct_map_pa(message), MESSAGE_IN_SIZE, true};

    *message = (struct message){0};
    virtio_queue_put(&control_receive, &part, 1, message);
}

static void name_port(uint32_t number, const char *name)
{
    for (unsigned i = 0; i < PORTS; i++) {
        if (text_equal(name, names[i])) {
            port_of[i] = &ports[number];
            send_message(number, CONTROL_PORT_OPEN, 1);
        }
    }
}

static void handle_message(const struct message *message)
{
    if (message->port == 0 || message->port >= PORT_NUMBERS) {
        return;
    }
    struct port *port = &ports[message->port];

    switch (message->event) {
    case CONTROL_PORT_ADD: send_message(message->port, CONTROL_PORT_READY, 1); break;
    case CONTROL_PORT_NAME: name_port(message->port, message->name); break;
    case CONTROL_PORT_OPEN:
        port->is_at_end = message->value == 0;
        stream_input_changed();
        break;
    }
}

static void serve_messages(void)
{
    struct message *message;
    uint32_t length;

    while ((message = virtio_queue_take(&control_receive, &length)) != NULL) {
        handle_message(message);
        post_message(message);
    }
}

/* Who sent something waits at a bool, which is the token. */
static void serve_sent(struct port *port)
{
    bool *is_sent;
    uint32_t length;

    while ((is_sent = virtio_queue_take(&port->send, &length)) != NULL) {
        *is_sent = true;
        scheduler_wake(is_sent);
        scheduler_wake(&port->send);
    }
}

static void serve_received(struct port *port)
{
    uint32_t length;

    if (virtio_queue_take(&port->receive, &length) != NULL) {
        input.start = 0;
        input.end = length < input.posted ? length : input.posted;
        input.posted = 0;
        stream_input_changed();
    }
}

/* The interrupt. Input comes before the message that it is at its end. */
static void serve(void *context)
{
    (void)context;
    virtio_acknowledge(&device);
    for (unsigned i = 0; i < PORTS; i++) {
        if (port_of[i] != NULL) {
            serve_sent(port_of[i]);
        }
    }
    if (port_of[PORT_INPUT] != NULL) {
        serve_received(port_of[PORT_INPUT]);
    }
    serve_messages();
}

/* Queues must be there before the device is ready, and it names its ports after. */
static bool start_queues(void)
{
    bool is_started = virtio_queue_start(&control_receive, &device, QUEUE_CONTROL_RECEIVE) &&
                      virtio_queue_start(&control_send, &device, QUEUE_CONTROL_SEND);

    for (uint16_t i = 1; i < PORT_NUMBERS && is_started; i++) {
        is_started = virtio_queue_start(&ports[i].receive, &device, (uint16_t)(2 * i + 2)) &&
                     virtio_queue_start(&ports[i].send, &device, (uint16_t)(2 * i + 3));
    }
    return is_started;
}

static bool has_all_ports(void)
{
    return port_of[PORT_INPUT] != NULL && port_of[PORT_OUTPUT] != NULL &&
           port_of[PORT_ERROR] != NULL;
}

void virtio_console_start(void)
{
    uint64_t features = FEATURE_MULTIPORT;

    if (!virtio_find(VIRTIO_CONSOLE, &device)) {
        return;
    }
    if (!virtio_negotiate(&device, &features) || (features & FEATURE_MULTIPORT) == 0 ||
        !start_queues()) {
        log_line("the virtio console is not used: it lacks ports");
        return;
    }
    plic_attach(device.irq, serve, NULL);
    virtio_ready(&device);
    for (unsigned i = 0; i < MESSAGES_IN; i++) {
        post_message(&messages_in[i]);
    }
    send_message(0, CONTROL_DEVICE_READY, 1);

    uint64_t deadline = timer_now() + machine()->timebase_hz / BOOT_WAITS_PER_SECOND;

    do {
        serve_messages();
    } while (!has_all_ports() && timer_now() < deadline);
}

bool virtio_console_has(enum virtio_port role)
{
    return port_of[role] != NULL;
}

void virtio_console_write(enum virtio_port role, const uint8_t *bytes, size_t length)
{
    struct port *port = port_of[role];
    const struct virtio_part part = {direct_map_pa(bytes), (uint32_t)length, false};
    bool is_sent = false;

    if (length == 0) {
        return;
    }
    while (!virtio_queue_put(&port->send, &part, 1, &is_sent)) {
        scheduler_sleep(&port->send);
    }
    serve_sent(port); /* it may be done already: then there is nothing to sleep for */
    while (!is_sent) {
        scheduler_sleep(&is_sent);
    }
}

/* Lets the device write as much as is asked for now: it takes no more from the host. */
static void post_input(struct port *port, size_t length)
{
    if (input.posted != 0) {
        return;
    }
    input.posted = length < sizeof input.bytes ? length : sizeof input.bytes;
    const struct virtio_part part = {direct_map_pa(input.bytes), (uint32_t)input.posted, true};

    virtio_queue_put(&port->receive, &part, 1, port);
}

bool virtio_console_has_input(size_t length)
{
    struct port *port = port_of[PORT_INPUT];

    if (input.start == input.end && !port->is_at_end) {
        post_input(port, length);
        serve_received(port); /* it may be there already */
    }
    return input.start != input.end || port->is_at_end;
}

bool virtio_console_has_ended(void)
{
    return input.start == input.end && port_of[PORT_INPUT]->is_at_end;
}

size_t virtio_console_take(uint8_t *bytes, size_t length)
{
    size_t available = input.end - input.start;
    size_t taken = length < available ? length : available;

    memcpy(bytes, input.bytes + input.start, taken);
    input.start += taken;
    return taken;
}
