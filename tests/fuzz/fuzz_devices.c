/*
 * fuzz_devices.c - libFuzzer target: a guest that does anything with the registers of all devices.
 *
 * The bytes are accesses of all widths through the bus, at any address of a device, aligned or not,
 * and what the world does meanwhile: time passes, characters come, wires go up and down. A refused
 * access must leave everything alone, a read must fit its width, and after each step every wire
 * must have the level that the standard of its device gives it.
 *
 * The disk has a target of its own; here it and the console of virtio stand for the transport.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "devices/bus.h"
#include "devices/clint.h"
#include "devices/finisher.h"
#include "devices/plic.h"
#include "devices/rtc.h"
#include "devices/uart.h"
#include "devices/virtio_block.h"
#include "devices/virtio_console.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM UINT64_C(0x80000000)
#define PLIC UINT64_C(0xc000000)

enum { RAM_LENGTH = 8192, DISK_LENGTH = 4 * BLOCK_SECTOR, NANOSECONDS = 100 };

/* Wires into the PLIC, then those out of devices to the hart. */
enum { UART_SOURCE = 10, RTC_SOURCE = 11, DISK_SOURCE = 1, CONSOLE_SOURCE = 2, FREE_SOURCE = 95 };
enum wire {
    SOFTWARE,
    TIMER,
    MACHINE_EXTERNAL,
    SUPERVISOR_EXTERNAL,
    UART,
    RTC,
    DISK,
    CONSOLE,
    WIRES
};

static struct world {
    struct bus bus;
    struct clint clint;
    struct finisher finisher;
    struct plic plic;
    struct rtc rtc;
    struct uart uart;
    struct device empty;
    struct virtio_block block;
    struct virtio_console console;
    bool level[WIRES];
    struct irq_line line[WIRES]; /* on to the PLIC, where they go there */
    uint64_t now;                /* ticks */
    unsigned waiting;            /* characters that the host has */
    unsigned ends;               /* that the guest asked for */
    uint8_t ram[RAM_LENGTH];
    uint8_t disk[DISK_LENGTH];
} world;

/* The input: what is left of it. */
struct bytes {
    const uint8_t *next;
    size_t left;
};

static const uint64_t bases[] = {0x100000,   0x101000,   0x2000000,  PLIC,
                                 0x10000000, 0x10001000, 0x10002000, 0x10003000};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void set_wire(void *ctx, bool level)
{
    size_t wire = (size_t)((bool *)ctx - world.level);

    world.level[wire] = level;
    if (world.line[wire].set != NULL) {
        irq_line_set(&world.line[wire], level);
    }
}

static struct irq_line wire_of(enum wire wire)
{
    return (struct irq_line){.set = set_wire, .ctx = &world.level[wire]};
}

static uint64_t ticks(void *ctx)
{
    (void)ctx;
    return world.now;
}

static uint64_t nanoseconds(void *ctx)
{
    (void)ctx;
    return world.now * NANOSECONDS;
}

static void rearmed(void *ctx)
{
    (void)ctx;
}

static void finish(void *ctx, enum finisher_request request, uint32_t code)
{
    (void)ctx;
    require(code <= UINT16_MAX && (code == 0 || request == FINISHER_FAIL));
    world.ends++;
}

static void put_character(void *ctx, uint8_t character)
{
    (void)ctx;
    (void)character;
}

static bool get_character(void *ctx, uint8_t *character)
{
    (void)ctx;
    *character = 'a';
    return world.waiting > 0 && world.waiting-- > 0;
}

static void put_stream(void *ctx, enum virtio_console_port port, const uint8_t *bytes,
                       size_t length)
{
    (void)ctx;
    require(port == VIRTIO_CONSOLE_OUTPUT || port == VIRTIO_CONSOLE_ERROR);
    require(bytes >= world.ram && length <= RAM_LENGTH &&
            (size_t)(bytes - world.ram) <= RAM_LENGTH - length);
}

static size_t get_stream(void *ctx, uint8_t *bytes, size_t length, bool *has_ended)
{
    (void)ctx;
    require(length != 0);
    *has_ended = world.waiting == 0;
    *bytes = 'b';
    return world.waiting > 0 && world.waiting-- > 0;
}

static uint8_t *find_ram(void *ctx, uint64_t pa, uint64_t length)
{
    (void)ctx;
    return bus_ram(&world.bus, pa, length);
}

