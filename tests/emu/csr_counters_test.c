#include "emu/hart/csr_counters.h"

#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/csr.h"
#include "emu/hart/hart.h"
#include "mmu/pte.h"
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

/* The performance counters. The MMU is asked here as an instruction would ask it; csr_hpm_test.c
 * runs instructions. */

enum { HPM_COUNTERS = 29 };

static const uint64_t events[] = {0x10018,  0x10019,  0x1001a,  0x1001b,  0x10020,  0x10021,
                                  0x100010, 0x100011, 0x100020, 0x100021, 0x100030, 0x100031};

enum { EVENTS = sizeof events / sizeof *events };

/* One access in S-mode under Sv39 to a page of BENCH_VA. */
static void touch(unsigned page, enum mmu_access access)
{
    struct mmu_mode mode = {
        .satp = (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | BENCH_TABLES >> PAGE_SHIFT,
        .privilege = MMU_SUPERVISOR,
    };
    uint64_t pa;

    cr_assert(
        eq(int, mmu_translate(bench.mmu, &mode, BENCH_VA + page * PAGE_SIZE, access, &pa), 0));
}

static void map_pages(void)
{
    for (unsigned page = 0; page < 8; page++) {
        bench_map(&bench, BENCH_VA + page * PAGE_SIZE, BENCH_DATA + page * PAGE_SIZE,
                  PTE_R | PTE_W | PTE_X);
    }
}

Test(csr_counters, performance_counters_stand_until_an_event_is_selected)
{
    map_pages();
    retire(100);
    touch(0, MMU_LOAD);
    for (unsigned i = 0; i < HPM_COUNTERS; i++) {
        cr_expect(eq(u64, get(HPMCOUNTER3 + i) | get(MHPMCOUNTER3 + i) | get(MHPMEVENT3 + i), 0));
        set(MHPMCOUNTER3 + i, 77 + i);
        touch(i % 8, MMU_LOAD);
        cr_expect(eq(u64, get(HPMCOUNTER3 + i), 77 + i), "written, it stands there");
    }
}

Test(csr_counters, mhpmevent_holds_events_and_nothing_else)
{
    static const struct {
        uint64_t number;
        const char *why;
    } rows[] = {
        {1, "cycles have mcycle"},
        {2, "instructions have minstret"},
        {4, "SBI: cache misses, of what is not told"},
        {0x10000, "SBI: L1 data cache"},
        {0x10017, "before the first"},
        {0x1001c, "SBI: data TLB prefetches"},
        {0x10022, "SBI: instruction TLB writes"},
        {0x20000, "SBI: raw, the number is elsewhere"},
        {0x100000, "no array"},
        {0x100012, "neither access nor miss"},
        {UINT64_C(1) << 63 | 0x10018, "Sscofpmf's OF is not there"},
        {UINT64_C(1) << 62 | 0x10018, "nor is its filter MINH"},
        {UINT64_C(1) << 32 | 0x10018, "all 64 bits are the number"},
        {UINT64_MAX, "all ones"},
    };

    for (unsigned i = 0; i < HPM_COUNTERS; i++) {
        for (size_t e = 0; e < EVENTS; e++) {
            set(MHPMEVENT3 + i, events[e]);
            cr_expect(eq(u64, get(MHPMEVENT3 + i), events[e]), "event 0x%x", (unsigned)events[e]);
        }
        for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
            set(MHPMEVENT3 + i, events[0]);
            set(MHPMEVENT3 + i, rows[r].number);
            cr_expect(eq(u64, get(MHPMEVENT3 + i), 0), "%s", rows[r].why);
        }
    }
}

/* Two fetches from a page, three loads from a second, two from a third, a store to that one and two
 * to a fourth: 4 pages walked for, 3 PTEs each. Then a load from the page of the fetches: the L2
 * has it. */
Test(csr_counters, every_counter_counts_any_event)
{
    static const uint64_t want[EVENTS] = {6, 3, 3, 1, 2, 1, 9, 4, 5, 4, 4, 12};
    static const struct {
        unsigned page;
        enum mmu_access access;
    } accesses[] = {{0, MMU_FETCH}, {0, MMU_FETCH}, {1, MMU_LOAD}, {1, MMU_LOAD},
                    {1, MMU_LOAD},  {2, MMU_LOAD},  {2, MMU_LOAD}, {2, MMU_STORE},
                    {3, MMU_STORE}, {3, MMU_STORE}, {0, MMU_LOAD}};

    for (unsigned turn = 0; turn < EVENTS; turn++) {
        map_pages(); /* empties the TLB */
        for (unsigned i = 0; i < HPM_COUNTERS; i++) {
            set(MHPMEVENT3 + i, events[(i + turn) % EVENTS]);
            set(MHPMCOUNTER3 + i, 1000 * i);
        }
        for (size_t a = 0; a < sizeof accesses / sizeof *accesses; a++) {
            touch(accesses[a].page, accesses[a].access);
        }
        for (unsigned i = 0; i < HPM_COUNTERS; i++) {
            uint64_t expected = 1000 * i + want[(i + turn) % EVENTS];
            cr_expect(eq(u64, get(MHPMCOUNTER3 + i), expected), "counter %u, turn %u", i + 3, turn);
            cr_expect(eq(u64, get(HPMCOUNTER3 + i), expected), "counter %u, turn %u", i + 3, turn);
        }
    }
}

