#include "emu/machine/machine_wires.h"

#include <string.h>

#include "emu/hart/access.h"
#include "emu/hart/trap.h"
#include "emu/machine/machine_clock.h"
#include "emu/machine/machine_parts.h"

/* The wires from devices to the hart. */

static void set_msi(void *ctx, bool level)
{
    hart_set_interrupt(ctx, TRAP_MSI, level);
}

static void set_mti(void *ctx, bool level)
{
    hart_set_interrupt(ctx, TRAP_MTI, level);
}

static void set_mei(void *ctx, bool level)
{
    hart_set_interrupt(ctx, TRAP_MEI, level);
}

static void set_sei(void *ctx, bool level)
{
    hart_set_interrupt(ctx, TRAP_SEI, level);
}

/* The guest's ways to end the run. */

static void end_run(struct machine *machine, uint64_t code)
{
    machine->is_over = true;
    machine->code = code;
    machine->hart.is_stopping = true;
    machine->hart.needs_care = true;
}

static void ask_for_reset(struct machine *machine)
{
    machine->is_resetting = true;
    machine->hart.is_stopping = true;
    machine->hart.needs_care = true;
}

/* Choice: where a reset is not to be done, the request ends the run like a power-off. */
static void on_finish(void *ctx, enum finisher_request request, uint32_t code)
{
    struct machine *machine = ctx;
    bool failed_without_code = request == FINISHER_FAIL && code == 0;

    if (request == FINISHER_RESET && !machine->config.ends_at_reset) {
        ask_for_reset(machine);
        return;
    }
    end_run(ctx, failed_without_code ? 1 : code);
}

static void on_htif_exit(void *ctx, uint64_t code)
{
    end_run(ctx, code);
}

/* Memory as devices reach it: past the watch, which is on HTIF's own words. */

static void device_wrote(void *ctx, uint64_t pa, uint64_t length)
{
    struct machine *machine = ctx;

    bus_wrote(&machine->bus, pa, length);
    access_end_reservation(&machine->hart, pa, length);
}

static bool htif_read(void *ctx, uint64_t pa, void *bytes, size_t length)
{
    const struct machine *machine = ctx;
    const uint8_t *ram = bus_ram(&machine->bus, pa, length);

    if (ram == NULL) {
        return false;
    }
    memcpy(bytes, ram, length);
    return true;
}

static bool htif_write(void *ctx, uint64_t pa, const void *bytes, size_t length)
{
    struct machine *machine = ctx;
    uint8_t *ram = bus_ram(&machine->bus, pa, length);

    if (ram == NULL) {
        return false;
    }
    memcpy(ram, bytes, length);
    device_wrote(machine, pa, length);
    return true;
}

static void console_put(void *ctx, uint8_t character)
{
    struct machine *machine = ctx;

    machine->config.console.put(machine->config.console.ctx, character);
    machine->last_character = machine_clock_ticks(machine);
}

static bool console_get(void *ctx, uint8_t *character)
{
    struct machine *machine = ctx;
    bool is_there = machine->config.console.get(machine->config.console.ctx, character);

    if (is_there) {
        machine->last_input = machine_clock_ticks(machine);
        machine->last_character = machine->last_input;
    }
    return is_there;
}

/* The devices of virtio, each at its place; the others are empty. */

static uint8_t *virtio_ram(void *ctx, uint64_t pa, uint64_t length)
{
    const struct machine *machine = ctx;

    return bus_ram(&machine->bus, pa, length);
}

static struct virtio_place slot_place(struct machine *machine, unsigned slot)
{
    return (struct virtio_place){
        .memory = {.ram = virtio_ram, .wrote = device_wrote, .ctx = machine},
        .irq = plic_line(&machine->plic, PLATFORM_VIRTIO_SOURCE + slot)};
}

static void put_stream(void *ctx, enum virtio_console_port port, const uint8_t *bytes,
                       size_t length)
{
    const struct machine_streams *streams = &((const struct machine *)ctx)->config.streams;

    streams->write(streams->ctx, port == VIRTIO_CONSOLE_ERROR ? MACHINE_ERROR : MACHINE_OUTPUT,
                   bytes, length);
}

/* Nothing, and not the end: a signal came, for which is looked at once, as the guest may sleep now.
 */
static size_t get_stream(void *ctx, uint8_t *bytes, size_t length, bool *has_ended)
{
    struct machine *machine = ctx;
    const struct machine_streams *streams = &machine->config.streams;
    size_t count = streams->read(streams->ctx, bytes, length, has_ended);

    if (count == 0 && !*has_ended) {
        machine_clock_rearmed(machine);
    }
    return count;
}

static struct device *make_console(struct machine *machine)
{
    const struct virtio_console_host host = {.put = put_stream, .get = get_stream, .ctx = machine};
    const struct virtio_place place = slot_place(machine, PLATFORM_CONSOLE_SLOT);

    virtio_console_init(&machine->console, &host, &place);
    return &machine->console.virtio.device;
}

