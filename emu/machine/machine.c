#include "emu/machine/machine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "devices/bus.h"
#include "devices/clint.h"
#include "devices/finisher.h"
#include "devices/htif.h"
#include "devices/plic.h"
#include "devices/uart.h"
#include "emu/engine/fast.h"
#include "emu/engine/reference.h"
#include "emu/hart/access.h"
#include "emu/machine/device_tree.h"
#include "emu/machine/platform.h"
#include "emu/machine/symbols.h"
#include "mmu/pte.h"

enum {
    REG_A0 = 10,
    REG_A1 = 11,
    POLL_CYCLES = 65536, /* how often the host is asked whether to stop; no guest can tell */
};

struct machine {
    struct machine_config config;
    struct mmu *mmu;
    struct hart hart;
    struct fast *fast; /* NULL: the reference engine runs */
    struct bus bus;
    uint8_t *ram;
    struct uart uart;
    struct clint clint;
    struct plic plic;
    struct finisher finisher;
    struct htif htif;
    struct profile profile; /* zero before machine_load */
    struct region region;
    struct machine_bounds bounds;
    void *device_tree; /* NULL before machine_load */
    size_t device_tree_length;
    bool is_over; /* the guest asked to end, with this code */
    uint64_t code;
};

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

/* Time: ticks follow the hart's cycles. */

static uint64_t ticks(void *ctx)
{
    const struct machine *machine = ctx;

    return machine->hart.counters.cycles / HART_CYCLES_PER_TICK;
}

static void timer_rearmed(void *ctx)
{
    struct machine *machine = ctx;

    machine->hart.next_event = 0; /* on_event finds out what is next */
}

static uint64_t hart_mtime(void *ctx)
{
    const struct machine *machine = ctx;

    return clint_mtime(&machine->clint);
}

/* The cycle at which a tick begins, or UINT64_MAX: not within any run. */
static uint64_t cycle_of(uint64_t tick)
{
    return tick > INT64_MAX / HART_CYCLES_PER_TICK ? UINT64_MAX : tick * HART_CYCLES_PER_TICK;
}

/* The cycles at which the timer interrupts of M-mode and S-mode go up. */

static uint64_t machine_timer_cycle(const struct machine *machine)
{
    return cycle_of(clint_next_event(&machine->clint));
}

static uint64_t supervisor_timer_cycle(const struct machine *machine)
{
    const struct hart *hart = &machine->hart;

    return hart_has_timer(hart) ? cycle_of(clint_tick_of(&machine->clint, hart->csr.stimecmp))
                                : UINT64_MAX;
}

/* Moves the next event forward to a cycle that is still to come. */
static void hurry(struct hart *hart, uint64_t cycle)
{
    if (cycle > hart->counters.cycles && cycle < hart->next_event) {
        hart->next_event = cycle;
    }
}

static void on_event(void *ctx)
{
    struct machine *machine = ctx;
    struct hart *hart = &machine->hart;

    clint_update(&machine->clint);
    hart_update_timer(hart);
    uart_poll(&machine->uart);
    if (machine->config.console.is_interrupted(machine->config.console.ctx)) {
        hart->is_stopping = true;
    }
    hart->next_event = hart->counters.cycles + POLL_CYCLES;
    hurry(hart, machine_timer_cycle(machine));
    hurry(hart, supervisor_timer_cycle(machine));
}

static void on_marker(void *ctx, unsigned marker)
{
    struct machine *machine = ctx;
    struct counts now;

    machine_count(machine, &now);
    region_mark(&machine->region, marker, &now);
}

static void on_miss(void *ctx, unsigned events)
{
    struct machine *machine = ctx;

    profile_count(&machine->profile, machine->hart.pc, events, machine->region.is_open);
}

/* The guest's ways to end the run. */

static void end_run(struct machine *machine, uint64_t code)
{
    machine->is_over = true;
    machine->code = code;
    machine->hart.is_stopping = true;
    machine->hart.needs_care = true;
}

/* Choice: a reset request ends the run like a power-off. */
static void on_finish(void *ctx, enum finisher_request request, uint32_t code)
{
    bool failed_without_code = request == FINISHER_FAIL && code == 0;

    end_run(ctx, failed_without_code ? 1 : code);
}

static void on_htif_exit(void *ctx, uint64_t code)
{
    end_run(ctx, code);
}

