/*
 * A disk and the streams of a program on a whole machine, on both engines: slots, interrupts, time,
 * and memory that a device writes behind the hart's back.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/bus.h"
#include "emu/machine/machine.h"
#include "emu/machine/platform.h"
#include "mmu/pte.h"
#include "tests/support/encode.h"
#include "tests/support/machine_box.h"

enum { CSR_MIE = 0x304, CSR_TIME = 0xc01, MEIE = 1 << 11 };
enum { LATENCY = 1000, RUNNING = 15 };
enum { NOTIFY = 0x050, STATUS = 0x070 };

/* Where the parts of a queue and of a request lie. */
#define QUEUE (PLATFORM_RAM_BASE + 0x10000)
#define HEADER (QUEUE + 0x3000)
#define DONE (QUEUE + 0x3100) /* the byte of status */
#define SLOT(slot) (PLATFORM_VIRTIO_BASE + (slot)*PLATFORM_VIRTIO_LENGTH)
#define DISK SLOT(PLATFORM_SWAP_SLOT)

static const enum machine_engine engines[] = {MACHINE_FAST, MACHINE_REFERENCE};

static const struct machine_disk two_sectors = {.length = 1024};
static struct error error;
static bool is_signalled;
static unsigned late; /* how often there is no input yet */
static uint8_t output[32];
static size_t output_length;

static bool is_interrupted(void *ctx)
{
    (void)ctx;
    return is_signalled;
}

/* A machine with these words at the beginning of RAM. */
static struct machine *make(enum machine_engine engine, const struct machine_config *with,
                            const uint32_t *words, size_t count)
{
    static struct elf_segment segment; /* of the latest machine */
    static const struct elf_program program = {
        .entry = PLATFORM_RAM_BASE, .segment = &segment, .segment_count = 1};
    struct machine_config config = *with;

    segment = (struct elf_segment){.pa = PLATFORM_RAM_BASE,
                                   .memory_length = count * 4,
                                   .bytes = (const uint8_t *)words,
                                   .file_length = count * 4};
    struct mmu_geometry_error unused;
    struct machine *machine;

    config.engine = engine;
    config.ram_length = BOX_MEMORY;
    config.console.is_interrupted = is_interrupted;
    cr_assert(mmu_geometry_parse("default", &config.geometry, &unused));
    machine = machine_create(&config, &error);
    cr_assert(machine != NULL, "%s", error.text);
    cr_assert(machine_load(machine, &program, "test", &error), "%s", error.text);
    return machine;
}

static struct machine_exit run(struct machine *machine, uint64_t attempts)
{
    const struct engine_goal goal = {.attempts = attempts};

    return machine_run(machine, &goal, NULL);
}

/* The test as the driver: stores and loads past the hart. */

static void put(struct machine *machine, uint64_t pa, unsigned size, uint64_t value)
{
    cr_assert(bus_write(machine_hart(machine)->bus, pa, size, value), "%lx", pa);
}

static uint64_t get(struct machine *machine, uint64_t pa, unsigned size)
{
    uint64_t value = 0;

    cr_assert(bus_read(machine_hart(machine)->bus, pa, size, &value), "%lx", pa);
    return value;
}

/* Makes queues ready for the device in a slot, and the device running. */
static void start_device(struct machine *machine, unsigned slot, unsigned queues, uint32_t features)
{
    put(machine, SLOT(slot) + 0x070, 4, 3);
    put(machine, SLOT(slot) + 0x020, 4, features);
    put(machine, SLOT(slot) + 0x024, 4, 1);
    put(machine, SLOT(slot) + 0x020, 4, 1); /* VERSION_1 */
    put(machine, SLOT(slot) + 0x070, 4, 11);
    for (unsigned queue = 0; queue < queues; queue++) {
        uint64_t at = QUEUE + queue * UINT64_C(0x400);

        put(machine, SLOT(slot) + 0x030, 4, queue);
        put(machine, SLOT(slot) + 0x038, 4, 8);
        put(machine, SLOT(slot) + 0x080, 4, at);
        put(machine, SLOT(slot) + 0x090, 4, at + 0x100);
        put(machine, SLOT(slot) + 0x0a0, 4, at + 0x200);
        put(machine, SLOT(slot) + 0x044, 4, 1);
    }
    put(machine, SLOT(slot) + 0x070, 4, RUNNING);
    cr_assert(eq(u64, get(machine, SLOT(slot) + STATUS, 4), RUNNING));
}

