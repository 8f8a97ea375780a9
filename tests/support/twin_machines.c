#include "tests/support/twin_machines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/machine/platform.h"

static void put(void *ctx, uint8_t character)
{
    struct twin *twin = ctx;

    twin->console = (twin->console ^ character) * UINT64_C(0x100000001b3);
}

static bool get(void *ctx, uint8_t *character)
{
    (void)ctx;
    (void)character;
    return false;
}

static bool is_interrupted(void *ctx)
{
    (void)ctx;
    return false;
}

static void init(struct twin_machines *twins, struct twin *twin,
                 const struct machine_config *config, enum machine_engine engine)
{
    struct machine_config its = *config;
    struct error error;

    its.engine = engine;
    its.console = (struct machine_console){
        .put = put, .get = get, .is_interrupted = is_interrupted, .ctx = twin};
    twin->machine = machine_create(&its, &error);
    cr_assert(twin->machine != NULL, "%s", error.text);
    cr_assert(machine_load(twin->machine, &twins->program, "guest", &error), "%s", error.text);
}

/* Functions to split the counts by, and where HTIF is. */
static void name_places(struct twin_machines *twins, uint64_t tohost)
{
    static const struct symbol places[TWIN_SYMBOLS - 1] = {
        {.name = "handler", .address = PLATFORM_RAM_BASE, .size = 4096, .is_function = true},
        {.name = "low", .address = 0x40006000, .size = 0x9000, .is_function = true},
        {.name = "middle", .address = 0x40010ffe, .size = 0x11000, .is_function = true},
        {.name = "high", .address = 0x40030002, .size = 0x100000, .is_function = true},
    };

    memcpy(twins->symbols, places, sizeof places);
    twins->symbols[TWIN_SYMBOLS - 1] = (struct symbol){.name = "tohost", .address = tohost};
    twins->program.symbols = (struct symbols){.all = twins->symbols, .count = TWIN_SYMBOLS};
    symbols_sort(&twins->program.symbols);
}

void twins_init(struct twin_machines *twins, const struct machine_config *config,
                const uint8_t *bytes, size_t length, uint64_t tohost)
{
    *twins = (struct twin_machines){.memory = config->ram_length};
    twins->segment = (struct elf_segment){
        .pa = PLATFORM_RAM_BASE, .memory_length = length, .bytes = bytes, .file_length = length};
    twins->program.entry = PLATFORM_RAM_BASE;
    twins->program.segment = &twins->segment;
    twins->program.segment_count = 1;
    name_places(twins, tohost);
    init(twins, &twins->fast, config, MACHINE_FAST);
    init(twins, &twins->reference, config, MACHINE_REFERENCE);
}

void twins_finish(struct twin_machines *twins)
{
    machine_destroy(twins->fast.machine);
    machine_destroy(twins->reference.machine);
}

void twins_run(struct twin_machines *twins, const struct engine_goal *goal,
               const struct engine_observer *observer)
{
    twins->reference.exit = machine_run(twins->reference.machine, goal, observer);
    twins->fast.exit = machine_run(twins->fast.machine, goal, NULL);
}

/* Compares numbers. Says which differs first, as element i of what. */
static bool same(struct twin_machines *twins, const char *what, const void *fast,
                 const void *reference, size_t size)
{
    const uint8_t *a = fast;
    const uint8_t *b = reference;

    if (memcmp(a, b, size) == 0) {
        return true;
    }
    size_t at = 0;

    while (a[at] == b[at]) {
        at++;
    }
    uint64_t numbers[2] = {0, 0};
    size_t left = size - at / 8 * 8;

    memcpy(&numbers[0], a + at / 8 * 8, left < 8 ? left : 8);
    memcpy(&numbers[1], b + at / 8 * 8, left < 8 ? left : 8);
    (void)snprintf(twins->difference, sizeof twins->difference,
                   "%s, word %zu: fast 0x%" PRIx64 ", reference 0x%" PRIx64, what, at / 8,
                   numbers[0], numbers[1]);
    return false;
}

static bool same_number(struct twin_machines *twins, const char *what, uint64_t fast,
                        uint64_t reference)
{
    return same(twins, what, &fast, &reference, sizeof fast);
}

#define SAME(twins, what, fast, reference) same(twins, what, &(fast), &(reference), sizeof(fast))