/* Memory as HTIF reaches it: past the watch, which is on HTIF's own words. */

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
    bus_wrote(&machine->bus, pa, length);
    access_end_reservation(&machine->hart, pa, length);
    return true;
}

static void console_put(void *ctx, uint8_t character)
{
    const struct machine *machine = ctx;

    machine->config.console.put(machine->config.console.ctx, character);
}

static bool console_get(void *ctx, uint8_t *character)
{
    const struct machine *machine = ctx;

    return machine->config.console.get(machine->config.console.ctx, character);
}

static void tohost_written(void *ctx)
{
    htif_tohost_written(ctx);
}

static void attach_devices(struct machine *machine)
{
    const struct irq_line external[PLIC_CONTEXTS] = {
        {.set = set_mei, .ctx = &machine->hart},
        {.set = set_sei, .ctx = &machine->hart},
    };
    const struct irq_line software = {.set = set_msi, .ctx = &machine->hart};
    const struct irq_line timer = {.set = set_mti, .ctx = &machine->hart};
    const struct clint_host clint_host = {.ticks = ticks, .rearmed = timer_rearmed, .ctx = machine};
    const struct uart_host uart_host = {.put = console_put, .get = console_get, .ctx = machine};
    const struct finisher_host finisher_host = {.finish = on_finish, .ctx = machine};

    clint_init(&machine->clint, &clint_host, &software, &timer);
    plic_init(&machine->plic, external);
    const struct irq_line uart_line = plic_line(&machine->plic, PLATFORM_UART_SOURCE);

    uart_init(&machine->uart, &uart_host, &uart_line);
    finisher_init(&machine->finisher, &finisher_host);
    bus_attach(&machine->bus, PLATFORM_FINISHER_BASE, &machine->finisher.device);
    bus_attach(&machine->bus, PLATFORM_CLINT_BASE, &machine->clint.device);
    bus_attach(&machine->bus, PLATFORM_PLIC_BASE, &machine->plic.device);
    bus_attach(&machine->bus, PLATFORM_UART_BASE, &machine->uart.device);
}

