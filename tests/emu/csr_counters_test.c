#include "emu/hart/csr_counters.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/csr.h"
#include "emu/hart/hart.h"
#include "tests/support/bench_hart.h"
#include "tests/support/csr_bench.h"

static struct bench_hart bench;
static struct hart *const hart = &bench.hart;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(csr_counters, .init = start, .fini = finish);

static uint64_t get(unsigned number)
{
    return csr_bench_get(hart, number);
}

static void set(unsigned number, uint64_t value)
{
    csr_bench_set(hart, number, value);
}

static void retire(unsigned instructions)
{
    csr_bench_retire(hart, instructions);
}

Test(csr_counters, counters_are_open_to_s_by_mcounteren_and_to_u_by_both)
{
    static const unsigned counters[] = {CYCLE, TIME, INSTRET, HPMCOUNTER3, HPMCOUNTER31};
    static const struct {
        enum mmu_privilege privilege;
        bool mcounteren;
        bool scounteren;
        bool want;
    } rows[] = {
        {MMU_MACHINE, false, false, true},    {MMU_SUPERVISOR, false, false, false},
        {MMU_SUPERVISOR, false, true, false}, {MMU_SUPERVISOR, true, false, true},
        {MMU_USER, false, false, false},      {MMU_USER, true, false, false},
        {MMU_USER, false, true, false},       {MMU_USER, true, true, true},
    };

    for (size_t c = 0; c < sizeof counters / sizeof *counters; c++) {
        uint64_t bit = UINT64_C(1) << (counters[c] - CYCLE);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            hart->privilege = rows[i].privilege;
            hart->csr.mcounteren = rows[i].mcounteren ? bit : ~bit;
            hart->csr.scounteren = rows[i].scounteren ? bit : ~bit;
            cr_expect(eq(int, csr_check(hart, counters[c], false), rows[i].want), "%s, row %zu",
                      csr_name(counters[c]), i);
        }
    }
}

Test(csr_counters, mcycle_counts_cycles_and_minstret_what_retires)
{
    retire(10);
    hart->counters.cycles += 500; /* WFI */
    cr_expect(eq(u64, get(MCYCLE), 510));
    cr_expect(eq(u64, get(CYCLE), 510));
    cr_expect(eq(u64, get(MINSTRET), 10));
    cr_expect(eq(u64, get(INSTRET), 10));
}

Test(csr_counters, the_instruction_after_a_counter_write_reads_what_was_written)
{
    static const uint64_t values[] = {0, 1, 1000, UINT64_MAX};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        retire(7);
        set(MCYCLE, values[i]);
        cr_expect(eq(u64, get(MCYCLE), values[i]));
        cr_expect(eq(u64, get(CYCLE), values[i]));
        set(MINSTRET, values[i]);
        cr_expect(eq(u64, get(MINSTRET), values[i]));
        cr_expect(eq(u64, get(INSTRET), values[i]));
        cr_expect(eq(u64, get(MCYCLE), values[i] + 1), "the other counts on");
        retire(3);
        cr_expect(eq(u64, get(MINSTRET), values[i] + 3));
    }
}

Test(csr_counters, writes_to_counters_leave_the_harts_own_counts_alone)
{
    set(MCYCLE, 1000);
    set(MINSTRET, 1000);
    cr_expect(eq(u64, hart->counters.cycles, 2));
    cr_expect(eq(u64, hart->counters.retired, 2));
}

Test(csr_counters, an_inhibited_counter_stands_still)
{
    static const struct {
        unsigned number;
        unsigned other;
        uint64_t bit;
    } rows[] = {{MCYCLE, MINSTRET, 1}, {MINSTRET, MCYCLE, 4}};

    for (size_t i = 0; i < 2; i++) {
        set(rows[i].number, 100);
        set(rows[i].other, 200);
        set(MCOUNTINHIBIT, rows[i].bit);
        cr_expect(eq(u64, get(rows[i].number), 102), "the instruction that stops it counts");
        retire(5);
        cr_expect(eq(u64, get(rows[i].number), 102));
        cr_expect(eq(u64, get(rows[i].other), 206), "the other one counts");
        set(rows[i].number, 50);
        retire(1);
        cr_expect(eq(u64, get(rows[i].number), 50), "writable while it stands");
        set(MCOUNTINHIBIT, rows[i].bit | 2);
        cr_expect(eq(u64, get(rows[i].number), 50), "stopped again");
        set(MCOUNTINHIBIT, 0);
        cr_expect(eq(u64, get(rows[i].number), 50),
                  "the instruction that starts it does not count");
        retire(1);
        cr_expect(eq(u64, get(rows[i].number), 51));
    }
}

Test(csr_counters, time_is_mtime)
{
    bench.mtime = UINT64_C(0x123456789abc);
    cr_expect(eq(u64, get(TIME), UINT64_C(0x123456789abc)));
}

Test(csr_counters, performance_counters_read_zero)
{
    retire(100);
    for (unsigned i = 0; i < 29; i++) {
        cr_expect(eq(u64, get(HPMCOUNTER3 + i) | get(MHPMCOUNTER3 + i) | get(MHPMEVENT3 + i), 0));
    }
}