static void wrote(void *ctx, uint64_t pa, uint64_t length)
{
    (void)ctx;
    require(bus_is_ram(&world.bus, pa, length));
}

static bool read_disk(void *ctx, uint64_t offset, uint8_t *bytes, size_t length)
{
    (void)ctx;
    memcpy(bytes, world.disk + offset, length);
    return true;
}

static bool write_disk(void *ctx, uint64_t offset, const uint8_t *bytes, size_t length)
{
    (void)ctx;
    memcpy(world.disk + offset, bytes, length);
    return true;
}

static bool flush_disk(void *ctx)
{
    (void)ctx;
    return true;
}

static void make_virtio(void)
{
    const struct virtio_block_config config = {.backend = {.read = read_disk,
                                                           .write = write_disk,
                                                           .flush = flush_disk,
                                                           .capacity = DISK_LENGTH},
                                               .latency = 3};
    const struct virtio_block_host host = {.ticks = ticks, .rearmed = rearmed};
    const struct virtio_console_host streams = {.put = put_stream, .get = get_stream};
    const struct virtio_memory memory = {.ram = find_ram, .wrote = wrote};
    const struct virtio_place of_disk = {.memory = memory, .irq = wire_of(DISK)};
    const struct virtio_place of_console = {.memory = memory, .irq = wire_of(CONSOLE)};

    virtio_block_init(&world.block, &config, &host, &of_disk);
    virtio_console_init(&world.console, &streams, &of_console);
    virtio_mmio_init_empty(&world.empty);
}

static void start_world(void)
{
    const struct irq_line outputs[PLIC_CONTEXTS] = {wire_of(MACHINE_EXTERNAL),
                                                    wire_of(SUPERVISOR_EXTERNAL)};
    const struct irq_line software = wire_of(SOFTWARE);
    const struct irq_line timer = wire_of(TIMER);
    const struct irq_line of_uart = wire_of(UART);
    const struct irq_line of_rtc = wire_of(RTC);
    struct device *const devices[] = {
        &world.finisher.device,       &world.rtc.device,  &world.clint.device,
        &world.plic.device,           &world.uart.device, &world.block.virtio.device,
        &world.console.virtio.device, &world.empty,
    };

    memset(&world, 0, sizeof world);
    clint_init(&world.clint, &(struct clint_host){.ticks = ticks, .rearmed = rearmed}, &software,
               &timer);
    finisher_init(&world.finisher, &(struct finisher_host){.finish = finish});
    plic_init(&world.plic, outputs);
    uart_init(&world.uart, &(struct uart_host){.put = put_character, .get = get_character},
              &of_uart);
    rtc_init(&world.rtc, &(struct rtc_host){.now = nanoseconds, .rearmed = rearmed}, &of_rtc);
    make_virtio();
    world.line[UART] = plic_line(&world.plic, UART_SOURCE);
    world.line[RTC] = plic_line(&world.plic, RTC_SOURCE);
    world.line[DISK] = plic_line(&world.plic, DISK_SOURCE);
    world.line[CONSOLE] = plic_line(&world.plic, CONSOLE_SOURCE);
    bus_init(&world.bus, world.ram, RAM, RAM_LENGTH);
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        bus_attach(&world.bus, bases[i], devices[i]);
    }
}

static uint64_t take(struct bytes *bytes, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count && bytes->left > 0; i++) {
        value |= (uint64_t)*bytes->next++ << (8 * i);
        bytes->left--;
    }
    return value;
}

/* Mostly where registers are, which for some devices are few in a wide space. */
static uint64_t take_address(struct bytes *bytes)
{
    static const uint64_t places[] = {0,      0,        0x1000,   0x2000,   0x2080,   0x4000,
                                      0xbff8, 0x200000, 0x201000, 0x5ffff8, 0xffff00, 0x100};
    uint64_t kind = take(bytes, 1);
    uint64_t base = bases[kind % 8];
    uint64_t place = base == bases[2] || base == bases[3] ? places[kind / 8 % 12] : 0;

    return base + place + take(bytes, 1) * (kind < 192 ? 4 : 1);
}

