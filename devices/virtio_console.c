#include "devices/virtio_console.h"

#include <endian.h>
#include <string.h>

enum { CONTROL_RECEIVE = 2, CONTROL_SEND = 3, QUEUE_COUNT = 2 + 2 * VIRTIO_CONSOLE_PORTS };
enum { CONFIG_PORTS = 4, CONFIG_LENGTH = 8 };

enum control_event {
    DEVICE_READY = 0, /* by the driver; so are those with another sender named */
    PORT_ADD = 1,     /* by the device */
    PORT_READY = 3,
    PORT_OPEN = 6, /* by both */
    PORT_NAME = 7, /* by the device */
};

/* As it lies in memory. */
struct control {
    uint32_t port;
    uint16_t event;
    uint16_t value;
};

/* Messages to the driver about a port, in the order in which they are sent. */
enum message { MESSAGE_ADD, MESSAGE_NAME, MESSAGE_OPEN, MESSAGE_CLOSE, MESSAGES };

static const struct {
    enum control_event event;
    uint16_t value;
} messages[MESSAGES] = {
    [MESSAGE_ADD] = {PORT_ADD, 1},
    [MESSAGE_NAME] = {PORT_NAME, 1},
    [MESSAGE_OPEN] = {PORT_OPEN, 1},
    [MESSAGE_CLOSE] = {PORT_OPEN, 0},
};

static const char *const names[VIRTIO_CONSOLE_PORTS] = {
    "",
    [VIRTIO_CONSOLE_INPUT] = "pagewalk.stdin",
    [VIRTIO_CONSOLE_OUTPUT] = "pagewalk.stdout",
    [VIRTIO_CONSOLE_ERROR] = "pagewalk.stderr",
};

/* Those of port 0 come first, then those for control, then those of the other ports. */
static unsigned receive_queue(unsigned port)
{
    return port == 0 ? 0 : 2 + 2 * port;
}

/* The port that a queue is of; port 0 for the control queues, too. */
static unsigned port_of(unsigned queue)
{
    return queue < receive_queue(1) ? 0 : (queue - 2) / 2;
}

static bool is_receive_queue(unsigned queue)
{
    return queue % 2 == 0;
}

static void make_due(struct virtio_console *console, unsigned port, enum message message)
{
    console->due[port] |= 1U << message;
}

/* Writes a message into a chain. A name that is longer than the room for it is cut. */
static void send(struct virtio_console *console, const struct virtio_chain *chain, unsigned port,
                 enum message message)
{
    struct virtio_mmio *virtio = &console->virtio;
    const struct control control = {.port = htole32(port),
                                    .event = htole16((uint16_t)messages[message].event),
                                    .value = htole16(messages[message].value)};
    uint64_t room = chain->writable.length - sizeof control;
    const char *name = message == MESSAGE_NAME ? names[port] : "";
    size_t length = strlen(name);

    length = length < room ? length : (size_t)room;
    virtio_run_write(&chain->writable, &virtio->memory, 0, &control, sizeof control);
    virtio_run_write(&chain->writable, &virtio->memory, sizeof control, name, length);
    virtio_mmio_give_back(virtio, CONTROL_RECEIVE, chain, (uint32_t)(sizeof control + length));
}

/* Reads the next chain of a queue into which only the device writes; one that is too short for what
 * it is for breaks a rule, like one with something to read. */
static bool peek_room(struct virtio_console *console, unsigned queue, size_t least,
                      struct virtio_chain *chain)
{
    if (!virtio_mmio_peek(&console->virtio, queue, chain)) {
        return false;
    }
    if (chain->readable.length != 0 || chain->writable.length < least) {
        virtio_mmio_break(&console->virtio);
        return false;
    }
    return true;
}

/* The first message that is due to the driver. Returns false if there is none. */
static bool find_message(const struct virtio_console *console, unsigned *port,
                         enum message *message)
{
    for (unsigned i = 0; i < VIRTIO_CONSOLE_PORTS * MESSAGES; i++) {
        *port = i / MESSAGES;
        *message = (enum message)(i % MESSAGES);
        if ((console->due[*port] & 1U << *message) != 0) {
            return true;
        }
    }
    return false;
}

static void send_messages(struct virtio_console *console)
{
    struct virtio_chain chain;
    enum message message;
    unsigned port;

    while (find_message(console, &port, &message) &&
           peek_room(console, CONTROL_RECEIVE, sizeof(struct control), &chain)) {
        console->due[port] &= ~(1U << message);
        send(console, &chain, port, message);
    }
}

/* Asks for input once, for the first piece of the first chain; what else is offered waits for the
 * next time, so that the driver can take this first. */