static void describe(struct machine *machine, unsigned queue, unsigned number,
                     const uint64_t descriptor[4])
{
    uint64_t at = QUEUE + queue * UINT64_C(0x400) + number * UINT64_C(16);

    put(machine, at, 8, descriptor[0]);
    put(machine, at + 8, 4, descriptor[1]);
    put(machine, at + 12, 2, descriptor[2]);
    put(machine, at + 14, 2, descriptor[3]);
}

/* Offers the chain from descriptor 0 on once more. */
static void offer(struct machine *machine, unsigned queue)
{
    uint64_t index = QUEUE + queue * UINT64_C(0x400) + 0x102;

    put(machine, index, 2, get(machine, index, 2) + 1);
}

/* Sets up a request of type 0 (read) or 1 (write) for sector 0 and memory at pa. */
static void prepare(struct machine *machine, unsigned type, uint64_t pa)
{
    const uint64_t parts[3][4] = {
        {HEADER, 16, 1, 1}, {pa, 512, type == 0 ? 3 : 1, 2}, {DONE, 1, 2, 0}};

    put(machine, HEADER, 8, type);
    put(machine, HEADER + 8, 8, 0);
    put(machine, DONE, 1, 0xff);
    for (unsigned i = 0; i < 3; i++) {
        describe(machine, 0, i, parts[i]);
    }
    offer(machine, 0);
}

/* The interrupt of a slot reaches mip.MEIP. */
static void enable_interrupt(struct machine *machine, unsigned slot)
{
    unsigned source = PLATFORM_VIRTIO_SOURCE + slot;

    put(machine, PLATFORM_PLIC_BASE + 4 * source, 4, 1);
    put(machine, PLATFORM_PLIC_BASE + 0x2000, 4, UINT32_C(1) << source);
}

/* Enables the external interrupt and notifies the disk. */
#define NOTIFY_DISK                                                                                \
    lui(T1, 0x1000), addi(T1, T1, -0x800), encode_csr(CSRRS, 0, CSR_MIE, T1), lui(T0, DISK),       \
        store(WORD, T0, 0, NOTIFY)