static void read_register(struct bytes *bytes)
{
    unsigned size = 1U << take(bytes, 1) % 4;
    uint64_t pa = take_address(bytes);
    uint64_t value = UINT64_C(0x5a5a5a5a5a5a5a5a);
    bool was_pending = world.level[UART];
    bool is_taken = bus_read(&world.bus, pa, size, &value);

    require(is_taken || value == UINT64_C(0x5a5a5a5a5a5a5a5a));
    require(!is_taken || size == 8 || value >> (8 * size) == 0);
    require(!is_taken || pa % size == 0);
    if (is_taken && pa == bases[4] + 2) { /* IIR: bit 0 is clear while an interrupt is pending */
        require((value & 1) == !was_pending);
    }
}

/* The whole width, or what finishes a run, in about as many of a hundred. */
static void write_register(struct bytes *bytes)
{
    static const uint64_t values[] = {0, 1, UINT64_MAX, 0x5555, 0x13333, 0x7777, RAM, 0x80};
    unsigned kind = (unsigned)take(bytes, 1);
    unsigned size = 1U << kind % 4;
    uint64_t pa = take_address(bytes);
    uint64_t value = kind < 128 ? values[kind / 4 % 8] : take(bytes, size);
    unsigned ends = world.ends;
    bool is_taken = bus_write(&world.bus, pa, size, value);

    require(!is_taken || pa % size == 0);
    require(world.ends == ends || (is_taken && pa == bases[0]));
}

static void pass_time(struct bytes *bytes)
{
    world.now += take(bytes, 2);
    clint_update(&world.clint);
    rtc_update(&world.rtc);
    virtio_block_update(&world.block);
}

static void type(struct bytes *bytes)
{
    world.waiting += (unsigned)take(bytes, 1) % 4;
    uart_poll(&world.uart);
    virtio_console_poll(&world.console);
}

static void turn_wire(struct bytes *bytes)
{
    const struct irq_line line = plic_line(&world.plic, FREE_SOURCE - (unsigned)take(bytes, 1) % 8);

    irq_line_set(&line, take(bytes, 1) % 2 != 0);
}

static void put(uint64_t pa, uint64_t value)
{
    require(bus_write(&world.bus, pa, 4, value));
}

/* What a driver does before interrupts of a source reach it. */
static void open_source(struct bytes *bytes)
{
    static const unsigned sources[] = {DISK_SOURCE, CONSOLE_SOURCE,  UART_SOURCE,     RTC_SOURCE,
                                       FREE_SOURCE, FREE_SOURCE - 1, FREE_SOURCE - 2, 40};
    unsigned kind = (unsigned)take(bytes, 1);
    unsigned source = sources[kind % 8];
    uint64_t context = kind / 8 % 2;

    put(PLIC + source * 4, kind / 16);
    put(PLIC + 0x2000 + context * 0x80 + source / 32 * 4, 1U << source % 32 | take(bytes, 1));
}

/* A claim, and perhaps what ends it, of this context or of the other. */
static void serve(struct bytes *bytes)
{
    uint64_t kind = take(bytes, 1);
    uint64_t source = 0;

    require(bus_read(&world.bus, PLIC + 0x200004 + kind % 2 * 0x1000, 4, &source));
    require(source < PLIC_SOURCES);
    if (kind % 4 < 3) {
        put(PLIC + 0x200004 + kind / 4 % 2 * 0x1000, source);
    }
}

static void write_memory(struct bytes *bytes)
{
    uint64_t offset = take(bytes, 2) % RAM_LENGTH;
    uint64_t length = take(bytes, 1) % 32;

    for (uint64_t i = 0; i < length && offset + i < RAM_LENGTH; i++) {
        world.ram[offset + i] = (uint8_t)take(bytes, 1);
    }
}

enum { QUEUES = 10, QUEUE_STRIDE = 256, QUEUE_SIZE = 4, AVAILABLE = 0x40, USED = 0x80 };

static void store(uint64_t offset, unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++) {
        world.ram[offset + i] = (uint8_t)(value >> (8 * i));
    }
}