static void receive_input(struct virtio_console *console)
{
    const unsigned queue = receive_queue(VIRTIO_CONSOLE_INPUT);
    const struct virtio_memory *memory = &console->virtio.memory;
    const struct virtio_piece *piece;
    struct virtio_chain chain;
    size_t length;

    if (!console->is_input_open || console->has_input_ended ||
        !peek_room(console, queue, 1, &chain)) {
        return;
    }
    piece = chain.writable.piece;
    length = console->host.get(console->host.ctx, piece->bytes, piece->length,
                               &console->has_input_ended);
    if (length != 0) {
        memory->wrote(memory->ctx, piece->pa, length);
        virtio_mmio_give_back(&console->virtio, queue, &chain, (uint32_t)length);
    }
    if (console->has_input_ended) {
        make_due(console, VIRTIO_CONSOLE_INPUT, MESSAGE_CLOSE);
        send_messages(console);
    }
}

/* Choice: ports are announced once; a driver that says again that it is ready learns nothing. */
static void announce(struct virtio_console *console)
{
    for (unsigned port = 1; port < VIRTIO_CONSOLE_PORTS && !console->is_announced; port++) {
        make_due(console, port, MESSAGE_ADD);
    }
    console->is_announced = true;
}

/* Messages about ports that there are not, and those that only a device sends, mean nothing. */
static void obey(struct virtio_console *console, const struct control *control)
{
    unsigned port = le32toh(control->port);
    bool is_on = le16toh(control->value) != 0;
    bool has_port = port > 0 && port < VIRTIO_CONSOLE_PORTS;

    switch (le16toh(control->event)) {
    case DEVICE_READY:
        if (is_on) {
            announce(console);
        }
        break;
    case PORT_READY:
        if (is_on && has_port) {
            make_due(console, port, MESSAGE_NAME);
            make_due(console, port, MESSAGE_OPEN);
        }
        break;
    case PORT_OPEN:
        if (port == VIRTIO_CONSOLE_INPUT) {
            console->is_input_open = is_on;
        }
        break;
    default: break;
    }
}

/* Hands out what the driver wrote to a port; there is nobody behind those without output. */
static void put_run(struct virtio_console *console, unsigned port, const struct virtio_run *run)
{
    if (port != VIRTIO_CONSOLE_OUTPUT && port != VIRTIO_CONSOLE_ERROR) {
        return;
    }
    for (unsigned i = 0; i < run->count; i++) {
        console->host.put(console->host.ctx, (enum virtio_console_port)port, run->piece[i].bytes,
                          run->piece[i].length);
    }
}

/* Takes what is offered in a queue that the driver writes to, and not what giving back adds where
 * rings overlap. */
static void take_output(struct virtio_console *console, unsigned queue)
{
    unsigned offered = virtio_mmio_count(&console->virtio, queue);
    struct virtio_chain chain;

    while (offered-- > 0 && virtio_mmio_peek(&console->virtio, queue, &chain)) {
        struct control control;

        if (chain.writable.length != 0) {
            virtio_mmio_break(&console->virtio);
            return;
        }
        if (queue != CONTROL_SEND) {
            put_run(console, port_of(queue), &chain.readable);
        } else if (chain.readable.length >= sizeof control) {
            virtio_run_read(&chain.readable, 0, &control, sizeof control);
            obey(console, &control);
        }
        virtio_mmio_give_back(&console->virtio, queue, &chain, 0);
    }
}

/* Queues behind those of port 0 exist only for a driver that knows of ports. */
static void console_notified(struct virtio_mmio *virtio, unsigned queue)
{
    struct virtio_console *console = (struct virtio_console *)virtio;

    if (queue >= CONTROL_RECEIVE && !virtio_mmio_has(virtio, VIRTIO_CONSOLE_F_MULTIPORT)) {
        return;
    }
    if (!is_receive_queue(queue)) {
        take_output(console, queue);
    }
    send_messages(console);
    if (queue == receive_queue(VIRTIO_CONSOLE_INPUT) || queue == CONTROL_SEND) {
        receive_input(console);
    }
}

/* Nothing is ever under way in a queue. */
static void console_stopped(struct virtio_mmio *virtio, unsigned queue)
{
    (void)virtio;
    (void)queue;
}

static void console_reset(struct virtio_mmio *virtio)
{
    struct virtio_console *console = (struct virtio_console *)virtio;

    console->is_announced = false;
    console->is_input_open = false;
    console->has_input_ended = false;
    memset(console->due, 0, sizeof console->due);
}

static const struct virtio_kind console_kind = {.id = VIRTIO_ID_CONSOLE,
                                                .queue_count = QUEUE_COUNT,
                                                .notified = console_notified,
                                                .stopped = console_stopped,
                                                .reset = console_reset};

void virtio_console_init(struct virtio_console *console, const struct virtio_console_host *host,
                         const struct virtio_place *place)
{
    const uint32_t ports = htole32(VIRTIO_CONSOLE_PORTS);

    *console = (struct virtio_console){.host = *host};
    virtio_mmio_init(&console->virtio, &console_kind, place, VIRTIO_CONSOLE_F_MULTIPORT);
    memcpy(console->virtio.config + CONFIG_PORTS, &ports, sizeof ports);
    console->virtio.config_length = CONFIG_LENGTH;
}

void virtio_console_poll(struct virtio_console *console)
{
    receive_input(console);
}