#define MAKE(engine, config, ...)                                                                  \
    make((engine), (config), (const uint32_t[]){__VA_ARGS__},                                      \
         sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

Test(machine_disk, slots_are_empty_unless_there_is_something)
{
    static const struct machine_config nothing = {.engine = MACHINE_FAST};
    struct machine *machine = MAKE(MACHINE_FAST, &nothing, INSN_NOP);

    for (unsigned slot = 0; slot < PLATFORM_VIRTIO_SLOTS; slot++) {
        cr_expect(eq(u64, get(machine, SLOT(slot), 4), 0x74726976));
        cr_expect(eq(u64, get(machine, SLOT(slot) + 4, 4), 2));
        cr_expect(eq(u64, get(machine, SLOT(slot) + 8, 4), 0));
    }
    cr_expect(machine_disk_counts(machine, PLATFORM_SWAP_SLOT) == NULL);
    machine_destroy(machine);
}

Test(machine_disk, wfi_moves_time_to_the_completion)
{
    static const struct machine_config config = {.swap = &two_sectors, .disk_latency = LATENCY};

    for (size_t i = 0; i < 2; i++) {
        struct machine *machine =
            MAKE(engines[i], &config, NOTIFY_DISK, INSN_WFI, encode_csr(CSRRS, A0, CSR_TIME, 0));

        start_device(machine, PLATFORM_SWAP_SLOT, 1, 0);
        prepare(machine, 0, QUEUE + 0x4000);
        enable_interrupt(machine, PLATFORM_SWAP_SLOT);
        cr_expect(eq(int, run(machine, 5).reason, MACHINE_LIMIT));
        cr_expect(eq(u64, get(machine, DONE, 1), 0xff), "not yet");
        cr_expect(eq(int, run(machine, 7).reason, MACHINE_LIMIT));
        cr_expect(eq(u64, machine_hart(machine)->x[A0], LATENCY));
        cr_expect(eq(u64, machine_hart(machine)->counters.cycles, LATENCY * 100 + 1));
        cr_expect(eq(u64, get(machine, DONE, 1), 0));
        cr_expect(eq(u64, machine_disk_counts(machine, PLATFORM_SWAP_SLOT)->reads, 1));
        cr_expect(eq(u64, machine_disk_counts(machine, PLATFORM_SWAP_SLOT)->bytes_read, 512));
        machine_destroy(machine);
    }
}

/* Two drives, of which only the second is asked: it alone counts and completes. Then the guest asks
 * for a reset: what was under way is forgotten, the sectors and the counts are not. */
Test(machine_disk, drives_are_on_their_own_and_outlive_a_reset)
{
    static const struct machine_disk drives[] = {{.length = 512}, {.length = 2048}};
    static const struct machine_config config = {
        .drive = drives, .drive_count = 2, .disk_latency = LATENCY};

    for (size_t i = 0; i < 2; i++) {
        struct machine *machine =
            MAKE(engines[i], &config, NOTIFY_DISK, INSN_WFI, store(WORD, T0, 0, NOTIFY),
                 lui(T0, PLATFORM_FINISHER_BASE), encode_u(OPCODE_LUI, T1, 7), addi(T1, T1, 0x777),
                 store(WORD, T0, T1, 0));
        const struct virtio_block_counts *first = machine_disk_counts(machine, 0);
        const struct virtio_block_counts *second = machine_disk_counts(machine, 1);

        cr_expect(machine_disk_counts(machine, 2) == NULL);
        cr_expect(eq(u64, get(machine, SLOT(0) + 0x100, 4), 1));
        cr_expect(eq(u64, get(machine, SLOT(1) + 0x100, 4), 4), "in sectors");
        start_device(machine, 1, 1, 0);
        put(machine, QUEUE + 0x4000, 8, 0x1234);
        prepare(machine, 1, QUEUE + 0x4000);
        enable_interrupt(machine, 1);
        cr_expect(eq(int, run(machine, 6).reason, MACHINE_LIMIT));
        cr_expect(eq(u64, machine_hart(machine)->counters.cycles, LATENCY * 100));
        cr_expect(eq(u64, second->writes, 1));
        offer(machine, 0);
        run(machine, 11);
        cr_expect(eq(u64, machine_hart(machine)->pc, PLATFORM_RAM_BASE), "it was reset");
        cr_expect(eq(u64, get(machine, SLOT(1) + STATUS, 4), 0));
        cr_expect(eq(u64, second->requests, 1), "the other one was dropped");
        start_device(machine, 1, 1, 0);
        prepare(machine, 0, QUEUE + 0x5000);
        enable_interrupt(machine, 1);
        run(machine, 17);
        cr_expect(eq(u64, get(machine, QUEUE + 0x5000, 8), 0x1234));
        cr_expect(eq(u64, second->requests, 2));
        cr_expect(eq(u64, first->requests, 0));
        machine_destroy(machine);
    }
}

Test(machine_disk, a_completion_is_seen_at_its_tick_by_a_hart_that_polls)
{
    static const struct machine_config config = {.swap = &two_sectors, .disk_latency = 3};

    for (size_t i = 0; i < 2; i++) {
        /* Loads the status until it is 0; the request ends at tick 3, cycle 300. */
        struct machine *machine = MAKE(
            engines[i], &config, NOTIFY_DISK, encode_u(OPCODE_AUIPC, T0, 0x13),
            encode_i(OPCODE_LOAD, 4, T1, T0, 0x100 - 20), encode_b(1, T1, 0, -4), encode_j(0, 0));

        start_device(machine, PLATFORM_SWAP_SLOT, 1, 0);
        prepare(machine, 0, QUEUE + 0x4000);
        run(machine, 299);
        cr_expect(eq(u64, get(machine, DONE, 1), 0xff));
        run(machine, 300);
        cr_expect(eq(u64, get(machine, DONE, 1), 0), "before the instruction that begins then");
        run(machine, 304);
        cr_expect(eq(u64, machine_hart(machine)->pc, PLATFORM_RAM_BASE + 32), "it left the loop");
        machine_destroy(machine);
    }
}

Test(machine_disk, a_hart_that_no_disk_can_wake_sleeps_for_ever)
{
    static const struct machine_config config = {.swap = &two_sectors, .disk_latency = LATENCY};
    static const struct {
        bool is_enabled_in_mie;
        bool is_enabled_in_plic;
        bool want;
    } rows[] = {{true, true, true}, {false, true, false}, {true, false, false}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine *machine = MAKE(engines[i % 2], &config, lui(T0, DISK),
                                       store(WORD, T0, 0, NOTIFY), INSN_WFI, INSN_NOP);

        start_device(machine, PLATFORM_SWAP_SLOT, 1, 0);
        prepare(machine, 0, QUEUE + 0x4000);
        if (rows[i].is_enabled_in_plic) {
            enable_interrupt(machine, PLATFORM_SWAP_SLOT);
        }
        machine_hart(machine)->csr.mie = rows[i].is_enabled_in_mie ? MEIE : 0;
        cr_expect(eq(int, run(machine, 4).reason, rows[i].want ? MACHINE_LIMIT : MACHINE_IDLE),
                  "row %zu", i);
        machine_destroy(machine);
    }
}

Test(machine_disk, code_that_a_disk_writes_runs_at_once)
{
    static const struct machine_config config = {.swap = &two_sectors};

    for (size_t i = 0; i < 2; i++) {
        /* A loop around an instruction, which runs once before the disk replaces it. */
        struct machine *machine = MAKE(engines[i], &config, lui(T0, DISK), addi(A0, A0, 1),
                                       store(WORD, T0, 0, NOTIFY), encode_j(0, -8));

        start_device(machine, PLATFORM_SWAP_SLOT, 1, 0);
        for (unsigned at = 0; at < 512; at += 4) { /* what is to be written there */
            put(machine, QUEUE + 0x4000 + at, 4, encode_j(0, 0));
        }
        put(machine, QUEUE + 0x4000, 4, addi(A0, A0, 100));
        prepare(machine, 1, QUEUE + 0x4000);
        put(machine, DISK + NOTIFY, 4, 0);
        cr_assert(eq(u64, get(machine, DONE, 1), 0));
        prepare(machine, 0, PLATFORM_RAM_BASE + 4);
        run(machine, 4);
        cr_expect(eq(u64, machine_hart(machine)->x[A0], 1));
        cr_expect(eq(u64, machine_hart(machine)->pc, PLATFORM_RAM_BASE + 12),
                  "the jump back is one to itself now");
        machine_hart(machine)->pc = PLATFORM_RAM_BASE + 4;
        run(machine, 6);
        cr_expect(eq(u64, machine_hart(machine)->x[A0], 101));
        machine_destroy(machine);
    }
}

Test(machine_disk, what_a_disk_writes_ends_a_reservation)
{
    static const struct machine_config config = {.swap = &two_sectors};
    static const struct {
        uint64_t data;
        uint64_t want;
    } rows[] = {{QUEUE + 0x4000, 1}, {QUEUE + 0x5000, 0}};

    for (size_t i = 0; i < 4; i++) {
        struct machine *machine = MAKE(engines[i % 2], &config, encode_u(OPCODE_AUIPC, T1, 0x14),
                                       lui(T0, DISK), encode_atomic(LR, 3, T2, T1, 0),
                                       store(WORD, T0, 0, NOTIFY), encode_atomic(SC, 3, A0, T1, 0));

        start_device(machine, PLATFORM_SWAP_SLOT, 1, 0);
        prepare(machine, 0, rows[i / 2].data);
        run(machine, 5);
        cr_expect(eq(u64, machine_hart(machine)->x[A0], rows[i / 2].want), "%zu", i);
        machine_destroy(machine);
    }
}

Test(machine_disk, an_error_is_injected_and_told)
{
    static const struct machine_config config = {.swap = &two_sectors, .disk_fail = 2};
    static const uint64_t want[] = {0, 1, 0};
    struct machine *machine = MAKE(MACHINE_FAST, &config, INSN_NOP);

    start_device(machine, PLATFORM_SWAP_SLOT, 1, 0);
    for (unsigned i = 0; i < 3; i++) {
        prepare(machine, 1, QUEUE + 0x4000);
        put(machine, DISK + NOTIFY, 4, 0);
        cr_expect(eq(u64, get(machine, DONE, 1), want[i]));
    }
    const struct virtio_block_counts *counts = machine_disk_counts(machine, PLATFORM_SWAP_SLOT);

    cr_expect(eq(u64, counts->requests, 3));
    cr_expect(eq(u64, counts->failed, 1));
    cr_expect(eq(u64, counts->bytes_written, 1024));
    machine_destroy(machine);
}

Test(machine_disk, an_image_is_read_and_written)
{
    char path[] = "/tmp/machine_disk_test.XXXXXX";
    int descriptor = mkstemp(path);
    const struct machine_disk disk = {.file = path};
    const struct machine_config config = {.swap = &disk};
    uint64_t word = 0x1122334455667788;

    cr_assert(ge(int, descriptor, 0));
    cr_assert(eq(int, ftruncate(descriptor, 512), 0));
    struct machine *machine = MAKE(MACHINE_FAST, &config, INSN_NOP);

    start_device(machine, PLATFORM_SWAP_SLOT, 1, 0);
    cr_expect(eq(u64, get(machine, DISK + 0x100, 4), 1), "the capacity");
    put(machine, QUEUE + 0x4000, 8, word);
    prepare(machine, 1, QUEUE + 0x4000);
    put(machine, DISK + NOTIFY, 4, 0);
    machine_destroy(machine);
    word = 0;
    cr_expect(eq(int, pread(descriptor, &word, sizeof word, 0), sizeof word));
    cr_expect(eq(u64, word, 0x1122334455667788));
    (void)close(descriptor);
    (void)unlink(path);
}

Test(machine_disk, one_that_cannot_be_had_is_an_error)
{
    static const struct {
        struct machine_disk disk;
        const char *want;
    } rows[] = {
        {{.file = "/nonexistent/disk"}, "--swap=file:/nonexistent/disk: No such file or directory"},
        {{.length = UINT64_C(1) << 62},
         "--swap: the host has no room for 4611686018427387904 bytes of disk"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine_config config = {.ram_length = BOX_MEMORY, .swap = &rows[i].disk};
        struct mmu_geometry_error unused;

        cr_assert(mmu_geometry_parse("default", &config.geometry, &unused));
        cr_expect(machine_create(&config, &error) == NULL);
        cr_expect(eq(str, error.text, (char *)rows[i].want));
    }
}

static void write_stream(void *ctx, enum machine_stream stream, const uint8_t *bytes, size_t length)
{
    (void)ctx;
    cr_assert(output_length + length + 1 <= sizeof output);
    output[output_length++] = (uint8_t)('0' + stream);
    memcpy(output + output_length, bytes, length);
    output_length += length;
}

static size_t read_stream(void *ctx, uint8_t *bytes, size_t length, bool *has_ended)
{
    const char **input = ctx;
    size_t count = *input == NULL ? 0 : strlen(*input);

    if (late > 0) {
        late--;
        return 0;
    }
    if (*input == NULL) {
        is_signalled = true;
        return 0;
    }
    *has_ended = count == 0;
    count = count < length ? count : length;
    memcpy(bytes, *input, count);
    *input += count;
    return count;
}

/* A machine with streams. Its guest opens the port of the input by a message, and notifies a queue
 * of 8 bytes at HEADER; then it sleeps. */
static struct machine *make_with_streams(enum machine_engine engine, const char **input,
                                         unsigned queue, bool is_written)
{
    const struct machine_config config = {
        .streams = {.write = write_stream, .read = read_stream, .ctx = input}};
    struct machine *machine =
        MAKE(engine, &config, lui(T0, SLOT(0)), addi(T2, 0, 3), store(WORD, T0, T1, NOTIFY),
             store(WORD, T0, T2, NOTIFY), INSN_WFI, INSN_NOP);
    const uint64_t open[4] = {HEADER + 16, 8, 0, 0};
    const uint64_t part[4] = {HEADER, 8, is_written ? 2 : 0, 0};

    output_length = 0;
    is_signalled = false;
    start_device(machine, PLATFORM_CONSOLE_SLOT, 10, 2);
    put(machine, HEADER + 16, 8, UINT64_C(0x0001000600000001)); /* port 1, opened */
    describe(machine, 3, 0, open);
    offer(machine, 3);
    describe(machine, queue, 0, part);
    offer(machine, queue);
    machine_hart(machine)->x[T1] = queue;
    return machine;
}

Test(machine_disk, streams_go_through_the_console)
{
    static const struct {
        unsigned queue;
        const char *want;
    } rows[] = {{7, "0abcdefgh"}, {9, "1abcdefgh"}};

    for (size_t i = 0; i < 4; i++) {
        const char *input = "xyz";
        struct machine *machine =
            make_with_streams(engines[i % 2], &input, rows[i / 2].queue, false);

        put(machine, HEADER, 8, UINT64_C(0x6867666564636261));
        cr_expect(eq(int, run(machine, 10).reason, MACHINE_IDLE));
        cr_expect(eq(int, memcmp(output, rows[i / 2].want, 10), 0));
        cr_expect(eq(sz, output_length, 9));
        machine_destroy(machine);
    }
}

Test(machine_disk, input_comes_when_the_guest_asks)
{
    for (size_t i = 0; i < 2; i++) {
        const char *input = "xyz";
        struct machine *machine = make_with_streams(engines[i], &input, 4, true);

        cr_expect(eq(str, (char *)input, "xyz"));
        cr_expect(eq(int, run(machine, 10).reason, MACHINE_IDLE));
        cr_expect(eq(u64, get(machine, HEADER, 4), 0x7a7978));
        cr_expect(eq(str, (char *)input, ""));
        machine_destroy(machine);
    }
}

Test(machine_disk, input_that_is_late_is_asked_for_again)
{
    for (size_t i = 0; i < 2; i++) {
        const char *input = "xyz";
        struct machine *machine = make_with_streams(engines[i], &input, 4, true);

        late = 1;
        run(machine, 4);
        cr_expect(eq(u64, get(machine, HEADER, 4), 0x7a7978));
        machine_destroy(machine);
    }
}

Test(machine_disk, a_signal_while_input_is_waited_for_ends_the_run)
{
    for (size_t i = 0; i < 2; i++) {
        const char *input = NULL;
        struct machine *machine = make_with_streams(engines[i], &input, 4, true);

        cr_expect(eq(int, run(machine, 10).reason, MACHINE_SIGNAL), "not asleep for ever");
        machine_destroy(machine);
    }
    is_signalled = false;
}
