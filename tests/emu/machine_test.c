#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "devices/uart.h"
#include "emu/machine/machine.h"
#include "emu/machine/platform.h"
#include "tests/support/encode.h"
#include "tests/support/machine_box.h"

enum { CSR_MSTATUS = 0x300, CSR_MIE = 0x304, CSR_MTVEC = 0x305, CSR_TIME = 0xc01 };

Test(machine, the_finisher_ends_the_run_with_its_code)
{
    struct box box;

    START(&box, lui(T0, PLATFORM_FINISHER_BASE), encode_u(OPCODE_LUI, T1, 0x2a3),
          addi(T1, T1, 0x333), store(WORD, T0, T1, 0));
    struct machine_exit exit = box_run(&box, 100);

    cr_expect(eq(int, exit.reason, MACHINE_GUEST));
    cr_expect(eq(u64, exit.code, 0x2a), "0x002a3333");
    machine_destroy(box.machine);
}

Test(machine, it_starts_with_the_hart_id_and_the_device_tree)
{
    struct box box;
    size_t length = 0;

    START(&box, INSN_NOP);
    const struct hart *hart = machine_hart(box.machine);
    const void *tree = machine_device_tree(box.machine, &length);

    cr_expect(eq(u64, hart->x[10], 0));
    cr_expect(eq(int, memcmp(machine_ram(box.machine, hart->x[11], length), tree, length), 0));
    cr_expect(eq(int, hart->privilege, MMU_MACHINE));
    machine_destroy(box.machine);
}

Test(machine, the_uart_is_the_console)
{
    struct box box;

    /* Looks at the line status until there is something, reads it, sends it back plus one. */
    START(&box, lui(T0, PLATFORM_UART_BASE), encode_i(OPCODE_LOAD, 4, T1, T0, 5),
          encode_i(OPCODE_OP_IMM, 7, T1, T1, 1), /* andi t1, t1, 1 */
          encode_b(0, T1, 0, -8),                /* beqz t1 */
          encode_i(OPCODE_LOAD, 4, T1, T0, 0), addi(T1, T1, 1), store(BYTE, T0, T1, 0));
    box.input = "A";
    cr_expect(eq(int, box_run(&box, 1 + 3 * UART_LOOKS + 3).reason, MACHINE_LIMIT));
    cr_expect(eq(sz, box.output_length, 1));
    cr_expect(eq(chr, box.output[0], 'B'));
    machine_destroy(box.machine);
}