Test(csr_counters, a_performance_counter_has_64_bits)
{
    map_pages();
    set(MHPMEVENT3, 0x10018);
    set(MHPMCOUNTER3, UINT64_MAX);
    cr_expect(eq(u64, get(MHPMCOUNTER3), UINT64_MAX));
    touch(0, MMU_LOAD);
    cr_expect(eq(u64, get(MHPMCOUNTER3), 0));
}

/* Its fetch is before the write, which overrides it; nothing else of it is to come. */
Test(csr_counters, a_write_to_a_performance_counter_has_the_last_word)
{
    map_pages();
    set(MHPMEVENT3, 0x10020);
    touch(0, MMU_FETCH);
    set(MHPMCOUNTER3, 100);
    cr_expect(eq(u64, get(MHPMCOUNTER3), 100));
    touch(0, MMU_FETCH);
    cr_expect(eq(u64, get(MHPMCOUNTER3), 101));
}

Test(csr_counters, a_new_event_goes_on_from_where_the_counter_is)
{
    map_pages();
    set(MHPMEVENT3, 0x10018);
    set(MHPMCOUNTER3, 10);
    touch(0, MMU_LOAD);
    touch(0, MMU_LOAD);
    set(MHPMEVENT3, 0x1001a);
    cr_expect(eq(u64, get(MHPMCOUNTER3), 12));
    touch(0, MMU_LOAD);
    cr_expect(eq(u64, get(MHPMCOUNTER3), 12), "loads no more");
    touch(0, MMU_STORE);
    cr_expect(eq(u64, get(MHPMCOUNTER3), 13));
    set(MHPMEVENT3, 5);
    touch(0, MMU_STORE);
    cr_expect(eq(u64, get(MHPMCOUNTER3), 13), "no event");
    set(MHPMEVENT3, 0x1001a);
    cr_expect(eq(u64, get(MHPMCOUNTER3), 13), "what happened meanwhile is not made up for");
}

Test(csr_counters, an_inhibited_performance_counter_stands_still)
{
    for (unsigned i = 0; i < HPM_COUNTERS; i++) {
        unsigned other = (i + 1) % HPM_COUNTERS;
        uint64_t bit = UINT64_C(1) << (3 + i);
        map_pages();
        set(MHPMEVENT3 + i, 0x100010);
        set(MHPMEVENT3 + other, 0x100010);
        set(MHPMCOUNTER3 + i, 100);
        set(MHPMCOUNTER3 + other, 200);
        touch(0, MMU_LOAD);
        set(MCOUNTINHIBIT, bit);
        touch(1, MMU_STORE);
        cr_expect(eq(u64, get(MHPMCOUNTER3 + i), 101), "counter %u stands", i + 3);
        cr_expect(eq(u64, get(MHPMCOUNTER3 + other), 202), "the other counts");
        set(MHPMCOUNTER3 + i, 50);
        touch(2, MMU_LOAD);
        cr_expect(eq(u64, get(MHPMCOUNTER3 + i), 50), "writable while it stands");
        set(MHPMEVENT3 + i, 0x10018);
        touch(2, MMU_LOAD);
        cr_expect(eq(u64, get(MHPMCOUNTER3 + i), 50), "another event while it stands");
        set(MCOUNTINHIBIT, bit | 2);
        cr_expect(eq(u64, get(MCOUNTINHIBIT), bit), "bit 1 is zero");
        set(MCOUNTINHIBIT, 0);
        cr_expect(eq(u64, get(MHPMCOUNTER3 + i), 50), "let go");
        touch(2, MMU_LOAD);
        touch(2, MMU_STORE);
        cr_expect(eq(u64, get(MHPMCOUNTER3 + i), 51), "counter %u goes on", i + 3);
        cr_expect(eq(u64, get(MHPMCOUNTER3 + other), 206), "the other never stopped");
    }
}

/* One write to mcountinhibit stops all at the same moment, and starts them again. */
Test(csr_counters, all_counters_stop_and_start_together)
{
    map_pages();
    for (unsigned i = 0; i < HPM_COUNTERS; i++) {
        set(MHPMEVENT3 + i, 0x10020);
        set(MHPMCOUNTER3 + i, i);
    }
    set(MCOUNTINHIBIT, 0xffffffff);
    touch(0, MMU_FETCH);
    retire(1);
    set(MCOUNTINHIBIT, 0);
    touch(0, MMU_FETCH);
    for (unsigned i = 0; i < HPM_COUNTERS; i++) {
        cr_expect(eq(u64, get(MHPMCOUNTER3 + i), i + 1), "counter %u", i + 3);
    }
}

Test(csr_counters, what_a_guest_writes_leaves_the_mmus_counts_alone)
{
    map_pages();
    touch(0, MMU_LOAD);
    struct mmu_counters before = *mmu_counters(bench.mmu);

    for (unsigned i = 0; i < HPM_COUNTERS; i++) {
        set(MHPMEVENT3 + i, events[i % EVENTS]);
        set(MHPMCOUNTER3 + i, 12345);
    }
    set(MCOUNTINHIBIT, 0xffffffff);
    cr_expect(memcmp(&before, mmu_counters(bench.mmu), sizeof before) == 0);
}

Test(csr_counters, reset_selects_no_event)
{
    map_pages();
    set(MHPMEVENT3 + 28, 0x10018);
    set(MHPMCOUNTER3 + 28, 5);
    bench_reset(&bench);
    touch(0, MMU_LOAD);
    cr_expect(eq(u64, get(MHPMEVENT3 + 28), 0));
    cr_expect(eq(u64, get(MHPMCOUNTER3 + 28), 0));
}