/* RAM comes from the host zeroed, and only the pages that are touched. */
static bool map_ram(struct machine *machine, struct error *error)
{
    uint64_t length = machine->config.ram_length;
    void *ram = mmap(NULL, length, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (ram == MAP_FAILED) {
        return error_set(error, "--mem: the host has no room for %" PRIu64 " bytes of memory",
                         length);
    }
    (void)madvise(ram, length, MADV_HUGEPAGE); /* for speed only */
    machine->ram = ram;
    return true;
}

struct machine *machine_create(const struct machine_config *config, struct error *error)
{
    struct machine *machine = calloc(1, sizeof *machine);

    if (machine == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    machine->config = *config;
    if (!map_ram(machine, error)) {
        goto fail;
    }
    bus_init(&machine->bus, machine->ram, PLATFORM_RAM_BASE, config->ram_length);

    const struct mmu_memory memory = access_walker_memory(&machine->hart);
    const struct hart_host host = {
        .mtime = hart_mtime, .event = on_event, .marker = on_marker, .ctx = machine};

    machine->mmu = mmu_create(&config->geometry, &memory);
    if (machine->mmu == NULL ||
        !region_init(&machine->region, (size_t)1 << config->geometry.asid_bits,
                     &machine->profile)) {
        error_set(error, "out of memory");
        goto fail;
    }
    hart_init(&machine->hart, machine->mmu, &machine->bus, &host, config->ad);
    machine->hart.next_event = 0; /* on_event finds out what is next */
    attach_devices(machine);
    if (config->engine == MACHINE_FAST) {
        machine->fast = fast_create(&machine->hart);
        if (machine->fast == NULL) {
            error_set(error, "out of memory");
            goto fail;
        }
    }
    return machine;

fail:
    machine_destroy(machine);
    return NULL;
}

void machine_destroy(struct machine *machine)
{
    if (machine == NULL) {
        return;
    }
    if (machine->ram != NULL) {
        (void)munmap(machine->ram, machine->config.ram_length);
    }
    region_finish(&machine->region);
    profile_finish(&machine->profile);
    fast_destroy(machine->fast);
    mmu_destroy(machine->mmu);
    free(machine->device_tree);
    free(machine);
}

static uint64_t ram_end(const struct machine *machine)
{
    return PLATFORM_RAM_BASE + machine->config.ram_length;
}

static bool load_segments(struct machine *machine, const struct elf_program *program,
                          const char *name, struct error *error)
{
    for (size_t i = 0; i < program->segment_count; i++) {
        const struct elf_segment *segment = &program->segment[i];
        uint8_t *ram = bus_ram(&machine->bus, segment->pa, segment->memory_length);

        if (ram == NULL) {
            return error_set(
                error,
                "%s: the segment of %" PRIu64 " bytes at 0x%" PRIx64
                " lies outside the memory, which is 0x%" PRIx64 " to 0x%" PRIx64 " (--mem)",
                name, segment->memory_length, segment->pa, PLATFORM_RAM_BASE, ram_end(machine) - 1);
        }
        memcpy(ram, segment->bytes, segment->file_length);
    }
    return true;
}

/* The device tree goes to the top of RAM, on a page of its own. */
static bool place_device_tree(struct machine *machine, const struct elf_program *program,
                              const char *name, struct error *error)
{
    const struct device_tree_config config = {
        .ram_length = machine->config.ram_length,
        .levels = machine->config.geometry.levels,
        .ad = machine->config.ad,
        .bootargs = machine->config.bootargs,
    };
    const struct elf_segment *last = &program->segment[program->segment_count - 1];

    free(machine->device_tree); /* of a program loaded before */
    machine->device_tree = device_tree_create(&config, &machine->device_tree_length);
    if (machine->device_tree == NULL) {
        return error_set(error, "out of memory");
    }
    uint64_t pa = (ram_end(machine) - machine->device_tree_length) & ~(PAGE_SIZE - 1);
    uint8_t *ram = bus_ram(&machine->bus, pa, machine->device_tree_length);

    if (ram == NULL || pa < last->pa + last->memory_length) {
        return error_set(error,
                         "%s: %" PRIu64 " bytes of memory (--mem) hold the program but not the "
                         "device tree of %zu bytes above it",
                         name, machine->config.ram_length, machine->device_tree_length);
    }
    memcpy(ram, machine->device_tree, machine->device_tree_length);
    machine->hart.x[REG_A0] = 0; /* the hart's id */
    machine->hart.x[REG_A1] = pa;
    return true;
}

static void connect_htif(struct machine *machine, const struct symbols *symbols)
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

static bool start_profile(struct machine *machine, const struct symbols *symbols,
                          struct error *error)
{
    profile_finish(&machine->profile); /* of a program loaded before */
    if (!profile_init(&machine->profile, symbols)) {
        return error_set(error, "out of memory");
    }
    mmu_observe_misses(machine->mmu, on_miss, machine);
    return true;
}

bool machine_load(struct machine *machine, const struct elf_program *program, const char *name,
                  struct error *error)
{
    const struct symbols *symbols = machine->config.symbols;

    hart_reset(&machine->hart, program->entry);
    if (!load_segments(machine, program, name, error) ||
        !place_device_tree(machine, program, name, error) ||
        !start_profile(machine, symbols == NULL ? &program->symbols : symbols, error)) {
        return false;
    }
    connect_htif(machine, &program->symbols);
    return true;
}

void machine_bound_regions(struct machine *machine, const struct machine_bounds *bounds)
{
    struct counts now;

    machine->bounds = *bounds;
    if (bounds->has_to && !bounds->has_from) {
        machine_count(machine, &now);
        region_open(&machine->region, &now);
    }
}

bool machine_poke(struct machine *machine, uint64_t pa, uint64_t value)
{
    uint8_t *ram = bus_ram(&machine->bus, pa, sizeof value);

    if (ram == NULL) {
        return false;
    }
    memcpy(ram, &value, sizeof value);
    bus_wrote(&machine->bus, pa, sizeof value);
    return true;
}

const uint8_t *machine_ram(const struct machine *machine, uint64_t pa, uint64_t length)
{
    return bus_ram(&machine->bus, pa, length);
}

const void *machine_device_tree(const struct machine *machine, size_t *length)
{
    *length = machine->device_tree_length;
    return machine->device_tree;
}

static bool can_wake(const struct hart *hart, enum trap_interrupt interrupt)
{
    return (hart->csr.mie & (UINT64_C(1) << interrupt)) != 0;
}

/* The cycle at which a timer can wake the hart, UINT64_MAX if none ever does. */
static uint64_t wake_cycle(const struct machine *machine)
{
    const struct hart *hart = &machine->hart;
    uint64_t for_machine = can_wake(hart, TRAP_MTI) ? machine_timer_cycle(machine) : UINT64_MAX;
    uint64_t for_supervisor =
        can_wake(hart, TRAP_STI) ? supervisor_timer_cycle(machine) : UINT64_MAX;

    return for_machine < for_supervisor ? for_machine : for_supervisor;
}

/* Moves time to the next event that can wake the hart. Returns false if there will never be one. */
static bool sleep_until_event(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    uint64_t wake = wake_cycle(machine);

    if (wake == UINT64_MAX) {
        return false;
    }
    if (wake > hart->counters.cycles) {
        hart->counters.cycles = wake;
    }
    hart->next_event = 0;
    return true;
}

/* What it means that the engine came back and is not to go on. */
static struct machine_exit exit_after(const struct machine *machine, enum engine_stop stop)
{
    static const enum machine_reason reasons[] = {
        [ENGINE_ATTEMPTS] = MACHINE_LIMIT,
        [ENGINE_BREAK] = MACHINE_BREAK,
        [ENGINE_IDLE] = MACHINE_IDLE,
        [ENGINE_STOPPED] = MACHINE_SIGNAL,
    };

    if (stop == ENGINE_STOPPED && machine->is_over) {
        return (struct machine_exit){.reason = MACHINE_GUEST, .code = machine->code};
    }
    return (struct machine_exit){.reason = reasons[stop]};
}

/* The goal with the bounds of regions as further breaks. */
static struct engine_goal with_bounds(const struct machine *machine, const struct engine_goal *goal)
{
    const struct machine_bounds *bounds = &machine->bounds;
    struct engine_goal all = *goal;

    if (bounds->has_from) {
        all.break_pc[all.break_count++] = bounds->from;
    }
    if (bounds->has_to) {
        all.break_pc[all.break_count++] = bounds->to;
    }
    return all;
}

/* The pc has reached a break: regions begin and end there, if it is a bound. Often nothing changes,
 * and to count takes time. */
static void cross_bounds(struct machine *machine)
{
    const struct machine_bounds *bounds = &machine->bounds;
    uint64_t pc = machine->hart.pc;
    bool is_open = machine->region.is_open;
    bool ends = is_open && bounds->has_to && pc == bounds->to;
    bool begins = (!is_open || ends) && bounds->has_from && pc == bounds->from;
    struct counts now;

    if (!ends && !begins) {
        return;
    }
    machine_count(machine, &now);
    if (ends) {
        region_close(&machine->region, &now);
    }
    if (begins) {
        region_open(&machine->region, &now);
    }
}

struct machine_exit machine_run(struct machine *machine, const struct engine_goal *goal,
                                const struct engine_observer *observer)
{
    struct engine_goal all = with_bounds(machine, goal);
    enum engine_stop stop = ENGINE_IDLE;
    bool goes_on = true;

    if (observer != NULL) { /* only the reference engine has time for one */
        fast_destroy(machine->fast);
        machine->fast = NULL;
    }
    while (goes_on) {
        stop = machine->fast == NULL ? reference_run(&machine->hart, &all, observer)
                                     : fast_run(machine->fast, &all);
        all.goes_on = false;
        if (stop == ENGINE_BREAK) {
            cross_bounds(machine);
            all.goes_on = !engine_is_break(goal, machine->hart.pc);
        }
        goes_on = all.goes_on || (stop == ENGINE_IDLE && sleep_until_event(machine));
    }
    return exit_after(machine, stop);
}

void machine_end(struct machine *machine)
{
    struct counts now;

    machine_count(machine, &now);
    region_close(&machine->region, &now);
}

struct hart *machine_hart(struct machine *machine)
{
    return &machine->hart;
}

struct mmu *machine_mmu(struct machine *machine)
{
    return machine->mmu;
}

void machine_count(const struct machine *machine, struct counts *counts)
{
    counts->hart = machine->hart.counters;
    mmu_count(machine->mmu, &counts->mmu);
    counts->functions = profile_of_run(&machine->profile);
}

const struct region *machine_region(const struct machine *machine)
{
    return &machine->region;
}
