/*
 * A guest that asks for a reset finds everything as at the start, on both engines; what is counted
 * goes on.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "devices/bus.h"
#include "emu/machine/machine.h"
#include "emu/machine/platform.h"
#include "mmu/pte.h"
#include "tests/support/encode.h"
#include "tests/support/machine_box.h"

enum { CSR_MTVEC = 0x305, CSR_PMPADDR0 = 0x3b0 };
enum { MTIMECMP = 0x4000, MTIME = 0xbff8, PLIC_ENABLE = 0x2000 };

/* A word that the guest and the test may change, far from what is loaded. */
#define WORD_PA (PLATFORM_RAM_BASE + 0x8000)

#define RESET lui(T0, PLATFORM_FINISHER_BASE), encode_u(OPCODE_LUI, T1, 7), addi(T1, T1, 0x777)
#define RESET_NOW RESET, store(WORD, T0, T1, 0)

static const enum machine_engine engines[] = {MACHINE_FAST, MACHINE_REFERENCE};

static struct error error;
static char output[16];
static size_t output_length;
static bool is_interrupted_now;

static void put_character(void *ctx, uint8_t character)
{
    (void)ctx;
    if (output_length < sizeof output - 1) {
        output[output_length++] = (char)character;
    }
}

static bool is_interrupted(void *ctx)
{
    (void)ctx;
    return is_interrupted_now;
}

/* The program of the latest machine. */
static struct elf_segment segment;
static struct elf_program program = {
    .entry = PLATFORM_RAM_BASE, .segment = &segment, .segment_count = 1};

static struct machine *make_with(const struct machine_config *with, const uint32_t *words,
                                 size_t count)
{
    struct machine_config config = *with;
    struct mmu_geometry_error unused;
    struct machine *machine;

    memset(output, 0, sizeof output);
    output_length = 0;
    is_interrupted_now = false;
    segment = (struct elf_segment){.pa = PLATFORM_RAM_BASE,
                                   .memory_length = count * 4,
                                   .bytes = (const uint8_t *)words,
                                   .file_length = count * 4};
    config.ram_length = BOX_MEMORY;
    config.console =
        (struct machine_console){.put = put_character, .is_interrupted = is_interrupted};
    cr_assert(mmu_geometry_parse("default", &config.geometry, &unused));
    machine = machine_create(&config, &error);
    cr_assert(machine != NULL, "%s", error.text);
    cr_assert(machine_load(machine, &program, "test", &error), "%s", error.text);
    return machine;
}

#define MAKE(with, ...)                                                                            \
    make_with((with), (const uint32_t[]){__VA_ARGS__},                                             \
              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static struct machine_exit run(struct machine *machine, uint64_t attempts)
{
    const struct engine_goal goal = {.attempts = attempts};

    return machine_run(machine, &goal, NULL);
}

static uint64_t read_word(struct machine *machine, uint64_t pa)
{
    uint64_t word;

    memcpy(&word, machine_ram(machine, pa, sizeof word), sizeof word);
    return word;
}

/* Says 'A' unless the word has been set, which it then does; then asks for a reset: seven
 * instructions more than those of the reset. */
Test(machine_reset, memory_and_registers_are_as_at_the_start)
{
    enum { BOOT = 12 };

    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        struct machine_config with = {.engine = engines[i]};
        struct machine *machine = MAKE(
            &with, encode_u(OPCODE_AUIPC, T0, 8), encode_i(OPCODE_LOAD, DWORD, T1, T0, 0),
            addi(T1, T1, 'A'), store(BYTE, T0, T1, 0), lui(T2, PLATFORM_UART_BASE),
            store(BYTE, T2, T1, 0), encode_csr(CSRRW, 0, CSR_MTVEC, T1), addi(8, 8, 1), RESET_NOW);
        struct hart *hart = machine_hart(machine);
        uint64_t tree_pa = hart->x[11];

        cr_expect(eq(int, run(machine, 3 * BOOT).reason, MACHINE_LIMIT));
        cr_expect(eq(str, output, (char *)"AAA"));
        cr_expect(eq(u64, hart->counters.attempts, 3 * BOOT), "the counters go on");
        cr_expect(eq(u64, hart->pc, PLATFORM_RAM_BASE));
        cr_expect(eq(u64, read_word(machine, WORD_PA), 0));
        cr_expect(eq(u64, hart->x[8], 0));
        cr_expect(eq(u64, hart->csr.mtvec, 0));
        cr_expect(eq(u64, hart->x[11], tree_pa), "a1 has the device tree");
        run(machine, 4 * BOOT - 1);
        cr_expect(eq(u64, hart->x[8], 1));
        cr_expect(eq(u64, read_word(machine, WORD_PA), 'A'));
        machine_destroy(machine);
    }
}