/* All that comes before the queues of the disk or the console are used. */
static void start_virtio(struct bytes *bytes)
{
    static const uint32_t writes[][2] = {{0x70, 0}, {0x70, 3}, {0x24, 1}, {0x20, 1}, {0x24, 0}};
    uint64_t kind = take(bytes, 1);
    uint64_t base = bases[5 + kind % 2];

    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        put(base + writes[i][0], writes[i][1]);
    }
    put(base + 0x20, kind % 4 == 1 ? VIRTIO_CONSOLE_F_MULTIPORT : 0);
    put(base + 0x70, 11);
    for (uint32_t queue = 0; queue < QUEUES; queue++) {
        put(base + 0x30, queue);
        put(base + 0x38, QUEUE_SIZE);
        for (uint32_t part = 0; part < 3; part++) {
            put(base + 0x80 + part * 16, RAM + queue * QUEUE_STRIDE + part * AVAILABLE);
        }
        put(base + 0x44, 1);
        store(queue * QUEUE_STRIDE + AVAILABLE, 4, 0);
    }
    put(base + 0x70, 15);
}

/* A chain of one or more descriptors in a queue, and word of it to its device. */
static void offer(struct bytes *bytes)
{
    uint64_t kind = take(bytes, 1);
    uint64_t queue = kind / 2 % QUEUES;
    uint64_t number = kind / 32 % QUEUE_SIZE;
    uint64_t at = queue * QUEUE_STRIDE;
    uint64_t ring = at + AVAILABLE;
    uint32_t index = world.ram[ring + 2] | (uint32_t)world.ram[ring + 3] << 8;
    uint64_t flags = take(bytes, 1);

    store(at + number * 16, 8, RAM + take(bytes, 2) % RAM_LENGTH);
    store(at + number * 16 + 8, 4, take(bytes, 1));
    store(at + number * 16 + 12, 2, flags % 4);
    store(at + number * 16 + 14, 2, (number + 1) % QUEUE_SIZE);
    store(ring + 4 + index % QUEUE_SIZE * 2, 2, number);
    store(ring + 2, 2, index + (flags < 192));
    put(bases[5 + kind % 2] + 0x50, queue);
}

static bool is_set(const uint32_t *words, unsigned source)
{
    return (words[source / 32] >> source % 32 & 1) != 0;
}

/* A context is notified while something pending and enabled lies above its threshold. */
static bool is_notified(unsigned context)
{
    for (unsigned source = 1; source < PLIC_SOURCES; source++) {
        if (is_set(world.plic.pending, source) && is_set(world.plic.enable[context], source) &&
            world.plic.priority[source] > world.plic.threshold[context]) {
            return true;
        }
    }
    return false;
}

static void check(void)
{
    bus_wrote(&world.bus, RAM, RAM_LENGTH);
    clint_update(&world.clint);
    rtc_update(&world.rtc);
    require(world.level[TIMER] == (clint_mtime(&world.clint) >= world.clint.mtimecmp));
    require(world.level[SOFTWARE] == (world.clint.msip != 0) && world.clint.msip <= 1);
    require(world.level[MACHINE_EXTERNAL] == is_notified(0));
    require(world.level[SUPERVISOR_EXTERNAL] == is_notified(1));
    require(clint_next_event(&world.clint) >= world.now);
    require(world.level[TIMER] == (clint_next_event(&world.clint) == world.now));
    require(rtc_until_alarm(&world.rtc) != 0 && virtio_block_next_event(&world.block) > world.now);
    require(world.level[RTC] == (world.rtc.is_ringing && world.rtc.is_enabled));
    require(world.level[DISK] == (world.block.virtio.interrupt != 0));
    require(world.level[CONSOLE] == (world.console.virtio.interrupt != 0));
    require(world.plic.pending[0] % 2 == 0 && world.plic.enable[0][0] % 2 == 0);
    require(world.plic.priority[0] == 0);
    require(is_set(world.plic.level, UART_SOURCE) == world.level[UART]);
    for (unsigned word = 0; word < PLIC_WORDS; word++) { /* a wire that is up asks, or is served */
        uint32_t seen = world.plic.pending[word] | world.plic.claimed[word];

        require((world.plic.level[word] & ~seen) == 0);
        require((world.plic.pending[word] & world.plic.claimed[word]) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const operations[16])(struct bytes * bytes) = {
        read_register, read_register, write_register, write_register, pass_time, type,
        turn_wire,     write_memory,  open_source,    serve,          serve,     turn_wire,
        start_virtio,  offer,         offer,          offer,
    };
    struct bytes bytes = {.next = data, .left = size};

    start_world();
    while (bytes.left > 0) {
        operations[take(&bytes, 1) % 16](&bytes);
        check();
    }
    return 0;
}