/* A disk that has been there before keeps its counts. */
static struct device *make_disk(struct machine *machine, unsigned slot)
{
    struct machine_slot_disk *disk = &machine->disk[slot];
    const struct virtio_block_counts counts = disk->block.counts;
    const struct virtio_block_config config = {
        .backend = disk->file.is_open ? disk_file_backend(&disk->file)
                                      : disk_memory_backend(&disk->memory),
        .latency = machine->config.disk_latency,
        .fail_request = machine->config.disk_fail,
    };
    const struct virtio_block_host host = {
        .ticks = machine_clock_ticks, .rearmed = machine_clock_rearmed, .ctx = machine};
    const struct virtio_place place = slot_place(machine, slot);

    virtio_block_init(&disk->block, &config, &host, &place);
    disk->block.counts = counts;
    return &disk->block.virtio.device;
}

/* The device of a slot. */
static struct device *make_slot(struct machine *machine, unsigned slot)
{
    if (machine_has_streams(machine) && slot == PLATFORM_CONSOLE_SLOT) {
        return make_console(machine);
    }
    if (machine->disk[slot].is_there) {
        return make_disk(machine, slot);
    }
    virtio_mmio_init_empty(&machine->empty_slot[slot]);
    return &machine->empty_slot[slot];
}

/* Makes every device but those of virtio. */
static void make_devices(struct machine *machine)
{
    const struct irq_line external[PLIC_CONTEXTS] = {
        {.set = set_mei, .ctx = &machine->hart},
        {.set = set_sei, .ctx = &machine->hart},
    };
    const struct irq_line software = {.set = set_msi, .ctx = &machine->hart};
    const struct irq_line timer = {.set = set_mti, .ctx = &machine->hart};
    const struct clint_host clint_host = {
        .ticks = machine_clock_ticks, .rearmed = machine_clock_rearmed, .ctx = machine};
    const struct uart_host uart_host = {.put = console_put, .get = console_get, .ctx = machine};
    const struct rtc_host rtc_host = {
        .now = machine_clock_date, .rearmed = machine_clock_rearmed, .ctx = machine};
    const struct finisher_host finisher_host = {.finish = on_finish, .ctx = machine};

    clint_init(&machine->clint, &clint_host, &software, &timer);
    plic_init(&machine->plic, external);
    const struct irq_line uart_line = plic_line(&machine->plic, PLATFORM_UART_SOURCE);
    const struct irq_line rtc_line = plic_line(&machine->plic, PLATFORM_RTC_SOURCE);

    uart_init(&machine->uart, &uart_host, &uart_line);
    rtc_init(&machine->rtc, &rtc_host, &rtc_line);
    finisher_init(&machine->finisher, &finisher_host);
}

void machine_wires_attach(struct machine *machine)
{
    make_devices(machine);
    bus_attach(&machine->bus, PLATFORM_FINISHER_BASE, &machine->finisher.device);
    bus_attach(&machine->bus, PLATFORM_RTC_BASE, &machine->rtc.device);
    bus_attach(&machine->bus, PLATFORM_CLINT_BASE, &machine->clint.device);
    bus_attach(&machine->bus, PLATFORM_PLIC_BASE, &machine->plic.device);
    bus_attach(&machine->bus, PLATFORM_UART_BASE, &machine->uart.device);
    for (unsigned slot = 0; slot < PLATFORM_VIRTIO_SLOTS; slot++) {
        bus_attach(&machine->bus, PLATFORM_VIRTIO_BASE + slot * PLATFORM_VIRTIO_LENGTH,
                   make_slot(machine, slot));
    }
}

void machine_wires_reset(struct machine *machine)
{
    static const enum trap_interrupt wires[] = {TRAP_MSI, TRAP_MTI, TRAP_MEI, TRAP_SEI};

    make_devices(machine);
    for (unsigned slot = 0; slot < PLATFORM_VIRTIO_SLOTS; slot++) {
        (void)make_slot(machine, slot); /* it is on the bus already */
    }
    for (unsigned i = 0; i < sizeof wires / sizeof *wires; i++) {
        hart_set_interrupt(&machine->hart, wires[i], false);
    }
    clint_set_mtime(&machine->clint, 0);
    machine->has_slept = false;
}

static void tohost_written(void *ctx)
{
    htif_tohost_written(ctx);
}

void machine_wires_htif(struct machine *machine, const struct symbols *symbols)
{
    const struct htif_host host = {.read = htif_read,
                                   .write = htif_write,
                                   .put = console_put,
                                   .exit = on_htif_exit,
                                   .ctx = machine};
    const struct symbol *tohost = symbols_find(symbols, "tohost");
    const struct symbol *fromhost = symbols_find(symbols, "fromhost");

    if (tohost == NULL) {
        return;
    }
    htif_init(&machine->htif, &host, tohost->address, fromhost == NULL ? 0 : fromhost->address);
    machine->bus.watch = (struct bus_watch){.pa = tohost->address,
                                            .length = sizeof(uint64_t),
                                            .written = tohost_written,
                                            .ctx = &machine->htif};
}