/* The second instruction counts in x8. After its first time it is made a NOP, and executed as that
 * fifteen times, so that it is decoded as one when the reset comes. */
Test(machine_reset, code_that_the_guest_has_changed_is_back)
{
    enum { ANDI = 7, BNE = 1, X8 = 8, X9 = 9, BOOT = 103, CHANGED = 11 };

    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        struct machine_config with = {.engine = engines[i]};
        struct machine *machine =
            MAKE(&with, INSN_NOP, addi(X8, X8, 1), addi(X9, X9, 1),
                 encode_i(OPCODE_OP_IMM, ANDI, T1, X9, 16), encode_b(BNE, T1, 0, 28),
                 addi(T1, X9, -1), encode_b(BNE, T1, 0, -20), encode_u(OPCODE_AUIPC, T2, 0),
                 addi(T1, 0, INSN_NOP), store(WORD, T2, T1, -24), encode_j(0, -36), RESET_NOW);

        cr_expect(eq(int, run(machine, 2 * BOOT + CHANGED).reason, MACHINE_LIMIT));
        cr_expect(eq(u64, machine_hart(machine)->x[X8], 1), "it counts again");
        cr_expect(eq(u64, machine_hart(machine)->pc, PLATFORM_RAM_BASE + 4));
        machine_destroy(machine);
    }
}

Test(machine_reset, it_ends_the_run_where_it_is_told_to)
{
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        struct machine_config with = {.engine = engines[i], .ends_at_reset = true};
        struct machine *machine = MAKE(&with, RESET_NOW);
        struct machine_exit exit = run(machine, 100);

        cr_expect(eq(int, exit.reason, MACHINE_GUEST));
        cr_expect(eq(u64, exit.code, 0));
        cr_expect(eq(u64, machine_hart(machine)->counters.attempts, 4));
        machine_destroy(machine);
    }
}

Test(machine_reset, a_guest_that_does_nothing_else_can_be_interrupted)
{
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        struct machine_config with = {.engine = engines[i]};
        struct machine *machine = MAKE(&with, RESET_NOW);

        is_interrupted_now = true;
        cr_expect(eq(int, run(machine, UINT64_MAX).reason, MACHINE_SIGNAL));
        machine_destroy(machine);
    }
}

Test(machine_reset, what_was_stored_before_the_start_is_stored_again)
{
    struct machine_config with = {.engine = MACHINE_FAST};
    struct machine *machine =
        MAKE(&with, encode_u(OPCODE_AUIPC, T0, 8), store(DWORD, T0, T0, 0), RESET_NOW);

    cr_assert(machine_poke(machine, WORD_PA, 42));
    cr_assert(machine_poke(machine, WORD_PA + 8, 43));
    cr_assert(machine_poke(machine, WORD_PA, 44));
    run(machine, 6);
    cr_expect(eq(u64, read_word(machine, WORD_PA), 44), "the latest counts");
    cr_expect(eq(u64, read_word(machine, WORD_PA + 8), 43));
    machine_destroy(machine);
}

static uint64_t read_bus(struct machine *machine, uint64_t pa, unsigned size)
{
    uint64_t value = 0;

    cr_assert(bus_read(machine_hart(machine)->bus, pa, size, &value));
    return value;
}