static bool same_exceptions(struct twin_machines *twins, const struct hart *fast,
                            const struct hart *reference)
{
    const struct hart_exception *a = &fast->last_exception;
    const struct hart_exception *b = &reference->last_exception;

    return same_number(twins, "last cause", a->cause, b->cause) &&
           same_number(twins, "last exception's pc", a->pc, b->pc) &&
           same_number(twins, "last tval", a->tval, b->tval) &&
           same_number(twins, "last privilege", a->privilege, b->privilege) &&
           same_number(twins, "last by PMP", a->by_pmp, b->by_pmp);
}

bool twins_same_harts(struct twin_machines *twins)
{
    const struct hart *a = machine_hart(twins->fast.machine);
    const struct hart *b = machine_hart(twins->reference.machine);

    return same_number(twins, "pc", a->pc, b->pc) &&
           same_number(twins, "privilege", a->privilege, b->privilege) &&
           SAME(twins, "x", a->x, b->x) && SAME(twins, "f", a->f, b->f) &&
           SAME(twins, "hart counters", a->counters, b->counters) &&
           SAME(twins, "CSRs", a->csr, b->csr) && SAME(twins, "PMP", a->pmp, b->pmp) &&
           same_number(twins, "is_waiting", a->is_waiting, b->is_waiting) &&
           same_number(twins, "is_stopping", a->is_stopping, b->is_stopping) &&
           same_number(twins, "reservation", a->reservation.is_valid, b->reservation.is_valid) &&
           same_number(twins, "reserved", a->reservation.pa, b->reservation.pa) &&
           same_number(twins, "marker", a->marker, b->marker) &&
           same_number(twins, "next event", a->next_event, b->next_event) &&
           same_exceptions(twins, a, b) &&
           same_number(twins, "exit", twins->fast.exit.reason, twins->reference.exit.reason) &&
           same_number(twins, "exit code", twins->fast.exit.code, twins->reference.exit.code) &&
           same_number(twins, "console", twins->fast.console, twins->reference.console);
}

static bool same_regions(struct twin_machines *twins)
{
    const struct region *a = machine_region(twins->fast.machine);
    const struct region *b = machine_region(twins->reference.machine);

    return same_number(twins, "open region", a->is_open, b->is_open) &&
           SAME(twins, "markers", a->markers, b->markers) &&
           SAME(twins, "region", a->sum.mmu.total, b->sum.mmu.total) &&
           SAME(twins, "region's hart", a->sum.hart, b->sum.hart);
}

bool twins_same_counts(struct twin_machines *twins)
{
    struct counts a;
    struct counts b;

    machine_count(twins->fast.machine, &a);
    machine_count(twins->reference.machine, &b);
    return SAME(twins, "MMU counters", a.mmu.total, b.mmu.total) &&
           same_number(twins, "ASIDs", a.mmu.asid_count, b.mmu.asid_count) &&
           same(twins, "counters by ASID", a.mmu.asid, b.mmu.asid,
                a.mmu.asid_count * sizeof *a.mmu.asid) &&
           SAME(twins, "valid", a.mmu.valid, b.mmu.valid) &&
           SAME(twins, "valid by size", a.mmu.valid_by_size, b.mmu.valid_by_size) &&
           SAME(twins, "valid by bank", a.mmu.valid_by_bank, b.mmu.valid_by_bank) &&
           same(twins, "counters by function", a.functions.share, b.functions.share,
                (TWIN_SYMBOLS + 1) * sizeof *a.functions.share) &&
           same_regions(twins);
}

bool twins_same_memory(struct twin_machines *twins)
{
    return same(twins, "RAM", machine_ram(twins->fast.machine, PLATFORM_RAM_BASE, twins->memory),
                machine_ram(twins->reference.machine, PLATFORM_RAM_BASE, twins->memory),
                twins->memory);
}

uint64_t twins_uncounted(const struct twin_machines *twins)
{
    const struct l0 *l0 = &machine_hart(twins->fast.machine)->l0;
    uint64_t uncounted = 0;

    for (unsigned i = 0; i < L0_ENTRIES; i++) {
        uncounted += l0->entry[i].loads + l0->entry[i].stores;
    }
    return uncounted;
}