Test(machine, asleep_with_nothing_to_wait_for_ends_the_run)
{
    static const struct {
        uint32_t word;
        const char *why;
    } rows[] = {
        {INSN_NOP, "nothing is enabled"},
        {0x30446073, "csrsi mie, 8: software interrupts, which nobody can send"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct box box;

        START(&box, rows[i].word, INSN_WFI, INSN_NOP);
        cr_expect(eq(int, box_run(&box, 100).reason, MACHINE_IDLE), "%s", rows[i].why);
        cr_expect(eq(u64, machine_hart(box.machine)->counters.attempts, 2));
        machine_destroy(box.machine);
    }
}

Test(machine, a_timer_at_the_end_of_time_never_comes)
{
    struct box box;

    START(&box, lui(T0, PLATFORM_CLINT_BASE + 0x4000), addi(T1, 0, -2), store(DWORD, T0, T1, 0),
          addi(T1, 0, 128), encode_csr(CSRRS, 0, CSR_MIE, T1), INSN_WFI);
    cr_expect(eq(int, box_run(&box, 100).reason, MACHINE_IDLE));
    machine_destroy(box.machine);
}

Test(machine, the_host_can_interrupt_an_endless_loop)
{
    struct box box;

    START(&box, encode_j(0, 0));
    box.is_interrupted = true;
    cr_expect(eq(int, box_run(&box, UINT64_MAX).reason, MACHINE_SIGNAL));
    machine_destroy(box.machine);
}

Test(machine, it_stops_before_the_instruction_at_the_break)
{
    struct box box;
    const struct engine_goal goal = {
        .attempts = 100, .break_count = 1, .break_pc = {PLATFORM_RAM_BASE + 8}};

    START(&box, addi(A0, 0, 1), addi(A0, A0, 1), addi(A0, A0, 1), encode_j(0, 0));
    cr_expect(eq(int, machine_run(box.machine, &goal, NULL).reason, MACHINE_BREAK));
    cr_expect(eq(u64, machine_hart(box.machine)->x[A0], 2));
    machine_destroy(box.machine);
}

Test(machine, htif_by_two_word_stores_ends_the_run)
{
    struct box box = {.output_length = 0};

    /* t0 = pc, tohost at t0 + 0x400; exit code 42 is written as 85 in the low word. */
    const uint32_t words[] = {encode_u(OPCODE_AUIPC, T0, 0), addi(T1, 0, 85),
                              store(WORD, T0, T1, 0x400), store(WORD, T0, 0, 0x404)};
    box.symbol = (struct symbol){
        .name = (char[]){"tohost"}, .address = PLATFORM_RAM_BASE + 0x400, .size = 8};
    box.program.symbols = (struct symbols){.all = &box.symbol, .count = 1};
    box_start(&box, words, 4);
    struct machine_exit exit = box_run(&box, 100);

    cr_expect(eq(int, exit.reason, MACHINE_GUEST));
    cr_expect(eq(u64, exit.code, 42));
    machine_destroy(box.machine);
}

Test(machine, regions_count_what_is_between_the_markers)
{
    struct box box;
    const uint32_t begin = encode_i(OPCODE_OP_IMM, 2, 0, 0, HART_MARK_BEGIN);
    const uint32_t end = encode_i(OPCODE_OP_IMM, 2, 0, 0, HART_MARK_END);

    START(&box, INSN_NOP, begin, INSN_NOP, INSN_NOP, end, INSN_NOP, begin, INSN_NOP);
    cr_expect(eq(int, box_run(&box, 8).reason, MACHINE_LIMIT));
    machine_end(box.machine);
    const struct region *region = machine_region(box.machine);

    cr_expect(eq(u64, region->sum.hart.retired, 4), "two nops and the end marker, then one nop");
    cr_expect(eq(u64, region->markers.begin, 2));
    machine_destroy(box.machine);
}

Test(machine, two_machines_in_one_process_do_not_meet)
{
    struct box one;
    struct box two;
    struct counts counts;

    START(&one, encode_j(0, 0));
    START(&two, addi(A0, A0, 1), encode_j(0, -4));
    for (uint64_t attempts = 10; attempts <= 100; attempts += 10) {
        cr_expect(eq(int, box_run(&one, attempts).reason, MACHINE_LIMIT));
        cr_expect(eq(int, box_run(&two, attempts).reason, MACHINE_LIMIT));
    }
    cr_expect(eq(u64, machine_hart(one.machine)->x[A0], 0));
    cr_expect(eq(u64, machine_hart(two.machine)->x[A0], 50));
    machine_destroy(one.machine);
    machine_count(two.machine, &counts);
    cr_expect(eq(u64, counts.hart.retired, 100));
    machine_destroy(two.machine);
}

Test(machine, a_program_that_does_not_fit_is_refused)
{
    static const struct {
        uint64_t pa;
        uint64_t length;
        const char *piece;
    } rows[] = {
        {PLATFORM_RAM_BASE - 8, 16, "outside the memory"},
        {0x1000, 16, "outside the memory"},
        {PLATFORM_RAM_BASE + BOX_MEMORY - 8, 16, "outside the memory"},
        {PLATFORM_RAM_BASE, BOX_MEMORY, "device tree"},
        {PLATFORM_RAM_BASE, UINT64_MAX - 4096, "outside the memory"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct box box;
        struct error error;

        START(&box, INSN_NOP);
        box.segment.pa = rows[i].pa;
        box.segment.memory_length = rows[i].length;
        cr_expect(not(machine_load(box.machine, &box.program, "big.elf", &error)));
        cr_expect(ne(ptr, strstr(error.text, "big.elf"), NULL), "%s", error.text);
        cr_expect(ne(ptr, strstr(error.text, rows[i].piece), NULL), "%s", error.text);
        machine_destroy(box.machine);
    }
}

Test(machine, an_interrupt_is_taken_right_after_the_csr_write_that_enables_it)
{
    struct box box;

    /* msip is set while mie.MSIE is clear; the csrs that sets it is the last before the trap. */
    START(&box, encode_u(OPCODE_AUIPC, T0, 0), addi(T0, T0, 36),
          encode_csr(CSRRW, 0, CSR_MTVEC, T0), encode_csr(CSRRSI, 0, CSR_MSTATUS, 8),
          lui(T0, PLATFORM_CLINT_BASE), addi(T1, 0, 1), store(WORD, T0, T1, 0),
          encode_csr(CSRRSI, 0, CSR_MIE, 8), addi(T2, 0, 1), addi(A0, 0, 77));
    cr_expect(eq(int, box_run(&box, 9).reason, MACHINE_LIMIT));
    cr_expect(eq(u64, machine_hart(box.machine)->x[A0], 77));
    cr_expect(eq(u64, machine_hart(box.machine)->x[T2], 0));
    machine_destroy(box.machine);
}

/* A loop that sleeps; a timer that interrupts it every 2 ticks: 200 cycles. */
enum { TIMED_WORDS = 16, TIMED_RUN = 700 };

static void start_timed(struct box *box)
{
    START(box, encode_u(OPCODE_AUIPC, T0, 0), addi(T0, T0, 52), encode_csr(CSRRW, 0, CSR_MTVEC, T0),
          encode_csr(CSRRSI, 0, CSR_MSTATUS, 8), lui(T0, PLATFORM_CLINT_BASE + 0x4000),
          addi(T1, 0, 2), store(DWORD, T0, T1, 0), addi(T2, 0, 128),
          encode_csr(CSRRS, 0, CSR_MIE, T2), addi(A0, A0, 1), INSN_NOP, INSN_WFI, encode_j(0, -12),
          addi(T1, T1, 2), store(DWORD, T0, T1, 0), INSN_MRET);
}

static uint64_t timed_pc(unsigned word)
{
    return PLATFORM_RAM_BASE + UINT64_C(4) * word;
}

/* The bound of a number: words are places in the program, the next is none. */
static struct machine_bounds timed_bounds(unsigned from, unsigned to)
{
    return (struct machine_bounds){.has_from = from < TIMED_WORDS,
                                   .has_to = to < TIMED_WORDS,
                                   .from = timed_pc(from),
                                   .to = timed_pc(to)};
}

/* Counts what a region holds by looking at every instruction. Here all of them retire. */
struct region_watch {
    struct machine_bounds bounds;
    bool is_open;
    uint64_t inside;
};

static void watch_retired(void *ctx, const struct hart *hart, const struct insn *insn, uint64_t pc,
                          unsigned privilege)
{
    struct region_watch *watch = ctx;

    (void)hart;
    (void)insn;
    (void)privilege;
    if (watch->bounds.has_to && pc == watch->bounds.to) {
        watch->is_open = false;
    }
    if (watch->bounds.has_from && pc == watch->bounds.from) {
        watch->is_open = true;
    }
    watch->inside += watch->is_open;
}

Test(machine, bounds_of_regions_change_nothing_but_what_regions_hold)
{
    const struct engine_goal goal = {.attempts = TIMED_RUN};
    struct box plain;

    start_timed(&plain);
    cr_expect(eq(int, machine_run(plain.machine, &goal, NULL).reason, MACHINE_LIMIT));
    const struct hart *expected = machine_hart(plain.machine);
    cr_assert(gt(u64, expected->counters.interrupts, 10));

    for (unsigned i = 0; i < (TIMED_WORDS + 1) * (TIMED_WORDS + 1); i++) {
        struct machine_bounds bounds = timed_bounds(i / (TIMED_WORDS + 1), i % (TIMED_WORDS + 1));
        struct region_watch watch = {.bounds = bounds,
                                     .is_open = !bounds.has_from && bounds.has_to};
        const struct engine_observer observer = {.retired = watch_retired, .ctx = &watch};
        struct box box;

        start_timed(&box);
        machine_bound_regions(box.machine, &bounds);
        cr_expect(eq(int, machine_run(box.machine, &goal, &observer).reason, MACHINE_LIMIT));
        machine_end(box.machine);
        const struct hart *hart = machine_hart(box.machine);
        const struct region *region = machine_region(box.machine);

        cr_expect(eq(int, memcmp(&hart->counters, &expected->counters, sizeof hart->counters), 0));
        cr_expect(eq(int, memcmp(hart->x, expected->x, sizeof hart->x), 0));
        cr_expect(eq(u64, hart->pc, expected->pc));
        cr_expect(eq(u64, region->sum.hart.retired, watch.inside), "from %u, to %u",
                  i / (TIMED_WORDS + 1), i % (TIMED_WORDS + 1));
        machine_destroy(box.machine);
    }
    machine_destroy(plain.machine);
}

Test(machine, a_region_may_be_bounded_and_marked)
{
    const struct machine_bounds bounds = {.has_from = true, .from = PLATFORM_RAM_BASE + 4};
    const uint32_t begin = encode_i(OPCODE_OP_IMM, 2, 0, 0, HART_MARK_BEGIN);
    const uint32_t end = encode_i(OPCODE_OP_IMM, 2, 0, 0, HART_MARK_END);
    struct box box;

    START(&box, INSN_NOP, INSN_NOP, begin, INSN_NOP, end, INSN_NOP, INSN_NOP);
    machine_bound_regions(box.machine, &bounds);
    cr_expect(eq(int, box_run(&box, 7).reason, MACHINE_LIMIT));
    machine_end(box.machine);
    const struct region *region = machine_region(box.machine);

    cr_expect(eq(u64, region->sum.hart.retired, 4), "a nop, the marker, a nop, the end marker");
    cr_expect(eq(u64, region->markers.begin, 1));
    cr_expect(eq(u64, region->markers.ignored_begins, 1));
    machine_destroy(box.machine);
}

Test(machine, a_break_at_a_bound_comes_back_once_the_region_is_open)
{
    const struct machine_bounds bounds = {.has_from = true, .from = PLATFORM_RAM_BASE + 4};
    const struct engine_goal goal = {
        .attempts = 100, .break_count = 1, .break_pc = {PLATFORM_RAM_BASE + 4}};
    struct box box;

    START(&box, INSN_NOP, INSN_NOP, encode_j(0, 0));
    machine_bound_regions(box.machine, &bounds);
    cr_expect(eq(int, machine_run(box.machine, &goal, NULL).reason, MACHINE_BREAK));
    cr_expect(machine_region(box.machine)->is_open);
    cr_expect(eq(u64, machine_hart(box.machine)->pc, PLATFORM_RAM_BASE + 4));
    machine_destroy(box.machine);
}