/* The test is the guest here, but for the reset. */
Test(machine_reset, devices_begin_anew_and_let_go_of_their_wires)
{
    struct machine_config with = {.engine = MACHINE_FAST};
    struct machine *machine = MAKE(&with, INSN_NOP, INSN_NOP, RESET_NOW);
    struct hart *hart = machine_hart(machine);
    struct bus *bus = hart->bus;

    hart->counters.cycles += 1000 * HART_CYCLES_PER_TICK;
    cr_assert(bus_write(bus, PLATFORM_CLINT_BASE, 4, 1));
    cr_assert(bus_write(bus, PLATFORM_CLINT_BASE + MTIME, 8, 1000));
    cr_assert(bus_write(bus, PLATFORM_CLINT_BASE + MTIMECMP, 8, 5));
    cr_assert(bus_write(bus, PLATFORM_PLIC_BASE + PLIC_ENABLE, 4, 0x400));
    cr_assert(bus_write(bus, PLATFORM_UART_BASE + 7, 1, 0x5a));
    cr_expect(ne(u64, hart->csr.mip_wires, 0));
    run(machine, 6);
    cr_expect(eq(u64, hart->csr.mip_wires, 0));
    cr_expect(eq(u64, read_bus(machine, PLATFORM_CLINT_BASE, 4), 0));
    cr_expect(eq(u64, read_bus(machine, PLATFORM_CLINT_BASE + MTIME, 8), 0));
    cr_expect(eq(u64, read_bus(machine, PLATFORM_CLINT_BASE + MTIMECMP, 8), UINT64_MAX));
    cr_expect(eq(u64, read_bus(machine, PLATFORM_PLIC_BASE + PLIC_ENABLE, 4), 0));
    cr_expect(eq(u64, read_bus(machine, PLATFORM_UART_BASE + 7, 1), 0));
    machine_destroy(machine);
}

/* A page table of one gigapage, and a load through it by MPRV; then the reset. */
Test(machine_reset, the_tlb_is_empty_and_no_fence_is_counted)
{
    enum { CSR_SATP = 0x180, CSR_MSTATUS = 0x300 };
    static struct counts counts;

    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        struct machine_config with = {.engine = engines[i]};
        struct machine *machine =
            MAKE(&with, encode_u(OPCODE_AUIPC, T0, 8),                   /* the root table */
                 encode_i(OPCODE_OP_IMM, 5, T1, T0, 12),                 /* its number */
                 addi(T2, 0, 8), encode_i(OPCODE_OP_IMM, 1, T2, T2, 60), /* Sv39 */
                 encode_r(OPCODE_OP, 0, 0, T1, T1, T2), encode_csr(CSRRW, 0, CSR_SATP, T1),
                 lui(T1, 0x20000000), addi(T1, T1, 0xcf), /* 0x8000_0000, D A X W R V */
                 store(DWORD, T0, T1, 16), lui(T1, 0x21000), addi(T1, T1, -0x800), /* MPRV, S */
                 encode_csr(CSRRS, 0, CSR_MSTATUS, T1), addi(T1, 0, -1),
                 encode_csr(CSRRW, 0, CSR_PMPADDR0, T1), addi(T1, 0, 0x1f),
                 encode_csr(CSRRW, 0, 0x3a0, T1), encode_i(OPCODE_LOAD, DWORD, A0, T0, 16),
                 encode_csr(CSRRW, 0, CSR_SATP, 0), RESET_NOW);

        run(machine, 17);
        machine_count(machine, &counts);
        cr_assert(eq(u64, counts.mmu.valid[MMU_L1D], 1), "the test's own page table works");
        run(machine, 22);
        machine_count(machine, &counts);
        cr_expect(eq(u64, machine_hart(machine)->pc, PLATFORM_RAM_BASE));
        cr_expect(eq(u64, counts.mmu.valid[MMU_L1D] + counts.mmu.valid[MMU_L2], 0));
        cr_expect(eq(u64, counts.mmu.total.reset.count, 1));
        cr_expect(eq(u64, counts.mmu.total.reset.entries_killed, 2));
        cr_expect(eq(u64, counts.mmu.total.fence[MMU_FENCE_ALL].count, 0));
        machine_end(machine);
        machine_destroy(machine);
    }
}
